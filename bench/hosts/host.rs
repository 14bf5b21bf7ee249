//! The same as `host.c`, with the bindings in Rust. Arguments: the component, milliseconds for each measurement; or `once`
//! and a file.

use calls_rust_host::{Calls, Item};
use std::time::{Duration, Instant};
use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

const NAME: &str = "sixteen letters!";

#[derive(Default)]
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

fn measure(name: &str, time: Duration, mut run: impl FnMut() -> Result<()>) -> Result<()> {
    let start = Instant::now();
    let (mut count, mut round) = (0, 1);
    while start.elapsed() < time {
        for _ in 0..round {
            run()?;
        }
        count += round;
        round *= 2;
    }
    println!(
        "{name} {:.0}",
        f64::from(count) / start.elapsed().as_secs_f64()
    );
    Ok(())
}

/// Loads a component, or its machine code.
fn load(engine: &Engine, file: &str) -> Result<Component> {
    let bytes = std::fs::read(file)?;
    match file.ends_with(".cwasm") {
        // SAFETY: this build wrote the file.
        true => unsafe { Component::deserialize(engine, bytes) },
        false => Component::new(engine, bytes),
    }
}

fn start(file: &str) -> Result<(Store<Host>, Calls)> {
    let engine = Engine::default();
    let component = load(&engine, file)?;
    let mut linker = Linker::<Host>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let mut store = Store::new(&engine, Host::default());
    let calls = Calls::instantiate(&mut store, &component, &linker)?;
    Ok((store, calls))
}

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [first, second] = args.as_slice() else {
        wasmtime::bail!("usage: host COMPONENT MILLISECONDS, or host once FILE");
    };
    if first == "once" {
        let (mut store, calls) = start(second)?;
        assert_eq!(calls.call_add(&mut store, 40, 2)?, 42);
        return Ok(());
    }
    let time = Duration::from_millis(second.parse()?);
    let (mut store, calls) = start(first)?;
    let item = Item {
        name: "pencil".to_owned(),
        price: 1,
    };
    let items = vec![item; 1000];
    measure("add rust", time, || {
        assert_eq!(calls.call_add(&mut store, 40, 2)?, 42);
        Ok(())
    })?;
    measure("greet rust", time, || {
        assert_eq!(calls.call_greet(&mut store, NAME)?.len(), NAME.len());
        Ok(())
    })?;
    measure("total rust", time, || {
        assert_eq!(calls.call_total(&mut store, &items)?, 1000);
        Ok(())
    })
}
