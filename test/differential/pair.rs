//! A component that returns its argument, and one that passes its own argument through the first.
//!
//! `f` passes a value through both; `spoil` changes a byte of the next result of the first.

use super::abi::{flat, layout, payload, MAX_PARAMS};
use super::instance::Flat;
use super::types::Ty;
use std::fmt::Write;

/// The string encodings.
pub const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

/// The interface that the pair exports.
pub const API: &str = "test:pair/api";

/// An allocator that grows the memory.
pub const ALLOCATE: &str = r#"
      (global $next (mut i32) (i32.const 1024))
      (func $realloc (export "realloc") (param i32 i32 i32 i32) (result i32) (local $p i32)
        (local.set $p (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
        (global.set $next (i32.add (local.get $p) (local.get 3)))
        (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16)))
          (then (if (i32.eq (memory.grow (i32.const 40)) (i32.const -1)) (then (unreachable)))))
        (memory.copy (local.get $p) (local.get 0) (local.get 1))
        (local.get $p))"#;

/// The type in the text format, with `handle` in place of resources. Types that need a name are
/// added to `named`, and are named by the prefix and their number.
pub fn describe(ty: &Ty, prefix: &str, handle: &str, named: &mut Vec<String>) -> String {
    let describe = |ty: &Ty, named: &mut Vec<String>| describe(ty, prefix, handle, named);
    let mut list =
        |types: &[Ty]| -> Vec<String> { types.iter().map(|ty| describe(ty, named)).collect() };
    let definition = match ty {
        Ty::Own => return handle.to_owned(),
        Ty::Bool => return "bool".to_owned(),
        Ty::Int(bits, signed) => return format!("{}{bits}", if *signed { 's' } else { 'u' }),
        Ty::F32 => return "f32".to_owned(),
        Ty::F64 => return "f64".to_owned(),
        Ty::Char => return "char".to_owned(),
        Ty::String => return "string".to_owned(),
        Ty::List(ty) => return format!("(list {})", describe(ty, named)),
        Ty::Option(ty) => return format!("(option {})", describe(ty, named)),
        Ty::Tuple(fields) => return format!("(tuple {})", list(fields).join(" ")),
        Ty::Result(ok, err) => {
            let ok = ok.as_deref().map(|ty| describe(ty, named));
            let err = err.as_deref().map(|ty| describe(ty, named));
            let err = err.map(|err| format!(" (error {err})"));
            return format!(
                "(result {}{})",
                ok.unwrap_or_default(),
                err.unwrap_or_default()
            );
        }
        Ty::Record(fields) => {
            let fields = list(fields).into_iter().enumerate();
            let fields = fields.map(|(i, ty)| format!(" (field \"f{i}\" {ty})"));
            format!("(record{})", fields.collect::<String>())
        }
        Ty::Variant(cases) => {
            let cases = cases.iter().enumerate().map(|(i, case)| {
                let inner = case.as_ref().map(|ty| describe(ty, named));
                format!(" (case \"c{i}\" {})", inner.unwrap_or_default())
            });
            format!("(variant{})", cases.collect::<String>())
        }
        Ty::Enum(count) => {
            let cases = (0..*count).map(|i| format!(" \"c{i}\""));
            format!("(enum{})", cases.collect::<String>())
        }
        Ty::Flags(count) => {
            let flags = (0..*count).map(|i| format!(" \"b{i}\""));
            format!("(flags{})", flags.collect::<String>())
        }
    };
    named.push(definition);
    format!("${prefix}{}", named.len() - 1)
}

/// An expression that converts a core value to another type.
fn cast(expression: &str, from: Flat, to: Flat) -> String {
    match (from, to) {
        (Flat::I64, Flat::I32) => format!("(i32.wrap_i64 {expression})"),
        (Flat::I32, Flat::F32) => format!("(f32.reinterpret_i32 {expression})"),
        (Flat::I64, Flat::F32) => format!("(f32.reinterpret_i32 (i32.wrap_i64 {expression}))"),
        (Flat::I64, Flat::F64) => format!("(f64.reinterpret_i64 {expression})"),
        _ => expression.to_owned(),
    }
}

/// Writes instructions that store flattened values at `$ret`.
fn stores(ty: &Ty, at: u32, values: &[(String, Flat)], out: &mut String) {
    if let Some(fields) = ty.fields() {
        let (mut at, mut first) = (at, 0);
        for ty in fields {
            let (size, align) = layout(ty);
            at = at.next_multiple_of(align);
            let count = flat(ty).len();
            stores(ty, at, &values[first..first + count], out);
            (at, first) = (at + size, first + count);
        }
        return;
    }
    // Writing to a string does not fail.
    if let Some(cases) = ty.cases() {
        let (tag, _) = &values[0];
        let _ = writeln!(out, "(i32.store8 offset={at} (local.get $ret) {tag})");
        let (offset, ..) = payload(&cases);
        for (number, ty) in cases.iter().enumerate() {
            let Some(ty) = ty else { continue };
            let values: Vec<_> = flat(ty)
                .into_iter()
                .zip(&values[1..])
                .map(|(to, (value, from))| (cast(value, *from, to), to))
                .collect();
            let _ = writeln!(out, "(if (i32.eq {tag} (i32.const {number})) (then");
            stores(ty, at + offset, &values, out);
            out.push_str("))\n");
        }
        return;
    }
    let (size, _) = layout(ty);
    let words = if values.len() == 2 { 4 } else { size };
    for (i, (value, flat)) in values.iter().enumerate() {
        let name = flat.name();
        let width = match (words, flat) {
            (1, _) => "8",
            (2, _) => "16",
            _ => "",
        };
        let at = at + 4 * i as u32;
        let _ = writeln!(
            out,
            "({name}.store{width} offset={at} (local.get $ret) {value})"
        );
    }
}

/// The text of both components, composed into one.
pub fn pair(ty: &Ty, inner: &str, outer: &str) -> String {
    let mut named = Vec::new();
    let ty_text = describe(ty, "t", "", &mut named);
    let [mut import, mut give, mut alias, mut types]: [String; 4] = Default::default();
    for (i, definition) in named.iter().enumerate() {
        let _ = writeln!(
            import,
            "(type $d{i} {definition}) (export \"t{i}\" (type $t{i} (eq $d{i})))"
        );
        let _ = writeln!(types, "(type $t{i} {definition})");
        let _ = writeln!(give, "(export \"t{i}\" (type $t{i}))");
        let _ = writeln!(alias, "(alias export $in \"t{i}\" (type $t{i}))");
    }
    let core = flat(ty);
    let (size, align) = layout(ty);
    let in_memory = core.len() > MAX_PARAMS;
    let direct = core.len() == 1;
    let names: Vec<&str> = core.iter().map(|flat| flat.name()).collect();
    let params = match in_memory {
        true => "(param i32)".to_owned(),
        false => format!("(param {})", names.join(" ")),
    };
    let count = if in_memory { 1 } else { core.len() };
    let pass: String = (0..count).map(|i| format!("(local.get {i})")).collect();
    let (result, retptr) = match direct {
        true => (format!("(result {})", names[0]), ""),
        false => (String::new(), "(param i32)"),
    };
    let returned = if direct {
        result.clone()
    } else {
        "(result i32)".to_owned()
    };
    // The body of `f` of the first component.
    let body = if direct {
        match core[0] {
            Flat::I32 => {
                "(i32.xor (local.get 0) (global.get $spoil)) (global.set $spoil (i32.const 0))"
                    .to_owned()
            }
            _ => "(local.get 0)".to_owned(),
        }
    } else {
        let mut text = String::new();
        if in_memory {
            text.push_str("(local.set $ret (local.get 0))\n");
        } else {
            let _ = writeln!(text, "(local.set $ret (call $realloc (i32.const 0) (i32.const 0) (i32.const {align}) (i32.const {size})))");
            let values = core.iter().enumerate();
            let values: Vec<_> = values
                .map(|(i, flat)| (format!("(local.get {i})"), *flat))
                .collect();
            stores(ty, 0, &values, &mut text);
        }
        let _ = writeln!(
            text,
            "(if (global.get $spoil) (then
               (local.set $at (i32.add (local.get $ret) (i32.rem_u (global.get $spoil) (i32.const {size}))))
               (i32.store8 (local.get $at) (i32.xor (i32.load8_u (local.get $at)) (i32.shr_u (global.get $spoil) (i32.const 16))))
               (global.set $spoil (i32.const 0))))
             (local.get $ret)"
        );
        text
    };
    let locals = "(local $ret i32) (local $at i32)";
    let (post, post_option) = match direct {
        true => ("", ""),
        false => (
            "(func (export \"post\") (param i32) (global.set $next (i32.const 1024)))",
            "(post-return (core func $i \"post\"))",
        ),
    };
    let call = match direct {
        true => format!("(call $f {pass})"),
        false => format!(
            "(local.set $r (call $realloc (i32.const 0) (i32.const 0) (i32.const {align}) (i32.const {size})))
             (call $f {pass} (local.get $r))
             (local.get $r)"
        ),
    };
    let function = format!("(func (param \"v\" {ty_text}) (result {ty_text}))");
    format!(
        r#"(component
  (component $giver
    (core module $m (memory (export "memory") 1) {ALLOCATE} {post}
      (global $spoil (mut i32) (i32.const 0))
      (func (export "f") {params} {returned}
        {locals}
        (drop (memory.grow (i32.const 1)))
        {body})
      (func (export "spoil") (param i32) (global.set $spoil (local.get 0))))
    (core instance $i (instantiate $m))
    {types}
    (type $f {function})
    (func $f (type $f) (canon lift (core func $i "f") (memory (core memory $i "memory"))
      (realloc (core func $i "realloc")) {post_option} string-encoding={inner}))
    (func $spoil (param "at" u32) (canon lift (core func $i "spoil")))
    (instance $x {give} (export "f" (func $f)) (export "spoil" (func $spoil)))
    (export "{API}" (instance $x)))
  (component $taker
    (import "{API}" (instance $in
      {import}
      (type $f {function})
      (export "f" (func (type $f)))
      (export "spoil" (func (param "at" u32)))))
    {alias}
    (core module $libc (memory (export "memory") 1) {ALLOCATE})
    (core instance $libc (instantiate $libc))
    (core func $f (canon lower (func $in "f") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding={outer}))
    (core func $spoil (canon lower (func $in "spoil")))
    (core module $m
      (import "l" "memory" (memory 1))
      (import "l" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
      (import "l" "f" (func $f {params} {retptr} {result}))
      (import "l" "spoil" (func $spoil (param i32)))
      (func (export "f") {params} {returned} (local $r i32)
        (drop (memory.grow (i32.const 1)))
        {call})
      (func (export "spoil") (param i32) (call $spoil (local.get 0))))
    (core instance $i (instantiate $m (with "l" (instance
      (export "memory" (memory $libc "memory"))
      (export "realloc" (func $libc "realloc"))
      (export "f" (func $f))
      (export "spoil" (func $spoil))))))
    (type $g {function})
    (func $g (type $g) (canon lift (core func $i "f") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding={outer}))
    (func $h (param "at" u32) (canon lift (core func $i "spoil")))
    (instance $x {give} (export "f" (func $g)) (export "spoil" (func $h)))
    (export "{API}" (instance $x)))
  (instance $a (instantiate $giver))
  (alias export $a "{API}" (instance $api))
  (instance $b (instantiate $taker (with "{API}" (instance $api))))
  (alias export $b "{API}" (instance $out))
  (export "{API}" (instance $out)))
"#
    )
}
