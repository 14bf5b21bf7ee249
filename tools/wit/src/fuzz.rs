//! Bounded fuzzing: no input causes a panic or unbounded memory, and the invariants of each target hold.
//!
//! Commands have their fuzz tests beside them. A run has a number of cases for each target, not a time
//! limit, so that it is the same everywhere; all targets together take less than 20 seconds on a slow
//! machine. A failure shows the seed of its case. `FUZZ_CASES` multiplies the number of cases,
//! `FUZZ_SEED` is the first seed:
//!
//! ```text
//! FUZZ_CASES=1000 FUZZ_SEED=7 cargo test -p wit --release fuzz
//! ```

use crate::manifest;
use crate::package_graph::Analysis;
use crate::packages::Packages;
use crate::random_packages::{edit, packages, Numbers};
use crate::syntax::Outline;
use crate::tree::{decoded_texts, File, Tree};
use std::collections::BTreeMap;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use wit_source::Features;

/// The maximum peak memory of the process, with all its tests, in bytes.
const MEMORY: u64 = 2 << 30;

/// The stack size of the tool.
const STACK: usize = 256 << 20;

fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().and_then(|v| v.parse().ok());
    value.unwrap_or(default)
}

/// Runs some cases, each with its own random numbers, and prints the seed of a failing one.
pub fn fuzz(target: &'static str, cases: u64, case: fn(&mut Numbers)) {
    let (first, times) = (variable("FUZZ_SEED", 1), variable("FUZZ_CASES", 1));
    let run = move || {
        for seed in first..first + cases * times {
            let once = || case(&mut Numbers::new(seed));
            if let Err(panic) = catch_unwind(AssertUnwindSafe(once)) {
                eprintln!("{target}: FUZZ_SEED={seed} fails");
                std::panic::resume_unwind(panic);
            }
        }
        println!("{target}: seeds {first} to {}", first + cases * times - 1);
    };
    let thread = std::thread::Builder::new().stack_size(STACK).spawn(run);
    if let Err(panic) = thread.expect("a thread").join() {
        std::panic::resume_unwind(panic);
    }
    if let Some(peak) = peak_memory() {
        assert!(peak < MEMORY, "{target}: {peak} bytes");
    }
}

/// The peak memory of this process, if the system reports it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib << 10)
}

/// Pieces of text that have a meaning for one of the parsers.
const PIECES: &[&str] = &[
    "{",
    "}",
    "(",
    ")",
    "<",
    ">",
    ";",
    ":",
    "@",
    "@1.0.0",
    ".",
    "->",
    "%",
    "\"",
    "/*",
    "*/",
    "//",
    "use ",
    "use * from ",
    "package a:b;",
    "package a:b {",
    "interface x {",
    "world w {",
    "union ",
    "static ",
    "include a with {",
    "@since(version = 1.0.0)",
    "@unstable(feature = x)",
    "list<",
    "\u{e9}",
    "\u{202e}",
    "\0",
    "\r\n",
    "[[",
    "= {",
    "'''",
    "\u{1f980}",
    "[dependencies]\n",
    "path = \"..\"",
    "version = \"1\"",
    "function(",
    "expected<",
    "-> (a: u8)",
    "99999999999999999999",
];

/// Makes some random edits of bytes, or inserts pieces.
pub fn mangle(text: &str, numbers: &mut Numbers) -> String {
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len() + 1);
        match numbers.below(6) {
            0 => bytes.truncate(at),
            1 => {
                let end = (at + numbers.below(200)).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
            2 if at < bytes.len() => bytes[at] = u8::try_from(numbers.below(256)).expect("a byte"),
            3 => {
                let end = (at + numbers.below(20)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let piece = numbers.one_of(PIECES).copied().unwrap_or_default();
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn file(name: &str, text: String) -> File {
    let path = PathBuf::from("/fuzz").join(name);
    File {
        shown: name.to_owned(),
        dir: path.parent().map_or_else(PathBuf::new, Path::to_owned),
        path,
        text,
        ..File::default()
    }
}

/// A tree of files in memory, by their names and texts.
pub fn tree(sources: Vec<(String, String)>, manifests: Vec<(String, String)>) -> Tree {
    let sources = sources.into_iter().map(|(name, text)| {
        let outline = Outline::new(&text);
        (file(&name, text), outline)
    });
    let manifests = manifests.into_iter().map(|(name, text)| file(&name, text));
    Tree::from_files(
        PathBuf::from("/fuzz"),
        sources.collect(),
        manifests.collect(),
    )
}

/// The names and texts of some random packages, each in its own directory.
pub fn sources(numbers: &mut Numbers) -> Vec<(String, String)> {
    let is_async = numbers.below(2) == 0;
    let files = packages(numbers, is_async).into_iter();
    files
        .map(|(name, text)| (format!("p{name}/{name}"), text))
        .collect()
}

#[test]
fn manifests() {
    const SEEDS: &[&str] = &[
        "[dependencies]\ntypes = { path = \"../types\", version = \"1.0.0\" }\n",
        "types = \"https://x/y.tar.gz\"\nother = { url = \"u\", sha256 = \"0\", subdir = \"s\" }\n",
        "[overrides]\n\"a:b\" = { path = \"..\" }\n[workspace]\nmembers = [\"a/*\", \"b\"]\n[metadata]\nauthor = \"x\"\n",
        "version = 1\n[[packages]]\nname = \"a:b\"\n[[packages.versions]]\nrequirement = \"=1.0.0\"\nversion = \"1.0.0\"\ndigest = \"sha256:0\"\n",
    ];
    fuzz("manifests", 4000, |numbers| {
        let text = mangle(numbers.one_of(SEEDS).copied().unwrap_or_default(), numbers);
        for name in ["deps.toml", "wkg.toml"] {
            manifest::manifest(&file(name, text.clone()), &mut Vec::new());
        }
        for name in ["deps.lock", "wkg.lock"] {
            manifest::lock(&file(name, text.clone()), &mut Vec::new());
        }
    });
}

#[test]
fn check_of_anything() {
    fuzz("check", 400, |numbers| {
        let mut sources = sources(numbers);
        for (_, text) in &mut sources {
            *text = match numbers.below(3) {
                0 => mangle(text, numbers),
                1 => edit(text, numbers),
                _ => continue,
            };
        }
        let manifest = mangle("[dependencies]\nx = { path = \"../p0.wit\" }\n", numbers);
        let tree = tree(sources, vec![("p0.wit/deps.toml".to_owned(), manifest)]);
        let report = Analysis::of(&tree).report();
        for problem in report.problems {
            problem.diagnostic.render(false);
        }
    });
}

/// Resolves packages with all features.
pub fn load(files: &BTreeMap<String, String>) -> Option<Packages> {
    let files = files.iter().map(|(n, t)| vec![(n.clone(), t.clone())]);
    Packages::from_texts(files.collect(), &Features::All).ok()
}

/// The encodings of all packages, by name.
pub fn encodings(packages: &Packages) -> BTreeMap<String, Option<Vec<u8>>> {
    let resolve = &packages.resolve;
    let own = packages.own.iter();
    own.map(|id| {
        // Packages that resolve but cannot be encoded compare as equal.
        let encode = || wit_component::encode(resolve, *id).ok();
        let bytes = catch_unwind(AssertUnwindSafe(encode)).ok().flatten();
        (resolve.packages[*id].name.to_string(), bytes)
    })
    .collect()
}

#[test]
fn encoded_packages() {
    fuzz("encoded", 400, |numbers| {
        let files: BTreeMap<String, String> = sources(numbers).into_iter().collect();
        let Some(side) = load(&files) else {
            return;
        };
        for bytes in encodings(&side).into_values().flatten() {
            let mut bytes = bytes;
            for _ in 0..=numbers.below(3) {
                let at = numbers.below(bytes.len());
                match numbers.below(3) {
                    0 => bytes.truncate(at.max(8)),
                    1 => drop(bytes.splice(at..at, numbers.bytes(3))),
                    _ => bytes[at] = u8::try_from(numbers.below(256)).expect("a byte"),
                }
            }
            if let Ok(texts) = decoded_texts(&bytes) {
                let files = texts.into_iter().map(|file| vec![file]).collect();
                let _ = Packages::from_texts(files, &Features::All);
            }
        }
    });
}
