//! `wit fix` of a whole design.

use crate::support::{case, said, wit};

/// The seven packages of the airssys design and an application, written with uses at file level and
/// without versions: after `fix` they fit together.
#[test]
fn the_seven_packages_fit_together() {
    let laid = case("fix/seven-packages");
    assert_eq!(wit(laid.path(), &["check", "."]).status.code(), Some(1));
    let output = wit(laid.path(), &["fix", "."]);
    assert!(output.status.success(), "{}", said(&output));
    let output = wit(laid.path(), &["check", "."]);
    let said = said(&output);
    assert_eq!(said, "exit 0\nok: 8 packages, 7 interfaces, 1 world\n");
}

/// A source keeps its mode and stays a link; a link out of the tree is not followed.
#[cfg(unix)]
#[test]
fn modes_and_links_stay() {
    use std::os::unix::fs::{symlink, PermissionsExt};
    const OLD: &str = "package a:b;\n\ninterface i {\n    f: function();\n}\n";
    let dir = tempfile::tempdir().expect("tempdir");
    let path = |name: &str| dir.path().join(name);
    std::fs::create_dir_all(path("tree/b")).expect("mkdir");
    std::fs::create_dir(path("tree/c")).expect("mkdir");
    std::fs::write(path("tree/b/i.txt"), OLD).expect("write");
    std::fs::write(path("outside.wit"), OLD.replace("a:b", "a:c")).expect("write");
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(path("tree/b/i.txt"), private).expect("chmod");
    symlink("i.txt", path("tree/b/i.wit")).expect("symlink");
    symlink("../../outside.wit", path("tree/c/c.wit")).expect("symlink");

    let output = wit(dir.path(), &["fix", "tree"]);
    let said = said(&output);
    assert!(said.starts_with("exit 1\nfixed tree/b/i.wit\n"), "{said}");
    assert!(
        said.contains("cannot write `tree/c/c.wit`: a link leads out of the tree"),
        "{said}"
    );
    assert!(path("tree/b/i.wit").is_symlink());
    let fixed = std::fs::read_to_string(path("tree/b/i.txt")).expect("read");
    assert!(fixed.contains("f: func();"), "{fixed}");
    let mode = path("tree/b/i.txt")
        .metadata()
        .expect("metadata")
        .permissions()
        .mode();
    assert_eq!(mode & 0o7777, 0o600);
    let outside = std::fs::read_to_string(path("outside.wit")).expect("read");
    assert!(outside.contains("function()"), "{outside}");

    let output = wit(dir.path(), &["fix", "tree", "outside.wit"]);
    assert!(output.status.success(), "{}", crate::support::said(&output));
}
