//! A tour of Wasmtime's crate: synchronous calls that reuse a compiled module, WASI with a directory, and an asynchronous
//! call that is polled. tour.c and tour.mbt do the same.

use std::future::Future;
use std::pin::pin;
use std::process::ExitCode;
use std::task::{Context, Poll, Waker};
use wasmtime::component::{Component, Linker as ComponentLinker, ResourceTable};
use wasmtime::{Engine, Func, Linker, Module, Result, Store};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxView, WasiView};

const COUNTER: &str = r#"
(module (import "host" "twice" (func $twice (param i32) (result i32)))
  (global $calls (mut i32) (i32.const 0))
  (func (export "count") (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (call $twice (global.get $calls)))
  (func (export "fail") unreachable))"#;

/// Counts the preopened directories. The crate of the rules is built without WASI preview 1, so it is a component.
const PREOPENS: &str = r#"
(component
  (import "wasi:filesystem/types@0.2.0" (instance $types (export "descriptor" (type (sub resource)))))
  (alias export $types "descriptor" (type $descriptor))
  (import "wasi:filesystem/preopens@0.2.0" (instance $preopens
    (export "descriptor" (type $d (eq $descriptor)))
    (export "get-directories" (func (result (list (tuple (own $d) string)))))))
  (core module $memory
    (memory (export "memory") 1)
    (global $next (mut i32) (i32.const 64))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $next)
      (global.set $next (i32.add (global.get $next) (i32.and (i32.add (local.get 3) (i32.const 7)) (i32.const -8))))))
  (core instance $m (instantiate $memory))
  (core func $get (canon lower (func $preopens "get-directories") (memory (core memory $m "memory")) (realloc (core func $m "realloc"))))
  (core module $main
    (import "" "memory" (memory 1))
    (import "" "get" (func $get (param i32)))
    (func (export "run") (result i32) (call $get (i32.const 0)) (i32.load (i32.const 4))))
  (core instance $i (instantiate $main (with "" (instance (export "memory" (memory $m "memory")) (export "get" (func $get))))))
  (func (export "run") (result u32) (canon lift (core func $i "run"))))"#;

fn reuse(engine: &Engine) -> Result<()> {
    let module = Module::new(engine, wat::parse_str(COUNTER)?)?;
    let mut linker = Linker::new(engine);
    linker.func_wrap("host", "twice", |x: i32| 2 * x)?;
    // Each store has an instance of the same code.
    for number in 1..=2 {
        let mut store = Store::new(engine, ());
        let instance = linker.instantiate(&mut store, &module)?;
        let count = instance.get_typed_func::<(), i32>(&mut store, "count")?;
        for _ in 0..number {
            count.call(&mut store, ())?;
        }
        println!("store {number}: {}", count.call(&mut store, ())?);
        let fail = instance.get_typed_func::<(), ()>(&mut store, "fail")?;
        match fail.call(&mut store, ()) {
            Ok(()) => println!("store {number}: no trap"),
            Err(_) => println!("store {number}: trapped"),
        }
    }
    Ok(())
}

struct Host {
    wasi: WasiCtx,
    table: ResourceTable,
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

fn preopens(engine: &Engine) -> Result<()> {
    let wasi = WasiCtx::builder()
        .preopened_dir(".", "/data", FsPerms::ReadWrite)?
        .build();
    let table = ResourceTable::new();
    let mut store = Store::new(engine, Host { wasi, table });
    let mut linker = ComponentLinker::new(engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let component = Component::new(engine, wat::parse_str(PREOPENS)?)?;
    let instance = linker.instantiate(&mut store, &component)?;
    let run = instance.get_typed_func::<(), (u32,)>(&mut store, "run")?;
    println!("preopened directories: {}", run.call(&mut store, ())?.0);
    Ok(())
}

fn polled(engine: &Engine) -> Result<()> {
    let mut store = Store::new(engine, ());
    let func = Func::wrap_async(&mut store, |_, ()| Box::new(async {}));
    let call = func.typed::<(), ()>(&store)?;
    let mut future = pin!(call.call_async(&mut store, ()));
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            result?;
            println!("asynchronous call: done");
            return Ok(());
        }
    }
}

fn main() -> ExitCode {
    // Of the crate with the compiler's data, which has the same version.
    println!("version: {}", wasmtime_environ::VERSION);
    let engine = Engine::default();
    let run = reuse(&engine)
        .and_then(|()| preopens(&engine))
        .and_then(|()| polled(&engine));
    match run {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e:#}");
            ExitCode::FAILURE
        }
    }
}
