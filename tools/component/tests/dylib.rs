//! Libraries of worlds: they are those of upstream, and `wit_dylib.h` declares what they import.

#[allow(dead_code)]
#[path = "support/interpreter.rs"]
mod interpreter;
#[allow(dead_code)]
#[path = "support/tool.rs"]
mod tool;

use interpreter::{declared, header, published, Signature};
use std::collections::BTreeMap;
use std::fs;
use std::process::Command;
use wasmparser::{Parser, Payload, TypeRef, ValType};
use wit_component::StringEncoding;
use wit_dylib::{AsyncFilterSet, DylibOpts, StackPointer};
use wit_parser::Resolve;

/// A world with all types that can be passed.
const WORLD: &str = r#"
package t:all@1.0.0;

interface types {
  record point { x: f64, y: f64, tags: list<string> }
  variant shape { none, circle(f32), polygon(list<point>), id(u64) }
  enum colour { red, green }
  flags modes { a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x, y, z,
    a1, a2, a3, a4, a5, a6 }
  resource file {
    constructor(name: string);
    read: func(count: u8) -> result<list<u8>, colour>;
    open: static func() -> option<file>;
  }
  use-them: func(a: point, b: shape, c: colour, d: modes, e: borrow<file>) -> tuple<char, bool, s8>;
  all: func(a: s16, b: u16, c: s32, d: u32, e: s64, f: string, g: list<file>) -> point;
  entries: func(a: map<string, u32>) -> map<u8, list<string>>;
  later: async func(a: stream<u8>, b: future<string>) -> future;
}

world w {
  import types;
  import log: func(message: string);
  export types;
  export run: func() -> result;
}
"#;

fn direct(opts: &mut DylibOpts, encoding: StringEncoding) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("w.wit", WORLD).expect("WIT");
    let world = resolve.select_world(&[package], None).expect("a world");
    let mut bytes = wit_dylib::create(&resolve, world, Some(opts));
    wit_component::embed_component_metadata(&mut bytes, &resolve, world, encoding).expect("embeds");
    bytes
}

#[test]
fn same_bytes_as_the_libraries() {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("w.wit"), WORLD).expect("write");
    let filters = |all: &[&str]| {
        let mut set = AsyncFilterSet::default();
        all.iter().for_each(|filter| set.push(filter));
        set
    };
    let plain = || DylibOpts {
        interpreter: None,
        async_: filters(&[]),
        stack_pointer: StackPointer::Global,
    };
    let with = DylibOpts {
        interpreter: Some("libqjs.so".to_owned()),
        ..plain()
    };
    let some = ["export:run", "-t:all/types@1.0.0#later"];
    let asynchronous = DylibOpts {
        async_: filters(&some),
        ..plain()
    };
    let context = DylibOpts {
        stack_pointer: StackPointer::TaskContext,
        ..plain()
    };
    let cases: Vec<(Vec<&str>, DylibOpts, StringEncoding)> = vec![
        (vec![], plain(), StringEncoding::UTF8),
        (
            vec!["--interpreter", "libqjs.so"],
            with,
            StringEncoding::UTF8,
        ),
        (
            vec!["--async", "export:run,-t:all/types@1.0.0#later"],
            asynchronous,
            StringEncoding::UTF8,
        ),
        (
            vec!["--stack-pointer", "task-context"],
            context,
            StringEncoding::UTF8,
        ),
        (vec!["--encoding", "utf16"], plain(), StringEncoding::UTF16),
        (
            vec!["--encoding", "compact-utf16"],
            plain(),
            StringEncoding::CompactUTF16,
        ),
    ];
    for (args, mut opts, encoding) in cases {
        let expected = direct(&mut opts, encoding);
        let output = Command::new(tool::binary())
            .args(["dylib", "--wit", "w.wit", "--validate", "-o", "w.so"])
            .args(&args)
            .current_dir(dir.path())
            .output()
            .expect("runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let written = fs::read(dir.path().join("w.so")).expect("w.so");
        assert!(written == expected, "{args:?}");
    }

    let output = Command::new(tool::binary())
        .args(["dylib", "--wit", "w.wit", "-w", "w", "-t", "-o", "-"])
        .current_dir(dir.path())
        .output()
        .expect("runs");
    let text = String::from_utf8(output.stdout).expect("the text format");
    let print = |bytes: &[u8]| wasmprinter::print_bytes(bytes).expect("prints");
    assert_eq!(text, print(&direct(&mut plain(), StringEncoding::UTF8)));
    assert_eq!(text, print(&wat::parse_str(&text).expect("parses")));
}

/// The functions that a library imports from the interpreter.
fn imported() -> BTreeMap<String, Signature> {
    let bytes = direct(&mut DylibOpts::default(), StringEncoding::UTF8);
    let mut types = Vec::new();
    let mut all = BTreeMap::new();
    let name = |ty: &ValType| match ty {
        ValType::I32 => "i32",
        ValType::I64 => "i64",
        ValType::F32 => "f32",
        ValType::F64 => "f64",
        other => panic!("{other}"),
    };
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload.expect("a module") {
            Payload::TypeSection(section) => {
                for ty in section.into_iter_err_on_gc_types() {
                    types.push(ty.expect("a type"));
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.expect("an import");
                    let TypeRef::Func(ty) = import.ty else {
                        continue;
                    };
                    let ty = &types[ty as usize];
                    if import.module == "env" {
                        let params = ty.params().iter().map(name).collect();
                        let signature = (params, ty.results().first().map(name));
                        all.insert(import.name.to_owned(), signature);
                    }
                }
            }
            _ => {}
        }
    }
    all
}

#[test]
fn the_header_declares_what_libraries_import() {
    let imported = imported();
    assert_eq!(declared(&header()), imported);
    assert_eq!(imported.len(), 67);
    let version = format!("#define WIT_CURRENT_VERSION {}", 3);
    assert!(header().contains(&version));
    assert!(wit_dylib::C_HEADER.contains(&version));
}

/// If this fails, upstream has corrected its header: the differences in ours can go.
#[test]
fn the_published_header_is_wrong_in_four_places() {
    let mut imported = imported();
    imported.remove("cabi_realloc");
    let published = published(wit_dylib::C_HEADER);
    let mut wrong: Vec<&str> = Vec::new();
    for (name, signature) in &imported {
        if published.get(name) != Some(signature) {
            wrong.push(name);
        }
    }
    assert_eq!(
        wrong,
        [
            "wit_dylib_export_async_call",
            "wit_dylib_export_async_callback",
            "wit_dylib_pop_map",
            "wit_dylib_push_map",
        ]
    );
    let extra: Vec<&String> = published
        .keys()
        .filter(|n| !imported.contains_key(*n))
        .collect();
    assert!(extra.is_empty(), "{extra:?}");
}

/// What upstream's generator panics on, so that `component dylib` refuses it. If this fails, upstream
/// supports one more type.
#[test]
fn upstream_panics() {
    let flags: String = (0..33).map(|i| format!("m{i},")).collect();
    for (what, ty) in [
        ("error-context", "type t = error-context;".to_owned()),
        ("fixed-length", "type t = list<u8, 4>;".to_owned()),
        ("flags", format!("flags t {{ {flags} }}")),
        (
            "future",
            "resource r; type t = u8; type unused = future<u8>;".to_owned(),
        ),
        (
            "stream",
            "resource r; type t = u8; type unused = stream<u8>;".to_owned(),
        ),
    ] {
        for function in ["f: func(a: t);", "f: func() -> t;"] {
            for direction in ["import", "export"] {
                let text = format!(
                    "package t:t; interface i {{ {ty} {function} }} world w {{ {direction} i; }}"
                );
                let mut resolve = Resolve::default();
                let package = resolve.push_str("w.wit", &text).expect("WIT");
                let world = resolve.select_world(&[package], None).expect("a world");
                let made = std::panic::catch_unwind(|| wit_dylib::create(&resolve, world, None));
                assert!(made.is_err(), "{what}: {direction} {function}");
            }
        }
    }
}

/// Upstream has code for functions that are lifted with a stack of their own, and no option that
/// selects it: `--async all` uses callbacks. Interpreters have no such functions.
#[test]
fn no_function_has_a_stack_of_its_own() {
    let mut set = AsyncFilterSet::default();
    set.push("all");
    let mut opts = DylibOpts {
        async_: set,
        ..DylibOpts::default()
    };
    let bytes = direct(&mut opts, StringEncoding::UTF8);
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload.expect("a module") {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    names.push(import.expect("an import").name);
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    names.push(export.expect("an export").name);
                }
            }
            _ => {}
        }
    }
    let has = |prefix: &str| names.iter().any(|name| name.starts_with(prefix));
    assert!(has("[async-lift]run") && has("[callback][async-lift]run"));
    let stackful = |name: &&&str| name.contains("stackful");
    assert_eq!(names.iter().find(stackful), None);
}
