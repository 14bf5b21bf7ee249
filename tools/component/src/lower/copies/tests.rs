//! What is taken for a copy, and what is near to one.

use super::super::parse::Parsed;
use super::super::sections::instructions;
use super::{at_once, Instruction};
use wasm_encoder::reencode::Reencode;

/// A round that copies elements of 16 bytes, as an adapter has it.
const ROUND: &str = "
  (i32.store 1 (local.get $to) (i32.load 0 (local.get $from)))
  (i32.store 1 offset=4 (local.get $to) (i32.load 0 offset=4 (local.get $from)))
  (f64.store 1 offset=8 (local.get $to) (f64.load 0 offset=8 (local.get $from)))
  (local.set $from (i32.add (local.get $from) (i32.const 16)))
  (local.set $to (i32.add (local.get $to) (i32.const 16)))
  (br_if $more (local.tee $n (i32.add (local.get $n) (i32.const -1))))";

/// How many copies there are in a function around a loop, and how many loops are left.
fn found(round: &str) -> (usize, usize) {
    let text = format!(
        "(module (memory 1) (memory 1)
           (func (param $from i32) (param $to i32) (param $n i32) (local $other i32) (local $wide i64)
             (loop $more {round})))"
    );
    let wasm = wat::parse_str(&text).unwrap_or_else(|e| panic!("{text}: {e}"));
    wasmparser::validate(&wasm).unwrap_or_else(|e| panic!("{text}: {e}"));
    let parsed = Parsed::new(&wasm).expect("a module");
    let mut code = Vec::new();
    instructions(&parsed.bodies[0], |i| {
        code.push(i);
        Ok(())
    })
    .expect("a body");
    let code = at_once(code);
    let count = |is: fn(&Instruction<'_>) -> bool| code.iter().filter(|i| is(i)).count();
    (
        count(|i| matches!(i, Instruction::MemoryCopy { .. })),
        count(|i| matches!(i, Instruction::Loop(_))),
    )
}

fn round(parts: &str, size: u32) -> String {
    format!(
        "{parts}
         (local.set $from (i32.add (local.get $from) (i32.const {size})))
         (local.set $to (i32.add (local.get $to) (i32.const {size})))
         (br_if $more (local.tee $n (i32.add (local.get $n) (i32.const -1))))"
    )
}

#[test]
fn plain_elements_are_copied_at_once() {
    assert_eq!(found(ROUND), (1, 0));
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
        assert_eq!(found(&round(&part, size)), (1, 0), "{load}");
    }
}

/// However it is written: in another order, with subtraction, by way of a local's value.
#[test]
fn what_it_looks_like_does_not_matter() {
    let other = "
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (local.get $to) (i32.load 0 offset=2 align=1 (local.get $from)) (i32.store 1 offset=2 align=1)
      (i32.store16 1 (local.get $to) (i32.load16_s 0 (local.get $from)))
      (local.set $to (i32.add (i32.const 7) (i32.sub (local.get $to) (i32.const 1))))
      (local.set $from (i32.add (i32.const 6) (local.get $from)))
      (br_if $more (local.get $n))";
    assert_eq!(found(other), (1, 0));
}

/// Each of these is one change away from a copy.
#[test]
fn what_is_near_stays_a_loop() {
    for (from, to) in [
        // The same memory, which the stores may change.
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
        // Not as wide.
        ("i32.load 0 offset=4", "i32.load16_u 0 offset=4"),
        ("i32.store 1 offset=4", "i32.store16 1 offset=4"),
        // Fields that change places, or overlap.
        ("i32.load 0 offset=4", "i32.load 0"),
        ("i32.store 1 offset=4", "i32.store 1"),
        ("f64.store 1 offset=8", "f64.store 1 offset=6"),
        // Elements that are farther apart, or less far, or go backwards.
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
        // What is checked or changed.
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
        // Another number of rounds, or none that is told by a number.
        ("(i32.const -1)", "(i32.const -2)"),
        ("local.tee $n", "local.tee $other"),
        (
            "(i32.add (local.get $n) (i32.const -1))",
            "(i32.load 0 (local.get $from))",
        ),
        ("br_if $more (local.tee $n", "br_if 1 (local.tee $n"),
        ("br_if $more (local.tee $n", "br $more (local.set $n"),
        // What does more.
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
        // An address that is not the one at the beginning of the round.
        (
            "(f64.store 1 offset=8 (local.get $to) (f64.load 0 offset=8 (local.get $from)))
  (local.set $from (i32.add (local.get $from) (i32.const 16)))",
            "(local.set $from (i32.add (local.get $from) (i32.const 16)))
             (f64.store 1 offset=8 (local.get $to) (f64.load 0 offset=8 (local.get $from)))",
        ),
    ] {
        assert!(ROUND.contains(from), "{from}");
        let near = ROUND.replacen(from, to, 1);
        assert_eq!(found(&near), (0, 1), "{from} -> {to}");
    }
}

/// Within one memory, what is stored may be what is loaded in the next round.
#[test]
fn within_one_memory_it_stays_a_loop() {
    let one = ROUND.replace("store 1", "store 0");
    assert_eq!(found(&one), (0, 1));
}

/// A loop in a loop is looked at, and what is around stays.
#[test]
fn the_inner_one_of_two() {
    let inner = ROUND.replace("$more", "$inner");
    let both = format!(
        "(loop $inner {inner}) (br_if $more (local.tee $other (i32.sub (local.get $other) (i32.const 1))))"
    );
    assert_eq!(found(&both), (1, 1));
}

/// Writes a module again with copies at once.
struct AtOnce;

impl Reencode for AtOnce {
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
        for instruction in &at_once(all) {
            function.instruction(instruction);
        }
        code.function(&function);
        Ok(())
    }
}

/// What a call leaves in the locals and in the second memory, or nothing after a trap.
fn left(wasm: &[u8], args: (i32, i32, i32)) -> Option<(Vec<i32>, Vec<u8>)> {
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

/// Runs the loop and what becomes of it.
#[test]
fn both_leave_the_same() {
    let text = format!(
        "(module (memory 1) (memory (export \"to\") 1)
           (func $fill (local $p i32)
             (loop $more
               (i32.store8 (local.get $p) (i32.mul (local.get $p) (i32.const 167)))
               (local.set $p (i32.add (local.get $p) (i32.const 1)))
               (br_if $more (i32.lt_u (local.get $p) (i32.const 65536)))))
           (start $fill)
           (func (export \"f\") (param $from i32) (param $to i32) (param $n i32) (result i32 i32 i32)
             (loop $more {ROUND})
             (local.get $from) (local.get $to) (local.get $n)))"
    );
    let plain = wat::parse_str(text).expect("wat");
    let mut module = wasm_encoder::Module::new();
    let parser = wasmparser::Parser::new(0);
    AtOnce
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
        assert_eq!(left(&plain, args), left(&written, args), "{args:?}");
    }
    assert!(left(&written, (0, 0, 4096)).is_some());
    assert!(left(&written, (0, 0, 0)).is_none());
}
