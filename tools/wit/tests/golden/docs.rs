//! What holds in every page of `wit docs`.

use golden::{Case, Done, Tree};
use std::collections::BTreeSet;

/// Writes the element `<main>` of `page.html`: the page without styles and scripts.
pub fn main_element(tree: &Tree) {
    let html = tree.read("page.html");
    let from = html.find("<main").expect("main");
    let to = html.find("</main>").expect("main");
    tree.write("main.html", format!("{}</main>\n", &html[from..to]));
}

/// The page of each case is [`sound`].
pub fn check(done: &Done) {
    sound(&done.text("page.html"));
}

/// The trees of `check/`: a page where the tree passes, an error of the input elsewhere.
pub fn tree(case: &Case, tree: &Tree) {
    let output = tree.run(&["docs", "."]);
    if case.name.starts_with("ok-") {
        assert!(!output.stdout.is_empty(), "{}", output.text());
        sound(&output.stdout);
    } else {
        assert!(matches!(output.code, 0 | 1), "{}", output.text());
    }
}

/// The values of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    let parts = html.split(&start).skip(1);
    parts.map(|p| &p[..p.find('"').expect("quoted")]).collect()
}

/// Every link leads to an anchor, no anchor exists twice, and nothing is loaded.
fn sound(html: &str) {
    let ids = values(html, "id");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "an anchor exists twice");
    for link in values(html, "href") {
        if let Some(anchor) = link.strip_prefix('#') {
            assert!(known.contains(anchor), "{anchor} leads nowhere");
        }
    }
    for bad in [" src=", "<link", "@import", "url(", "<img", "<iframe"] {
        assert!(!html.contains(bad), "{bad}");
    }
}
