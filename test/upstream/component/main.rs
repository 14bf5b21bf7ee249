//! Compares `component` with upstream's libraries on the tests of upstream's crates.
//!
//! Environment: `COMPONENT_BIN`, the tool; `CORPORA`, a file beside the corpora; `PAGE`, the page with
//! the results. `--write` writes the page into the workspace that `bazel run` was started in.

mod checks;
mod errors;
mod graphs;
mod modules;
mod plugs;
mod scripts;
mod sources;
mod stored;

use harness::{Answer, Answers, Case, Set};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use support::{script, tool};
use tool::{Tool, Versions};

const SET: Set = Set {
    title: "Components against upstream's own tests",
    introduction: INTRODUCTION,
    checks: &[
        (
            "expected",
            "the libraries linked here pass upstream's own test: they return the component, WIT, syntax \
             tree, graph or error that is stored with the case. A component stored as text is compared \
             section by section, without debug names",
        ),
        (
            "new",
            "`component new` or `component link`, with the options and adapters of the case, with and \
             without `--debug-names`, returns the bytes of `wit-component`'s `ComponentEncoder` or \
             `Linker`, or both report an error",
        ),
        (
            "compose",
            "`component compose` returns the bytes of `wac-parser` or, for the cases of `wac-graph` that \
             WAC can express, of its `CompositionGraph`, or both report an error",
        ),
        (
            "plug",
            "`component plug`, for each pair of packages of the case, returns the bytes of \
             `wac_graph::plug`, or both report an error",
        ),
        (
            "error",
            "if both report an error, ours contains every line of upstream's message and its causes, and \
             its first line contains the first line of the message or of the last cause. The messages \
             are those of `wit-component`, and of `wac-parser` on the same source",
        ),
        (
            "location",
            "if upstream's report has a line and a column, the first location in ours is the same",
        ),
        (
            "validate",
            "`component validate` accepts or rejects like `wasmparser`, with the same message and offset; \
             both enable all proposals of the component model, and the core proposals that are on by \
             default",
        ),
        (
            "reject",
            "`wit`, `graph`, `unbundle` and `lower` reject invalid components with exit code 1 and write \
             nothing",
        ),
        (
            "wit",
            "`component wit` prints the text of `wit_component::decode` and `WitPrinter`, or the same error",
        ),
        (
            "targets",
            "`component targets` agrees with `wit_component::targets` for the component's own world, for \
             worlds with one import or export fewer or one export more, and for the world stored with \
             the case",
        ),
        ("graph", "`component graph` draws the component in each format"),
        (
            "unbundle",
            "`component unbundle --threshold 0` writes the modules that `wasmparser` finds, and the \
             remaining component is valid; if upstream stores one, they are equal",
        ),
        (
            "lower",
            "`component lower --memory multi` returns a valid core module of WebAssembly 2.0 with \
             multiple memories, or an error with a hint",
        ),
        (
            "world",
            "`component new` on the lowered module returns a component with the same WIT",
        ),
        (
            "one memory",
            "`component lower --memory single --features mvp` returns a valid MVP module, or an error with \
             a hint",
        ),
    ],
    update: "bazel run //test/upstream/component:update",
    checked: "a test checks that it is up to date",
    explanations: "test/upstream/component/explained.json",
};

const INTRODUCTION: &str = "\
The crates `wit-component`, `wac-parser`, `wac-graph` and `wasm-tools` contain tests. Each case is run by the crates'
libraries and by `component`, in the versions that `component` links. All subcommands run on each component that a case
contains or produces. Every difference is explained below. Of `wasm-tools`, the cases are the files in `tests/cli` with
components in text form; each directive of a script is a case. [Sequences of calls](compatibility-sequences.md) run
on instances that keep their state.";

/// The format of the cases in a folder.
enum Kind {
    /// Directories with modules for `component new`.
    Modules,
    /// Directories with a component and a world.
    Worlds,
    /// Sources for `component compose`.
    Sources,
    /// Directories with a graph.
    Graphs,
    /// Components, as text or binary, beside other cases.
    Parts,
    /// Scripts.
    Scripts,
}

const CORPORA: &[(&str, &str, Kind)] = &[
    ("wit-component", "components", Kind::Modules),
    ("wit-component", "targets", Kind::Worlds),
    ("wac-parser", "parser", Kind::Sources),
    ("wac-parser", "resolution", Kind::Sources),
    ("wac-parser", "resolution", Kind::Parts),
    ("wac-parser", "encoding", Kind::Sources),
    ("wac-parser", "encoding", Kind::Parts),
    ("wac-graph", "graphs", Kind::Graphs),
    ("wac-graph", "graphs", Kind::Parts),
    ("wasm-tools", "cli", Kind::Scripts),
];

fn main() -> ExitCode {
    let write = std::env::args().nth(1).is_some_and(|a| a == "--write");
    checks::hush();
    let program = variable("COMPONENT_BIN");
    let corpora = variable("CORPORA");
    let corpora = corpora.parent().unwrap_or(Path::new("."));
    let versions = versions(&program);
    let versions = Versions {
        wit_component: version(&versions, "wit-component"),
        wac: version(&versions, "wac-graph"),
    };
    let mut all: Vec<(Case, &Kind)> = Vec::new();
    for (corpus, dir, kind) in CORPORA {
        let cases = kind.cases(corpus, dir, &corpora.join(corpus).join(dir));
        assert!(!cases.is_empty(), "no case in {corpus}/{dir}");
        all.extend(cases.into_iter().map(|case| (case, kind)));
    }
    let (cases, kinds): (Vec<Case>, Vec<&Kind>) = all.into_iter().unzip();
    let of = |case: &Case| cases.iter().position(|c| std::ptr::eq(c, case));
    let answers = harness::check_all(&cases, |case| {
        let scratch = tempfile::tempdir().expect("a directory");
        let tool = Tool {
            program: &program,
            dir: scratch.path(),
        };
        let kind = kinds[of(case).expect("one of the cases")];
        kind.ask(&tool, case, versions)
    });
    let mut page = PathBuf::from(std::env::var_os("PAGE").expect("PAGE"));
    if let (true, Some(root)) = (write, std::env::var_os("BUILD_WORKSPACE_DIRECTORY")) {
        page = Path::new(&root).join(page);
    }
    let explained = include_str!("explained.json");
    SET.finish(&cases, &answers, explained, &page, write)
}

fn variable(name: &str) -> PathBuf {
    let path = std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set"));
    let path = PathBuf::from(path);
    path.canonicalize()
        .unwrap_or_else(|e| panic!("{name}: {}: {e}", path.display()))
}

/// The versions of the libraries in the tool.
fn versions(program: &Path) -> String {
    let dir = std::env::temp_dir();
    let tool = Tool { program, dir: &dir };
    tool.run(&["version"]).result().expect("versions")
}

fn version<'a>(versions: &'a str, library: &str) -> &'a str {
    let mut lines = versions.lines().filter_map(|l| l.split_once(' '));
    let found = lines.find(|(name, _)| *name == library);
    found.expect("a version").1
}

impl Kind {
    fn cases(&self, corpus: &'static str, dir: &str, path: &Path) -> Vec<Case> {
        let mut cases = Vec::new();
        for path in entries(path) {
            let name = path.file_name().expect("a name").to_string_lossy();
            let name = format!("{dir}/{name}");
            let extension = path.extension().and_then(|e| e.to_str());
            let is_dir = path.is_dir();
            let mut case = |path: &Path| {
                cases.push(Case {
                    corpus,
                    name: name.clone(),
                    path: path.to_owned(),
                });
            };
            match self {
                Kind::Modules | Kind::Worlds | Kind::Graphs if is_dir => case(&path),
                Kind::Sources if extension == Some("wac") => case(&path),
                Kind::Sources if is_dir && name.ends_with("/fail") => {
                    cases.extend(self.cases(corpus, &name, &path));
                }
                Kind::Scripts if !is_dir => cases.extend(scripts::cases(&path, &name)),
                Kind::Parts | Kind::Scripts if is_dir => {
                    cases.extend(self.cases(corpus, &name, &path));
                }
                // The expected result is stored beside the graph.
                Kind::Parts if name.ends_with("encoded.wat") => {}
                Kind::Parts if matches!(extension, Some("wat" | "wasm")) => case(&path),
                _ => {}
            }
        }
        cases
    }

    fn ask(&self, tool: &Tool, case: &Case, versions: Versions) -> Answers {
        match self {
            Kind::Modules => modules::check(tool, case, versions),
            Kind::Worlds => modules::check_targets(tool, case),
            Kind::Sources => sources::check(tool, case, versions),
            Kind::Graphs => graphs::check(tool, case, versions),
            Kind::Scripts => scripts::check(tool, case, versions),
            Kind::Parts => match wat::parse_file(&case.path) {
                Ok(bytes) => {
                    let mut answers = Answers::new();
                    checks::check(tool, &bytes, &mut answers);
                    answers
                }
                Err(e) => Answers::from([("expected", Answer::Differs(e.to_string()))]),
            },
        }
    }
}

/// The entries of a directory, sorted.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut entries: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    entries
}
