//! Runs the tests that upstream's crates have of components: the libraries directly on one side, our
//! tool as users run it on the other.
//!
//! `COMPONENT_BIN` names the tool, `CORPORA` a file beside the corpora, `PAGE` the page. With the
//! argument `--write` the page is written, to the same place in the workspace that `bazel run` was
//! started in.

mod any;
mod graphs;
mod kept;
mod modules;
mod plugs;
mod script;
mod scripts;
mod sources;
mod tool;
mod words;

use harness::{Answer, Answers, Case, Set};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tool::{Tool, Versions};

const SET: Set = Set {
    title: "Components against upstream's own tests",
    introduction: INTRODUCTION,
    checks: &[
        (
            "expected",
            "the libraries that are linked here do what upstream's own tests want of them: the component, \
             the WIT, the syntax tree, the graph or the error that is kept with the case. A component that \
             is kept as text is compared section by section, without names for people",
        ),
        (
            "new",
            "`component new` or `component link`, with the options and adapters of the case, with and \
             without `--debug-names`: the bytes of `wit-component`'s `ComponentEncoder` or `Linker`; or \
             both refuse",
        ),
        (
            "compose",
            "`component compose`: the bytes of `wac-parser`; for the cases of `wac-graph` that can be \
             written as sources, those of its `CompositionGraph`; or both refuse",
        ),
        (
            "plug",
            "`component plug`, for each package of the case and each other one: the bytes of \
             `wac_graph::plug`; or both refuse",
        ),
        (
            "error",
            "where both refuse: ours has each line of upstream's message and of its causes in it, and \
             its first line has the first line of the message or of the last cause. The messages are \
             those of `wit-component`, and of `wac-parser` on the same source",
        ),
        (
            "place",
            "where upstream's report names a line and a column: ours names the same first",
        ),
        (
            "validate",
            "`component validate`: accepted or refused as by `wasmparser`, with the same message and \
             offset, both with all proposals of the component model and those for core modules that are \
             on by default",
        ),
        (
            "refuse",
            "what is not valid is refused by `wit`, `graph`, `unbundle` and `lower` with exit code 1, \
             and nothing is written",
        ),
        (
            "wit",
            "`component wit`: the text of `wit_component::decode` and `WitPrinter`, or the same error",
        ),
        (
            "targets",
            "`component targets` with the world that the component has, with others that lack one of its \
             imports or exports or have one more export, and with the world that is kept with the case: \
             fits or not as by `wit_component::targets`",
        ),
        ("graph", "`component graph` draws it, in each format"),
        (
            "unbundle",
            "`component unbundle --threshold 0`: the files are the modules that `wasmparser` finds, and \
             what is left is valid; where upstream keeps what is left, it is the same",
        ),
        (
            "lower",
            "`component lower --memory multi`: refused with a hint, or a core module that is valid with \
             the second version of the language and several memories",
        ),
        (
            "world",
            "where that was lowered: what `component new` makes of the module has the same WIT as the \
             component",
        ),
        (
            "one memory",
            "`component lower --memory single --features mvp`: refused with a hint, or a core module that \
             is valid with the first version of the language",
        ),
    ],
    update: "bazel run //test/upstream/component:update",
    explanations: "test/upstream/component/explained.json",
};

const INTRODUCTION: &str = "\
The crates `wit-component`, `wac-parser`, `wac-graph` and `wasm-tools` bring their tests along. Each case is given to the
crates' libraries, and to `component`, in the versions that it links. Every component that a case has in it or that comes of
it is given to all subcommands. Either both do the same, or the difference is explained below. Of `wasm-tools` these are the
files below `tests/cli` with components in text form; a directive of a script is a case.";

/// A corpus, and where its cases are.
enum Kind {
    /// Directories with modules for `component new`.
    Modules,
    /// Directories with a component and a world.
    Worlds,
    /// Sources for `component compose`.
    Sources,
    /// Directories with a graph.
    Graphs,
    /// Components as text or bytes beside other cases.
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
    any::hush();
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
    let answers = harness::ask(&cases, |case| {
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
                // What comes of a graph is kept beside it.
                Kind::Parts if name.ends_with("encoded.wat") => {}
                Kind::Parts if matches!(extension, Some("wat" | "wasm")) => case(&path),
                _ => {}
            }
        }
        cases
    }

    fn ask(&self, tool: &Tool, case: &Case, versions: Versions) -> Answers {
        match self {
            Kind::Modules => modules::ask(tool, case, versions),
            Kind::Worlds => modules::ask_targets(tool, case),
            Kind::Sources => sources::ask(tool, case, versions),
            Kind::Graphs => graphs::ask(tool, case, versions),
            Kind::Scripts => scripts::ask(tool, case, versions),
            Kind::Parts => match wat::parse_file(&case.path) {
                Ok(bytes) => {
                    let mut answers = Answers::new();
                    any::ask(tool, &bytes, &mut answers);
                    answers
                }
                Err(e) => Answers::from([("expected", Answer::Differs(e.to_string()))]),
            },
        }
    }
}

/// What is in a directory, sorted.
fn entries(dir: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut entries: Vec<PathBuf> = entries.map(|e| e.expect("an entry").path()).collect();
    entries.sort();
    entries
}
