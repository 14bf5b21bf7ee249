//! What holds in every case of `bindgen-rust/`.

use golden::Done;

/// Cases of errors print and write nothing else; the others write the same twice.
pub fn check(done: &Done) {
    if crate::resolve::failed(done, "out.rs") {
        return;
    }
    let command = done.case.commands.last().expect("a command");
    let again = done.tree.execute(command);
    assert_eq!(again.code, 0, "{}", again.text());
    assert!(
        done.text("out.rs") == done.tree.read("out.rs"),
        "not the same twice"
    );
}
