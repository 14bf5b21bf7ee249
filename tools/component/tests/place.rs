//! Interpreters with a library placed behind them: they run, and what does not fit is refused.
//!
//! `PLACE_CASES` sets the number of damaged inputs.

#[allow(dead_code)]
#[path = "support/interpreter.rs"]
mod interpreter;
#[allow(dead_code)]
#[path = "support/tool.rs"]
mod tool;

use interpreter::interpreter;
use std::fs;
use std::path::Path;
use std::process::Command;
use wasmtime::component::{Component, Instance, Linker, Val};
use wasmtime::{Engine, Store};

const WORLD: &str = "
package t:t;
world w {
  import double: func(x: u32) -> u32;
  export run: func(x: u32) -> u32;
  export echo: func(text: string) -> string;
  export source: func() -> string;
  export bytes: func(all: list<u8>) -> list<u8>;
}
";

/// A directory with `main.wasm`, the interpreter, and `world.so`.
fn directory(main: &str) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("tempdir");
    let write = |name: &str, bytes: &[u8]| fs::write(dir.path().join(name), bytes).expect("write");
    write("w.wit", WORLD.as_bytes());
    write("main.wasm", &wat::parse_str(main).expect("the interpreter"));
    write("a.txt", "first ∀".as_bytes());
    write("b.txt", b"");
    run(dir.path(), &["dylib", "--wit", "w.wit", "-o", "world.so"]).expect("a library");
    dir
}

fn run(dir: &Path, args: &[&str]) -> Result<(), String> {
    let output = Command::new(tool::binary())
        .args(args)
        .current_dir(dir)
        .output()
        .expect("runs");
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    match output.status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(text),
        code => panic!("{args:?}: {code:?} {text}"),
    }
}

fn place(dir: &Path, more: &[&str]) -> Result<Vec<u8>, String> {
    let mut args = vec![
        "place",
        "main.wasm",
        "--dylib",
        "world.so",
        "-o",
        "core.wasm",
    ];
    args.extend(more);
    run(dir, &args)?;
    Ok(fs::read(dir.join("core.wasm")).expect("core.wasm"))
}

struct Running {
    store: Store<()>,
    instance: Instance,
}

impl Running {
    fn new(dir: &Path) -> Self {
        run(dir, &["new", "core.wasm", "-o", "out.wasm"]).expect("a component");
        run(
            dir,
            &["validate", "out.wasm", "--wit", "w.wit", "--world", "w"],
        )
        .expect("valid");
        let engine = Engine::default();
        let bytes = fs::read(dir.join("out.wasm")).expect("out.wasm");
        let component = Component::new(&engine, bytes).expect("compiles");
        let mut linker: Linker<()> = Linker::new(&engine);
        let mut root = linker.root();
        root.func_wrap("double", |_, (x,): (u32,)| Ok((2 * x,)))
            .expect("double");
        let mut store = Store::new(&engine, ());
        let instance = linker.instantiate(&mut store, &component).expect("starts");
        Running { store, instance }
    }

    fn call(&mut self, name: &str, arguments: &[Val]) -> Val {
        let function = self.instance.get_func(&mut self.store, name).expect(name);
        let mut results = [Val::Bool(false)];
        function
            .call(&mut self.store, arguments, &mut results)
            .expect(name);
        let [result] = results;
        result
    }
}

#[test]
fn runs() {
    let dir = directory(&interpreter());
    let sources = ["--source", "main=a.txt", "--source", "b.txt"];
    let core = place(dir.path(), &sources).expect("placed");
    assert!(
        core == place(dir.path(), &sources).expect("placed"),
        "not the same twice"
    );
    let mut running = Running::new(dir.path());
    let text = |text: &str| Val::String(text.to_owned());
    assert_eq!(running.call("run", &[Val::U32(21)]), Val::U32(42));
    assert_eq!(running.call("echo", &[text("héllo")]), text("héllo"));
    assert_eq!(running.call("source", &[]), text("first ∀"));
    // More than its own memory has room for: the library must not be overwritten.
    let long = "0123456789".repeat(30_000);
    for _ in 0..20 {
        assert_eq!(running.call("echo", &[text(&long)]), text(&long));
        assert_eq!(running.call("run", &[Val::U32(7)]), Val::U32(14));
        assert_eq!(running.call("source", &[]), text("first ∀"));
    }
    let bytes = Val::List(vec![Val::U8(0), Val::U8(255)]);
    assert_eq!(running.call("bytes", std::slice::from_ref(&bytes)), bytes);

    // Without sources.
    place(dir.path(), &[]).expect("placed");
    assert_eq!(Running::new(dir.path()).call("source", &[]), text(""));
}

#[test]
fn removes_what_the_world_does_not_use() {
    let main = interpreter().replace(
        "(memory (export",
        "(import \"x:y/z\" \"unused\" (func $unused)) (func $calls-unused (call $unused)) (memory (export",
    );
    let dir = directory(&main);
    let core = place(dir.path(), &[]).expect("placed");
    wasmparser::validate(&core).expect("valid");
    let has = |name: &str| core.windows(name.len()).any(|w| w == name.as_bytes());
    for (name, expected) in [
        ("wit_dylib_push_u32", true),
        ("wit_dylib_push_map", false),
        ("wit_dylib_push_f64", false),
        ("allocate", true),
        ("unused", false),
        ("component-type", true),
    ] {
        assert_eq!(has(name), expected, "{name}");
    }
}

#[test]
fn async_builtins_are_traps_if_no_function_is_async() {
    let main = interpreter().replace(
        "(memory (export",
        "(import \"$root\" \"[waitable-set-new]\" (func $new (result i32)))
         (import \"$root\" \"[thread-yield]\" (func $yield (result i32)))
         (import \"[export]$root\" \"[task-cancel]\" (func $cancel))
         (func (export \"uses\") (drop (call $new)) (drop (call $yield)) (call $cancel))
         (memory (export",
    );
    let dir = directory(&main);
    let builtins = |core: &[u8]| -> Vec<String> {
        wasmparser::validate(core).expect("valid");
        let payloads = wasmparser::Parser::new(0).parse_all(core);
        let sections = payloads.filter_map(|payload| match payload.expect("reads") {
            wasmparser::Payload::ImportSection(section) => Some(section),
            _ => None,
        });
        let imports = sections.flat_map(|section| section.into_imports());
        let names = imports.map(|import| import.expect("reads").name.to_owned());
        names.filter(|name| name.starts_with('[')).collect()
    };
    let core = place(dir.path(), &[]).expect("placed");
    assert_eq!(builtins(&core), ["[thread-yield]"]);

    let world = WORLD.replace("export run: func", "export run: async func");
    fs::write(dir.path().join("w.wit"), world).expect("write");
    run(dir.path(), &["dylib", "--wit", "w.wit", "-o", "world.so"]).expect("a library");
    let core = place(dir.path(), &[]).expect("placed");
    let expected = [
        "[waitable-set-new]",
        "[thread-yield]",
        "[task-cancel]",
        "[task-return]run",
    ];
    assert_eq!(builtins(&core), expected);
}

#[test]
fn refused() {
    let memory = "(memory (export \"memory\") 2)";
    let table = "(table (export \"__indirect_function_table\") 3 funcref)";
    let initialize = "(func (export \"_initialize\") (global.set $ready (i32.const 1)))";
    let pointer = "(global (export \"__stack_pointer\") (mut i32)";
    let import = "(import \"env\" \"wit_dylib_sources\" (func $wit_dylib_sources (result i32)))";
    let no_map = "(export \"wit_dylib_push_map\")";
    for (old, new, error) in [
        (memory, "(memory (export \"memory\") 2 2)", "the memory of `main.wasm` has room for 2 pages, and needs 3 with the library"),
        (memory, "(memory (export \"memory\") 2 3 shared)", "the memory of `main.wasm` is shared"),
        (memory, "(memory 2) (memory (export \"memory\") i64 2)", "the memory of `main.wasm` is 64-bit"),
        (memory, "(memory (export \"mem\") 2)", "the memory of `main.wasm` is not exported as `memory`"),
        (memory, "(memory (import \"env\" \"memory\") 2)", "`main.wasm` imports what nobody provides"),
        (table, "(table (export \"__indirect_function_table\") 3 3 funcref)", "the table of `main.wasm` has room for 3 elements, and needs 4 with the library"),
        (table, "(table 3 funcref) (table 1 funcref)", "`main.wasm` has several tables, and exports none as `__indirect_function_table`"),
        (table, "(table 3 funcref) (table (export \"__indirect_function_table\") i64 3 funcref)", "the table of `main.wasm` is not a 32-bit table of functions"),
        (table, "(table 3 funcref) (table (export \"__indirect_function_table\") 3 externref)", "the table of `main.wasm` is not a 32-bit table of functions"),
        (table, "(table (export \"__indirect_function_table\") 3 (ref null func)) (table 1 externref)", ""),
        (initialize, "", "`main.wasm` does not export `_initialize`, which runs its constructors"),
        (initialize, "(func (export \"_initialize\") (param i32))", "`main.wasm` does not export `_initialize`, which runs its constructors"),
        (initialize, "(func (export \"__wasm_call_ctors\") (global.set $ready (i32.const 1)))", ""),
        (initialize, "(func (export \"_start\"))", "`main.wasm` is a command: it exports `_start`, which can be called only once"),
        (pointer, "(global (mut i32)", "`main.wasm` does not export its stack pointer"),
        (import, "(import \"env\" \"wit_dylib_sources\" (func $wit_dylib_sources (result i32))) (import \"env\" \"fopen\" (func))", "`main.wasm` imports what nobody provides"),
        (import, "(import \"env\" \"wit_dylib_sources\" (func $s (result i64))) (func $wit_dylib_sources (result i32) unreachable)", "`main.wasm` imports `env.wit_dylib_sources` as `(func (result i64))` instead of `(func (result i32))`"),
        (no_map, "", "`main.wasm` does not export functions that `world.so` calls"),
        (no_map, "(export \"cabi_post_echo\") (export \"wit_dylib_push_map\")", "`main.wasm` and `world.so` have exports of the same names"),
        ("(module", "(module (@custom \"linking\" \"\")", "`main.wasm` is not linked: it is an object file"),
        ("(module", "(module (@custom \"dylink.0\" \"\")", "`main.wasm` is a shared library"),
        ("(func $wit_dylib_pop_u64 (export \"wit_dylib_pop_u64\") (param i32) (result i64)", "(func $wit_dylib_pop_u64 (export \"wit_dylib_pop_u64\") (param i64) (result i64)", "functions of `main.wasm` have other types than `world.so` calls them with"),
    ] {
        let text = interpreter();
        assert!(text.contains(old), "{old}");
        let dir = directory(&text.replacen(old, new, 1));
        match place(dir.path(), &[]) {
            Ok(core) => {
                assert_eq!(error, "", "{new}");
                wasmparser::validate(&core).expect("valid");
            }
            Err(e) => {
                let first = e.lines().next().unwrap_or_default();
                assert_eq!(first, format!("error: {error}"), "{new}");
                assert!(e.contains("\nhint: "), "{e}");
                assert!(!e.contains("internal error"), "{e}");
            }
        }
    }

    let element = "(elem (i32.const 1) $allocate $pop)";
    let call = "(call_indirect (param i32) (local.get 0)";
    let text = interpreter();
    assert!(text.contains(element) && text.contains(call), "{text}");
    for (main, error) in [
        (
            text.replace(table, "")
                .replace(element, "")
                .replace(call, "(drop (local.get 0)) (drop"),
            "`main.wasm` has no table, and exports none as `__indirect_function_table`\n",
        ),
        // The proposal is not a part of WebAssembly 3.0.
        (
            text.replace(memory, "(memory (export \"memory\") 131072 (pagesize 1))"),
            "`main.wasm` is not a valid module: the custom page sizes proposal must be enabled",
        ),
    ] {
        let e = place(directory(&main).path(), &[]).expect_err(error);
        assert!(e.starts_with(&format!("error: {error}")), "{e}");
        assert!(e.contains("\nhint: "), "{e}");
    }

    let dir = directory(&interpreter());
    let swapped = run(
        dir.path(),
        &[
            "place",
            "main.wasm",
            "--dylib",
            "main.wasm",
            "-o",
            "core.wasm",
        ],
    );
    let e = swapped.expect_err("no library");
    assert!(
        e.starts_with(
            "error: `main.wasm` is not the library of a world: it has no `dylink.0` section"
        ),
        "{e}"
    );
}

#[test]
fn takes_no_sources() {
    let import = "(import \"env\" \"wit_dylib_sources\" (func $wit_dylib_sources (result i32)))";
    let none = "(func $wit_dylib_sources (result i32) unreachable)";
    let dir = directory(
        &interpreter()
            .replace(import, "")
            .replace("(func $push (param", &format!("{none} (func $push (param")),
    );
    place(dir.path(), &[]).expect("placed");
    assert_eq!(
        Running::new(dir.path()).call("run", &[Val::U32(1)]),
        Val::U32(2)
    );
    let e = place(dir.path(), &["--source", "a.txt"]).expect_err("takes none");
    assert!(
        e.starts_with(
            "error: `main.wasm` takes no sources: it does not import `env.wit_dylib_sources`"
        ),
        "{e}"
    );
}

/// Damaged inputs are refused or give a valid module.
#[test]
fn damaged() {
    let cases: usize = std::env::var("PLACE_CASES").map_or(300, |n| n.parse().expect("a number"));
    let dir = directory(&interpreter());
    let whole: Vec<(&str, Vec<u8>)> = ["main.wasm", "world.so"]
        .iter()
        .map(|name| (*name, fs::read(dir.path().join(name)).expect("read")))
        .collect();
    let mut state = 1_u64;
    let mut next = |end: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 33) as usize % end
    };
    let mut placed = 0;
    for case in 0..cases {
        let (name, bytes) = &whole[case % 2];
        let mut bytes = bytes.clone();
        for _ in 0..=next(2) {
            let at = next(bytes.len());
            match next(3) {
                0 => bytes[at] = next(256) as u8,
                1 => bytes[at] ^= 1 << next(8),
                _ => bytes.truncate(at),
            }
            if bytes.is_empty() {
                break;
            }
        }
        fs::write(dir.path().join(name), &bytes).expect("write");
        match place(dir.path(), &[]) {
            Ok(core) => {
                placed += 1;
                wasmparser::validate(&core).unwrap_or_else(|e| panic!("{case}: {e}"));
            }
            Err(e) => assert!(
                e.contains("hint: ") && !e.contains("internal error"),
                "{case}: {e}"
            ),
        }
        for (name, bytes) in &whole {
            fs::write(dir.path().join(name), bytes).expect("write");
        }
    }
    assert!(placed * 20 > cases, "{placed} of {cases}");
}
