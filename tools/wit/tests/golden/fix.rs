//! What holds in every case of `fix/`, and in part of `buildfiles/`.

use golden::{Done, Output};

/// Checks a command that rewrites files: `--check` writes nothing and shows a difference of every
/// file that changes, and a second run changes nothing. `state` is what the difference calls the
/// new text.
pub fn rewrites(done: &Done, command: &str, state: &str) {
    let args = &done.case.commands[0].args;
    let dry_args = [&[command.to_owned(), "--check".to_owned()], &args[1..]].concat();
    let fresh = done.fresh();
    let dry = fresh.run(&dry_args);
    assert!(fresh.files() == done.before, "--check wrote something");
    for path in done.changed.keys() {
        let header = format!("+++ {path} ({state})");
        assert!(dry.stdout.contains(&header), "{path}: {}", dry.stdout);
    }
    let output = &done.outputs[0];
    let is_clean = done.changed.is_empty() && output.code == 0;
    assert_eq!(dry.code, i32::from(!is_clean), "--check");

    let middle = done.tree.files();
    let again = done.tree.run(args);
    assert!(done.tree.files() == middle, "a second run changes more");
    assert_eq!(again.code, output.code, "{}", again.text());
    if output.code == 0 {
        passes(&done.tree.run(&dry_args));
    }
}

fn passes(output: &Output) {
    assert_eq!(output.code, 0, "{}", output.text());
}

/// Beyond what holds for [`rewrites`]: comments survive, and `ok-` cases pass `wit check` afterwards.
pub fn check(done: &Done) {
    rewrites(done, "fix", "fixed");
    for path in done.changed.keys() {
        let (new, old) = (done.text(path), &done.before[path]);
        let old = String::from_utf8_lossy(old);
        for (_, comment) in old.lines().filter_map(|line| line.split_once("//")) {
            assert!(new.contains(comment.trim()), "{path}: `{comment}` is lost");
        }
    }
    if done.name().starts_with("ok-") || done.name().starts_with("seven-") {
        passes(&done.tree.run(&["check", "."]));
    }
}
