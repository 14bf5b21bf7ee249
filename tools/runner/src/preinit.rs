//! Takes a snapshot of a component that has started, as a component that starts with this state.
//!
//! What the component sees while it starts is the same each time: no arguments, environment
//! variables, directories or input; clocks that stand still; and random bytes that are constants.

use crate::backtrace;
use crate::features::{self, BASELINE};
use crate::host::Host;
use crate::imports;
use crate::network::Network;
use crate::refusal;
use rules_wit_common::{Diagnostic, Result};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Arc;
use std::time::Duration;
use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{
    Component, Instance, Lift, Linker, LinkerInstance, ResourceType, WasmList,
};
use wasmtime::{Engine, OptLevel, Store, WasmBacktrace};
use wasmtime_environ::wasmparser::{Parser, Payload, TypeRef, WasmFeatures};
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;
use wasmtime_wasi::random::Deterministic;
use wasmtime_wasi::runtime::in_tokio;
use wasmtime_wasi::WasiCtxBuilder;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, I32Exit};
use wasmtime_wizer::{ComponentInstanceState, Wizer};

/// The most memory, in bytes.
const MAX_MEMORY: u64 = 4 << 30;

/// The most output, in bytes.
const MAX_OUTPUT: usize = 1 << 20;

/// The time that the component sees: 2020-01-01T00:00:00Z.
const WALL_CLOCK: Duration = Duration::from_secs(1_577_836_800);

/// A snapshot.
pub struct Snapshot {
    /// The component.
    pub component: Vec<u8>,
    /// What it printed while it started.
    pub output: String,
}

/// Starts a component, and takes a snapshot of it. `name` is for messages. The same component gives
/// the same bytes.
pub fn snapshot(name: &str, bytes: &[u8]) -> Result<Snapshot> {
    if let Some(tag) = imported_tag(bytes) {
        return Err(refused(
            name,
            &format!("a module in it imports the tag `{tag}`, and exceptions that modules share cannot be stored"),
        )
        .into());
    }
    let caught = catch_unwind(AssertUnwindSafe(|| in_tokio(run(name, bytes))));
    caught.unwrap_or_else(|payload| {
        let text = payload.downcast_ref::<String>().cloned();
        let text = text.or_else(|| payload.downcast_ref::<&str>().map(|s| (*s).to_owned()));
        let text = text.unwrap_or_default();
        let title = format!("internal error: cannot take a snapshot of `{name}`: {text}");
        Err(Diagnostic::new(title)
            .hint("report it, with the component if possible")
            .into())
    })
}

/// The name of a tag that a module of a component imports.
fn imported_tag(bytes: &[u8]) -> Option<String> {
    for payload in Parser::new(0).parse_all(bytes) {
        let Ok(Payload::ImportSection(section)) = payload else {
            continue;
        };
        for import in section.into_imports().flatten() {
            if let TypeRef::Tag(_) = import.ty {
                return Some(format!("{}.{}", import.module, import.name));
            }
        }
    }
    None
}

async fn run(name: &str, bytes: &[u8]) -> Result<Snapshot> {
    let wizer = Wizer::new();
    let fail = |e: wasmtime::Error| refused(name, &format!("{e:#}"));
    let engine = engine().map_err(fail)?;
    let (context, instrumented) = wizer.instrument_component(bytes).map_err(fail)?;
    let component = refusal::compile(&engine, name, &instrumented, |e| {
        refusal::at_compilation(name, bytes, BASELINE, WasmFeatures::empty(), e)
    })?;
    let mut linker: Linker<Host> = Linker::new(&engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker).map_err(fail)?;
    trap_others(&component, &mut linker).map_err(fail)?;

    let output = MemoryOutputPipe::new(MAX_OUTPUT);
    let mut store = Store::new(&engine, host(&output));
    store.limiter(|host| host.limits());
    let started = linker.instantiate_async(&mut store, &component).await;
    let text = String::from_utf8_lossy(&output.contents()).into_owned();
    let instance = started.map_err(|e| at_start(name, &e, &store, &text))?;
    if store.data().lends_resources() {
        return Err(
            noted(Diagnostic::new(format!(
                "`{name}` holds resources of the host after it has started, which a snapshot cannot have"
            )), &text)
            .hint("do not open files, streams or sockets, and do not print, while a script is loaded")
            .into(),
        );
    }
    let mut instance = Running { store, instance };
    let component = wizer
        .snapshot_component(&context, &mut instance)
        .await
        .map_err(fail)?;
    Ok(Snapshot {
        component,
        output: text,
    })
}

/// Defines imports that are not WASI as functions that fail. The linker's own method also replaces
/// imports of WASI in a compatible version.
fn trap_others(component: &Component, linker: &mut Linker<Host>) -> wasmtime::Result<()> {
    let ty = component.component_type();
    let unknown = |name: String| wasmtime::format_err!("unknown import: `{name}`");
    for (name, item) in ty.imports(component.engine()) {
        match item.ty {
            _ if imports::is_basic(name) => {}
            ComponentItem::ComponentFunc(ty) => {
                let shown = name.to_owned();
                let fail = move || Err(unknown(shown.clone()));
                define(&mut linker.root(), name, &ty, fail)?;
            }
            ComponentItem::ComponentInstance(instance) => {
                let mut linker = linker.instance(name)?;
                for (function, item) in instance.exports(component.engine()) {
                    match item.ty {
                        ComponentItem::ComponentFunc(ty) => {
                            let shown = format!("{name}#{function}");
                            let fail = move || Err(unknown(shown.clone()));
                            define(&mut linker, function, &ty, fail)?;
                        }
                        ComponentItem::Resource(_) => {
                            let ty = ResourceType::host::<()>();
                            linker.resource(function, ty, |_, _| Ok(()))?;
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Defines a function that fails.
fn define(
    linker: &mut LinkerInstance<'_, Host>,
    name: &str,
    ty: &ComponentFunc,
    fail: impl Fn() -> wasmtime::Result<()> + Send + Sync + 'static,
) -> wasmtime::Result<()> {
    match ty.async_() {
        true => linker.func_new_concurrent(name, move |_, _, _, _| {
            let failed = fail();
            Box::pin(async { failed })
        }),
        false => linker.func_new(name, move |_, _, _, _| fail()),
    }
}

fn engine() -> wasmtime::Result<Engine> {
    let mut config = features::configuration(BASELINE);
    config
        // Most of the code runs once.
        .cranelift_opt_level(OptLevel::None)
        .cranelift_nan_canonicalization(true)
        .relaxed_simd_deterministic(true);
    Engine::new(&config)
}

fn refused(name: &str, why: &str) -> Diagnostic {
    Diagnostic::new(format!("cannot take a snapshot of `{name}`: {why}")).hint(
        "a snapshot has memories and globals: build the component without code that changes tables, and compose it after the snapshot",
    )
}

fn noted(d: Diagnostic, output: &str) -> Diagnostic {
    match output.trim_end() {
        "" => d,
        text => d.note(format!("it printed:\n{text}")),
    }
}

/// The error for a component that does not start.
fn at_start(name: &str, error: &wasmtime::Error, store: &Store<Host>, output: &str) -> Diagnostic {
    if let Some(I32Exit(code)) = error.downcast_ref() {
        let title = format!("`{name}` exits with code {code} while it starts");
        return noted(Diagnostic::new(title), output);
    }
    let causes: Vec<String> = error
        .chain()
        .map(ToString::to_string)
        .filter(|text| !text.starts_with("error while executing at wasm backtrace:"))
        .collect();
    let causes = causes.join(": ");
    let import = causes.split_once("unknown import: `");
    let import = import.and_then(|(_, rest)| rest.split('`').next());
    let frames = error.downcast_ref::<WasmBacktrace>();
    let d = match import {
        Some(import) => Diagnostic::new(format!(
            "`{name}` calls the import `{import}` while it starts"
        ))
        .hint("call it in an exported function: while a snapshot is taken, only WASI is there"),
        None if frames.is_some() || error.is::<wasmtime::Trap>() => {
            let d = Diagnostic::new(format!("`{name}` traps while it starts: {causes}"));
            match store.data().refused() {
                Some(refused) => d.hint(refused.explain()),
                None => d,
            }
        }
        None => refusal::at_instantiation(name, &causes, store.data().refused()),
    };
    let d = noted(d, output);
    match frames.map(backtrace::render) {
        Some(frames) if !frames.is_empty() => d.note(frames),
        _ => d,
    }
}

/// The data of the store. Its type is that of other hosts, so that WASI is compiled for one type.
fn host(output: &MemoryOutputPipe) -> Host {
    // Every byte, so that a program that looks for some of them ends.
    let bytes: Vec<u8> = (0..=255_u8)
        .map(|i| i.wrapping_mul(167).wrapping_add(91))
        .collect();
    let ctx = WasiCtxBuilder::new()
        .stdout(output.clone())
        .stderr(output.clone())
        .wall_clock(Still)
        .monotonic_clock(Still)
        .secure_random(Deterministic::new(bytes.clone()))
        .insecure_random(Deterministic::new(bytes))
        .insecure_random_seed(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c834)
        .allow_blocking_current_thread(true)
        .build();
    Host::new(ctx, MAX_MEMORY, Arc::new(Network::new(Vec::new())))
}

/// Clocks that stand still.
struct Still;

impl HostWallClock for Still {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }
    fn now(&self) -> Duration {
        WALL_CLOCK
    }
}

impl HostMonotonicClock for Still {
    fn resolution(&self) -> u64 {
        1_000_000
    }
    fn now(&self) -> u64 {
        0
    }
}

/// A component whose state is read through functions that the library has added to it.
struct Running {
    store: Store<Host>,
    instance: Instance,
}

impl Running {
    async fn call<R, T>(
        &mut self,
        instance: &str,
        function: &str,
        read: impl FnOnce(&mut Store<Host>, R) -> T,
    ) -> T
    where
        R: Lift + 'static,
    {
        let called = async {
            let store = &mut self.store;
            let missing = || wasmtime::format_err!("no function `{instance}#{function}`");
            let (_, index) = self
                .instance
                .get_export(&mut *store, None, instance)
                .ok_or_else(missing)?;
            let (_, index) = self
                .instance
                .get_export(&mut *store, Some(&index), function)
                .ok_or_else(missing)?;
            let function = self
                .instance
                .get_typed_func::<(), (R,)>(&mut *store, index)?;
            Ok::<R, wasmtime::Error>(function.call_async(store, ()).await?.0)
        };
        match called.await {
            Ok(value) => read(&mut self.store, value),
            // The trait has no errors; `snapshot` reports the panic.
            Err(e) => panic!("{e:#}"),
        }
    }
}

impl ComponentInstanceState for Running {
    async fn call_func_ret_list_u8(
        &mut self,
        instance: &str,
        func: &str,
        contents: impl FnOnce(&[u8]) + Send,
    ) {
        self.call(instance, func, |store, list: WasmList<u8>| {
            contents(list.as_le_slice(&*store));
        })
        .await
    }

    async fn call_func_ret_s32(&mut self, instance: &str, func: &str) -> i32 {
        self.call(instance, func, |_, value| value).await
    }

    async fn call_func_ret_s64(&mut self, instance: &str, func: &str) -> i64 {
        self.call(instance, func, |_, value| value).await
    }

    async fn call_func_ret_f32(&mut self, instance: &str, func: &str) -> u32 {
        self.call(instance, func, |_, value: f32| value.to_bits())
            .await
    }

    async fn call_func_ret_f64(&mut self, instance: &str, func: &str) -> u64 {
        self.call(instance, func, |_, value: f64| value.to_bits())
            .await
    }
}
