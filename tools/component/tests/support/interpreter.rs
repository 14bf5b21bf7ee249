//! `wit_dylib.h`, and an interpreter in the text format that echoes numbers, strings and lists.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The parameters and the result of a function, as in the text format.
pub type Signature = (Vec<&'static str>, Option<&'static str>);

/// The text of the header.
pub fn header() -> String {
    let path = match std::env::var_os("WIT_DYLIB_H") {
        Some(path) => PathBuf::from(path),
        None => {
            let manifest = std::env::var_os("CARGO_MANIFEST_DIR").expect("CARGO_MANIFEST_DIR");
            PathBuf::from(manifest).join("../../rules/runtime/wit_dylib/wit_dylib.h")
        }
    };
    std::fs::read_to_string(path).expect("wit_dylib.h")
}

/// The functions that our header says an interpreter defines.
pub fn declared(header: &str) -> BTreeMap<String, Signature> {
    let lines = header.lines().filter_map(|l| l.strip_prefix("WIT_EXPORT("));
    lines
        .map(|line| {
            let (result, rest) = line.split_once(", ").expect(line);
            let (name, rest) = rest.split_once(", (").expect(line);
            let (params, _) = rest.split_once("));").expect(line);
            (name.to_owned(), signature(result, params))
        })
        .collect()
}

/// The functions that upstream's header declares.
pub fn published(header: &str) -> BTreeMap<String, Signature> {
    let code: String = header
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join(" ");
    let mut all = BTreeMap::new();
    for statement in code.split([';', '}']) {
        let statement = statement.trim();
        let Some((head, params)) = statement.rsplit_once('(') else {
            continue;
        };
        let Some(at) = head.find("wit_dylib_") else {
            continue;
        };
        let (result, name) = head.split_at(at);
        // Directives may come before the first declaration.
        let result = result.rsplit("  ").next().unwrap_or_default();
        let params = params.trim_end_matches(')');
        all.insert(name.trim().to_owned(), signature(result, params));
    }
    all
}

fn signature(result: &str, params: &str) -> Signature {
    let params = params.split(", ").filter(|p| !p.is_empty() && *p != "void");
    (params.filter_map(core_type).collect(), core_type(result))
}

/// The type of a C type on wasm32.
fn core_type(text: &str) -> Option<&'static str> {
    let text = text.trim();
    match text {
        _ if text.contains('*') => Some("i32"),
        _ if text.starts_with("uint64_t") || text.starts_with("int64_t") => Some("i64"),
        _ if text.starts_with("float") => Some("f32"),
        _ if text.starts_with("double") => Some("f64"),
        _ if text == "void" => None,
        _ => Some("i32"),
    }
}

/// The end of the interpreter's own memory, which is a constant in it.
const HEAP_END: u32 = 2 << 16;

/// The bodies of the functions that do something. The stack of a call is at address 1024, and has
/// numbers; a string or list is its address and its length.
fn body(name: &str) -> Option<String> {
    let text = match name {
        "cabi_realloc" => "(call $allocate (local.get 2) (local.get 3))",
        "wit_dylib_initialize" => {
            "(if (i32.eqz (global.get $ready)) (then unreachable))
             (if (i32.ne (i32.load (local.get 0)) (i32.const 3)) (then unreachable))
             (global.set $wit (local.get 0))"
        }
        "wit_dylib_export_start" => "(i32.const 8)",
        // The first export calls the first import, the third one returns the first source.
        "wit_dylib_export_call" => {
            "(if (i32.eqz (local.get 1)) (then
               (call_indirect (param i32) (local.get 0)
                 (i32.load offset=8 (i32.load offset=8 (global.get $wit))))))
             (if (i32.eq (local.get 1) (i32.const 2)) (then (call $source)))"
        }
        "wit_dylib_export_finish" | "wit_dylib_dealloc_bytes" => "",
        "wit_dylib_push_u32" => "(call $push (i64.extend_i32_u (local.get 1)))",
        "wit_dylib_pop_u32" => "(i32.wrap_i64 (call $pop))",
        "wit_dylib_push_string" => "(call $push2 (local.get 1) (local.get 2))",
        "wit_dylib_push_list" => "(call $push2 (local.get 2) (local.get 3)) (i32.const 1)",
        "wit_dylib_pop_string" => "(call $pop2 (local.get 1))",
        "wit_dylib_pop_list" => "(call $pop2 (local.get 2))",
        _ => return None,
    };
    Some(text.to_owned())
}

/// The interpreter.
pub fn interpreter() -> String {
    let mut functions = String::new();
    for (name, (params, result)) in declared(&header()) {
        let params: String = params.iter().map(|p| format!(" {p}")).collect();
        let result = result.map_or(String::new(), |r| format!("(result {r})"));
        let body = body(&name).unwrap_or_else(|| "unreachable".to_owned());
        functions +=
            &format!("(func ${name} (export \"{name}\") (param{params}) {result}\n  {body})\n");
    }
    format!(
        r#"(module
(import "env" "wit_dylib_sources" (func $wit_dylib_sources (result i32)))
(memory (export "memory") 2)
(table (export "__indirect_function_table") 3 funcref)
(global (export "__stack_pointer") (mut i32) (i32.const 65536))
(global $ready (mut i32) (i32.const 0))
(global $wit (mut i32) (i32.const 0))
(global $top (mut i32) (i32.const 1024))
(global $heap (mut i32) (i32.const 66000))
(global $end (mut i32) (i32.const {HEAP_END}))
(elem (i32.const 1) $allocate $pop)
(data (i32.const 65600) "its own data")
(func (export "_initialize") (global.set $ready (i32.const 1)))
(func $push (param i64)
  (i64.store (global.get $top) (local.get 0))
  (global.set $top (i32.add (global.get $top) (i32.const 8))))
(func $pop (result i64)
  (global.set $top (i32.sub (global.get $top) (i32.const 8)))
  (i64.load (global.get $top)))
(func $push2 (param i32 i32)
  (call $push (i64.or (i64.extend_i32_u (local.get 0))
    (i64.shl (i64.extend_i32_u (local.get 1)) (i64.const 32)))))
(func $pop2 (param i32) (result i32) (local i64)
  (local.set 1 (call $pop))
  (i32.store (local.get 0) (i32.wrap_i64 (local.get 1)))
  (i32.wrap_i64 (i64.shr_u (local.get 1) (i64.const 32))))
(func $source (local i32)
  (if (i32.eqz (i32.load (call $wit_dylib_sources)))
    (then (call $push2 (i32.const 65600) (i32.const 0)) return))
  (local.set 0 (i32.load offset=4 (call $wit_dylib_sources)))
  (call $push2 (i32.load offset=4 (local.get 0)) (i32.load offset=8 (local.get 0))))
;; Grows the memory once its own end is reached, as malloc does.
(func $allocate (param $align i32) (param $size i32) (result i32) (local $at i32)
  (local.set $at (i32.and (i32.add (global.get $heap) (i32.sub (local.get $align) (i32.const 1)))
    (i32.sub (i32.const 0) (local.get $align))))
  (if (i32.gt_u (i32.add (local.get $at) (local.get $size)) (global.get $end)) (then
    (local.set $at (i32.mul (i32.const 65536) (memory.grow
      (i32.add (i32.const 1) (i32.div_u (local.get $size) (i32.const 65536))))))
    (global.set $end (i32.mul (memory.size) (i32.const 65536)))))
  (global.set $heap (i32.add (local.get $at) (local.get $size)))
  (local.get $at))
{functions})"#
    )
}
