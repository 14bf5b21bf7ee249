//! Lowering what cannot be lowered, and damaged components: an error that names the reason, never a
//! panic.

#[path = "support/passing.rs"]
mod passing;
#[allow(dead_code)]
mod support;

use passing::passing;
use support::lower;

#[test]
fn an_engine_that_is_too_old_is_named() {
    let component = wat::parse_str(passing(&[], "string", "utf8", "utf8")).expect("wat");
    for features in ["mvp", "wasm2"] {
        let error = lower(&component, &["--features", features]).expect_err(features);
        assert!(
            error.contains("a feature that the engine does not have"),
            "{error}"
        );
    }
    lower(&component, &["--features", "wasm3"]).expect("wasm3");
}

/// Memories that cannot become a part of one memory: the error names the reason.
#[test]
fn memories_that_cannot_be_merged_are_named() {
    let threads = "(memory.atomic.notify (i32.const 0) (i32.const 0))";
    for (memory, body, message) in [
        ("1 1 shared", "(memory.size)", "shared"),
        ("1", threads, "threads"),
        ("i64 1", "(i32.wrap_i64 (memory.size))", "64"),
    ] {
        let text = format!(
            r#"(component
  (core module $m (memory {memory}) (func $f (export "f") (result i32) {body}))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
        );
        let component = wat::parse_str(&text).expect("wat");
        let error = lower(&component, &["--memory", "single"]).expect_err(message);
        assert!(error.contains(message), "{error}");
        assert!(!error.contains("internal error"), "{error}");
        assert!(error.contains("hint: "), "{error}");
    }
}

/// Damaged components: an error in the input, or a module.
#[test]
fn damaged_components_are_lowered_or_refused() {
    let component = wat::parse_str(passing(&[], "string", "utf8", "utf16")).expect("wat");
    for i in (8..component.len()).step_by(component.len() / 60 + 1) {
        let mut changed = component.clone();
        changed[i] ^= 1 << (i % 8);
        for bytes in [&component[..i], &changed] {
            if let Err(error) = lower(bytes, &[]) {
                assert!(error.starts_with("error: "), "{i}: {error}");
                assert!(!error.contains("internal error"), "{i}: {error}");
            }
        }
    }
}

const HEADER: &[u8] = b"\0asm\x0d\0\x01\0";

/// A section in the binary format.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut all = vec![id];
    let mut rest = content.len();
    while rest > 127 {
        all.push((rest & 127) as u8 | 128);
        rest >>= 7;
    }
    all.push(rest as u8);
    all.extend(content);
    all
}

#[test]
fn deep_and_long_components_are_lowered_or_refused() {
    let mut deep = HEADER.to_vec();
    for _ in 0..3000 {
        deep = [HEADER, &section(4, &deep)].concat();
    }
    // `(type u8)`, and in a nested component a million outer aliases of it.
    let mut aliases = vec![0xc0, 0x84, 0x3d];
    aliases.extend([3, 2, 1, 0].repeat(1_000_000));
    let inner = [HEADER, &section(6, &aliases)].concat();
    let long = [HEADER, &section(7, &[1, 0x7d]), &section(4, &inner)].concat();
    let error = lower(&deep, &[]).expect_err("deep");
    assert!(
        error.starts_with("error: ") && error.contains("hint: "),
        "{error}"
    );
    for bytes in [deep, long] {
        if let Err(error) = lower(&bytes, &[]) {
            assert!(!error.contains("internal error"), "{error}");
        }
    }
}
