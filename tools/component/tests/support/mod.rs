//! Runs components, original and lowered.

pub mod tool;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tool::{binary, root};
use wasmtime::component::{Component, Func, Instance, Linker, Val};
use wasmtime::{Config, Engine, Module, Store};

/// A file beside this one.
pub fn fixture(name: &str) -> PathBuf {
    root().join("support").join(name)
}

/// The tool with 2 GiB of memory and a minute of processor time, where the program `prlimit` exists.
fn limited() -> Command {
    let prlimit = Path::new("/usr/bin/prlimit");
    if !prlimit.exists() {
        return Command::new(binary());
    }
    let mut command = Command::new(prlimit);
    command.args(["--as=2147483648", "--cpu=60"]).arg(binary());
    command
}

fn tool(dir: &Path, args: &[&str]) -> Result<(), String> {
    let output = limited()
        .args(args)
        .current_dir(dir)
        .env_remove("BUILD_WORKING_DIRECTORY")
        .env_remove("BUILD_WORKSPACE_DIRECTORY")
        .output()
        .expect("runs");
    match output.status.code() {
        Some(0) => Ok(()),
        Some(1) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        code => panic!("{code:?}: {}", String::from_utf8_lossy(&output.stderr)),
    }
}

/// The options that components are lowered with.
pub const OPTIONS: [&[&str]; 6] = [
    &["--memory", "multi"],
    &["--memory", "single"],
    &["--memory", "single", "--features", "mvp"],
    &["--memory", "single", "--bounds", "unchecked"],
    &["--memory", "multi", "--features", "wasm3"],
    &["--memory", "single", "--features", "wasm3"],
];

/// Lowers a component; returns the module or the error message.
pub fn lower(component: &[u8], more: &[&str]) -> Result<Vec<u8>, String> {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("in.wasm"), component).expect("write");
    let mut args = vec!["lower", "in.wasm", "-o", "out.wasm"];
    args.extend(["--manifest", "out.json"]);
    if !more.contains(&"--memory") {
        args.extend(["--memory", "multi"]);
    }
    args.extend(more);
    let result = tool(dir.path(), &args);
    let out = dir.path().join("out.wasm");
    assert_eq!(result.is_ok(), out.exists());
    result?;
    let json = fs::read(dir.path().join("out.json")).expect("the manifest");
    assert!(json.starts_with(b"{\n"));
    Ok(fs::read(out).expect("read"))
}

fn engine() -> Engine {
    let mut config = Config::new();
    // WASI 0.3.1 has maps and external ids.
    config.wasm_component_model_map(true);
    config.wasm_component_model_implements(true);
    config.wasm_exceptions(true);
    Engine::new(&config).expect("engine")
}

/// Instantiates a module that imports nothing.
pub fn core(module: &[u8]) {
    let engine = engine();
    let module = Module::new(&engine, module).expect("a core module");
    let mut store = Store::new(&engine, ());
    let instance = wasmtime::Instance::new(&mut store, &module, &[]).expect("instance");
    assert!(instance.get_memory(&mut store, "memory").is_some());
}

/// The outcome of a call.
#[derive(Debug, PartialEq, Eq)]
pub enum Outcome {
    Value(String),
    Trap(String),
}

/// An instance of a component, with the imports that the cases need.
pub struct Host {
    store: Store<Vec<String>>,
    instance: Instance,
}

impl Host {
    /// Instantiates a component.
    pub fn component(bytes: &[u8]) -> Host {
        Host::new(&compile(bytes))
    }

    fn new(component: &Component) -> Host {
        let engine = component.engine();
        let mut store = Store::new(engine, Vec::new());
        let mut linker: Linker<Vec<String>> = Linker::new(engine);
        let mut host = linker.instance("test:t/host").expect("instance");
        host.func_wrap("log", |mut store, (text,): (String,)| {
            store.data_mut().push(text);
            Ok(())
        })
        .expect("log");
        host.func_wrap("ask", |_, (n,): (u32,)| Ok((format!("answer {n}"),)))
            .expect("ask");
        let ty = wasmtime::component::ResourceType::host::<u32>();
        host.resource("thing", ty, |mut store, rep| {
            store.data_mut().push(format!("drop {rep}"));
            Ok(())
        })
        .expect("thing");
        type Thing = wasmtime::component::Resource<u32>;
        host.func_wrap("[constructor]thing", |_, (n,): (u32,)| {
            Ok((Thing::new_own(n),))
        })
        .expect("constructor");
        host.func_wrap("[method]thing.get", |_, (thing,): (Thing,)| {
            Ok((thing.rep() + 100,))
        })
        .expect("method");
        let mut root = linker.root();
        root.func_wrap("f", |_, (n,): (u32,)| Ok((2 * n,)))
            .expect("f");
        root.func_wrap("lend", |mut store, (thing,): (Thing,)| {
            store.data_mut().push(format!("lent {}", thing.rep()));
            Ok((thing.rep() + 5,))
        })
        .expect("lend");
        root.func_wrap("keep", |mut store, (thing,): (Thing,)| {
            store.data_mut().push(format!("kept {}", thing.rep()));
            Ok((Thing::new_own(thing.rep() + 1),))
        })
        .expect("keep");
        // This interface has only types.
        linker.instance("test:t/types").expect("instance");
        let instance = linker.instantiate(&mut store, component).expect("instance");
        Host { store, instance }
    }

    /// Makes a component of a lowered module and instantiates it.
    pub fn lowered(module: &[u8]) -> Host {
        Host::component(&componentize(module))
    }
}

fn compile(bytes: &[u8]) -> Component {
    Component::new(&engine(), bytes).expect("a component")
}

/// Makes a component of a lowered module.
fn componentize(module: &[u8]) -> Vec<u8> {
    let dir = tempfile::tempdir().expect("tempdir");
    fs::write(dir.path().join("in.wasm"), module).expect("write");
    tool(dir.path(), &["new", "in.wasm", "-o", "out.wasm"]).expect("makes a component");
    fs::read(dir.path().join("out.wasm")).expect("read")
}

impl Host {
    /// The function `INTERFACE#FUNCTION`.
    fn func(&mut self, path: &str) -> Func {
        let mut last = None;
        for name in path.split('#') {
            last = self
                .instance
                .get_export_index(&mut self.store, last.as_ref(), name);
        }
        let index = last.unwrap_or_else(|| panic!("no function {path}"));
        self.instance
            .get_func(&mut self.store, index)
            .expect("a function")
    }

    /// Calls `INTERFACE#FUNCTION`; `None` is a trap.
    pub fn values(&mut self, path: &str, args: &[Val]) -> Option<Vec<Val>> {
        let func = self.func(path);
        let mut results = vec![Val::Bool(false); func.ty(&self.store).results().len()];
        let outcome = func.call(&mut self.store, args, &mut results);
        outcome.is_ok().then_some(results)
    }

    /// What the host has seen since the last call.
    pub fn log(&mut self) -> Vec<String> {
        std::mem::take(self.store.data_mut())
    }

    /// Drops a resource.
    pub fn drop(&mut self, resource: &Val) {
        let Val::Resource(resource) = resource else {
            panic!("no resource: {resource:?}");
        };
        resource.resource_drop(&mut self.store).expect("drops");
    }
}

/// Calls `INTERFACE#FUNCTION(ARGUMENTS)`.
pub fn call(host: &mut Host, text: &str) -> Outcome {
    let (path, args) = text.split_once('(').expect("arguments");
    let func = host.func(path);
    let ty = func.ty(&host.store);
    let names: Vec<String> = ty.params().map(|(name, _)| name.to_owned()).collect();
    let args = args.strip_suffix(')').expect("closed");
    // At most one argument: several are passed as a tuple.
    let args: Vec<Val> = ty
        .params()
        .map(|(_, ty)| Val::from_wave(&ty, args).unwrap_or_else(|e| panic!("{text}: {e}")))
        .collect();
    assert_eq!(names.len(), args.len());
    let mut results = vec![Val::Bool(false); ty.results().len()];
    let outcome = func.call(&mut host.store, &args, &mut results);
    let mut shown: Vec<String> = results
        .iter()
        .filter(|_| outcome.is_ok())
        .map(|v| v.to_wave().expect("wave"))
        .collect();
    shown.append(host.store.data_mut());
    match outcome {
        Ok(()) => Outcome::Value(shown.join("; ")),
        Err(e) => Outcome::Trap(format!("{e:?}")),
    }
}

/// Makes the same calls to a component and to the module that it was lowered to, and compares the
/// outcomes. After a trap, new instances of both are used.
pub fn compare(component: &[u8], lowered: &[u8], calls: &[&str]) -> Vec<Outcome> {
    let (component, lowered) = (compile(component), compile(&componentize(lowered)));
    let fresh = || (Host::new(&component), Host::new(&lowered));
    let (mut a, mut b) = fresh();
    let mut outcomes = Vec::new();
    for text in calls {
        let (left, right) = (call(&mut a, text), call(&mut b, text));
        match (&left, &right) {
            (Outcome::Trap(_), Outcome::Trap(_)) => (a, b) = fresh(),
            _ => assert_eq!(left, right, "{text}"),
        }
        outcomes.push(left);
    }
    outcomes
}
