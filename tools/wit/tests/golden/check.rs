//! What holds in every case of `check/`.

use crate::count;
use golden::Done;

/// Exactly the `ok-` cases pass, every problem has a hint, `--json` reports the same problems, and
/// nothing is written.
pub fn check(done: &Done) {
    let output = &done.outputs[0];
    assert_eq!(output.code == 0, done.name().starts_with("ok-"));
    let problems = count(&output.stderr, &["error: ", "warning: "]);
    assert_eq!(problems, count(&output.stderr, &["hint: "]));

    let json = done.tree.run(&["check", "--json", "."]);
    assert_eq!(json.code, output.code);
    assert_eq!(json.stderr, "");
    assert_eq!(json.stdout.matches("\"message\":").count(), problems);
    assert!(done.tree.files() == done.before, "files were written");
}
