//! `wit graph`: order, hostile names and errors.

use crate::support::{case, said, wit};
use std::fs;
use std::path::Path;

/// Draws a tree, and gives what was drawn.
fn draw(dir: &Path, format: &str, paths: &[&str]) -> String {
    let output = wit(dir, &[&["graph", "--format", format], paths].concat());
    assert!(output.status.success(), "{}", said(&output));
    assert!(output.stderr.is_empty(), "{}", said(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Most trees of `check/` have a picture, which the golden tests look at.
#[test]
fn most_trees_are_drawn() {
    let is_drawn = |case: &golden::Case| {
        let dir = tempfile::tempdir().expect("tempdir");
        case.write_input(dir.path());
        let output = wit(dir.path(), &["graph", "--format", "json", "."]);
        output.status.success()
    };
    let cases = golden::Case::all("check");
    let drawn = cases.iter().filter(|case| is_drawn(case)).count();
    assert!(drawn > 15, "{drawn}");
}

#[test]
fn the_order_of_arguments_does_not_show() {
    let laid = case("check/ok-seven-packages");
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
