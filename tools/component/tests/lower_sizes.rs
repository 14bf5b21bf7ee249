//! Components in which little input could become much work: they are lowered or refused in the time
//! and memory that `support` allows.

#[allow(dead_code)]
mod support;

use std::fmt::Write;
use support::{call, lower, Host, Outcome};

/// The options that each component is lowered with.
const OPTIONS: [&[&str]; 3] = [
    &["--memory", "multi"],
    &["--memory", "single"],
    &["--memory", "single", "--features", "mvp"],
];

/// Lowers a component with all options; returns which succeed.
fn lowered(text: &str) -> [bool; 3] {
    let component = wat::parse_str(text).expect("wat");
    OPTIONS.map(|options| match lower(&component, options) {
        Ok(_) => true,
        Err(e) => {
            assert!(!e.contains("internal error"), "{options:?}: {e}");
            assert!(e.contains("hint: "), "{options:?}: {e}");
            false
        }
    })
}

/// A component with this module, whose function `f` it exports.
fn around(module: &str) -> String {
    format!(
        r#"(component (core module $m {module}) (core instance $i (instantiate $m))
             (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
    )
}

/// Numbers in the text format, as bytes.
fn words(numbers: impl Iterator<Item = u32>) -> String {
    let bytes = numbers.flat_map(u32::to_le_bytes);
    bytes.map(|b| format!("\\{b:02x}")).collect()
}

#[test]
fn many_imports_and_calls() {
    let exports: String = (0..5000)
        .map(|i| format!("(export \"{i}\" (func $f))"))
        .collect();
    let imports: String = (0..5000)
        .map(|i| format!("(import \"g\" \"{i}\" (func $f{i} (result i32)))"))
        .collect();
    let calls = "(drop (call $f4999))".repeat(100_000);
    let text = format!(
        r#"(component
             (core module $g (func $f (result i32) (i32.const 7)) {exports})
             (core module $m {imports} (func (export "f") (result i32) {calls} (call $f0)))
             (core instance $g (instantiate $g))
             (core instance $i (instantiate $m (with "g" (instance $g))))
             (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
    );
    assert_eq!(lowered(&text), [true; 3]);
}

/// Each entry refers to another suffix of one list of ranges.
#[test]
fn debug_information_that_overlaps() {
    let count = 30_000;
    let abbreviations = "\\01\\11\\01\\00\\00\\02\\2e\\00\\55\\17\\00\\00\\00";
    let entries: String = (0..count)
        .map(|i| format!("\\02{}", words([8 * i].into_iter())))
        .collect();
    // Version 4, offset 0 of the abbreviations, addresses of 4 bytes.
    let unit = format!("\\04\\00\\00\\00\\00\\00\\04\\01{entries}\\00");
    let length = words([unit.len() as u32 / 3].into_iter());
    let ranges = words((0..count).flat_map(|i| [1, 40 + i % 7]).chain([0, 0]));
    let code = "(drop (i32.const 1))".repeat(10);
    let text = around(&format!(
        r#"(func (export "f") (result i32) {code} (i32.const 7))
           (@custom ".debug_abbrev" "{abbreviations}")
           (@custom ".debug_info" "{length}{unit}")
           (@custom ".debug_ranges" "{ranges}")"#
    ));
    assert_eq!(lowered(&text), [true; 3]);
}

/// Each constant is the sum of the one before and itself.
#[test]
fn constants_that_double() {
    let mut globals = String::from("(global $g0 i32 (i32.const 1))");
    for i in 1..100 {
        let before = i - 1;
        let _ = write!(
            globals,
            "(global $g{i} i32 (i32.add (global.get $g{before}) (global.get $g{before})))"
        );
    }
    let text = around(&format!(
        r#"{globals} (memory 1) (data (global.get $g99) "x")
           (func (export "f") (result i32) (global.get $g40))"#
    ));
    assert_eq!(lowered(&text), [true; 3]);
}

/// Each component creates two instances of the one before.
#[test]
fn nested_components_that_double() {
    let mut text = String::from("(component (core module $m) (core instance (instantiate $m)))");
    for _ in 0..30 {
        text = format!("(component {text} (instance (instantiate 0)) (instance (instantiate 0)))");
    }
    assert_eq!(lowered(&text), [false; 3]);
}

fn instances(count: u32, module: &str) -> String {
    let mut text = format!("(component (core module $m {module})");
    for i in 0..count {
        let _ = write!(
            text,
            r#"(core instance $i{i} (instantiate $m))
               (func (export "f{i}") (result u32) (canon lift (core func $i{i} "f")))"#
        );
    }
    text + ")"
}

/// More memories and tables than implementations allow become one.
#[test]
fn many_memories_and_tables() {
    let module = r#"(memory 1) (table 2 funcref) (type $t (func (result i32)))
        (func $g (result i32) (i32.load (i32.const 0)))
        (elem (i32.const 1) func $g)
        (func (export "f") (result i32)
          (drop (memory.grow (i32.const 1)))
          (call_indirect (type $t) (i32.const 1)))"#;
    assert_eq!(lowered(&instances(90, module)), [true; 3]);
    assert_eq!(lowered(&instances(110, module)), [false, true, true]);
    assert_eq!(lowered(&instances(500, module)), [false, true, true]);
}

/// The locals of the pass for one memory are too many for a function.
#[test]
fn functions_that_become_too_large() {
    let locals = "i32 ".repeat(49_999);
    let store =
        "(i32.store (i32.add (i32.const 1) (i32.const 2)) (i32.mul (i32.const 1) (i32.const 2)))";
    let module = format!(
        r#"(memory 1) (func (export "f") (result i32) (local {locals})
             (drop (memory.grow (i32.const 1))) {store} (i32.load (i32.const 0)))"#
    );
    assert_eq!(lowered(&instances(2, &module)), [true, false, false]);
}

const MEMORY: &str = r#"(memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 64))"#;

/// A component that has `count` instances of another one, each with a memory of its own, and calls
/// one after the other. `text` returns a string, `number` only needs a memory. Both count the calls.
fn many_memories(count: u32, direct: bool) -> String {
    let (mut imports, mut lowers, mut with) = (String::new(), String::new(), String::new());
    let (mut core, mut given, mut body) = (String::new(), String::new(), String::new());
    let (mut instances, mut exports) = (String::new(), String::new());
    for i in 0..count {
        let _ = write!(instances, "(instance $g{i} (instantiate $giver))");
        let _ = write!(exports, "(export \"f{i}\" (func $g{i} \"text\"))");
        let _ = write!(
            imports,
            "(import \"f{i}\" (func $f{i} (param \"x\" u32) (result string)))
             (import \"n{i}\" (func $n{i} (param \"x\" u32) (result u32)))"
        );
        let options = "(memory (core memory $a \"memory\")) (realloc (core func $a \"realloc\"))";
        let _ = write!(
            lowers,
            "(core func $f{i} (canon lower (func $f{i}) {options}))
             (core func $n{i} (canon lower (func $n{i})))"
        );
        let _ = write!(
            core,
            "(import \"g\" \"f{i}\" (func $f{i} (param i32 i32)))
             (import \"g\" \"n{i}\" (func $n{i} (param i32) (result i32)))"
        );
        let _ = write!(
            given,
            "(export \"f{i}\" (func $f{i})) (export \"n{i}\" (func $n{i}))"
        );
        let _ = write!(
            with,
            "(with \"f{i}\" (func $g{i} \"text\")) (with \"n{i}\" (func $g{i} \"number\"))"
        );
        // The sum of all characters and numbers, each times the number of its instance.
        let _ = write!(
            body,
            "(call $f{i} (i32.const {i}) (i32.const 8))
             (call $add (i32.const {i}) (i32.load8_u (i32.load (i32.const 8))))
             (call $add (i32.const {i}) (call $n{i} (i32.const {i})))"
        );
    }
    let exports = if direct { exports } else { String::new() };
    format!(
        r#"(component
  (component $giver
    (core module $m {MEMORY}
      (func $number (export "number") (param i32) (result i32)
        (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (local.get 0)))
        (i32.load (i32.const 0)))
      (func (export "text") (param i32) (result i32)
        (i32.store8 (i32.const 32) (i32.and (call $number (local.get 0)) (i32.const 127)))
        (i32.store (i32.const 16) (i32.const 32))
        (i32.store (i32.const 20) (i32.const 1))
        (i32.const 16)))
    (core instance $a (instantiate $m))
    (func (export "text") (param "x" u32) (result string)
      (canon lift (core func $a "text") (memory (core memory $a "memory"))))
    (func (export "number") (param "x" u32) (result u32)
      (canon lift (core func $a "number") (memory (core memory $a "memory")))))
  (component $taker
    {imports}
    (core module $libc {MEMORY})
    (core instance $a (instantiate $libc))
    {lowers}
    (core module $m {core}
      (import "a" "memory" (memory 1))
      (global $sum (mut i32) (i32.const 0))
      (func $add (param i32 i32)
        (global.set $sum (i32.add (global.get $sum) (i32.mul (local.get 0) (local.get 1)))))
      (func (export "sum") (result i32) {body} (global.get $sum)))
    (core instance $i (instantiate $m (with "a" (instance $a)) (with "g" (instance {given}))))
    (func (export "sum") (result u32) (canon lift (core func $i "sum"))))
  {instances}
  (instance $t (instantiate $taker {with}))
  (export "sum" (func $t "sum"))
  {exports})"#
    )
}

/// More memories than a module can have, and than an adapter can connect. With one memory, there is
/// no such limit.
#[test]
fn many_memories_become_one() {
    for (count, direct, options) in [
        (99, false, OPTIONS[1]),
        (150, false, OPTIONS[2]),
        (120, true, OPTIONS[1]),
    ] {
        let component = wat::parse_str(many_memories(count, direct)).expect("wat");
        let error = lower(&component, &["--memory", "multi"]).expect_err("too many memories");
        assert!(
            error.contains("memories count exceeds limit of 100"),
            "{error}"
        );
        assert!(
            error.contains("hint: lower with `--memory single`"),
            "{error}"
        );
        let module = lower(&component, options).unwrap_or_else(|e| panic!("{count}: {e}"));
        let mut host = Host::lowered(&module);
        let mut sum = 0;
        for round in 0..3 {
            let value = |calls| (0..count).map(|i| i * ((calls * i) & 127)).sum::<u32>();
            let number = |calls| (0..count).map(|i| i * (calls * i)).sum::<u32>();
            sum += value(2 * round + 1) + number(2 * round + 2);
            let outcome = call(&mut host, "sum()");
            assert_eq!(outcome, Outcome::Value(sum.to_string()), "{count}");
        }
    }
}
