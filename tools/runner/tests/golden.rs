//! Runs every directory of `tests/golden`. One holds:
//!
//! - `cmd`: the arguments, one a line
//! - `args`: makes it a run through a link with that file of arguments beside it
//! - `component.wat`: a component of its own, `component.wasm` in the working directory
//! - `env`: variables, `K=V` a line; `stdin`; `files`: copied to the working directory
//! - `stdout`, `stderr`, `exit_code`: what is expected, nothing and 0 where they are missing
//!
//! `{cwd}` stands for the working directory. `BLESS=1` writes the expected files anew.

mod support;

use std::path::Path;
use std::process::Stdio;
use support::{code, data, list, runner, Sandbox};

#[test]
fn golden() {
    let only = std::env::var("GOLDEN_ONLY").unwrap_or_default();
    let mut directories = list(&data().join("golden"));
    directories.retain(|d| d.to_string_lossy().contains(&only));
    assert!(!directories.is_empty(), "no golden test runs");
    // Most of the time goes into compiling components, one thread each.
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = directories.len().div_ceil(threads);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = directories
            .chunks(share)
            .map(|chunk| scope.spawn(|| chunk.iter().flat_map(|d| check(d)).collect::<Vec<_>>()))
            .collect();
        running
            .into_iter()
            .flat_map(|t| t.join().expect("no panic"))
            .collect()
    });
    assert!(
        wrong.is_empty(),
        "{} differ; see BLESS=1\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

/// Compares the expected files of one directory, or writes them anew.
fn check(directory: &Path) -> Vec<String> {
    let bless = std::env::var_os("BLESS").is_some();
    let mut wrong = Vec::new();
    for (file, got) in run(directory) {
        let path = directory.join(file);
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        match (expected == got, bless) {
            (true, _) => {}
            (false, true) if got.is_empty() => std::fs::remove_file(&path).expect("removed"),
            (false, true) => std::fs::write(&path, got).expect("written"),
            (false, false) => {
                let path = path.display();
                wrong.push(format!("{path}:\n--- expected\n{expected}\n--- got\n{got}"));
            }
        }
    }
    wrong
}

fn run(directory: &Path) -> [(&'static str, String); 3] {
    let sandbox = Sandbox::new();
    let read = |file: &str| {
        let text = std::fs::read_to_string(directory.join(file)).ok()?;
        let root = sandbox.path("").display().to_string();
        Some(text.replace("{cwd}", root.trim_end_matches('/')))
    };
    let component = directory.join("component.wat");
    if component.exists() {
        sandbox.assemble(&component, "");
    }
    let files = directory.join("files");
    if files.exists() {
        copy(&files, &sandbox, "");
    }
    let program = match read("args") {
        Some(args) => sandbox.launchable(&args),
        None => runner(),
    };
    let mut command = sandbox.command(&program);
    command.args(read("cmd").unwrap_or_default().lines());
    for line in read("env").unwrap_or_default().lines() {
        let (key, value) = line.split_once('=').expect("K=V");
        command.env(key, value);
    }
    if directory.join("stdin").exists() {
        let file = std::fs::File::open(directory.join("stdin")).expect("stdin");
        command.stdin(Stdio::from(file));
    }
    let output = command.output().expect("the tool runs");
    [
        ("stdout", sandbox.normal(&output.stdout)),
        ("stderr", sandbox.normal(&output.stderr)),
        (
            "exit_code",
            match code(&output) {
                0 => String::new(),
                code => format!("{code}\n"),
            },
        ),
    ]
}

fn copy(from: &Path, sandbox: &Sandbox, prefix: &str) {
    for entry in list(from) {
        let name = entry
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if entry.is_dir() {
            copy(&entry, sandbox, &format!("{prefix}{name}/"));
        } else {
            let bytes = std::fs::read(&entry).expect("readable");
            sandbox.write(&format!("{prefix}{name}"), bytes);
        }
    }
}
