//! The golden tests of `runner`, with the components of `components/` in each case's directory.
//!
//! A case may have more, as `NAME.wat`.
//!
//! A case with `bin/program.args` runs `bin/program`, a link to the tool that finds the
//! components among its runfiles. `RUNNER_BIN` names the binary where Cargo does not.

use golden::{tests_dir, Done, Files, Folder, Suite, Tree};
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

fn main() -> ExitCode {
    ["invoke", "launch", "run", "test", "version"]
        .into_iter()
        .map(Folder::new)
        .fold(
            Suite::new("runner", option_env!("CARGO_BIN_EXE_runner")),
            Suite::folder,
        )
        .folder(
            Folder::new("preinit")
                .unlisted(&["out.wasm", "again.wasm"])
                .check(same_twice),
        )
        .setup(setup)
        .normalize(without_durations)
        .main()
}

fn assemble(source: &Path) -> Vec<u8> {
    wat::parse_file(source).unwrap_or_else(|e| panic!("{e}"))
}

/// The shared components, assembled once.
fn components() -> &'static Files {
    static COMPONENTS: OnceLock<Files> = OnceLock::new();
    COMPONENTS.get_or_init(|| {
        let entries = std::fs::read_dir(tests_dir().join("components")).expect("components");
        let component = |path: &Path| {
            let stem = path.file_stem().expect("a stem").to_string_lossy();
            (format!("{stem}.wasm"), assemble(path))
        };
        entries
            .map(|entry| component(&entry.expect("an entry").path()))
            .collect()
    })
}

fn setup(tree: &Tree) {
    let is_launched = tree.path().join("bin/program.args").exists();
    for (name, bytes) in components() {
        tree.write(name, bytes);
        if is_launched {
            tree.write(&format!("bin/program.runfiles/_main/{name}"), bytes);
        }
    }
    for (name, _) in golden::files_below(tree.path()) {
        if let Some(stem) = name.strip_suffix(".wat") {
            let wasm = assemble(&tree.path().join(&name));
            tree.write(&format!("{stem}.wasm"), wasm);
        }
    }
    if is_launched {
        let program = tree.path().join("bin/program");
        #[cfg(unix)]
        std::os::unix::fs::symlink(tree.tool(), &program).expect("a link");
        #[cfg(not(unix))]
        std::fs::copy(tree.tool(), &program).expect("a copy");
    }
}

/// A snapshot is the same each time.
fn same_twice(done: &Done) {
    if let Some(again) = done.changed.get("again.wasm") {
        assert!(
            done.changed.get("out.wasm") == Some(again),
            "not the same twice"
        );
    }
}

/// Replaces the number in `12 ms`.
fn without_durations(text: &str) -> String {
    let replace = |part: &str| {
        let rest = part.trim_end_matches(|c: char| c.is_ascii_digit());
        match rest.len() < part.len() {
            true => format!("{rest}N"),
            false => rest.to_owned(),
        }
    };
    let mut parts: Vec<String> = text.split(" ms").map(replace).collect();
    // What follows the last one is no duration.
    if let (Some(last), Some((_, tail))) = (parts.last_mut(), text.rsplit_once(" ms")) {
        *last = tail.to_owned();
    } else {
        return text.to_owned();
    }
    parts.join(" ms")
}
