//! What holds in every case of `breaking/`.

use crate::count;
use golden::Done;

/// Exactly the `ok-` cases pass, every problem has a hint, `--json` ends with the same code, and
/// nothing breaks between a package and itself.
pub fn check(done: &Done) {
    let output = &done.outputs[0];
    assert_eq!(output.code == 0, done.name().starts_with("ok-"));
    let [_, _, _, options @ ..] = done.case.commands[0].args.as_slice() else {
        panic!("not `breaking OLD NEW`");
    };
    let run = |old: &str, new: &str, more: &[&str]| {
        let mut args = vec!["breaking", old, new];
        args.extend(options.iter().map(String::as_str));
        args.extend(more);
        done.tree.run(&args)
    };
    assert_eq!(run("old", "new", &["--json"]).code, output.code);
    if done.name().starts_with("error-") {
        return;
    }
    let problems = count(&output.stderr, &["error: ", "warning: "]);
    assert_eq!(problems, count(&output.stderr, &["hint: "]));
    for side in ["old", "new"] {
        let text = run(side, side, &[]).text();
        assert!(text.starts_with("exit 0\n"), "{side}: {text}");
        assert!(text.ends_with("nothing breaks\n"), "{side}: {text}");
        assert_eq!(text.lines().count(), 2, "{side}: {text}");
    }
}
