//! Passes values of the types of random worlds through an interpreter that echoes them.
//!
//! Each world is made by wit-smith. Each function gets a result: a tuple of its parameters. The
//! library of the world is placed in the interpreter; interfaces without resources are imported too,
//! so that values go through the library four times. Values must come back equal, and the
//! interpreter must have freed all that it allocated. Streams and futures are passed on or copied, and
//! their payloads compared. Asynchronous functions await the imported ones, which return at once or later.

mod handles;
mod payloads;
mod values;
mod worlds;

use arbitrary::Unstructured;
use handles::{block_on, pause};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::atomic::Ordering;
use std::sync::Arc;
use values::{has_handle, Random, Resources};
use wasmtime::component::{Component, Func, Instance, Linker, Val};
use wasmtime::{Config, Engine, Store};

/// The number of calls of each function.
const CALLS: usize = 6;

/// How often others run until copying has ended.
const PAUSES: usize = 100;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let cases = std::env::var("CASES").ok();
    let mut cases = cases.and_then(|cases| cases.parse().ok()).unwrap_or(200);
    let mut seed = 1;
    while let Some(name) = arguments.next() {
        let value = arguments.next().and_then(|value| value.parse().ok());
        match (name.as_str(), value) {
            ("--cases", Some(value)) => cases = value,
            ("--seed", Some(value)) => seed = value,
            _ => {
                eprintln!("usage: roundtrip [--cases N] [--seed N]");
                return ExitCode::from(2);
            }
        }
    }
    let bench = Bench::new();
    let mut total = Counts::default();
    for case in 0..cases {
        let seed = seed + case;
        match bench.case(seed) {
            Ok(counts) => total.add(&counts),
            Err(e) => {
                eprintln!("seed {seed}: {e}\nrerun it with: --cases 1 --seed {seed}");
                return ExitCode::FAILURE;
            }
        }
    }
    println!("{total:?}");
    // The generator may change so that worlds are empty.
    assert!(
        cases < 100
            || total.calls > cases * 3
                && total.refused * 5 < cases
                && total.asynchronous > cases / 5
                && total.waits > cases / 10
                && total.handles > cases / 5
                && total.copies > cases / 10,
        "{total:?}"
    );
    ExitCode::SUCCESS
}

/// What was tested.
#[derive(Debug, Default)]
struct Counts {
    worlds: u64,
    refused: u64,
    calls: u64,
    imports: u64,
    /// Calls of asynchronous functions.
    asynchronous: u64,
    /// Calls of imports that did not return at once.
    waits: u64,
    /// Calls with streams or futures.
    handles: u64,
    /// Asynchronous ones of these, of which every other one copies them.
    copies: u64,
}

impl Counts {
    fn add(&mut self, other: &Counts) {
        self.worlds += other.worlds;
        self.refused += other.refused;
        self.calls += other.calls;
        self.imports += other.imports;
        self.asynchronous += other.asynchronous;
        self.waits += other.waits;
        self.handles += other.handles;
        self.copies += other.copies;
    }
}

struct Bench {
    tool: PathBuf,
    interpreter: PathBuf,
    engine: Engine,
    directory: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        let path = |name: &str| {
            let path = std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set"));
            Path::new(&path)
                .canonicalize()
                .unwrap_or_else(|e| panic!("{name}: {e}"))
        };
        let mut config = Config::new();
        config.cranelift_opt_level(wasmtime::OptLevel::None);
        config.wasm_component_model_map(true);
        config.wasm_component_model_async(true);
        Bench {
            tool: path("COMPONENT_BIN"),
            interpreter: path("ECHO_WASM"),
            engine: Engine::new(&config).expect("an engine"),
            directory: tempfile::tempdir().expect("a directory"),
        }
    }

    /// Tests one world.
    fn case(&self, seed: u64) -> Result<Counts, String> {
        let mut random = Random::new(seed);
        let bytes: Vec<u8> = (0..6000).map(|_| random.next() as u8).collect();
        let Some(world) = worlds::world(&mut Unstructured::new(&bytes)) else {
            return Ok(Counts::default());
        };
        let mut counts = Counts {
            worlds: 1,
            imports: world.imports,
            ..Counts::default()
        };
        match self.component(&world)? {
            Some(component) => self.run(&component, &mut random, &mut counts)?,
            None => counts.refused += 1,
        }
        Ok(counts)
    }

    /// Makes a component of the world and the interpreter. `None` if the world is refused.
    fn component(&self, world: &worlds::Case) -> Result<Option<Component>, String> {
        let file = |name: &str| self.directory.path().join(name);
        std::fs::write(file("world.wasm"), &world.package).map_err(|e| e.to_string())?;
        let (package, library) = (file("world.wasm"), file("world.so"));
        let arguments = [
            "dylib".as_ref(),
            "--wit".as_ref(),
            package.as_os_str(),
            "--world".as_ref(),
            worlds::WORLD.as_ref(),
            "--validate".as_ref(),
            "-o".as_ref(),
            library.as_os_str(),
        ];
        match self.tool(&arguments) {
            Err(e) if e.starts_with("error: wit-dylib does not support") => return Ok(None),
            Err(e) if e.starts_with("error: no function uses the") => return Ok(None),
            other => other?,
        }
        self.tool(&[
            "place".as_ref(),
            self.interpreter.as_os_str(),
            "--dylib".as_ref(),
            file("world.so").as_os_str(),
            "-o".as_ref(),
            file("core.wasm").as_os_str(),
        ])?;
        self.tool(&[
            "new".as_ref(),
            file("core.wasm").as_os_str(),
            "-o".as_ref(),
            file("out.wasm").as_os_str(),
        ])?;
        let bytes = std::fs::read(file("out.wasm")).map_err(|e| e.to_string())?;
        let component = Component::new(&self.engine, bytes);
        component.map(Some).map_err(|e| format!("{e:#}"))
    }

    fn tool(&self, arguments: &[&std::ffi::OsStr]) -> Result<(), String> {
        let output = Command::new(&self.tool).args(arguments).output();
        let output = output.map_err(|e| e.to_string())?;
        match output.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        }
    }

    /// Calls each function of the component.
    fn run(
        &self,
        component: &Component,
        random: &mut Random,
        counts: &mut Counts,
    ) -> Result<(), String> {
        let fail = |e: wasmtime::Error| format!("{e:?}");
        let mut linker = Linker::new(&self.engine);
        let waits = Arc::default();
        worlds::define_imports(&self.engine, component, &mut linker, &waits).map_err(fail)?;
        let mut store = Store::new(&self.engine, ());
        let instance = block_on(linker.instantiate_async(&mut store, component)).map_err(fail)?;
        let functions = functions(&self.engine, component, &instance, &mut store);
        let resources = Resources::new(&store, &functions);
        let allocated = |store: &mut Store<()>| -> Result<i32, String> {
            let function = functions
                .iter()
                .find(|(name, _)| name.ends_with("#allocated-bytes"));
            let (_, function) = function.ok_or("no allocated-bytes")?;
            let mut results = [Val::Bool(false)];
            block_on(function.call_async(store, &[], &mut results)).map_err(fail)?;
            match results {
                [Val::S32(bytes)] => Ok(bytes),
                _ => Err("allocated-bytes returned something else".to_owned()),
            }
        };
        for (name, function) in &functions {
            let base = name.rsplit('#').next().unwrap_or_default();
            if base == "allocated-bytes"
                || base.starts_with("[constructor]")
                || base.ends_with(".rep")
            {
                continue;
            }
            let ty = function.ty(&store);
            for _ in 0..CALLS {
                let before = allocated(&mut store)?;
                let mut expected = Vec::new();
                let mut arguments = Vec::new();
                for (_, ty) in ty.params() {
                    let (value, mirror) =
                        random.value(&mut store, &resources, &ty, 0).map_err(fail)?;
                    arguments.push(value);
                    expected.push(mirror);
                }
                let mut results = vec![Val::Bool(false); ty.results().len()];
                block_on(function.call_async(&mut store, &arguments, &mut results))
                    .map_err(|e| format!("{name}: {e:?}"))?;
                if let Some(Val::Tuple(values)) = results.pop() {
                    let pairs = values
                        .iter()
                        .zip(expected.iter().filter(|e| !e.is_borrow()));
                    for (value, mirror) in pairs {
                        mirror
                            .check(&mut store, &resources, value)
                            .map_err(|e| format!("{name}: {e}"))?;
                    }
                }
                resources.drop_lent(&mut store, arguments).map_err(fail)?;
                counts.calls += 1;
                counts.asynchronous += u64::from(ty.async_());
                let has_handles = ty.params().any(|(_, ty)| has_handle(&ty));
                counts.handles += u64::from(has_handles);
                counts.copies += u64::from(has_handles && ty.async_());
                let mut after = allocated(&mut store)?;
                // Copying ends after the last value was read.
                for _ in 0..if has_handles { PAUSES } else { 0 } {
                    if after == before {
                        break;
                    }
                    block_on(store.run_concurrent(async |_| pause().await)).map_err(fail)?;
                    after = allocated(&mut store)?;
                }
                if after != before {
                    return Err(format!("{name}: {} bytes are not freed", after - before));
                }
            }
        }
        counts.waits += waits.load(Ordering::Relaxed);
        Ok(())
    }
}

/// The exported functions, as `INTERFACE#FUNCTION`.
fn functions(
    engine: &Engine,
    component: &Component,
    instance: &Instance,
    store: &mut Store<()>,
) -> Vec<(String, Func)> {
    use wasmtime::component::types::ComponentItem;
    let ty = component.component_type();
    let mut all = Vec::new();
    for (interface, item) in ty.exports(engine) {
        let ComponentItem::ComponentInstance(inner) = item.ty else {
            continue;
        };
        let Some(outer) = instance.get_export_index(&mut *store, None, interface) else {
            continue;
        };
        for (name, item) in inner.exports(engine) {
            let ComponentItem::ComponentFunc(_) = item.ty else {
                continue;
            };
            let index = instance.get_export_index(&mut *store, Some(&outer), name);
            let function = index.and_then(|index| instance.get_func(&mut *store, index));
            all.extend(function.map(|function| (format!("{interface}#{name}"), function)));
        }
    }
    all
}
