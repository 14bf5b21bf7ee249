//! Cases of the harness itself: each kind of mistake is found.

use crate::folder::Folder;
use crate::suite::{part, run_over, shard, Suite};
use crate::{expect, Case, Done, Tree};
use std::collections::BTreeSet;
use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A directory `tests` with files in it.
struct Tests(tempfile::TempDir);

impl Tests {
    fn new(files: &[(&str, &str)]) -> Tests {
        let tests = Tests(tempfile::tempdir().expect("a temporary directory"));
        for (path, text) in files {
            let path = tests.path(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("directories");
            fs::write(path, text).expect("written");
        }
        tests
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// A shell is the tool.
    fn suite(&self) -> Suite {
        Suite::of("sh", Path::new("/bin/sh"), self.0.path().to_owned()).env("PATH", "/usr/bin:/bin")
    }

    fn run(&self, case: &str, folder: &Folder, bless: bool) -> Result<(), String> {
        expect::run(
            &self.path(case),
            folder,
            &Arc::new(self.suite().tool),
            bless,
        )
    }
}

/// Runs one case, in a folder without a check.
fn run(text: &str) -> Result<(), String> {
    let tests = Tests::new(&[("f/case.txtar", text)]);
    tests.run("f/case.txtar", &Folder::new("f"), false)
}

const GOOD: &str = "Says what it reads, and writes it.
# RUN: sh a.sh 'b c' < in
# FAIL 3: X=y sh -c 'echo $X {cwd} >&2; \\
# exit 3'
-- a.sh --
cat; echo $1; cp a.sh d
printf x > e
-- in --
input
-- stdout --
input
b c
-- stderr 2 --
y {cwd}
-- expected d --
cat; echo $1; cp a.sh d
printf x > e
-- expected e (no newline) --
x
";

#[test]
fn a_case_passes() {
    assert_eq!(run(GOOD), Ok(()));
}

#[test]
fn what_differs_fails() {
    for (old, new, expected) in [
        ("b c\n-- stderr", "b d\n-- stderr", "-b d\n+b c\n"),
        (
            "-- stdout --\ninput\nb c\n",
            "",
            "stdout (no such section):",
        ),
        (
            "-- stderr 2 --\ny {cwd}\n",
            "",
            "stderr 2 (no such section):",
        ),
        (
            "-- stderr 2 --",
            "-- stderr --\nz\n-- stderr 2 --",
            "stderr (nothing was written):",
        ),
        (
            "-- expected e (no newline) --\nx\n",
            "",
            "expected e (no such section):",
        ),
        ("-- expected e (no newline)", "-- expected e", "expected e:"),
        (
            "-- expected e",
            "-- expected f --\n-- expected e",
            "expected f (nothing was written):",
        ),
        (
            "cp a.sh d\nprintf x",
            "cp a.sh d; rm in\nprintf x",
            "`in` was removed",
        ),
        (
            "cp a.sh d\nprintf x",
            "cp a.sh d; printf '\\377' > g\nprintf x",
            "`g` was written and is not text",
        ),
        ("FAIL 3", "FAIL", "must exit with 1:\nexit 3\n"),
        ("FAIL 3", "RUN", "must exit with 0:\nexit 3\n"),
        ("RUN", "FAIL", "must exit with 1:\nexit 0\n"),
        (
            "# RUN",
            "# FIRST LINE: x\n# RUN",
            "the first line must be\nx\nand is\n",
        ),
    ] {
        assert!(GOOD.contains(old), "{old}");
        let error = run(&GOOD.replacen(old, new, 1)).expect_err(expected);
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn mistakes_in_a_case_are_errors() {
    for (text, expected) in [
        ("-- a --\n", "no `# RUN:` and no `# FAIL:` line"),
        ("# RUN: sh -c 'exit 0\n", "no closing '"),
        ("# RNU: sh\n", "unknown directive `RNU`"),
        ("# FAIL 101: sh\n", "`101` is not the exit code of an error"),
        ("# FAIL 0: sh\n", "`0` is not the exit code of an error"),
        (
            "# RUN: sh\n-- ../a --\n",
            "`../a` is not a path in the case's directory",
        ),
        (
            "# RUN: sh\n-- /a --\n",
            "`/a` is not a path in the case's directory",
        ),
        ("# RUN: sh\n-- a --\n-- a --\n", "two sections `a`"),
        ("# INPUT: f/none\n# RUN: sh\n", "f/none: "),
    ] {
        let error = run(text).expect_err(expected);
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn bless_records_what_happens() {
    let text = "# RUN: sh -c 'cat a; echo b >&2; echo {cwd} > c; cp c out'\n-- stdout --\nold\n-- a --\na\n-- expected old --\n";
    let tests = Tests::new(&[("f/case.txtar", text)]);
    let folder = Folder::new("f").unlisted(&["ou"]);
    tests
        .run("f/case.txtar", &folder, false)
        .expect_err("a difference");
    let read = || fs::read_to_string(tests.path("f/case.txtar")).expect("read");
    assert_eq!(read(), text);
    tests.run("f/case.txtar", &folder, true).expect("blessed");
    let command = text.lines().next().expect("a line");
    let expected = format!(
        "{command}\n-- a --\na\n-- stdout --\na\n-- stderr --\nb\n-- expected c --\n{{cwd}}\n"
    );
    assert_eq!(read(), expected);
    tests
        .run("f/case.txtar", &folder, false)
        .expect("no difference");
    // Exit codes and first lines stay.
    for line in [
        "# FAIL: sh -c 'true'",
        "# FIRST LINE: x\n# RUN: sh -c 'echo y >&2'",
    ] {
        let tests = Tests::new(&[("f/case.txtar", line)]);
        tests.run("f/case.txtar", &folder, true).expect_err(line);
        assert_eq!(
            fs::read_to_string(tests.path("f/case.txtar")).expect("read"),
            line
        );
    }
}

#[test]
fn a_folder_may_leave_files_unlisted() {
    let text = "# RUN: sh -c 'printf \"\\\\377\" > out.bin; echo a > out.txt'\n-- expected out.txt --\na\n";
    let tests = Tests::new(&[
        ("f/a.txtar", text),
        ("f/b.txtar", &text.replace("--\na", "--\nb")),
    ]);
    tests
        .run("f/a.txtar", &Folder::new("f"), false)
        .expect_err("not text");
    tests
        .run("f/a.txtar", &Folder::new("f").unlisted(&["out"]), false)
        .expect("passes");
    // What has a section is compared all the same.
    tests
        .run("f/b.txtar", &Folder::new("f").unlisted(&["out"]), false)
        .expect_err("differs");
}

#[test]
fn a_directory_and_another_case_are_input() {
    let tests = Tests::new(&[
        (
            "f/dir/case.txtar",
            "# RUN: sh -c 'cat a/b c d'\n-- c --\nc\n-- stdout --\nb\r\n",
        ),
        ("f/dir/a/b", "b\r\n"),
        ("f/dir/d", "d"),
    ]);
    let error = tests
        .run("f/dir", &Folder::new("f"), false)
        .expect_err("carriage return");
    assert!(error.contains("carriage return"), "{error}");
    let text = "# RUN: sh -c 'tr -d \"\\\\r\" < a/b; cat c d; ls'\n-- c --\nc\n-- stdout --\nb\nc\nda\nc\nd\n";
    fs::write(tests.path("f/dir/case.txtar"), text).expect("written");
    tests
        .run("f/dir", &Folder::new("f"), false)
        .expect("passes");
    fs::write(
        tests.path("f/e.txtar"),
        "# INPUT: f/dir\n# RUN: sh -c 'cat d c'\n-- stdout --\ndc\n",
    )
    .expect("written");
    tests
        .run("f/e.txtar", &Folder::new("f"), false)
        .expect("passes");
}

fn refuses(done: &Done) {
    assert_eq!(done.outputs[0].stdout, "good\n", "{}", done.name());
    assert_eq!(done.text("out"), "x\n");
    assert!(!done.fresh().path().join("out").exists());
}

#[test]
fn a_check_runs_after_each_case() {
    let text =
        "# RUN: sh -c 'echo good; echo x > out'\n-- stdout --\ngood\n-- expected out --\nx\n";
    let tests = Tests::new(&[
        ("f/good.txtar", text),
        ("f/bad.txtar", &text.replace("good", "bad")),
    ]);
    let folder = Folder::new("f");
    let checked = folder.clone().check(refuses);
    for (case, passes) in [("f/good.txtar", true), ("f/bad.txtar", false)] {
        tests.run(case, &folder, false).expect("passes");
        let run = || tests.run(case, &checked, false).is_ok();
        assert_eq!(catch_unwind(AssertUnwindSafe(run)).is_ok(), passes);
        // A further test of the same case.
        let tool = Arc::new(tests.suite().tool);
        let over: fn(&Case, &Tree) =
            |case, tree| assert!(case.name == "good" && tree.files().is_empty());
        let run = || run_over(&tests.path(case), over, &tool);
        assert_eq!(catch_unwind(AssertUnwindSafe(run)).is_ok(), passes);
    }
}

#[test]
fn no_case_is_left_out() {
    let tests = Tests::new(&[
        ("f/a.txtar", GOOD),
        (
            "f/more.cases",
            "=== c-0.x ===\n# INPUT: f/d\n# RUN: sh a\n=== d ===\n# RUN: sh a\n-- a --\n",
        ),
        ("g/b/case.txtar", GOOD),
        ("support/mod.rs", ""),
    ]);
    let names = |folders: &[Folder]| -> Result<Vec<String>, String> {
        let suite = folders.iter().cloned().fold(tests.suite(), Suite::folder);
        let suite = suite.over("h", "g", |_, _| ());
        Ok(suite
            .trials(false)?
            .iter()
            .map(|trial| trial.name().to_owned())
            .collect())
    };
    let (f, g) = (Folder::new("f"), Folder::new("g"));
    let both = names(&[g.clone(), f.clone()]);
    let expected = [
        "sh::f::a",
        "sh::f::c-0.x",
        "sh::f::d",
        "sh::g::b",
        "sh::h::b",
    ]
    .map(str::to_owned);
    assert_eq!(both, Ok(expected.to_vec()));
    for case in ["c-0.x", "d"] {
        tests
            .run(&format!("f/more.cases/{case}"), &f, false)
            .expect("passes");
    }
    let error = names(std::slice::from_ref(&f)).expect_err("g is not named");
    assert!(error.contains("does not name the folder `g`"), "{error}");
    fs::write(tests.path("f/stray"), "").expect("written");
    let error = names(&[f.clone(), g.clone()]).expect_err("not a case");
    assert!(error.contains("stray` is not a case"), "{error}");
    fs::remove_file(tests.path("f/stray")).expect("removed");
    fs::create_dir(tests.path("f/a")).expect("created");
    fs::write(tests.path("f/a/case.txtar"), GOOD).expect("written");
    let error = names(&[f, g]).expect_err("twice");
    assert!(
        error.contains("is also a directory or in a file"),
        "{error}"
    );
    fs::create_dir(tests.path("h")).expect("created");
    let error = names(&[Folder::new("h")]).expect_err("empty");
    assert!(
        error.contains("does not name") || error.contains("no case"),
        "{error}"
    );
}

#[test]
fn shards_partition_the_cases() {
    let tests = Tests::new(&[]);
    let status = tests.path("status").display().to_string();
    let all: Vec<usize> = (0..23).collect();
    for total in [1, 2, 5, 40] {
        let mut seen = BTreeSet::new();
        for index in 0..total {
            let _ = fs::remove_file(&status);
            let chosen = shard(|name| match name {
                "TEST_TOTAL_SHARDS" => Some(total.to_string()),
                "TEST_SHARD_INDEX" => Some(index.to_string()),
                "TEST_SHARD_STATUS_FILE" => Some(status.clone()),
                _ => None,
            });
            assert!(Path::new(&status).exists());
            let part = part(all.clone(), chosen.expect("a shard"));
            assert!(
                part.into_iter().all(|case| seen.insert(case)),
                "{index} of {total}"
            );
        }
        assert_eq!(seen.len(), all.len(), "{total}");
    }
    assert_eq!(part(all.clone(), shard(|_| None).expect("no shards")), all);
    for (total, index) in [("2", "2"), ("x", "0"), ("2", "-1")] {
        let value = |name: &str| match name {
            "TEST_TOTAL_SHARDS" => Some(total.to_owned()),
            "TEST_SHARD_INDEX" => Some(index.to_owned()),
            _ => None,
        };
        shard(value).expect_err(index);
    }
}
