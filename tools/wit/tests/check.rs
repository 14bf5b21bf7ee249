//! Runs `wit check` over the cases in `check/` beside this file.
//!
//! A case is a directory with a tree, and what is expected beside it: `expected.txt` (the exit code,
//! the standard output, the standard error) and, where it exists, `expected.json` (the output of
//! `--json`). `first-line.txt` holds the first line of the error, which users search for and
//! documents quote: it is not regenerated. `BLESS=1` writes the others.

mod tree;

use tree::{cases, name, said, wit, Laid};

#[test]
fn check() {
    for case in cases("check") {
        let shown = name(&case);
        let laid = Laid::new(&case.join("tree"));
        let before = laid.files();
        let output = wit(laid.path(), &["check", "."]);
        let text = said(&output);
        assert_ne!(output.status.code(), Some(101), "{shown}: {text}");
        tree::expect(&case, "expected.txt", &text);
        if let Ok(first) = std::fs::read_to_string(case.join("first-line.txt")) {
            assert_eq!(text.lines().nth(1), Some(first.trim_end()), "{shown}");
        }
        assert_eq!(output.status.success(), shown.starts_with("ok-"), "{shown}");
        assert_eq!(laid.files(), before, "{shown}: wrote something");

        // Every error ends with its one hint.
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let count = |prefix: &str| stderr.lines().filter(|l| l.starts_with(prefix)).count();
        let problems = count("error: ") + count("warning: ");
        assert_eq!(problems, count("hint: "), "{shown}: {stderr}");

        let json = wit(laid.path(), &["check", "--json", "."]);
        assert_eq!(json.status.code(), output.status.code(), "{shown}");
        assert!(json.stderr.is_empty(), "{shown}: {}", said(&json));
        let json = String::from_utf8_lossy(&json.stdout).into_owned();
        assert_eq!(
            json.matches("\"message\":").count(),
            problems,
            "{shown}: {json}"
        );
        if case.join("expected.json").exists() {
            tree::expect(&case, "expected.json", &json);
        }
    }
}

/// Packages from outside are used, and not checked or counted.
#[test]
fn packages_from_elsewhere() {
    let dir = tempfile::tempdir().expect("tempdir");
    let write = |path: &str, text: &str| {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
        std::fs::write(path, text).expect("write");
    };
    let user = "package a:user;\n\nworld w {\n    import o:other/i@1.0.0;\n}\n";
    write("tree/user/user.wit", user);
    write("tree/user/deps.toml", "[dependencies]\n");
    let other = "package o:other@1.0.0;\n\ninterface i { }\ninterface unused { }\n";
    write("other/o/o.wit", other);
    let check = |more: &[&str]| said(&wit(dir.path(), &[&["check", "tree"], more].concat()));
    let missing = check(&[]);
    assert!(missing.starts_with("exit 1\nerror: failed to resolve dependency 'other'"));
    let ok = "exit 0\nok: 1 package, 0 interfaces, 1 world\n";
    assert_eq!(check(&["--dep", "other"]), ok);
    assert_eq!(check(&["--dep", "other/o/o.wit"]), ok);
    // The tree's own goes before, whatever is said elsewhere.
    write("tree/mine/o.wit", &other.replace("unused", "mine"));
    let text = check(&["--dep", "other"]);
    assert!(text.contains("which its manifest does not name"), "{text}");
    write(
        "tree/user/deps.toml",
        "[dependencies]\nother = { path = \"../mine\" }\n",
    );
    let ok = "exit 0\nok: 2 packages, 2 interfaces, 1 world\n";
    assert_eq!(check(&["--dep", "other"]), ok);
    // Files of the tree are of the tree, even if they are named twice.
    assert_eq!(check(&["--dep", "tree"]), ok);
    assert!(check(&["--dep", "nowhere"]).starts_with("exit 3\n"));
}

/// The order of the arguments, and whether they overlap, does not show.
#[test]
fn paths_may_overlap() {
    let case = cases("check")
        .into_iter()
        .find(|c| c.ends_with("ok-seven-packages"));
    let laid = Laid::new(&case.expect("the case").join("tree"));
    let one = wit(laid.path(), &["check", "."]);
    let two = wit(laid.path(), &["check", "ext", ".", "core"]);
    assert_eq!(said(&one), said(&two));
}

#[test]
fn exit_codes() {
    let case = cases("check")
        .into_iter()
        .find(|c| c.ends_with("ok-seven-packages"));
    let laid = Laid::new(&case.expect("the case").join("tree"));
    std::fs::create_dir(laid.path().join("empty")).expect("mkdir");
    for (args, code) in [
        (vec!["check", "."], 0),
        (vec!["check", "empty"], 1),
        (vec!["check"], 2),
        (vec!["check", "--what", "."], 2),
        (vec!["check", "none"], 3),
        (vec!["check", "--json", "none"], 3),
        (vec!["fix", "--check", "."], 0),
        (vec!["fix", "empty"], 1),
        (vec!["fix"], 2),
        (vec!["fix", "none"], 3),
    ] {
        let output = wit(laid.path(), &args);
        assert_eq!(
            output.status.code(),
            Some(code),
            "{args:?}: {}",
            said(&output)
        );
    }
}
