//! Loops that are replaced, and similar ones that are not.

use super::{replace_loops, Instruction};
use crate::module::{instructions, Module};
use wasm_encoder::reencode::Reencode;

/// The body of a loop that copies elements of 16 bytes, as adapters write it.
const BODY: &str = "
  (i32.store 1 (local.get $to) (i32.load 0 (local.get $from)))
  (i32.store 1 offset=4 (local.get $to) (i32.load 0 offset=4 (local.get $from)))
  (f64.store 1 offset=8 (local.get $to) (f64.load 0 offset=8 (local.get $from)))
  (local.set $from (i32.add (local.get $from) (i32.const 16)))
  (local.set $to (i32.add (local.get $to) (i32.const 16)))
  (br_if $more (local.tee $n (i32.add (local.get $n) (i32.const -1))))";

/// The numbers of bulk copies and of loops after the replacement in a function with this loop body.
fn found(body: &str) -> (usize, usize) {
    let text = format!(
        "(module (memory 1) (memory 1)
           (func (param $from i32) (param $to i32) (param $n i32) (local $other i32) (local $wide i64)
             (loop $more {body})))"
    );
    let wasm = wat::parse_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    wasmparser::validate(&wasm).unwrap_or_else(|e| panic!("{text}: {e}"));
    let module = Module::new(&wasm).expect("a module");
    let code = instructions(&module.bodies[0]).expect("a body");
    let code = replace_loops(code);
    let count = |is: fn(&Instruction<'_>) -> bool| code.iter().filter(|i| is(i)).count();
    (
        count(|i| matches!(i, Instruction::MemoryCopy { .. })),
        count(|i| matches!(i, Instruction::Loop(_))),
    )
}

fn body(parts: &str, size: u32) -> String {
    format!(
        "{parts}
         (local.set $from (i32.add (local.get $from) (i32.const {size})))
         (local.set $to (i32.add (local.get $to) (i32.const {size})))
         (br_if $more (local.tee $n (i32.add (local.get $n) (i32.const -1))))"
    )
}

#[test]
fn plain_elements_are_copied_in_bulk() {
    assert_eq!(found(BODY), (1, 0));
    for (load, store, size) in [
        ("i32.load8_u", "i32.store8", 1),
        ("i32.load8_s", "i32.store8", 1),
        ("i32.load16_u", "i32.store16", 2),
        ("i32.load", "i32.store", 4),
        ("i64.load", "i64.store", 8),
        ("f32.load", "f32.store", 4),
        ("f64.load", "f64.store", 8),
    ] {
        let part = format!("({store} 1 (local.get $to) ({load} 0 (local.get $from)))");
        assert_eq!(found(&body(&part, size)), (1, 0), "{load}");
    }
}

/// In another order, with subtraction, with a condition that is read from a local.
#[test]
fn the_form_of_the_loop_does_not_matter() {
    let other = "
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (local.get $to) (i32.load 0 offset=2 align=1 (local.get $from)) (i32.store 1 offset=2 align=1)
      (i32.store16 1 (local.get $to) (i32.load16_s 0 (local.get $from)))
      (local.set $to (i32.add (i32.const 7) (i32.sub (local.get $to) (i32.const 1))))
      (local.set $from (i32.add (i32.const 6) (local.get $from)))
      (br_if $more (local.get $n))";
    assert_eq!(found(other), (1, 0));
}

/// Each of these differs from a copy by one change.
#[test]
fn similar_loops_are_kept() {
    for (from, to) in [
        // The same memory, where stores may change what is loaded.
        ("f64.store 1", "f64.store 0"),
        ("i32.load 0 (", "i32.load 1 ("),
        // A gap of four bytes.
        (
            "(i32.store 1 offset=4 (local.get $to) (i32.load 0 offset=4 (local.get $from)))",
            "",
        ),
        (
            "(i32.store 1 offset=4 (local.get $to) (i32.load 0 offset=4 (local.get $from)))",
            "(i32.store 1 offset=16 (local.get $to) (i32.load 0 offset=16 (local.get $from)))",
        ),
        // Fewer bytes.
        ("i32.load 0 offset=4", "i32.load16_u 0 offset=4"),
        ("i32.store 1 offset=4", "i32.store16 1 offset=4"),
        // Fields that are swapped or overlap.
        ("i32.load 0 offset=4", "i32.load 0"),
        ("i32.store 1 offset=4", "i32.store 1"),
        ("f64.store 1 offset=8", "f64.store 1 offset=6"),
        // Another distance between elements, or a negative one.
        (
            "(local.get $from) (i32.const 16)",
            "(local.get $from) (i32.const 24)",
        ),
        (
            "(local.get $to) (i32.const 16)",
            "(local.get $to) (i32.const 15)",
        ),
        (
            "(local.get $to) (i32.const 16)",
            "(local.get $to) (i32.const -16)",
        ),
        (
            "(local.get $from) (i32.const 16)",
            "(local.get $to) (i32.const 16)",
        ),
        ("(i32.add (local.get $from)", "(i32.sub (local.get $from)"),
        // Values that are checked or changed.
        (
            "(i32.load 0 (local.get $from))",
            "(i32.and (i32.load 0 (local.get $from)) (i32.const 1))",
        ),
        (
            "(i32.load 0 (local.get $from))",
            "(i32.add (i32.load 0 (local.get $from)) (i32.const 0))",
        ),
        ("(i32.load 0 (local.get $from))", "(i32.const 1)"),
        (
            "(i32.load 0 (local.get $from))",
            "(i32.load 0 (local.get $other))",
        ),
        (
            "(i32.store 1 (local.get $to)",
            "(i32.store 1 (local.get $other)",
        ),
        (
            "(i32.store 1 (local.get $to)",
            "(i32.store 1 (i32.add (local.get $to) (i32.const 1))",
        ),
        // Another number of iterations, or one that does not depend on a counter.
        ("(i32.const -1)", "(i32.const -2)"),
        ("local.tee $n", "local.tee $other"),
        (
            "(i32.add (local.get $n) (i32.const -1))",
            "(i32.load 0 (local.get $from))",
        ),
        ("br_if $more (local.tee $n", "br_if 1 (local.tee $n"),
        ("br_if $more (local.tee $n", "br $more (local.set $n"),
        // Side effects.
        (
            "(br_if $more",
            "(local.set $other (local.get $from)) (br_if $more",
        ),
        (
            "(br_if $more",
            "(drop (i32.load 0 (local.get $from))) (br_if $more",
        ),
        ("(br_if $more", "(block) (br_if $more"),
        (
            "(br_if $more",
            "(drop (memory.grow 0 (i32.const 0))) (br_if $more",
        ),
        ("(br_if $more", "(br_if 1 (i32.const 0)) (br_if $more"),
        // An address that is not the one at the start of the iteration.
        (
            "(f64.store 1 offset=8 (local.get $to) (f64.load 0 offset=8 (local.get $from)))
  (local.set $from (i32.add (local.get $from) (i32.const 16)))",
            "(local.set $from (i32.add (local.get $from) (i32.const 16)))
             (f64.store 1 offset=8 (local.get $to) (f64.load 0 offset=8 (local.get $from)))",
        ),
    ] {
        assert!(BODY.contains(from), "{from}");
        let near = BODY.replacen(from, to, 1);
        assert_eq!(found(&near), (0, 1), "{from} -> {to}");
    }
}

/// Within one memory, a store may change what the next iteration loads.
#[test]
fn loops_within_one_memory_are_kept() {
    let one = BODY.replace("store 1", "store 0");
    assert_eq!(found(&one), (0, 1));
}

/// Of two nested loops, the inner one is replaced and the outer one is kept.
#[test]
fn the_inner_loop_is_replaced() {
    let inner = BODY.replace("$more", "$inner");
    let both = format!(
        "(loop $inner {inner}) (br_if $more (local.tee $other (i32.sub (local.get $other) (i32.const 1))))"
    );
    assert_eq!(found(&both), (1, 1));
}

/// Rewrites a module with bulk copies.
struct Rewriter;

impl Reencode for Rewriter {
    type Error = std::convert::Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut wasm_encoder::CodeSection,
        body: wasmparser::FunctionBody<'_>,
    ) -> Result<(), wasm_encoder::reencode::Error> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let mut reader = body.get_operators_reader()?;
        let mut all = Vec::new();
        while !reader.eof() {
            all.push(self.parse_instruction(&mut reader)?);
        }
        for instruction in &replace_loops(all) {
            function.instruction(instruction);
        }
        code.function(&function);
        Ok(())
    }
}

/// The locals and the second memory after a call; `None` if it traps.
fn state_after(wasm: &[u8], args: (i32, i32, i32)) -> Option<(Vec<i32>, Vec<u8>)> {
    let engine = wasmi::Engine::default();
    let module = wasmi::Module::new(&engine, wasm).expect("a module");
    let mut store = wasmi::Store::new(&engine, ());
    let linker = wasmi::Linker::new(&engine);
    let instance = linker.instantiate_and_start(&mut store, &module);
    let instance = instance.expect("an instance");
    let func = instance.get_typed_func::<(i32, i32, i32), (i32, i32, i32)>(&store, "f");
    let (from, to, n) = func.expect("f").call(&mut store, args).ok()?;
    let memory = instance.get_memory(&store, "to").expect("a memory");
    Some((vec![from, to, n], memory.data(&store).to_vec()))
}

/// Runs the loop and its replacement.
#[test]
fn the_replacement_has_the_same_effect() {
    let text = format!(
        "(module (memory 1) (memory (export \"to\") 1)
           (func $fill (local $p i32)
             (loop $more
               (i32.store8 (local.get $p) (i32.mul (local.get $p) (i32.const 167)))
               (local.set $p (i32.add (local.get $p) (i32.const 1)))
               (br_if $more (i32.lt_u (local.get $p) (i32.const 65536)))))
           (start $fill)
           (func (export \"f\") (param $from i32) (param $to i32) (param $n i32) (result i32 i32 i32)
             (loop $more {BODY})
             (local.get $from) (local.get $to) (local.get $n)))"
    );
    let plain = wat::parse_str(text).expect("wat");
    let mut module = wasm_encoder::Module::new();
    let parser = wasmparser::Parser::new(0);
    Rewriter
        .parse_core_module(&mut module, parser, &plain)
        .expect("written");
    let written = module.finish();
    assert!(written != plain);
    let last = 0x1_0000 - 16;
    for args in [
        (0, 0, 1),
        (3, 17, 5),
        (0, 0, 4096),
        (last, 16, 1),
        (16, last, 1),
        (last, last, 2),
        (last + 1, 0, 1),
        (0, last + 1, 1),
        (-16, 0, 1),
        (0, -16, 2),
        (0, 0, 4097),
        (0, 0, 0),
        (0, 0, 0x1000_0000),
        (0, 0, 0x1000_0001),
        (0, 0, -1),
    ] {
        assert_eq!(
            state_after(&plain, args),
            state_after(&written, args),
            "{args:?}"
        );
    }
    assert!(state_after(&written, (0, 0, 4096)).is_some());
    assert!(state_after(&written, (0, 0, 0)).is_none());
}
