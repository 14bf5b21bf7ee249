//! Runs the tests that upstream's crates have of WIT: the libraries directly on one side, our tool
//! as the rules use it on the other.
//!
//! `WIT_BIN` and `WIT_BINDGEN_BIN` name the tool and the generator, `CORPORA` a file beside the
//! corpora, `PAGE` the page. With the argument `--write` the page is written, to the same place in
//! the workspace that `bazel run` was started in.

mod canonical;
mod comments;
mod expected;
mod packages;
mod work;

use canonical::canonical;
use harness::{ask, copy, first_difference, Answer, Answers, Case, Set};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use wit_component::WitPrinter;
use wit_parser::{PackageId, Resolve};
use work::Work;

const SET: Set = Set {
    title: "WIT against upstream's own tests",
    introduction: INTRODUCTION,
    checks: &[
        (
            "expected",
            "the libraries that are linked here do what upstream's own tests want of them: the JSON or \
             the text that is kept with the case",
        ),
        (
            "resolve",
            "`wit resolve` on each package of the case, its dependencies before it, and the package \
             read from what that wrote: accepted or refused, as by `wit-parser`",
        ),
        (
            "check",
            "`wit check` on the case as a tree: accepted or refused, as by `wit-parser`",
        ),
        (
            "place",
            "where both refuse: the error is at the same line and column of the same file",
        ),
        (
            "comments",
            "upstream says the same of the case without comments that are neither `///` nor `/** */`; \
             these are taken out before what follows",
        ),
        (
            "meaning",
            "all packages by their names: what `wit resolve` wrote holds what the sources hold, functions \
             in any order",
        ),
        (
            "JSON",
            "the document as `wit-parser` serialises it, to the byte, numbers of types included",
        ),
        ("text", "the document as `wit-component` prints it"),
        ("bytes", "the package as `wit-component` encodes it"),
        (
            "bindings",
            "`wit bindgen-rust` of each world, in upstream's variants of options, against the \
             generator on the case itself; but for the head of the file and the macros that a crate \
             root has already",
        ),
    ],
    update: "bazel run //test/upstream/wit:update",
    explanations: "test/upstream/wit/explained.json",
};

const INTRODUCTION: &str = "\
The crates `wit-parser`, `wit-component` and `wit-bindgen-cli` bring their tests along. Each case is given to the crates'
libraries, and to `wit` in the way the rules run it, in the versions that the rules use. Either both accept a case and make
the same of it, or both refuse it, or the difference is explained below.";

/// A corpus and how it is read.
struct Corpus {
    name: &'static str,
    /// The directories whose entries are cases.
    dirs: &'static [&'static str],
    /// The gates that upstream's tests open.
    features: &'static [&'static str],
    /// The options that bindings are made with.
    variants: &'static [&'static [&'static str]],
}

const CORPORA: &[Corpus] = &[
    Corpus {
        name: "wit-parser",
        dirs: &["ui", "ui/parse-fail"],
        features: &["active"],
        variants: &[&[]],
    },
    Corpus {
        name: "wit-component",
        dirs: &["interfaces"],
        features: &[],
        variants: &[&[]],
    },
    Corpus {
        name: "wit-bindgen",
        dirs: &["codegen"],
        features: &[],
        variants: &[
            &[],
            &["--ownership=borrowing"],
            &["--ownership=borrowing-duplicate-if-necessary"],
            &["--async=all"],
            &["--std-feature"],
        ],
    },
];

fn main() -> ExitCode {
    let write = std::env::args().nth(1).is_some_and(|a| a == "--write");
    let tools = Tools {
        wit: variable("WIT_BIN"),
        generator: variable("WIT_BINDGEN_BIN"),
    };
    let corpora = variable("CORPORA");
    let corpora = corpora.parent().unwrap_or(Path::new("."));
    let mut cases = Vec::new();
    for corpus in CORPORA {
        for dir in corpus.dirs {
            cases.extend(cases_in(
                corpus.name,
                &corpora.join(corpus.name).join(dir),
                dir,
            ));
        }
    }
    let answers = ask(&cases, |case| tools.about(case));
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

/// The entries of a directory that upstream's tests take for cases.
fn cases_in(corpus: &'static str, dir: &Path, shown: &str) -> Vec<Case> {
    let entries = fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
    let mut cases = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        let name = path
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        let extension = path.extension().and_then(|e| e.to_str());
        let is_case = match extension {
            _ if path.is_dir() => name != "parse-fail",
            Some("wit") => true,
            // Beside its cases, wit-component keeps what it expects of them.
            Some("wat" | "wasm") => corpus == "wit-parser",
            _ => false,
        };
        // What wit-bindgen-cli has from elsewhere is as it is there.
        let path = if corpus == "wit-bindgen" && path.join("wit").is_dir() {
            path.join("wit")
        } else {
            path
        };
        if is_case {
            let name = match shown.split_once('/') {
                Some((_, below)) => format!("{below}/{name}"),
                None => name,
            };
            cases.push(Case { corpus, name, path });
        }
    }
    assert!(!cases.is_empty(), "no case in {}", dir.display());
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

struct Tools {
    wit: PathBuf,
    generator: PathBuf,
}

/// What upstream's library says of a case.
type Upstream = Result<(Resolve, PackageId), String>;

impl Tools {
    fn about(&self, case: &Case) -> Answers {
        let corpus = CORPORA.iter().find(|c| c.name == case.corpus);
        let corpus = corpus.expect("a corpus");
        let scratch = tempfile::tempdir().expect("a directory");
        let work = Work {
            tools: self,
            root: scratch.path(),
            case: Path::new(case.path.file_name().expect("a name")),
            features: corpus.features,
        };
        copy(&case.path, &work.path()).expect("copied");
        let raw = work.upstream();
        let ours = work.ours();
        let mut answers = Answers::from([
            ("resolve", verdict(&ours.as_ref().map(|_| ()), &raw)),
            ("check", work.check(&raw)),
        ]);
        if let Some(answer) = expected::compare(case, &raw) {
            answers.insert("expected", answer);
        }
        // From here on upstream does not see what our tool takes for no documentation.
        let theirs = if comments::strip(&work.path()).expect("stripped") {
            let stripped = work.upstream();
            if let (Ok(raw), Ok(stripped)) = (&raw, &stripped) {
                answers.insert("comments", same_meaning(raw, stripped));
            }
            stripped
        } else {
            raw
        };
        match (ours, &theirs) {
            (Err(ours), Err(theirs)) => {
                if let Some(place) = place(theirs) {
                    let same = Answer::of(&self::place(&ours), &Some(place), || {
                        format!("\n    ours:     {ours}\n    upstream: {theirs}")
                    });
                    answers.insert("place", same);
                }
            }
            (Ok(ours), Ok(theirs)) => {
                compare(&mut answers, &ours, theirs);
                if let Some(answer) = work.bindings(&theirs.0, theirs.1, corpus.variants) {
                    answers.insert("bindings", answer);
                }
            }
            _ => {}
        }
        answers
    }
}

/// Whether both accept or both refuse.
fn verdict(ours: &Result<(), impl std::fmt::Display>, theirs: &Upstream) -> Answer {
    match (ours, theirs) {
        (Ok(()), Ok(_)) | (Err(_), Err(_)) => Answer::Same,
        (Ok(()), Err(e)) => Answer::Differs(format!("only upstream refuses:\n{e}")),
        (Err(e), Ok(_)) => Answer::Differs(format!("only we refuse:\n{e}")),
    }
}

fn same_meaning(ours: &(Resolve, PackageId), theirs: &(Resolve, PackageId)) -> Answer {
    let pretty = |value: &serde_json::Value| serde_json::to_string_pretty(value).expect("JSON");
    let (a, b) = (canonical(&ours.0, ours.1), canonical(&theirs.0, theirs.1));
    Answer::of(&a, &b, || first_difference(&pretty(&a), &pretty(&b)))
}

/// Compares two documents.
fn compare(answers: &mut Answers, ours: &(Resolve, PackageId), theirs: &(Resolve, PackageId)) {
    let tell = |ours: &str, theirs: &str| first_difference(ours, theirs);
    answers.insert("meaning", same_meaning(ours, theirs));

    let json = |resolve: &Resolve| serde_json::to_string_pretty(resolve).expect("JSON");
    let (a, b) = (json(&ours.0), json(&theirs.0));
    answers.insert("JSON", Answer::of(&a, &b, || tell(&a, &b)));

    let print = |(resolve, main): &(Resolve, PackageId)| {
        let mut others: Vec<PackageId> = resolve.packages.iter().map(|(id, _)| id).collect();
        others.retain(|id| id != main);
        others.sort_by_key(|id| resolve.packages[*id].name.to_string());
        let mut printer = WitPrinter::default();
        let printed = printer.print(resolve, *main, &others);
        printed.map(|()| printer.output.to_string()).ok()
    };
    if let (Some(a), Some(b)) = (print(ours), print(theirs)) {
        answers.insert("text", Answer::of(&a, &b, || tell(&a, &b)));
    }

    let encode = |(resolve, main): &(Resolve, PackageId)| {
        wit_component::encode(resolve, *main).map_err(|e| format!("{e:#}"))
    };
    match (encode(ours), encode(theirs)) {
        (Ok(a), Ok(b)) => {
            let tell = || format!("{} bytes and {} bytes", a.len(), b.len());
            answers.insert("bytes", Answer::of(&a, &b, tell));
        }
        (Err(_), Err(_)) => {}
        (a, b) => {
            let told = format!("{:?} and {:?}", a.map(|b| b.len()), b.map(|b| b.len()));
            answers.insert("bytes", Answer::Differs(told));
        }
    }
}

/// The file, line and column that an error names first.
fn place(error: &str) -> Option<String> {
    let line = error.lines().find_map(|l| l.trim().strip_prefix("--> "))?;
    let (path, rest) = line.split_once(':')?;
    let file = path.rsplit('/').next()?;
    Some(format!("{file}:{rest}"))
}
