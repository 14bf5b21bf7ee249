//! Runs `wit breaking` over the cases in `breaking/` beside this file.
//!
//! A case is a directory: the packages before (`old/`) and after (`new/`), more arguments
//! (`args.txt`, one a line), and what is said (`expected.txt`: the exit code, the standard output,
//! the standard error). A case whose name begins with `ok-` must not fail. Where there is an
//! `expected.json`, it holds the output of `--json`. `BLESS=1` writes what is expected.

mod tree;

use std::path::Path;
use tree::{cases, name, said, wit, Laid};

fn more_args(case: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(case.join("args.txt")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

fn run(laid: &Laid, old: &str, new: &str, more: &[String]) -> std::process::Output {
    let mut args = vec!["breaking", old, new];
    args.extend(more.iter().map(String::as_str));
    wit(laid.path(), &args)
}

#[test]
fn breaking() {
    for case in cases("breaking") {
        let shown = name(&case);
        let laid = Laid::new(&case);
        let more = more_args(&case);
        let output = run(&laid, "old", "new", &more);
        let text = said(&output);
        tree::expect(&case, "expected.txt", &text);
        assert_eq!(output.status.success(), shown.starts_with("ok-"), "{shown}");

        // Every error and warning has its one hint.
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let count = |prefix: &str| stderr.lines().filter(|l| l.starts_with(prefix)).count();
        let problems = count("error: ") + count("warning: ");
        if !shown.starts_with("error-") {
            assert_eq!(problems, count("hint: "), "{shown}: {stderr}");
        }

        let mut json_args = more.clone();
        json_args.push("--json".to_owned());
        let json = run(&laid, "old", "new", &json_args);
        assert_eq!(json.status.code(), output.status.code(), "{shown}");
        if case.join("expected.json").exists() {
            tree::expect(
                &case,
                "expected.json",
                &String::from_utf8_lossy(&json.stdout),
            );
        }
        if shown.starts_with("error-") {
            continue;
        }

        // Nothing has changed between a thing and itself.
        for side in ["old", "new"] {
            let output = run(&laid, side, side, &more);
            let text = said(&output);
            assert!(output.status.success(), "{shown}: {text}");
            assert!(text.ends_with("nothing breaks\n"), "{shown}: {text}");
            assert_eq!(text.lines().count(), 2, "{shown}: {text}");
        }
    }
}
