//! `wit resolve` on generated sources, parameter files and `wit version`.

use crate::support::binary;
use std::fs;
use std::process::{Command, Output};

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Resolves one text and gives the normal form.
fn normal(text_: &str) -> String {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("a.wit"), text_).expect("write");
    let output = Command::new(binary())
        .args(["resolve", "--label", "//a", "--src", "a.wit"])
        .args(["-o", "o.wit", "--output-spans", "o.json"])
        .current_dir(dir.path())
        .output()
        .expect("runs");
    assert!(output.status.success(), "{}", text(&output));
    fs::read_to_string(dir.path().join("o.wit")).expect("output")
}

#[test]
fn comments_do_not_show() {
    let with = |a: &str, b: &str, c: &str| {
        format!(
            "{a}\npackage a:b@1.0.0;\n/// kept\ninterface i {{ {b}\n  f: func(); {c}\n  \
             @external-id(\"x//y\")\n  g: func();\n}}\n"
        )
    };
    let plain = normal(&with("", "", ""));
    assert!(plain.contains("/// kept\n"), "{plain}");
    for (a, b, c) in [
        ("// a", "// b", "// c"),
        ("/* a */", "/* b\n\n */", "//// c"),
        ("//", "/**/", "/*** é ***/"),
    ] {
        assert_eq!(plain, normal(&with(a, b, c)));
    }
    assert_ne!(plain, normal(&with("", "", "/// c")));
}

#[test]
fn hostile_sources_are_refused() {
    let dir = tempfile::tempdir().expect("tempdir");
    let deep = |open: &str, close: &str| {
        let (o, c) = (open.repeat(50_000), close.repeat(50_000));
        format!("package a:b;\ninterface i {{ type t = {o}u8{c}; }}\n").into_bytes()
    };
    let mut big = b"package a:b;\n//".to_vec();
    big.resize(17 << 20, b' ');
    let cases: &[(&str, Vec<u8>, &str)] = &[
        ("deep", deep("list<", ">"), "nesting too deep"),
        ("deep-tuple", deep("tuple<u8,", ">"), "nesting too deep"),
        ("big", big, "larger than the limit of 16 MiB"),
        ("latin", b"package a:b;\n// \xe9".to_vec(), "not UTF-8"),
        ("bidi", "package a:b;\n// \u{202e}".into(), "bidirectional"),
        ("nul", b"package a:b;\0".to_vec(), "control code"),
        (
            "nested",
            "package a:b { ".repeat(9000).into_bytes(),
            "error",
        ),
    ];
    for (name, bytes, message) in cases {
        let file = dir.path().join("a.wit");
        fs::write(&file, bytes).expect("write");
        let output = Command::new(binary())
            .args(["resolve", "--label", "//a", "--src", "a.wit"])
            .args(["-o", "o.wit", "--output-spans", "o.json"])
            .current_dir(dir.path())
            .output()
            .expect("runs");
        let text = text(&output);
        assert_eq!(output.status.code(), Some(1), "{name}: {text}");
        assert!(text.contains(message), "{name}: {text}");
        assert!(!text.contains("internal error"), "{name}: {text}");
        assert!(!dir.path().join("o.wit").exists(), "{name}");
    }
}

#[test]
fn exit_codes() {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("a.wit"), "package a:b;\n").expect("write");
    let base = ["resolve", "--label", "//a", "--src", "a.wit", "-o"];
    for (args, code) in [
        (vec!["o.wit", "--output-spans", "o.json"], 0),
        (vec!["o.wit", "--output-spans", "o.json", "--what"], 2),
        (
            vec!["o.wit", "--output-spans", "o.json", "--dep", "none.wit"],
            3,
        ),
        (vec!["none/o.wit", "--output-spans", "o.json"], 3),
    ] {
        let output = Command::new(binary())
            .args(base)
            .args(&args)
            .current_dir(dir.path())
            .output()
            .expect("runs");
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}: {}",
            text(&output)
        );
    }
}

#[test]
fn arguments_from_a_file_and_paths_from_where_the_user_stands() {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("a.wit"), "package a:b;\n").expect("write");
    fs::write(
        dir.path().join("params"),
        "resolve\n--label\n@@r//a:b\n--src\na.wit\n-o\no.wit\n--output-spans\no.json\n",
    )
    .expect("write");
    let output = Command::new(binary())
        .arg("@params")
        .env("BUILD_WORKING_DIRECTORY", dir.path())
        .output()
        .expect("runs");
    assert!(output.status.success(), "{}", text(&output));
    let out = fs::read_to_string(dir.path().join("o.wit")).expect("output");
    assert_eq!(out, "// label: @@r//a:b\npackage a:b;\n");
}

#[test]
fn the_version_is_that_of_the_libraries() {
    golden::check_versions(&binary(), 2);
}
