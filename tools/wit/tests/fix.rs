//! Runs `wit fix` over the cases in `fix/` beside this file.
//!
//! A case is a directory: the tree as it is (`in/`), as it shall be (`expected/`: only the files
//! that change), and what is said (`expected.txt`: the exit code, the standard output, the standard
//! error). A case whose name begins with `ok-` or `seven-` must pass `wit check` afterwards.
//! `BLESS=1` writes what is expected.

mod tree;

use std::collections::BTreeMap;
use std::path::PathBuf;
use tree::{cases, name, said, wit, Laid};

fn changed(before: &BTreeMap<String, Vec<u8>>, laid: &Laid) -> BTreeMap<String, Vec<u8>> {
    let mut after = laid.files();
    after.retain(|path, bytes| before.get(path) != Some(bytes));
    after
}

fn bless(case: &std::path::Path, texts: &BTreeMap<String, Vec<u8>>) {
    let dir = case.join("expected");
    let _ = std::fs::remove_dir_all(&dir);
    for (path, bytes) in texts {
        let path = dir.join(path);
        std::fs::create_dir_all(path.parent().expect("parent")).expect("mkdir");
        std::fs::write(path, bytes).expect("bless");
    }
}

#[test]
fn fix() {
    for case in cases("fix") {
        let shown = name(&case);
        let laid = Laid::new(&case.join("in"));
        let before = laid.files();

        let dry = wit(laid.path(), &["fix", "--check", "."]);
        assert_eq!(laid.files(), before, "{shown}: --check wrote something");

        let output = wit(laid.path(), &["fix", "."]);
        tree::expect(&case, "expected.txt", &said(&output));
        let changed = changed(&before, &laid);
        if std::env::var_os("BLESS").is_some() {
            bless(&case, &changed);
        }
        let expected: BTreeMap<String, String> = tree::read_all(&case.join("expected"))
            .into_iter()
            .map(|(p, b)| (p, String::from_utf8_lossy(&b).into_owned()))
            .collect();
        let changed: BTreeMap<String, String> = changed
            .into_iter()
            .map(|(p, b)| (p, String::from_utf8_lossy(&b).into_owned()))
            .collect();
        assert_eq!(expected, changed, "{shown} (BLESS=1 regenerates)");

        // A difference is shown, and the exit code is 1, exactly where something changes.
        let diff = String::from_utf8_lossy(&dry.stdout).into_owned();
        for path in changed.keys() {
            assert!(
                diff.contains(&format!("+++ {path} (fixed)")),
                "{shown}: {diff}"
            );
        }
        let is_clean = changed.is_empty() && output.status.success();
        assert_eq!(dry.status.code(), Some(i32::from(!is_clean)), "{shown}");

        // What is fixed stays as it is.
        let middle = laid.files();
        let again = wit(laid.path(), &["fix", "."]);
        assert_eq!(laid.files(), middle, "{shown}: not the same twice");
        assert_eq!(again.status.code(), output.status.code(), "{shown}");
        if output.status.success() {
            let left = wit(laid.path(), &["fix", "--check", "."]);
            assert!(left.status.success(), "{shown}: {}", said(&left));
        }

        // Every comment is still there.
        for (path, text) in &changed {
            let old = String::from_utf8_lossy(&before[path]).into_owned();
            for line in old.lines().filter_map(|l| l.split_once("//")) {
                assert!(text.contains(line.1.trim()), "{shown}: {path}: {line:?}");
            }
        }
        if shown.starts_with("ok-") || shown.starts_with("seven-") {
            let checked = wit(laid.path(), &["check", "."]);
            assert!(checked.status.success(), "{shown}: {}", said(&checked));
        }
    }
}

/// The seven packages of the airssys design and an application, written with uses at file level and
/// without versions: after `fix` they fit together.
#[test]
fn the_seven_packages_fit_together() {
    let case: PathBuf = cases("fix")
        .into_iter()
        .find(|c| c.ends_with("seven-packages"))
        .expect("the case");
    let laid = Laid::new(&case.join("in"));
    assert_eq!(wit(laid.path(), &["check", "."]).status.code(), Some(1));
    let output = wit(laid.path(), &["fix", "."]);
    assert!(output.status.success(), "{}", said(&output));
    let output = wit(laid.path(), &["check", "."]);
    let said = said(&output);
    assert_eq!(said, "exit 0\nok: 8 packages, 7 interfaces, 1 world\n");
}
