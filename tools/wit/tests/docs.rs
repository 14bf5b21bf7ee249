//! Runs `wit docs` over the cases in `docs/` beside this file, and over the trees of `check/`.
//!
//! A case is a directory with a tree (`tree/`) and the page (`expected.html`, from `<main>` to its end).
//! `BLESS=1` writes the page.

mod tree;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use tree::{cases, name, said, wit, Laid};

fn page(dir: &Path, args: &[&str]) -> String {
    let output = wit(dir, &[&["docs"], args].concat());
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The values of an attribute.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    let parts = html.split(&start).skip(1);
    parts.map(|p| &p[..p.find('"').expect("quoted")]).collect()
}

/// Every link leads to an anchor, every anchor is there once, and nothing is loaded.
fn sound(shown: &str, html: &str) {
    let ids = values(html, "id");
    let known: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), known.len(), "{shown}: an anchor is there twice");
    for link in values(html, "href") {
        if let Some(anchor) = link.strip_prefix('#') {
            assert!(known.contains(anchor), "{shown}: {anchor} leads nowhere");
        }
    }
    for bad in [" src=", "<link", "@import", "url(", "<img", "<iframe"] {
        assert!(!html.contains(bad), "{shown}: {bad}");
    }
}

fn main_of(html: &str) -> String {
    let from = html.find("<main").expect("main");
    let to = html.find("</main>").expect("main");
    format!("{}</main>\n", &html[from..to])
}

#[test]
fn docs() {
    for case in cases("docs") {
        let laid = Laid::new(&case.join("tree"));
        let html = page(laid.path(), &["."]);
        sound(&name(&case), &html);
        tree::expect(&case, "expected.html", &main_of(&html));
    }
}

#[test]
fn trees() {
    for case in cases("check") {
        let shown = name(&case);
        let laid = Laid::new(&case.join("tree"));
        let output = wit(laid.path(), &["docs", "."]);
        if shown.starts_with("ok-") {
            let html = String::from_utf8(output.stdout).expect("UTF-8");
            assert!(!html.is_empty(), "{shown}");
            sound(&shown, &html);
        } else {
            assert!(output.status.code() < Some(2), "{}", said(&output));
        }
    }
}

#[test]
fn the_order_of_arguments_does_not_show() {
    let case = cases("check")
        .into_iter()
        .find(|c| c.ends_with("ok-seven-packages"));
    let laid = Laid::new(&case.expect("the case").join("tree"));
    let one = page(laid.path(), &["."]);
    assert_eq!(one, page(laid.path(), &["ext", ".", "core"]));
}

/// The package of `--wit` comes first and gives the title.
#[test]
fn the_first_package() {
    let dir = tempfile::tempdir().expect("tempdir");
    let write = |file: &str, text: &str| fs::write(dir.path().join(file), text).expect("write");
    write("a.wit", "package a:b;\n\ninterface i { type t = u8; }\n");
    write("z.wit", "package y:z;\n\ninterface i { use a:b/i.{t}; }\n");
    let html = page(dir.path(), &["--wit", "z.wit", "--dep", "a.wit"]);
    assert!(html.contains("<title>y:z</title>"));
    assert!(html.find("id=\"y:z\"") < html.find("id=\"a:b\""));
    let html = page(dir.path(), &["z.wit", "a.wit", "--title", "<T>"]);
    assert!(html.contains("<title>&lt;T&gt;</title>"));
    assert!(html.find("id=\"y:z\"") > html.find("id=\"a:b\""));
}

#[test]
fn what_cannot_be_documented() {
    let dir = tempfile::tempdir().expect("tempdir");
    let said_of = |args: &[&str]| said(&wit(dir.path(), args));
    assert!(said_of(&["docs", "."]).starts_with("exit 1\nerror: no WIT file"));
    assert!(said_of(&["docs"]).starts_with("exit 2\n"));
    fs::write(
        dir.path().join("a.wit"),
        "package a:b;\ninterface i { use c:d/e.{f}; }\n",
    )
    .expect("write");
    let text = said_of(&["docs", ".", "-o", "out.html", "--label", "//x:y"]);
    assert!(text.starts_with("exit 1\nerror: //x:y: "), "{text}");
    assert!(!dir.path().join("out.html").exists());
}
