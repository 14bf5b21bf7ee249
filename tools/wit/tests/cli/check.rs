//! `wit check` with packages from elsewhere and with several paths, and its exit codes.

use crate::support::{case, said, wit};

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
    assert!(
        text.contains("which its manifest does not declare"),
        "{text}"
    );
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
    let laid = case("check/ok-seven-packages");
    let one = wit(laid.path(), &["check", "."]);
    let two = wit(laid.path(), &["check", "ext", ".", "core"]);
    assert_eq!(said(&one), said(&two));
}

#[test]
fn exit_codes() {
    let laid = case("check/ok-seven-packages");
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
