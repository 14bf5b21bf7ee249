//! Measures components that export functions of `functions.wit`, in turn, on one wasmtime. Prints a
//! row of a table for each.
//!
//! Arguments: the number of rounds, the milliseconds of each measurement, and the components, each as
//! `NAME=FILE`. Of all rounds, the fastest counts: other load only adds time. A component that cannot
//! be run is reported, and the program fails after the table.

use std::time::{Duration, Instant};
use wasmtime::component::{
    Component, ComponentNamedList, Instance, InstancePre, Lift, Linker, Lower, ResourceTable,
    TypedFunc,
};
use wasmtime::{Engine, Error, Result, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

/// The columns, with their units.
const COLUMNS: [&str; 5] = [
    "instantiate us",
    "first call us",
    "add 1/s",
    "greet 1/s",
    "fib(24) ms",
];

const FIB_24: u32 = 46_368;

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

struct Subject {
    name: String,
    bytes: usize,
    instance: InstancePre<Host>,
    /// Seconds, for each column. `None` if the component lacks the function.
    fastest: [Option<f64>; COLUMNS.len()],
}

impl Subject {
    fn new(engine: &Engine, name: &str, file: &str) -> Result<Self> {
        let bytes = std::fs::read(file)?;
        let component = Component::new(engine, &bytes)?;
        let mut linker = Linker::<Host>::new(engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker)?;
        Ok(Subject {
            name: name.to_owned(),
            bytes: bytes.len(),
            instance: linker.instantiate_pre(&component)?,
            fastest: [None; COLUMNS.len()],
        })
    }

    fn record(&mut self, column: usize, seconds: f64) {
        let best = &mut self.fastest[column];
        *best = Some(best.map_or(seconds, |old| old.min(seconds)));
    }

    /// Measures everything once.
    fn round(&mut self, engine: &Engine, time: Duration) -> Result<()> {
        let mut store = Store::new(engine, Host::default());
        let start = Instant::now();
        let instance = self.instance.instantiate(&mut store)?;
        self.record(0, start.elapsed().as_secs_f64());
        let add = function::<(f64, f64), (f64,)>(&mut store, &instance, "add")?;
        let greet = function::<(&str,), (String,)>(&mut store, &instance, "greet")?;
        let fib = function::<(u32,), (u32,)>(&mut store, &instance, "fib")?;
        let mut call_add = add.map(|add| {
            move |store: &mut Store<Host>| check(add.call(store, (40.0, 2.0))?.0 == 42.0, "add")
        });
        let mut call_greet = greet.map(|greet| {
            move |store: &mut Store<Host>| {
                let (greeting,) = greet.call(store, ("World",))?;
                check(greeting == "Hello, World!", "greet")
            }
        });
        let start = Instant::now();
        if let Some(call) = &mut call_add {
            call(&mut store)?;
        } else if let Some(call) = &mut call_greet {
            call(&mut store)?;
        }
        self.record(1, start.elapsed().as_secs_f64());
        if let Some(call) = &mut call_add {
            self.record(2, seconds(time, || call(&mut store))?);
        }
        if let Some(call) = &mut call_greet {
            self.record(3, seconds(time, || call(&mut store))?);
        }
        if let Some(fib) = fib {
            let mut call = || check(fib.call(&mut store, (24,))?.0 == FIB_24, "fib");
            let start = Instant::now();
            call()?;
            self.record(4, start.elapsed().as_secs_f64());
        }
        Ok(())
    }

    fn row(&self) -> String {
        let numbers = self.fastest.iter().enumerate().map(|(column, fastest)| {
            let Some(seconds) = fastest else {
                return "-".to_owned();
            };
            match column {
                0 | 1 => format!("{:.1}", seconds * 1e6),
                4 => format!("{:.2}", seconds * 1e3),
                _ => format!("{:.0}", 1.0 / seconds),
            }
        });
        let numbers = numbers.map(|number| format!(" {number:>14}"));
        format!(
            "{:<32} {:>9}{}",
            self.name,
            self.bytes,
            numbers.collect::<String>()
        )
    }
}

/// Returns an exported function, or `None` if the component has none of that name.
fn function<P, R>(
    store: &mut Store<Host>,
    instance: &Instance,
    name: &str,
) -> Result<Option<TypedFunc<P, R>>>
where
    P: ComponentNamedList + Lower,
    R: ComponentNamedList + Lift,
{
    match instance.get_func(&mut *store, name) {
        Some(_) => instance.get_typed_func(store, name).map(Some),
        None => Ok(None),
    }
}

fn check(is_right: bool, name: &str) -> Result<()> {
    match is_right {
        true => Ok(()),
        false => Err(Error::msg(format!("`{name}` returns a wrong result"))),
    }
}

/// Returns the seconds of one call.
fn seconds(time: Duration, mut call: impl FnMut() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    let (mut count, mut round) = (0, 1);
    while start.elapsed() < time {
        for _ in 0..round {
            call()?;
        }
        count += round;
        round *= 2;
    }
    Ok(start.elapsed().as_secs_f64() / f64::from(count))
}

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let mut number = || args.next().and_then(|text| text.parse().ok());
    let (rounds, time) = (number().unwrap_or(1), number().unwrap_or(1));
    let time = Duration::from_millis(time);
    let engine = Engine::default();
    // A component that cannot be run must not end the table of the others.
    let mut failed = false;
    let mut report = |name: &str, error: &Error| {
        println!("{name:<32} not run: {}", error.root_cause());
        failed = true;
    };
    let mut subjects = Vec::new();
    for arg in args {
        let (name, file) = arg.split_once('=').unwrap_or((&arg, &arg));
        match Subject::new(&engine, name, file) {
            Ok(subject) => subjects.push(subject),
            Err(error) => report(name, &error),
        }
    }
    for _ in 0..rounds {
        subjects.retain_mut(|subject| match subject.round(&engine, time) {
            Ok(()) => true,
            Err(error) => {
                report(&subject.name, &error);
                false
            }
        });
    }
    print!("{:<32} {:>9}", "component", "bytes");
    COLUMNS.iter().for_each(|column| print!(" {column:>14}"));
    println!();
    subjects
        .iter()
        .for_each(|subject| println!("{}", subject.row()));
    match failed {
        true => Err(Error::msg("a component cannot be run")),
        false => Ok(()),
    }
}
