//! Links to directories in trees.

use crate::support::{said, wit};
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
    fs::write(path, text).expect("write");
}

fn link(root: &Path, path: &str, to: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
    symlink(to, path).expect("link");
}

/// A package that uses another one through a link.
fn tree() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("tempdir");
    let root = dir.path();
    write(root, "MODULE.bazel", "");
    let util = "package t:util@1.0.0;\n\ninterface util {\n    f: func();\n}\n";
    write(root, "shared/util/util.wit", util);
    let app = "package t:app@1.0.0;\n\nworld app {\n    import t:util/util@1.0.0;\n}\n";
    write(root, "app/wit/app.wit", app);
    link(root, "app/wit/deps/util", "../../../shared/util");
    dir
}

#[test]
fn all_commands_follow_links() {
    let dir = tree();
    let ok = "exit 0\nok: 2 packages, 1 interface, 1 world\n";
    assert_eq!(said(&wit(dir.path(), &["check", "app/wit"])), ok);
    assert_eq!(said(&wit(dir.path(), &["check", "."])), ok);
    for args in [
        &["closure", "app/wit"][..],
        &["encode", "app/wit", "-o", "out.wasm"],
        &["docs", "app/wit"],
        &["graph", "app/wit", "--format", "dot"],
        &["breaking", "app/wit", "app/wit"],
        &["fix", "--check", "app/wit"],
        &["buildfiles", "app/wit"],
    ] {
        let text = said(&wit(dir.path(), args));
        assert!(text.starts_with("exit 0\n"), "{args:?}: {text}");
        assert!(!text.contains("dashed"), "{args:?}: {text}");
    }
    let build = dir.path().join("app/wit/BUILD.bazel");
    let build = fs::read_to_string(build).expect("BUILD.bazel");
    assert!(build.contains("deps = [\"//shared/util\"]"), "{build}");
}

/// Links to a directory above them, to each other and to nothing are ignored, and a directory with
/// several links is read once.
#[test]
fn loops_end() {
    let dir = tree();
    let root = dir.path();
    for (path, to) in [
        ("app/wit/deps/again", "../../../shared/util"),
        ("app/wit/deps/up", "../../.."),
        ("app/wit/deps/here", "."),
        ("app/wit/deps/one", "two"),
        ("app/wit/deps/two", "one"),
        ("app/wit/deps/dangling", "nowhere"),
        ("app/wit/root", "/"),
        ("shared/util/deps", "../../app/wit/deps"),
        ("shared/util/root", "/"),
    ] {
        link(root, path, to);
    }
    let ok = "exit 0\nok: 2 packages, 1 interface, 1 world\n";
    for path in ["app/wit", "app", "shared", "."] {
        let text = said(&wit(root, &["check", path]));
        assert!(text.starts_with("exit 0\n"), "{path}: {text}");
        assert!(path == "shared" || text == ok, "{path}: {text}");
    }
    // Each level has two links to the one below.
    write(root, "x0/x.wit", "package t:x;\n");
    for level in 1..40 {
        for name in ["a", "deps"] {
            let to = format!("../x{}", level - 1);
            link(root, &format!("x{level}/{name}"), &to);
        }
    }
    let text = said(&wit(root, &["check", "x39"]));
    assert_eq!(text, "exit 0\nok: 1 package, 0 interfaces, 0 worlds\n");
}

/// Where a link leads out of the tree, only the directories of a package are read, and nothing is
/// written.
#[test]
fn outside_of_the_tree() {
    let dir = tree();
    let root = dir.path();
    write(root, "shared/util/other/broken.wit", "package");
    write(root, "shared/util/deps/more/more.wit", "package t:more;\n");
    write(root, "shared/util/wit/wit.wit", "package t:wit;\n");
    let ok = "exit 0\nok: 4 packages, 1 interface, 1 world\n";
    assert_eq!(said(&wit(root, &["check", "app/wit"])), ok);
    let old = "package t:util@1.0.0;\n\ninterface util {\n    f: function()\n}\n";
    write(root, "shared/util/util.wit", old);
    let text = said(&wit(root, &["fix", "app/wit"]));
    let refused =
        "exit 1\nerror: cannot write `app/wit/deps/util/util.wit`: a link leads out of the tree";
    assert!(text.starts_with(refused), "{text}");
    let now = fs::read_to_string(root.join("shared/util/util.wit")).expect("read");
    assert_eq!(now, old);
}
