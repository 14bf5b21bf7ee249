//! The exit codes of `wit buildfiles`.

use crate::support::{said, wit};
use std::fs;

#[test]
fn exit_codes() {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("a.wit"), "package a:b;\n").expect("write");
    fs::create_dir(dir.path().join("empty")).expect("mkdir");
    for (args, code, text) in [
        (vec!["."], 1, "not in a Bazel workspace"),
        (vec!["empty"], 1, "no WIT file"),
        (vec![], 2, "PATH"),
        (vec!["none"], 3, "cannot read"),
    ] {
        let args = [vec!["buildfiles"], args].concat();
        let output = wit(dir.path(), &args);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {said}");
        assert!(said.contains(text), "{args:?}: {said}");
        assert!(!dir.path().join("BUILD.bazel").exists());
    }
}

const WIT: &str = "package a:b;\n\ninterface i {}\n";

/// No name of a file ends its string in a BUILD file; names that no label can have are refused.
#[cfg(unix)]
#[test]
fn names_of_files_are_no_code() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let more = [
        &b"\xff"[..],
        b"\xc3\xa9",
        b"\xf0\x9f\xa6\x80",
        b"\xe2\x80\xae",
    ];
    let one: Vec<[u8; 1]> = (1..0x80).filter(|b| *b != b'/').map(|b| [b]).collect();
    for name in one.iter().map(|b| &b[..]).chain(more) {
        let file = [b"a".as_slice(), name, b"\"])\ngenrule(name = \"x\")\n.wit"].concat();
        let plain = [b"a".as_slice(), name, b"\"]) #.wit"].concat();
        for (file, has_newline) in [(file, true), (plain, false)] {
            let dir = tempfile::tempdir().expect("tempdir");
            fs::write(dir.path().join("MODULE.bazel"), "").expect("write");
            fs::write(dir.path().join(OsStr::from_bytes(&file)), WIT).expect("write");
            let output = wit(dir.path(), &["buildfiles", "."]);
            let text = said(&output);
            let build = fs::read_to_string(dir.path().join("BUILD.bazel")).unwrap_or_default();
            assert_eq!(build.is_empty(), !output.status.success(), "{text}");
            assert_eq!(
                build.matches("\nwit_library(").count(),
                usize::from(output.status.success())
            );
            assert!(!build.contains("\ngenrule("), "{text}\n{build}");
            let is_refused = has_newline
                || name
                    .iter()
                    .any(|b| b.is_ascii_control() || b":\\\xff".contains(b));
            assert_eq!(
                output.status.code(),
                Some(i32::from(is_refused)),
                "{name:?}: {text}"
            );
            assert_eq!(text.contains("cannot write a label"), is_refused, "{text}");
            // What was written is read again.
            let again = said(&wit(dir.path(), &["buildfiles", "."]));
            assert_eq!(
                again.contains("ok: 1 package in 1 BUILD file, 0 changed"),
                !is_refused,
                "{again}"
            );
        }
    }
}

/// A BUILD file that is a link stays one, and is not read or written if it leads out of the tree.
#[cfg(unix)]
#[test]
fn links() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().expect("tempdir");
    let path = |name: &str| dir.path().join(name);
    fs::write(path("MODULE.bazel"), "").expect("write");
    for package in [
        "tree/in",
        "tree/out",
        "tree/nothing",
        "tree/shared",
        "tree/pipe",
    ] {
        fs::create_dir_all(path(package)).expect("mkdir");
        let name = package.rsplit('/').next().expect("name");
        let wit = WIT.replace("a:b", &format!("a:{name}"));
        fs::write(path(package).join("i.wit"), wit).expect("write");
    }
    fs::write(path("tree/shared/build"), "# shared\n").expect("write");
    fs::write(path("secret"), "# secret\n").expect("write");
    symlink("../shared/build", path("tree/in/BUILD.bazel")).expect("symlink");
    symlink("../../secret", path("tree/out/BUILD.bazel")).expect("symlink");
    symlink("../../new", path("tree/nothing/BUILD.bazel")).expect("symlink");
    for args in [
        ["buildfiles", "--check", "tree"],
        ["buildfiles", "tree", "tree"],
    ] {
        let text = said(&wit(dir.path(), &args));
        assert!(text.starts_with("exit 1\n"), "{text}");
        for part in [
            "cannot write `tree/out/BUILD.bazel`: a link leads out of the tree",
            "cannot write `tree/nothing/BUILD.bazel`: it is a link to nothing",
        ] {
            assert!(text.contains(part), "{text}");
        }
        assert!(!text.contains("# secret"), "{text}");
    }
    let read = |name: &str| fs::read_to_string(path(name)).expect("read");
    assert_eq!(read("secret"), "# secret\n");
    assert!(!path("new").exists());
    assert!(path("tree/in/BUILD.bazel").is_symlink());
    assert!(read("tree/shared/build").contains("wit_library("));
    assert!(read("tree/pipe/BUILD.bazel").contains("wit_library("));

    // A pipe is not read, which would never end.
    fs::remove_file(path("tree/pipe/BUILD.bazel")).expect("remove");
    let made = std::process::Command::new("mkfifo")
        .arg(path("tree/pipe/BUILD.bazel"))
        .status();
    if made.is_ok_and(|s| s.success()) {
        let text = said(&wit(dir.path(), &["buildfiles", "tree/pipe"]));
        assert!(text.contains("not a regular file"), "{text}");
    }
}
