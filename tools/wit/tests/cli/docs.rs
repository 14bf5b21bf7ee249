//! `wit docs`: order, titles and errors.

use crate::support::{case, said, wit};
use std::fs;
use std::path::Path;

fn page(dir: &Path, args: &[&str]) -> String {
    let output = wit(dir, &[&["docs"], args].concat());
    assert!(output.status.success(), "{}", said(&output));
    String::from_utf8(output.stdout).expect("UTF-8")
}

#[test]
fn the_order_of_arguments_does_not_show() {
    let laid = case("check/ok-seven-packages");
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
