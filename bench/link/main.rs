//! Measures calls between composed and between lowered components on one engine, as ratios to the
//! composed ones; then instantiation, the time that `lower` takes, and the sizes of its modules.
//!
//! Environment: `COMPONENT_BIN`, the tool; `WASM_OPT`, binaryen's optimizer; `EXAMPLE`, a composed
//! component; `LARGE`, a large one; `SMOKE`, if set, only shows that the benchmark works.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use wasmtime::component::{self, Component, Val};
use wasmtime::{Engine, Instance, Module, Store};

/// The measured functions, and the number of calls in one measurement.
const CALLS: [(&str, u32); 4] = [
    ("number", 4_000_000),
    ("short", 400_000),
    ("long", 4_000),
    ("list", 4_000),
];

/// The number of measurements, of which the minimum counts: other load only adds time.
const RUNS: usize = 41;

/// Whether one measurement with few calls is enough.
fn is_smoke() -> bool {
    std::env::var_os("SMOKE").is_some()
}

/// Returns a component with `depth` instances that call another component in a loop, as text.
fn text(depth: usize) -> String {
    let functions = "
      (export \"point\" (type $point (eq $record)))
      (export \"number\" (func (param \"n\" u32) (result u32)))
      (export \"text\" (func (param \"s\" string) (result u32)))
      (export \"list\" (func (param \"l\" (list $point)) (result u32)))";
    let realloc = "
      (global $next (mut i32) (i32.const 1024))
      (func (export \"realloc\") (param i32 i32 i32 i32) (result i32) (local $p i32)
        (local.set $p (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
        (global.set $next (i32.add (local.get $p) (local.get 3)))
        (local.get $p))";
    let mut calls = String::new();
    let mut lifts = String::new();
    for (name, call) in [
        ("number", "(call $number (local.get $sum))"),
        ("short", "(call $text (i32.const 4096) (i32.const 16))"),
        ("long", "(call $text (i32.const 4096) (i32.const 65536))"),
        ("list", "(call $list (i32.const 4096) (i32.const 1000))"),
    ] {
        // Writing to a string cannot fail.
        let _ = writeln!(
            calls,
            "(func (export {name:?}) (param $n i32) (result i32) (local $sum i32)
               (loop $more
                 (local.set $sum (i32.add (local.get $sum) {call}))
                 (br_if $more (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
               (local.get $sum))"
        );
        let _ = writeln!(
            lifts,
            "(func $run-{name} (param \"n\" u32) (result u32) (canon lift (core func $i {name:?})))
             (export \"run-{name}\" (func $run-{name}))"
        );
    }
    let mut chain =
        String::from("(instance $t0 (instantiate $taker (with \"api\" (instance $api))))\n");
    for i in 1..depth {
        let _ = writeln!(
            chain,
            "(instance $t{i} (instantiate $taker (with \"api\" (instance $api))))"
        );
    }
    let exports: String = CALLS
        .iter()
        .flat_map(|(name, _)| (0..depth).map(move |i| (name, i)))
        .map(|(name, i)| format!("(export \"i{i}-{name}\" (func $t{i} \"run-{name}\"))\n"))
        .collect();
    format!(
        r#"(component
  (component $giver
    (core module $m (memory (export "memory") 8) {realloc}
      (func (export "number") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))
      (func (export "sized") (param i32 i32) (result i32)
        (global.set $next (i32.const 1024)) (local.get 1)))
    (core instance $i (instantiate $m))
    (type $point (record (field "x" u32) (field "y" u32) (field "weight" f64)))
    (func $number (param "n" u32) (result u32) (canon lift (core func $i "number")))
    (func $text (param "s" string) (result u32)
      (canon lift (core func $i "sized") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (type $l (func (param "l" (list $point)) (result u32)))
    (func $list (type $l)
      (canon lift (core func $i "sized") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))))
    (instance $x (export "point" (type $point)) (export "number" (func $number))
      (export "text" (func $text)) (export "list" (func $list)))
    (export "api" (instance $x)))
  (component $taker
    (import "api" (instance $in
      (type $record (record (field "x" u32) (field "y" u32) (field "weight" f64))) {functions}))
    (core module $libc (memory (export "memory") 8))
    (core instance $libc (instantiate $libc))
    (core func $number (canon lower (func $in "number")))
    (core func $text (canon lower (func $in "text") (memory (core memory $libc "memory"))))
    (core func $list (canon lower (func $in "list") (memory (core memory $libc "memory"))))
    (core module $m
      (import "l" "memory" (memory 8))
      (import "l" "number" (func $number (param i32) (result i32)))
      (import "l" "text" (func $text (param i32 i32) (result i32)))
      (import "l" "list" (func $list (param i32 i32) (result i32)))
      {calls})
    (core instance $i (instantiate $m (with "l" (instance
      (export "memory" (memory $libc "memory")) (export "number" (func $number))
      (export "text" (func $text)) (export "list" (func $list))))))
    {lifts})
  (instance $giver (instantiate $giver))
  (alias export $giver "api" (instance $api))
  {chain}
  {exports})
"#
    )
}

fn run(command: &mut Command) {
    let output = command.output().expect("starts");
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {text}");
}

fn variable(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os(name).map(PathBuf::from)?;
    Some(path.canonicalize().expect(name))
}

fn lower(component: &Path, out: &Path, options: &[&str]) {
    let tool = variable("COMPONENT_BIN").expect("COMPONENT_BIN");
    run(Command::new(tool)
        .arg("lower")
        .arg(component)
        .arg("-o")
        .arg(out)
        .args(options));
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// Returns the nanoseconds of one call.
fn time(count: u32, mut run: impl FnMut(u32)) -> f64 {
    let start = Instant::now();
    run(count);
    start.elapsed().as_secs_f64() * 1e9 / f64::from(count)
}

type Loop = Box<dyn FnMut(&str, u32)>;

fn composed(engine: &Engine, bytes: &[u8]) -> Loop {
    let component = Component::new(engine, bytes).expect("a component");
    let mut store = Store::new(engine, ());
    let linker = component::Linker::new(engine);
    let instance = linker
        .instantiate(&mut store, &component)
        .expect("instance");
    Box::new(move |name, count| {
        let func = instance.get_func(&mut store, name).expect("a function");
        func.call(&mut store, &[Val::U32(count)], &mut [Val::U32(0)])
            .expect("runs");
    })
}

fn module(engine: &Engine, bytes: &[u8]) -> Loop {
    let module = Module::new(engine, bytes).expect("a module");
    let mut store = Store::new(engine, ());
    let instance = Instance::new(&mut store, &module, &[]).expect("instance");
    Box::new(move |name, count| {
        let func = instance
            .get_typed_func::<u32, u32>(&mut store, name)
            .expect("a function");
        func.call(&mut store, count).expect("runs");
    })
}

fn main() {
    let dir = tempfile::tempdir().expect("a directory");
    let at = |name: &str| dir.path().join(name);
    let engine = Engine::default();
    let bytes = wat::parse_str(text(1)).expect("a component");
    std::fs::write(at("composed.wasm"), &bytes).expect("written");
    let variants: [(&str, &[&str]); 5] = [
        ("several memories", &["--memory", "multi"]),
        ("one memory, checked", &["--memory", "single"]),
        (
            "one memory, unchecked",
            &["--memory", "single", "--bounds", "unchecked"],
        ),
        (
            "several memories, wasm3",
            &["--memory", "multi", "--features", "wasm3"],
        ),
        (
            "one memory, checked, mvp",
            &["--memory", "single", "--features", "mvp"],
        ),
    ];
    let mut all: Vec<(String, Loop)> = vec![("composed".to_owned(), composed(&engine, &bytes))];
    for (name, options) in variants {
        lower(&at("composed.wasm"), &at("lowered.wasm"), options);
        let read = |file: &str| std::fs::read(at(file)).expect("read");
        all.push((name.to_owned(), module(&engine, &read("lowered.wasm"))));
        if let Some(tool) = variable("WASM_OPT") {
            run(Command::new(tool)
                .args(["--all-features", "-O3", "-o"])
                .arg(at("small.wasm"))
                .arg(at("lowered.wasm")));
            all.push((format!("{name}, -O3"), module(&engine, &read("small.wasm"))));
        }
    }
    let runs = if is_smoke() { 1 } else { RUNS };
    for (call, count) in CALLS {
        let count = if is_smoke() { 1 } else { count };
        let name = format!("i0-{call}");
        let mut times: Vec<Vec<f64>> = vec![Vec::new(); all.len()];
        for _ in 0..runs {
            for ((_, engine), times) in all.iter_mut().zip(&mut times) {
                times.push(time(count, |n| engine(&name, n)));
            }
        }
        let least = |times: &[f64]| times.iter().copied().fold(f64::INFINITY, f64::min);
        let composed = least(&times[0]);
        for ((variant, _), times) in all.iter().zip(&times) {
            let time = least(times);
            println!(
                "{call:8} {variant:32} {time:10.1} ns  x {:.2}",
                composed / time
            );
        }
    }
    instantiation(&engine, &dir.path().join("composed.wasm"), &variants[..2]);
    let depths: &[usize] = if is_smoke() {
        &[2]
    } else {
        &[2, 4, 8, 16, 32, 64]
    };
    for &depth in depths {
        std::fs::write(at("many.wasm"), wat::parse_str(text(depth)).expect("wat"))
            .expect("written");
        for (name, options) in &variants[..2] {
            let times = (0..3).map(|_| {
                let start = Instant::now();
                lower(&at("many.wasm"), &at("lowered.wasm"), options);
                start.elapsed().as_secs_f64() * 1e3
            });
            let time = median(times.collect());
            println!("lower {depth:3} instances, {name:32} {time:8.1} ms");
        }
    }
    if let Some(example) = variable("EXAMPLE") {
        let size = |path: &Path| std::fs::metadata(path).expect("a file").len();
        let before = size(&example);
        for (name, options) in variants {
            lower(&example, &at("lowered.wasm"), options);
            let after = size(&at("lowered.wasm"));
            println!(
                "size {name:32} {after:7} of {before:7}: {:.2}",
                after as f64 / before as f64
            );
        }
    }
    if let Some(large) = variable("LARGE") {
        let size = std::fs::metadata(&large).expect("a file").len() as f64 / f64::from(1 << 20);
        for (name, options) in &variants[..2] {
            let times = (0..5).map(|_| {
                let start = Instant::now();
                lower(&large, &at("lowered.wasm"), options);
                start.elapsed().as_secs_f64() * 1e3
            });
            let time = median(times.collect());
            println!(
                "lower {size:.2} MiB, {name:32} {time:8.1} ms, {:.1} ms for a MiB",
                time / size
            );
        }
    }
}

/// Measures instantiation of compiled code, and from bytes including compilation.
fn instantiation(engine: &Engine, component: &Path, variants: &[(&str, &[&str])]) {
    let report = |name: &str, ready: f64, cold: f64, first: Option<(f64, f64)>| {
        let (r, c) = first.unwrap_or((ready, cold));
        println!(
            "instance {name:32} {:8.1} us  x {:.2}   from bytes {:8.1} us  x {:.2}",
            ready / 1e3,
            r / ready,
            cold / 1e3,
            c / cold
        );
    };
    let least = |run: &mut dyn FnMut(u32), count: u32| {
        (0..if is_smoke() { 1 } else { 11 })
            .map(|_| time(count, &mut *run))
            .fold(f64::INFINITY, f64::min)
    };
    let bytes = std::fs::read(component).expect("read");
    let instance = |component: &Component| {
        let mut store = Store::new(engine, ());
        let linker = component::Linker::new(engine);
        linker.instantiate(&mut store, component).expect("instance");
    };
    let compiled = Component::new(engine, &bytes).expect("a component");
    let ready = least(&mut |n| (0..n).for_each(|_| instance(&compiled)), 200);
    let new = || Component::new(engine, &bytes).expect("a component");
    let cold = least(&mut |n| (0..n).for_each(|_| instance(&new())), 5);
    report("composed", ready, cold, None);
    for (name, options) in variants {
        let out = component.with_file_name("lowered.wasm");
        lower(component, &out, options);
        let bytes = std::fs::read(out).expect("read");
        let instance = |module: &Module| {
            let mut store = Store::new(engine, ());
            Instance::new(&mut store, module, &[]).expect("instance");
        };
        let compiled = Module::new(engine, &bytes).expect("a module");
        let one = least(&mut |n| (0..n).for_each(|_| instance(&compiled)), 200);
        let new = || Module::new(engine, &bytes).expect("a module");
        let all = least(&mut |n| (0..n).for_each(|_| instance(&new())), 5);
        report(name, one, all, Some((ready, cold)));
    }
}
