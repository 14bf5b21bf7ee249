//! Runs a component: implements its import, and calls its exports.

use plugin_rust_host::example::hosts::log::{self, Level};
use plugin_rust_host::exports::example::hosts::orders::{Item, Problem};
use plugin_rust_host::Plugin;
use std::process::ExitCode;
use wasmtime::component::{Component, HasSelf, Linker, ResourceTable};
use wasmtime::{Engine, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// The data of the store.
struct Host {
    lines: u32,
    wasi: WasiCtx,
    table: ResourceTable,
}

/// The import `log`.
impl log::Host for Host {
    fn write(&mut self, level: Level, message: String) {
        self.lines += 1;
        let level = match level {
            Level::Info => "info",
            Level::Warning => "warning",
        };
        println!("[{} {level}] {message}", self.lines);
    }
}

impl WasiView for Host {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

fn run(file: &str) -> Result<()> {
    let engine = Engine::default();
    let component = Component::from_file(&engine, file)?;
    let mut linker = Linker::new(&engine);
    // Rust's standard library imports WASI.
    wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
    Plugin::add_to_linker::<_, HasSelf<_>>(&mut linker, |host: &mut Host| host)?;
    let host = Host {
        lines: 0,
        wasi: WasiCtx::builder().inherit_stderr().build(),
        table: ResourceTable::new(),
    };
    let mut store = Store::new(&engine, host);
    let plugin = Plugin::instantiate(&mut store, &component, &linker)?;

    let item = |name: &str, price, amount| Item {
        name: name.to_owned(),
        price,
        amount,
    };
    let mut items = vec![item("pencil", 120, 10), item("h\u{e4}mmer", 1999, 1)];
    let orders = plugin.example_hosts_orders();
    for item in &items {
        println!("{}", orders.call_describe(&mut store, item)?);
    }
    let mut print_total = |items: &[Item]| -> Result<()> {
        match orders.call_total(&mut store, items)? {
            Ok(total) => println!("total: {total}"),
            Err(Problem::TooExpensive(total)) => println!("too expensive: {total}"),
            Err(Problem::Empty) => println!("nothing ordered"),
        }
        Ok(())
    };
    print_total(&items)?;
    print_total(&[])?;
    items[1].amount = 1000;
    print_total(&items)
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (Some(file), None) = (args.next(), args.next()) else {
        eprintln!("usage: host COMPONENT");
        return ExitCode::from(2);
    };
    match run(&file) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e:#}");
            ExitCode::FAILURE
        }
    }
}
