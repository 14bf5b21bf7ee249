//! Runs the suite, and writes the page with the results.
//!
//! The suite is in no package: `bazel run //tools/runner:async_suite` runs it.

use super::{run, Ran};
use crate::features;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::time::Duration;

/// The time for a script.
const TIMEOUT: Duration = Duration::from_secs(60);

const PAGE: &str = "docs/compatibility-async.md";

/// Runs a script on a thread of its own, as it may not end.
fn run_in_time(text: String) -> Ran {
    let (sender, receiver) = channel();
    std::thread::spawn(move || sender.send(run(&text)));
    match receiver.recv_timeout(TIMEOUT) {
        Ok(ran) => ran,
        Err(e) => Ran::new().failed(0, &format!("it did not end: {e}")),
    }
}

/// The scripts in a directory, sorted.
fn scripts(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut paths: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "wast"));
    paths.sort();
    paths
}

/// The page with the results.
fn page(dir: &Path) -> String {
    let mut page = format!(
        "<!-- Written by `bazel run //tools/runner:async_suite`. -->\n\n\
         # Asynchronous components against upstream's tests\n\n\
         `runner` runs the scripts in `test/async` of the component model's repository, with its own engine \
         and host. A script passes if each of its directives does. The second column lists what it needs that is \
         off by default (`--wasm-feature`, `wasm_features`).\n\n\
         | script | features | directives | result |\n|---|---|--:|---|\n"
    );
    let (mut passed, mut all) = (0, 0);
    for path in scripts(dir) {
        let name = path.file_stem().expect("a name").to_string_lossy();
        let text = std::fs::read_to_string(&path).expect("the script is readable");
        let ran = run_in_time(text);
        let result = match &ran.failure {
            None => "passed".to_owned(),
            Some((line, why)) => {
                let why = why.lines().next().unwrap_or_default().replace('|', "\\|");
                format!("line {line}: {why}")
            }
        };
        all += 1;
        passed += usize::from(ran.failure.is_none());
        let features = features::names(ran.features).join(", ");
        let _ = writeln!(
            page,
            "| `{name}` | {features} | {} | {result} |",
            ran.passed
        );
    }
    let _ = write!(page, "\n{passed} of {all} scripts pass.\n");
    page
}

#[test]
#[ignore = "needs the suite: COMPONENT_MODEL_TESTS is the directory `test` of the component model's repository"]
fn async_suite() {
    let dir = std::env::var_os("COMPONENT_MODEL_TESTS").expect("COMPONENT_MODEL_TESTS is set");
    let page = page(&Path::new(&dir).join("async"));
    println!("{page}");
    if let Some(root) = std::env::var_os("BUILD_WORKSPACE_DIRECTORY") {
        std::fs::write(Path::new(&root).join(PAGE), page).expect("the page is writable");
    }
}
