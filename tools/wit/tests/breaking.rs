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

/// Packages that no person has written are compared in some time, and with little memory.
#[test]
fn many_of_everything() {
    let dir = tempfile::tempdir().expect("tempdir");
    let range = |n: usize| 0..n;
    let list = |n: usize, item: &dyn Fn(usize) -> String| range(n).map(item).collect::<String>();
    let worlds = list(300, &|i| format!("world w{i} {{ import i; export i; }}\n"));
    let functions = list(2000, &|i| format!("go{i}: func();\n"));
    let imports = list(4000, &|i| format!("import i{i}: func();\n"));
    let params = |name: &str| list(2000, &|i| format!("{name}{i}: u8, "));
    for (what, old, new) in [
        (
            "worlds",
            format!("interface i {{ {functions} }}\n{worlds}"),
            format!("interface i {{ }}\n{worlds}"),
        ),
        (
            "imports",
            format!("world w {{ {imports} }}\n"),
            format!("world w {{ {} }}\n", imports.replace("import", "export")),
        ),
        (
            "parameters",
            format!("interface i {{ f: func({}); }}\n", params("a")),
            format!("interface i {{ f: func({}); }}\n", params("b")),
        ),
    ] {
        for (file, text) in [("old.wit", old), ("new.wit", new)] {
            let text = format!("package a:b@1.0.0;\n{text}");
            std::fs::write(dir.path().join(file), text).expect("write");
        }
        let start = std::time::Instant::now();
        let output = wit(dir.path(), &["breaking", "old.wit", "new.wit", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{what}: {}", said(&output));
        let time = start.elapsed();
        assert!(time.as_secs() < 120, "{what}: {time:?}");
        assert!(output.stdout.len() > 10_000, "{what}: {}", said(&output));
        println!("{what}: {time:?}, {} MiB", output.stdout.len() >> 20);
    }
}
