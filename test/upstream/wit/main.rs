//! Compares `wit`, as the rules run it, with upstream's libraries on the tests of upstream's crates.
//!
//! Environment: `WIT_BIN` and `WIT_BINDGEN_BIN`, the tool and the generator; `CORPORA`, a file beside
//! the corpora; `PAGE`, the page with the results. `--write` writes the page into the workspace that
//! `bazel run` was started in.

mod canonical;
mod comments;
mod expected;
mod packages;
mod work;

use canonical::canonical;
use harness::{check_all, copy, first_difference, Answer, Answers, Case, Set};
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
            "the libraries linked here pass upstream's own test: they return the JSON or the text that is \
             stored with the case",
        ),
        (
            "resolve",
            "`wit resolve` on each package of the case, dependencies first, accepts or rejects like \
             `wit-parser`; its output is parsed for the checks below",
        ),
        (
            "check",
            "`wit check` on the case as a tree accepts or rejects like `wit-parser`",
        ),
        (
            "location",
            "if both report an error, it is at the same line and column of the same file",
        ),
        (
            "comments",
            "upstream returns the same without comments other than `///` and `/** */`, which are removed \
             for the checks below",
        ),
        (
            "meaning",
            "the output of `wit resolve` contains the same items as the sources, compared by name, with \
             functions in any order",
        ),
        (
            "JSON",
            "the document as `wit-parser` serialises it, including the numbers of types",
        ),
        ("text", "the document as `wit-component` prints it"),
        ("bytes", "the package as `wit-component` encodes it"),
        (
            "bindings",
            "`wit bindgen-rust` of each world, with each of upstream's sets of options, returns the \
             generator's output for the case itself, except for the header of the file and the macros \
             that are at the crate root already",
        ),
    ],
    update: "bazel run //test/upstream/wit:update",
    checked: "a test checks that it is up to date",
    explanations: "test/upstream/wit/explained.json",
};

const INTRODUCTION: &str = "\
The crates `wit-parser`, `wit-component` and `wit-bindgen-cli` contain tests. Each case is run by the crates' libraries and,
as the rules do it, by `wit`, in the versions that the rules use. Every difference is explained below.";

/// A corpus and its settings.
struct Corpus {
    name: &'static str,
    /// The directories whose entries are cases.
    dirs: &'static [&'static str],
    /// The gates that upstream's tests open.
    features: &'static [&'static str],
    /// The sets of options for bindings.
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
            &["--sync=all"],
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
    let answers = check_all(&cases, |case| tools.check(case));
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

/// The entries of a directory that are cases in upstream's tests.
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
            // wit-component stores expected results beside its cases.
            Some("wat" | "wasm") => corpus == "wit-parser",
            _ => false,
        };
        // Packages that wit-bindgen-cli copied have their WIT in a folder.
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

/// The result of upstream's library for a case.
type Upstream = Result<(Resolve, PackageId), String>;

impl Tools {
    fn check(&self, case: &Case) -> Answers {
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
        // For the checks below, upstream does not see comments that our tool ignores.
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
                if let Some(location) = location(theirs) {
                    let same = Answer::of(&self::location(&ours), &Some(location), || {
                        format!("\n    ours:     {ours}\n    upstream: {theirs}")
                    });
                    answers.insert("location", same);
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

/// Whether both accept or both reject.
fn verdict(ours: &Result<(), impl std::fmt::Display>, theirs: &Upstream) -> Answer {
    match (ours, theirs) {
        (Ok(()), Ok(_)) | (Err(_), Err(_)) => Answer::Same,
        (Ok(()), Err(e)) => Answer::Differs(format!("only upstream reports an error:\n{e}")),
        (Err(e), Ok(_)) => Answer::Differs(format!("only our tool reports an error:\n{e}")),
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
            let sizes = format!("{:?} and {:?}", a.map(|b| b.len()), b.map(|b| b.len()));
            answers.insert("bytes", Answer::Differs(sizes));
        }
    }
}

/// The file, line and column of the first location in an error.
fn location(error: &str) -> Option<String> {
    let line = error.lines().find_map(|l| l.trim().strip_prefix("--> "))?;
    let (path, rest) = line.split_once(':')?;
    let file = path.rsplit('/').next()?;
    Some(format!("{file}:{rest}"))
}
