//! Components that pass each other resources: one defines them and returns its arguments, one
//! borrows them, and one makes resources of the numbers in its argument and calls the other two.
//!
//! The exports of the composition use the numbers instead of the resources, so core engines need no
//! handles.

use super::abi::{layout, payload};
use super::pair::{describe, ALLOCATE, API};
use super::types::Ty;
use std::fmt::Write;

/// Generates functions that visit each resource, or the number in its place, of a value in memory.
struct Walk<'t> {
    name: &'t str,
    /// The instructions for the resource at `$p`.
    leaf: &'t str,
    count: usize,
    text: String,
}

impl<'t> Walk<'t> {
    /// The functions, and the call of the outermost one for the value at an address.
    fn all(name: &'t str, leaf: &'t str, ty: &Ty, address: &str) -> (String, String) {
        let mut walk = Walk {
            name,
            leaf,
            count: 0,
            text: String::new(),
        };
        let call = walk.call(ty, address).unwrap_or_default();
        (walk.text, call)
    }

    /// The call for the value at an address, if it contains resources.
    fn call(&mut self, ty: &Ty, address: &str) -> Option<String> {
        if !ty.has_handles() {
            return None;
        }
        let mut body = String::new();
        let at = |offset: u32| format!("(i32.add (local.get $p) (i32.const {offset}))");
        // Writing to a string does not fail.
        if let Some(fields) = ty.fields() {
            let mut offset = 0;
            for ty in fields {
                let (size, align) = layout(ty);
                offset = u32::next_multiple_of(offset, align);
                body.extend(self.call(ty, &at(offset)));
                offset += size;
            }
        } else if let Some(cases) = ty.cases() {
            let (offset, ..) = payload(&cases);
            for (number, ty) in cases.iter().enumerate() {
                if let Some(call) = ty.as_ref().and_then(|ty| self.call(ty, &at(offset))) {
                    let _ = writeln!(
                        body,
                        "(if (i32.eq (i32.load8_u (local.get $p)) (i32.const {number})) (then {call}))"
                    );
                }
            }
        } else if let Ty::List(ty) = ty {
            let (size, _) = layout(ty);
            let call = self.call(ty, "(local.get $q)")?;
            let _ = writeln!(
                body,
                "(local.set $q (i32.load (local.get $p)))
                 (local.set $n (i32.load offset=4 (local.get $p)))
                 (block $done (loop $more
                   (br_if $done (i32.eqz (local.get $n)))
                   {call}
                   (local.set $q (i32.add (local.get $q) (i32.const {size})))
                   (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                   (br $more)))"
            );
        } else {
            body.push_str(self.leaf);
        }
        let function = format!("${}{}", self.name, self.count);
        self.count += 1;
        let _ = writeln!(
            self.text,
            "(func {function} (param $p i32) (local $q i32) (local $n i32) {body})"
        );
        Some(format!("(call {function} {address})"))
    }
}

/// The text of the three components, composed into one. `ty` is a list.
pub fn handles(ty: &Ty, inner: &str, outer: &str) -> String {
    let mut kinds = Vec::new();
    for (prefix, handle) in [("t", "(own $r)"), ("b", "(borrow $r)"), ("p", "u32")] {
        let mut named = Vec::new();
        let text = describe(ty, prefix, handle, &mut named);
        kinds.push((text, named));
    }
    let [(own, owns), (borrow, borrows), (plain, plains)] = &kinds[..] else {
        return String::new();
    };
    let [mut give, mut lend, mut import, mut types, mut out, mut alias, mut with] =
        [(); 7].map(|()| String::new());
    for (prefix, named, exports, instance) in [
        ("t", owns, &mut give, "$g"),
        ("b", borrows, &mut lend, "$m"),
    ] {
        for (i, definition) in named.iter().enumerate() {
            let name = format!("{prefix}{i}");
            let _ = writeln!(
                exports,
                "(type ${name}_ {definition}) (export ${name} \"{name}\" (type ${name}_))"
            );
            let _ = writeln!(
                import,
                "(type ${name}_ {definition}) (import \"{name}\" (type ${name} (eq ${name}_)))"
            );
            let _ = writeln!(alias, "(alias export {instance} \"{name}\" (type ${name}))");
            let _ = writeln!(with, "(with \"{name}\" (type ${name}))");
        }
    }
    for (i, definition) in plains.iter().enumerate() {
        let _ = writeln!(types, "(type $p{i} {definition})");
        let _ = writeln!(out, "(export \"t{i}\" (type $p{i}))");
    }
    let area = "(i32.const 16)";
    let (lent, call_lent) = Walk::all(
        "lent",
        "(global.set $sum (i32.add (global.get $sum) (call $get (i32.load (local.get $p)))))
         (call $drop (i32.load (local.get $p)))",
        ty,
        area,
    );
    let (made, call_made) = Walk::all(
        "made",
        "(i32.store (local.get $p) (call $make (i32.load (local.get $p))))",
        ty,
        area,
    );
    // Resources of even numbers are kept.
    let (taken, call_taken) = Walk::all(
        "taken",
        "(local.set $q (i32.load (local.get $p)))
         (i32.store (local.get $p) (call $get (local.get $q)))
         (if (i32.and (i32.load (local.get $p)) (i32.const 1)) (then (call $drop (local.get $q))))",
        ty,
        area,
    );
    format!(
        r#"(component
  (component $giver
    (core module $d
      (global $sum (mut i32) (i32.const 0))
      (func (export "dtor") (param i32)
        (global.set $sum (i32.add (i32.mul (global.get $sum) (i32.const 31)) (local.get 0))))
      (func (export "dropped") (result i32) (global.get $sum)))
    (core instance $d (instantiate $d))
    (type $r0 (resource (rep i32) (dtor (core func $d "dtor"))))
    (export $r "r" (type $r0))
    (core func $new (canon resource.new $r0))
    {give}
    (core module $m
      (import "h" "new" (func $new (param i32) (result i32)))
      (memory (export "memory") 1) {ALLOCATE}
      (global $spoil (mut i32) (i32.const 0))
      (func (export "post") (param i32) (global.set $next (i32.const 1024)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "get") (param i32) (result i32) (local.get 0))
      (func (export "f") (param i32 i32) (result i32) (local $at i32)
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        (if (global.get $spoil) (then
          (local.set $at (i32.add (i32.const 16) (i32.rem_u (global.get $spoil) (i32.const 8))))
          (i32.store8 (local.get $at) (i32.xor (i32.load8_u (local.get $at)) (i32.shr_u (global.get $spoil) (i32.const 16))))
          (global.set $spoil (i32.const 0))))
        (i32.const 16))
      (func (export "spoil") (param i32) (global.set $spoil (local.get 0))))
    (core instance $i (instantiate $m (with "h" (instance (export "new" (func $new))))))
    (func (export "make") (param "n" u32) (result (own $r)) (canon lift (core func $i "make")))
    (func (export "get") (param "r" (borrow $r)) (result u32) (canon lift (core func $i "get")))
    (func (export "f") (param "v" {own}) (result {own}) (canon lift (core func $i "f") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc")) (post-return (core func $i "post")) string-encoding={inner}))
    (func (export "spoil") (param "at" u32) (canon lift (core func $i "spoil")))
    (func (export "dropped") (result u32) (canon lift (core func $d "dropped"))))
  (component $middle
    (import "r" (type $r (sub resource)))
    (import "get" (func $get (param "r" (borrow $r)) (result u32)))
    {lend}
    (core func $get (canon lower (func $get)))
    (core func $drop (canon resource.drop $r))
    (core module $m
      (import "h" "get" (func $get (param i32) (result i32)))
      (import "h" "drop" (func $drop (param i32)))
      (memory (export "memory") 1) {ALLOCATE}
      (global $sum (mut i32) (i32.const 0))
      {lent}
      (func (export "lend") (param i32 i32) (result i32)
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        {call_lent}
        (global.set $next (i32.const 1024))
        (global.get $sum)))
    (core instance $i (instantiate $m (with "h" (instance (export "get" (func $get)) (export "drop" (func $drop))))))
    (func (export "lend") (param "v" {borrow}) (result u32) (canon lift (core func $i "lend") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc")) string-encoding={inner})))
  (component $taker
    (import "r" (type $r (sub resource)))
    {import}
    (import "make" (func $make (param "n" u32) (result (own $r))))
    (import "get" (func $get (param "r" (borrow $r)) (result u32)))
    (import "f" (func $f (param "v" {own}) (result {own})))
    (import "spoil" (func $spoil (param "at" u32)))
    (import "dropped" (func $dropped (result u32)))
    (import "lend" (func $lend (param "v" {borrow}) (result u32)))
    {types}
    (core module $libc (memory (export "memory") 1) {ALLOCATE})
    (core instance $libc (instantiate $libc))
    (core func $make (canon lower (func $make)))
    (core func $get (canon lower (func $get)))
    (core func $spoil (canon lower (func $spoil)))
    (core func $dropped (canon lower (func $dropped)))
    (core func $drop (canon resource.drop $r))
    (core func $f (canon lower (func $f) (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding={outer}))
    (core func $lend (canon lower (func $lend) (memory (core memory $libc "memory")) string-encoding={outer}))
    (core module $m
      (import "l" "memory" (memory 1))
      (import "l" "make" (func $make (param i32) (result i32)))
      (import "l" "get" (func $get (param i32) (result i32)))
      (import "l" "drop" (func $drop (param i32)))
      (import "l" "f" (func $f (param i32 i32 i32)))
      (import "l" "lend" (func $lend (param i32 i32) (result i32)))
      (import "l" "spoil" (func $spoil (param i32)))
      (import "l" "dropped" (func $dropped (result i32)))
      (global $sum (mut i32) (i32.const 0))
      {made} {taken}
      (func (export "f") (param i32 i32) (result i32)
        (drop (memory.grow (i32.const 1)))
        (i32.store (i32.const 16) (local.get 0))
        (i32.store (i32.const 20) (local.get 1))
        {call_made}
        (global.set $sum (call $lend (local.get 0) (local.get 1)))
        (call $f (local.get 0) (local.get 1) (i32.const 16))
        {call_taken}
        (i32.const 16))
      (func (export "spoil") (param i32) (call $spoil (local.get 0)))
      (func (export "check") (result i32) (i32.xor (global.get $sum) (call $dropped))))
    (core instance $i (instantiate $m (with "l" (instance
      (export "memory" (memory $libc "memory"))
      (export "make" (func $make)) (export "get" (func $get)) (export "drop" (func $drop))
      (export "f" (func $f)) (export "lend" (func $lend)) (export "spoil" (func $spoil))
      (export "dropped" (func $dropped))))))
    (func $g (param "v" {plain}) (result {plain}) (canon lift (core func $i "f") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding={outer}))
    (func $h (param "at" u32) (canon lift (core func $i "spoil")))
    (func $c (result u32) (canon lift (core func $i "check")))
    (instance $x {out} (export "f" (func $g)) (export "spoil" (func $h)) (export "check" (func $c)))
    (export "{API}" (instance $x)))
  (instance $g (instantiate $giver))
  (alias export $g "r" (type $r))
  (instance $m (instantiate $middle (with "r" (type $r)) (with "get" (func $g "get"))))
  {alias}
  (instance $b (instantiate $taker (with "r" (type $r)) {with}
    (with "make" (func $g "make")) (with "get" (func $g "get")) (with "f" (func $g "f"))
    (with "spoil" (func $g "spoil")) (with "dropped" (func $g "dropped")) (with "lend" (func $m "lend"))))
  (alias export $b "{API}" (instance $out))
  (export "{API}" (instance $out)))
"#
    )
}
