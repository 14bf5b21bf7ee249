//! Runs `wit graph` over the trees of the cases in `check/` beside this file.
//!
//! `graph/` has what is expected of some of them as data, by the name of the case; `BLESS=1` writes
//! it. Pictures are not compared to the letter: it is checked that all that should be in them is,
//! and that nothing covers anything.

mod tree;

use std::fs;
use std::path::Path;
use tree::{cases, name, said, wit, Laid};

/// Draws a tree, and gives what was drawn.
fn draw(dir: &Path, format: &str, paths: &[&str]) -> String {
    let output = wit(dir, &[&["graph", "--format", format], paths].concat());
    assert!(output.status.success(), "{}", said(&output));
    assert!(output.stderr.is_empty(), "{}", said(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn data() {
    let trees = cases("check");
    for case in cases("graph") {
        let tree = trees
            .iter()
            .find(|t| name(t) == name(&case))
            .expect("a tree");
        let laid = Laid::new(&tree.join("tree"));
        for format in ["json", "dot"] {
            let text = draw(laid.path(), format, &["."]);
            tree::expect(&case, &format!("expected.{format}"), &text);
        }
    }
}

/// The value of an attribute of the element that begins at `at`.
fn number(text: &str, attribute: &str) -> f64 {
    let end = text.find('>').expect("an element");
    let start = text[..end]
        .find(&format!(" {attribute}=\""))
        .expect(attribute);
    let value = &text[start + attribute.len() + 3..];
    let value = &value[..value.find('"').expect("quoted")];
    value.parse().expect("a number")
}

/// Every start tag has its end, and nothing but text, tags and the five entities is there.
fn well_formed(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        for part in rest[..at].split('&').skip(1) {
            let known = ["lt;", "gt;", "amp;", "quot;", "#39;"];
            assert!(known.iter().any(|k| part.starts_with(k)), "{part}");
        }
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().expect("a name"));
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}

struct Rect {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

impl Rect {
    fn of(element: &str) -> Self {
        let [x, y, w, h] = ["x", "y", "width", "height"].map(|a| number(element, a));
        Rect { x, y, w, h }
    }

    fn meets(&self, other: &Rect) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }
}

#[test]
fn pictures() {
    let mut drawn = 0;
    for case in cases("check") {
        let shown = name(&case);
        let laid = Laid::new(&case.join("tree"));
        let output = wit(laid.path(), &["graph", "--format", "json", "."]);
        if !output.status.success() {
            assert_eq!(output.status.code(), Some(1), "{}", said(&output));
            continue;
        }
        drawn += 1;
        let json = String::from_utf8(output.stdout).expect("UTF-8");
        let svg = draw(laid.path(), "svg", &["."]);
        well_formed(&svg);
        let (w, h) = (number(&svg, "width"), number(&svg, "height"));
        let mut rects: Vec<Rect> = Vec::new();
        for group in svg.split("<g class=\"").skip(1) {
            let is_node = group.starts_with("node ") || group.starts_with("node\"");
            if !is_node && !group.starts_with("label\"") {
                continue;
            }
            let rect = Rect::of(&group[group.find("<rect").expect("a box")..]);
            for element in group.split("<text").skip(1) {
                let text = &element[element.find('>').expect("a tag") + 1..];
                let text = &text[..text.find('<').expect("an end")];
                let size = if element.starts_with(" class=\"name\"") {
                    13.0
                } else {
                    11.0
                };
                let left = number(&format!("<text{element}"), "x");
                let right = left + text.chars().count() as f64 * size * 0.6;
                assert!(left > rect.x && right < rect.x + rect.w, "{shown}: {text}");
            }
            assert!(rect.x >= -24.0 && rect.x + rect.w <= w - 24.0, "{shown}");
            assert!(rect.y >= -24.0 && rect.y + rect.h <= h - 24.0, "{shown}");
            assert!(
                !rects.iter().any(|r| r.meets(&rect)),
                "{shown}: covers another"
            );
            rects.push(rect);
        }
        let nodes = svg.matches("\" id=\"p").count();
        assert_eq!(nodes, json.matches("\"interfaces\":").count(), "{shown}");
        let edges = svg.matches("\" id=\"e").count();
        assert_eq!(edges, json.matches("\"from\":").count(), "{shown}");

        let html = draw(laid.path(), "html", &["."]);
        assert!(html.contains(&svg), "{shown}");
        for address in ["src=", "href=", "url(", "@import", "http://", "https://"] {
            let own = html.replace("http://www.w3.org/2000/svg", "");
            assert!(
                !own.contains(address),
                "{shown}: not self-contained: {address}"
            );
        }
    }
    assert!(drawn > 15, "{drawn}");
}

#[test]
fn the_order_of_arguments_does_not_show() {
    let case = cases("check")
        .into_iter()
        .find(|c| c.ends_with("ok-seven-packages"));
    let laid = Laid::new(&case.expect("the case").join("tree"));
    for format in ["svg", "html", "json", "dot"] {
        let one = draw(laid.path(), format, &["."]);
        assert_eq!(one, draw(laid.path(), format, &["ext", ".", "core"]));
    }
}

#[test]
fn what_is_hostile_stays_text() {
    let dir = tempfile::tempdir().expect("tempdir");
    let text = "// label: //x:</script><script>alert(1)</script>\"'&\npackage a:b;\n\
                interface i { use c:d/e@1.0.0.{t}; }\n";
    fs::write(dir.path().join("a.wit"), text).expect("write");
    for format in ["svg", "html"] {
        let drawn = draw(dir.path(), format, &["a.wit"]);
        assert!(!drawn.contains("<script>alert"), "{drawn}");
        assert!(drawn.contains("&lt;script&gt;alert(1)"), "{drawn}");
    }
    let drawn = draw(dir.path(), "json", &["--wit", "a.wit"]);
    assert!(drawn.contains("\"missing\": true"), "{drawn}");
}

#[test]
fn what_cannot_be_drawn() {
    let dir = tempfile::tempdir().expect("tempdir");
    let said_of = |args: &[&str]| said(&wit(dir.path(), args));
    assert!(said_of(&["graph", "."]).starts_with("exit 1\nerror: no WIT file"));
    assert!(said_of(&["graph", "none"]).starts_with("exit 3\n"));
    assert!(said_of(&["graph"]).starts_with("exit 2\n"));
    fs::write(dir.path().join("a.wit"), "package a:b;\n").expect("write");
    fs::write(dir.path().join("b.wit"), b"\xff").expect("write");
    let text = said_of(&["graph", ".", "-o", "out.svg"]);
    assert!(text.starts_with("exit 1\n"), "{text}");
    assert!(!dir.path().join("out.svg").exists());
    fs::remove_file(dir.path().join("b.wit")).expect("rm");
    assert_eq!(said_of(&["graph", ".", "-o", "out.svg"]), "exit 0\n");
    assert!(dir.path().join("out.svg").exists());
}
