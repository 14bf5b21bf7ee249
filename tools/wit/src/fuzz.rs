//! Bounded fuzzing: whatever the input, no panic and no unbounded memory, and what has to hold holds.
//!
//! A run is a number of cases for each target, not a time, so that it does the same everywhere; the
//! numbers are such that all targets together take less than 20 seconds on a slow machine. A case is
//! known by its seed, which a failure shows. `FUZZ_CASES` multiplies the numbers for long runs,
//! `FUZZ_SEED` is the first seed:
//!
//! ```text
//! FUZZ_CASES=1000 FUZZ_SEED=7 cargo test -p wit --release fuzz
//! ```

use crate::breaking::findings;
use crate::buildfiles;
use crate::check;
use crate::fix;
use crate::generated::{edit, packages, Numbers};
use crate::manifest;
use crate::packages::{decoded_texts, document, Packages};
use crate::text::Outline;
use crate::tree::{File, Tree};
use std::collections::BTreeMap;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use wit_source::Features;

/// The most memory that the process may have had in the end, with all tests in it.
const MEMORY: u64 = 2 << 30;

/// The stack that the tool has.
const STACK: usize = 256 << 20;

fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok().and_then(|v| v.parse().ok());
    value.unwrap_or(default)
}

/// Runs some cases, each with numbers of its own. A panic is one of the case with this seed.
fn fuzz(target: &'static str, cases: u64, case: fn(&mut Numbers)) {
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

/// The most memory that this process had at any time, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib << 10)
}

/// Pieces that mean something to one of the readers.
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

fn mangle(text: &str, numbers: &mut Numbers) -> String {
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
    }
}

/// A tree of files in memory.
fn tree(sources: Vec<(String, String)>, manifests: Vec<(String, String)>) -> Tree {
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

/// Some packages, in directories of their own.
fn sources(numbers: &mut Numbers) -> Vec<(String, String)> {
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
        let report = check::check(&tree);
        for problem in report.problems {
            problem.diagnostic.render(false);
        }
    });
}

/// Resolves what a tree holds, with all gates open.
fn load(files: &BTreeMap<String, String>) -> Option<Packages> {
    let files = files.iter().map(|(n, t)| vec![(n.clone(), t.clone())]);
    Packages::from_texts(files.collect(), &Features::All).ok()
}

/// The encodings of all packages, by name.
fn encodings(packages: &Packages) -> BTreeMap<String, Option<Vec<u8>>> {
    let resolve = &packages.resolve;
    let own = packages.own.iter();
    own.map(|id| {
        // What holds together and cannot be encoded is the same before and after, too.
        let encode = || wit_component::encode(resolve, *id).ok();
        let bytes = catch_unwind(AssertUnwindSafe(encode)).ok().flatten();
        (resolve.packages[*id].name.to_string(), bytes)
    })
    .collect()
}

fn texts(tree: &Tree) -> BTreeMap<String, String> {
    let files = tree.files.iter();
    files
        .map(|(f, _)| (f.shown.clone(), f.text.clone()))
        .collect()
}

/// Takes the version out of some uses, and writes some things as they were written once.
fn loosen(text: &str, numbers: &mut Numbers) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        if numbers.below(2) == 0 {
            line = line.replace("f32", "float32").replace("f64", "float64");
        }
        match numbers.below(5) {
            0 => line = line.replace(": func(", ": function("),
            1 if line.ends_with(" -> u32;") => line = line.replace("-> u32", "-> (it: u32)"),
            1 | 2 if line.ends_with(");") || line.ends_with("u8;") => {
                line.truncate(line.len() - 1);
            }
            3 if line.trim_start().starts_with("use ") || line.contains(" import ") => {
                if let (Some(at), true) = (line.find('@'), line.contains('/')) {
                    let rest = &line[at + 1..];
                    let end = rest
                        .find(|c: char| !c.is_alphanumeric() && !"-.+".contains(c))
                        .unwrap_or(rest.len());
                    let end = rest[..end].trim_end_matches('.').len();
                    line.replace_range(at..at + 1 + end, "");
                }
            }
            _ => {}
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[test]
fn fix_of_anything() {
    fuzz("fix", 1000, |numbers| {
        let strict = sources(numbers);
        let meant: BTreeMap<String, String> = strict.iter().cloned().collect();
        let way = numbers.below(6);
        let is_loose = way > 1;
        let change = |text: &str, numbers: &mut Numbers| match way {
            0 => mangle(text, numbers),
            1 => edit(text, numbers),
            _ => loosen(text, numbers),
        };
        let loose: Vec<(String, String)> = strict
            .iter()
            .map(|(name, text)| (name.clone(), change(text, numbers)))
            .collect();
        let before = tree(loose, Vec::new());
        let (after, is_fixed) = fix::fixed(&before);
        // What was in order before is in order afterwards, and means the same.
        let (old, new) = (texts(&before), texts(&after));
        if let Some(old) = load(&old) {
            let new = load(&new).expect("what resolved still does");
            assert_eq!(encodings(&old), encodings(&new), "another meaning");
        }
        // So it is with what was only written in another way.
        if is_loose && is_fixed {
            if let (Some(meant), Some(new)) = (load(&meant), load(&new)) {
                assert_eq!(
                    encodings(&meant),
                    encodings(&new),
                    "another meaning: {:#?}",
                    texts(&before)
                );
            }
        }
        if is_fixed {
            load(&new).expect("what is fixed resolves");
        }
        let (again, _) = fix::fixed(&after);
        assert_eq!(new, texts(&again), "not the same twice");
    });
}

#[test]
fn breaking_is_reflexive() {
    fuzz("breaking", 400, |numbers| {
        let files = sources(numbers).into_iter();
        let is_edited = numbers.below(2) == 0;
        let files: BTreeMap<String, String> = files
            .map(|(name, text)| match is_edited {
                true => (name, edit(&text, numbers)),
                false => (name, text),
            })
            .collect();
        let Some(side) = load(&files) else {
            return;
        };
        assert_eq!(findings(&side, &side), Vec::<String>::new());
        // Nor is there a difference to itself by another way.
        let other = load(&files).expect("resolves as before");
        assert_eq!(findings(&side, &other), Vec::<String>::new());
        for id in &side.own {
            let text = document(&side.resolve, *id).expect("prints");
            let text = vec![vec![("closure.wit".to_owned(), text)]];
            let closure = Packages::from_texts(text, &Features::All).expect("a closure resolves");
            let removed = findings(&side, &closure).into_iter();
            // Packages that it does not need are gone from it, and nothing else.
            let rest: Vec<String> = removed.filter(|f| f != "package-removed").collect();
            assert_eq!(rest, Vec::<String>::new());
        }
    });
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

#[test]
fn build_files() {
    const FILE: &str = "\"\"\"Doc.\"\"\"\n\nload(\"@r//rules:wit.bzl\", \"wit_library\")\n\n# keep\nwit_library(\n    \
                        name = \"a\",\n    srcs = [\"a.wit\"],  # c\n    deps = [\n        \":b\",  # keep\n    ],\n)\n";
    fuzz("build files", 5000, |numbers| {
        let text = mangle(FILE, numbers);
        let once = buildfiles::updated(&text);
        assert_eq!(
            buildfiles::updated(&once),
            once,
            "not the same twice: {text}"
        );
    });
}
