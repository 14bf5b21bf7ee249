//! Damaged and huge components: every command exits with 0 or 1 and reports what is wrong.
//!
//! `DAMAGE_CASES` sets the number of changes per component, and removes the time limit.

#[allow(dead_code)]
#[path = "support/cases.rs"]
mod cases;
#[path = "support/tool.rs"]
mod tool;

use cases::{fixtures, run, text};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

/// The commands that read a component, `bad.wasm`.
const COMMANDS: &[&[&str]] = &[
    &["validate", "bad.wasm", "--wit", "w.wit", "--world", "w"],
    &["targets", "bad.wasm", "--wit", "w.wit", "--world", "w"],
    &["wit", "bad.wasm"],
    &["new", "bad.wasm", "-o", "out.wasm"],
    &[
        "plug",
        "bad.wasm",
        "--plug",
        "logger.wasm",
        "-o",
        "out.wasm",
    ],
    &[
        "plug",
        "socket.wasm",
        "--plug",
        "bad.wasm",
        "-o",
        "out.wasm",
    ],
    &[
        "compose",
        "in.wac",
        "--dep",
        "a:b=bad.wasm",
        "-o",
        "out.wasm",
    ],
    &["unbundle", "bad.wasm", "--threshold", "0", "-o", "out"],
    &["graph", "bad.wasm"],
    &["graph", "bad.wasm", "--format", "json"],
];

/// Runs all commands on the component and returns their exit codes.
fn codes(dir: &Path, bytes: &[u8], what: &str) -> Vec<i32> {
    fs::write(dir.join("bad.wasm"), bytes).expect("write");
    let commands = COMMANDS.iter().map(|args| {
        let output = run(dir, args);
        let printed = text(&output);
        let code = output.status.code();
        assert!(
            matches!(code, Some(0 | 1)),
            "{what} {args:?}: {code:?} {printed}"
        );
        assert!(
            !printed.contains("internal error"),
            "{what} {args:?}: {printed}"
        );
        let is_error = printed.starts_with("error: ") && printed.contains("hint: ");
        assert!(code == Some(0) || is_error, "{what} {args:?}: {printed}");
        code.unwrap_or_default()
    });
    commands.collect()
}

fn directory() -> tempfile::TempDir {
    let dir = fixtures();
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text).expect("write");
    write("w.wit", "package a:b;\nworld w { }\n");
    write("in.wac", "package c:d;\nexport new a:b { ... } ...;\n");
    dir
}

/// A generator of pseudorandom numbers: xorshift.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

fn damaged(whole: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = whole.to_vec();
    let at = random.below(bytes.len());
    match random.below(4) {
        0 => bytes.truncate(at),
        1 => {
            let until = (at + 1 + random.below(8)).min(bytes.len());
            bytes.drain(at..until);
        }
        2 => {
            let again: Vec<u8> = bytes.iter().skip(at).take(16).copied().collect();
            let to = random.below(bytes.len());
            bytes.splice(to..to, again);
        }
        _ => {
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                bytes[at] ^= 1 << random.below(8);
            }
        }
    }
    bytes
}

#[test]
fn damaged_components_are_errors() {
    let dir = directory();
    let number = std::env::var("DAMAGE_CASES").ok();
    let number = number.map(|n| n.parse::<usize>().expect("a number"));
    let start = Instant::now();
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut refused = 0;
    'all: for round in 0..number.unwrap_or(12) {
        for component in ["socket.wasm", "nested.wasm", "composed.wasm", "store.wasm"] {
            if number.is_none() && start.elapsed() > Duration::from_secs(20) {
                break 'all;
            }
            let whole = fs::read(dir.path().join(component)).expect("read");
            let bytes = damaged(&whole, &mut random);
            let codes = codes(dir.path(), &bytes, &format!("{component} {round}"));
            refused += usize::from(codes.contains(&1));
        }
    }
    assert!(refused > 0);
}

/// Encodes a number as LEB128.
fn leb(mut n: usize) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let byte = (n & 0x7f) as u8;
        n >>= 7;
        if n == 0 {
            out.push(byte);
            return out;
        }
        out.push(byte | 0x80);
    }
}

fn component(sections: &[(u8, &[u8])]) -> Vec<u8> {
    let mut out = b"\0asm\x0d\0\x01\0".to_vec();
    for (id, content) in sections {
        out.push(*id);
        out.extend(leb(content.len()));
        out.extend_from_slice(content);
    }
    out
}

#[test]
fn deep_nesting_is_an_error() {
    let dir = directory();
    for (depth, valid) in [(90, true), (1_000, false), (20_000, false)] {
        let mut bytes = component(&[]);
        for _ in 0..depth {
            bytes = component(&[(4, &bytes)]);
        }
        fs::write(dir.path().join("bad.wasm"), &bytes).expect("write");
        let output = run(dir.path(), &["validate", "bad.wasm"]);
        assert_eq!(output.status.success(), valid, "{depth}: {}", text(&output));
        let codes = codes(dir.path(), &bytes, "nested");
        if !valid {
            assert!(codes.iter().all(|c| *c == 1), "{depth}: {codes:?}");
            assert!(text(&output).contains("nested more than 100 deep"));
        }
    }
}

#[test]
fn a_nested_component_that_is_cut_off_is_an_error() {
    let dir = directory();
    let header = b"\0asm\x0d\0\x01\0";
    for id in [1, 4] {
        let kind: &[u8] = if id == 1 { b"\0asm\x01\0\0\0" } else { header };
        // A section of 32 bytes, of which there are 8.
        let bytes = [header, &[id, 32][..], kind].concat();
        let codes = codes(dir.path(), &bytes, "cut off");
        assert!(codes.iter().all(|code| *code == 1), "{id}: {codes:?}");
    }
}

#[test]
fn a_million_aliases_are_an_error() {
    let dir = directory();
    // With the type at the start, one more than the validator allows.
    let million = 1_000_000;
    let section = |entry: &[u8], n: usize| [leb(n), entry.repeat(n)].concat();
    // (type (func)), (import "i" (instance (export "f" (func (type 0))))), then only aliases.
    let types = section(b"\x03\x02\x00\x00", million);
    let one_type = b"\x01\x40\x00\x01\x00";
    let by_type = component(&[(7, one_type), (6, &types)]);
    let instance = b"\x01\x42\x02\x01\x40\x00\x01\x00\x04\x00\x01f\x01\x00";
    let import = b"\x01\x00\x01i\x05\x00";
    let functions = section(b"\x01\x00\x00\x01f", million + 1);
    let by_function = component(&[(7, instance), (10, import), (6, &functions)]);
    for (what, bytes) in [("types", by_type), ("functions", by_function)] {
        let start = Instant::now();
        let codes = codes(dir.path(), &bytes, what);
        assert!(codes.iter().all(|c| *c == 1), "{what}: {codes:?}");
        assert!(start.elapsed() < Duration::from_secs(120), "{what}");
        let output = run(dir.path(), &["validate", "bad.wasm"]);
        assert!(text(&output).contains("limit"), "{}", text(&output));
    }
}

/// Truncates WAC sources after every third token.
#[test]
fn truncated_sources_are_no_internal_errors() {
    let dir = directory();
    for case in golden::Case::all("compose") {
        let Some(source) = case.input.get("in.wac") else {
            continue;
        };
        let source = String::from_utf8(source.clone()).expect("UTF-8");
        if source.len() > 1_000 {
            continue;
        }
        for (at, _) in source.match_indices([' ', '{', ';', '"']).step_by(3) {
            fs::write(dir.path().join("cut.wac"), &source[..at]).expect("write");
            let args = [
                "compose",
                "cut.wac",
                "--dep=demo:logger=logger.wasm",
                "-o",
                "out.wasm",
            ];
            let output = run(dir.path(), &args);
            let printed = text(&output);
            let code = output.status.code();
            assert!(matches!(code, Some(0 | 1)), "{} {at}: {printed}", case.name);
            assert!(
                !printed.contains("internal error"),
                "{} {at}: {printed}",
                case.name
            );
        }
    }
}
