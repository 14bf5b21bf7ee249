//! Runs the sequences of calls in scripts composed, and lowered to a core module: the outcomes must be the
//! same.
//!
//! The command line has directories with `.wast` files. Environment: `COMPONENT_BIN`, the tool; `PAGE`, if
//! differences may be explained, the page with the results. `--write` writes the page into the workspace that
//! `bazel run` was started in.

mod run;
mod sequence;
mod value;

use harness::{Answer, Answers, Case, Set};
use sequence::Sequence;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use support::tool::{Outcome, Tool};
use wasmtime::Engine;

const SET: Set = Set {
    title: "Sequences of calls, composed and lowered",
    introduction: INTRODUCTION,
    checks: &[
        ("composed", "Wasmtime returns what the script asserts"),
        (
            "several memories",
            "`component lower --memory multi` lowers the component",
        ),
        ("one memory", "`component lower --memory single` lowers it"),
        (
            "MVP",
            "`component lower --memory single --features mvp` lowers it",
        ),
        (
            "outcomes",
            "each lowered module, made a component again, returns the same values as the component, and \
             traps in the same calls",
        ),
    ],
    update: "bazel run //test/upstream/component:sequences -- --write DIRECTORY",
    checked: "without `--write`, it checks that the page is up to date",
    explanations: "test/upstream/component/sequences/explained.json",
};

const INTRODUCTION: &str = "\
The reference tests of the component model (`test/` of <https://github.com/WebAssembly/component-model>, at commit
6d28164) are scripts. A case is an instance that a script creates, with the calls on it in their order. It runs on
Wasmtime as it is, and lowered in three ways. Scripts that only validate components are not counted: they are
part of [the other tests](compatibility-component.md).

The tests are not in any registry, so they are run by hand; scripts in the same form are part of the default
tests.";

/// The ways to lower a component: the name of the check, and the options.
const LOWERED: [(&str, &[&str]); 3] = [
    ("several memories", &["--memory", "multi"]),
    ("one memory", &["--memory", "single"]),
    ("MVP", &["--memory", "single", "--features", "mvp"]),
];

fn main() -> ExitCode {
    let mut args: Vec<String> = std::env::args().skip(1).collect();
    let write = args.iter().position(|a| a == "--write");
    let write = write.map(|at| args.remove(at)).is_some();
    // Relative paths are those of the user.
    let from = std::env::var_os("BUILD_WORKING_DIRECTORY").map(PathBuf::from);
    let from = from.unwrap_or_default();
    let program = std::env::var_os("COMPONENT_BIN").expect("COMPONENT_BIN");
    let program = Path::new(&program).canonicalize().expect("the tool");
    let (mut cases, mut sequences) = (Vec::new(), Vec::new());
    for directory in &args {
        let directory = from.join(directory);
        for path in scripts(&directory) {
            let name = path.strip_prefix(&directory).unwrap_or(&path);
            let name = name.display().to_string();
            let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{name}: {e}"));
            for found in sequence::sequences(&text).unwrap_or_else(|e| panic!("{name}: {e}")) {
                cases.push(Case {
                    corpus: "component-model",
                    name: format!("{name}:{}", found.line),
                    path: path.clone(),
                });
                sequences.push(found);
            }
        }
    }
    if cases.is_empty() {
        eprintln!("error: no sequences of calls found\nhint: pass a directory with `.wast` files");
        return ExitCode::from(2);
    }
    let engine = run::engine();
    let answers = harness::check_all(&cases, |case| {
        let at = cases.iter().position(|c| std::ptr::eq(c, case));
        let scratch = tempfile::tempdir().expect("a directory");
        let tool = Tool {
            program: &program,
            dir: scratch.path(),
        };
        check(&tool, &engine, &sequences[at.expect("one of the cases")])
    });
    let Some(page) = std::env::var_os("PAGE") else {
        return SET.all_equal(&cases, &answers);
    };
    let root = std::env::var_os("BUILD_WORKSPACE_DIRECTORY").unwrap_or_default();
    let page = Path::new(&root).join(page);
    let explained = include_str!("explained.json");
    SET.finish(&cases, &answers, explained, &page, write)
}

/// The scripts below a directory, sorted.
fn scripts(directory: &Path) -> Vec<PathBuf> {
    let shown = directory.display();
    let entries = std::fs::read_dir(directory).unwrap_or_else(|e| panic!("{shown}: {e}"));
    let mut entries: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    let mut out = Vec::new();
    for path in entries {
        if path.is_dir() {
            out.extend(scripts(&path));
        } else if path.extension().is_some_and(|e| e == "wast") {
            out.push(path);
        }
    }
    out
}

fn check(tool: &Tool, engine: &Engine, sequence: &Sequence) -> Answers {
    let answer = |result: Result<(), String>| match result {
        Ok(()) => Answer::Same,
        Err(e) => Answer::Differs(e),
    };
    let composed = wat::parse_str(&sequence.component)
        .map_err(|e| e.to_string())
        .and_then(|bytes| Ok((run::run(engine, &bytes, sequence)?, bytes)));
    let (composed, bytes) = match composed {
        Ok(composed) => composed,
        Err(e) => return Answers::from([("composed", Answer::Differs(e))]),
    };
    let mut answers = Answers::new();
    answers.insert("composed", answer(run::as_asserted(sequence, &composed)));
    tool.write("in.wasm", bytes);
    let mut outcomes = None;
    for (name, options) in LOWERED {
        let args = [&["lower", "in.wasm", "-o", "lowered.wasm"][..], options].concat();
        let (refused, same) = match tool.run(&args) {
            Outcome::Done(_) => (None, run_again(tool, engine, sequence, &composed)),
            Outcome::Rejected(e) => (Some(e), Ok(())),
            Outcome::Broken(e) => (None, Err(e)),
        };
        if refused.is_none() {
            let same = same.map_err(|e| format!("{name}: {e}"));
            outcomes = Some(outcomes.unwrap_or(Ok(())).and(same));
        }
        answers.insert(name, answer(refused.map_or(Ok(()), Err)));
    }
    answers.extend(outcomes.map(|outcomes| ("outcomes", answer(outcomes))));
    answers
}

/// Makes a component of `lowered.wasm`, and compares its outcomes with those of the composed one.
fn run_again(
    tool: &Tool,
    engine: &Engine,
    sequence: &Sequence,
    composed: &[run::Outcome],
) -> Result<(), String> {
    let component = tool.make(&["new", "lowered.wasm"], "again.wasm")?;
    let lowered = run::run(engine, &component, sequence)?;
    run::compare(sequence, composed, &lowered)
}
