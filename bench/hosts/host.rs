//! The same as `host.c`, with the bindings in Rust. Arguments: the component, milliseconds for each measurement.

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

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let file = args.next().unwrap_or_default();
    let time = args.next().and_then(|text| text.parse().ok());
    let time = Duration::from_millis(time.unwrap_or(100));
    let engine = Engine::default();
    let bytes = std::fs::read(file)?;
    let component = Component::new(&engine, &bytes)?;
    let mut linker = Linker::<Host>::new(&engine);
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    let mut store = Store::new(&engine, Host::default());
    let calls = Calls::instantiate(&mut store, &component, &linker)?;
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
