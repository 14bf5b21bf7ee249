//! What holds in every case of `bindgen-rust/`.

use golden::Done;

/// Cases of errors print and write nothing else; the others write the same twice, and no function
/// hides a parameter by a local of the same name.
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
    let code = done.text("out.rs");
    for function in code.split("pub fn ").skip(1) {
        let (head, body) = function.split_once('{').unwrap_or((function, ""));
        let body = body.split("\npub ").next().unwrap_or(body);
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let labels = head
            .split(':')
            .map(|part| part.rsplit(|c| !is_word(c)).next());
        for label in labels.flatten().filter(|l| !l.is_empty()) {
            let bound = [format!("let {label} "), format!("let mut {label} ")];
            let is_bound = bound.iter().any(|b| body.contains(b.as_str()));
            assert!(!is_bound, "`{label}` is hidden: {function}");
        }
    }
}
