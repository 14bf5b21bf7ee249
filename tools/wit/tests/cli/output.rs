//! Where outputs go, and that several outputs of a command appear together.

use crate::support::{said, wit};
use std::fs;

fn package() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("a.wit"), "package t:a;\ninterface i { }\n").expect("write");
    dir
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_to_the_standard_output_is_written_to() {
    let dir = package();
    let link = dir.path().join("link");
    std::os::unix::fs::symlink("/proc/self/fd/1", &link).expect("link");
    let output = wit(dir.path(), &["encode", "a.wit", "-o", "link"]);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(output.stdout.starts_with(b"\0asm"), "{}", said(&output));
    assert!(link.is_symlink());
}

#[test]
fn outputs_appear_together() {
    let dir = package();
    let resolve = ["resolve", "--label", "//x:y", "--src", "a.wit", "-o", "out"];
    for (spans, code) in [("no/spans", 3), ("out", 2), (".", 3)] {
        let args = [&resolve[..], &["--output-spans", spans]].concat();
        let output = wit(dir.path(), &args);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        let left = fs::read_dir(dir.path()).expect("directory").count();
        assert_eq!(left, 1, "{spans}");
    }
    let args = [&resolve[..], &["--output-spans", "spans"]].concat();
    let output = wit(dir.path(), &args);
    assert_eq!(output.status.code(), Some(0), "{}", said(&output));
    assert!(dir.path().join("out").is_file() && dir.path().join("spans").is_file());
}
