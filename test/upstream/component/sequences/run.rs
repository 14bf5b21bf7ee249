//! Runs sequences on a component engine.

use crate::sequence::{Expected, Sequence};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use wasmtime::component::{Component, Linker, Val};
use wasmtime::{Config, Engine, Store};

/// The outcome of an instantiation or a call.
#[derive(Debug)]
pub enum Outcome {
    /// It returns this value.
    Value(Option<Val>),
    /// It traps with this message.
    Trap(String),
}

/// The engine, with all that it implements of the component model.
pub fn engine() -> Engine {
    let mut config = Config::new();
    config
        .wasm_component_model_async(true)
        .wasm_component_model_more_async_builtins(true)
        .wasm_component_model_async_stackful(true)
        .wasm_component_model_threading(true)
        .wasm_component_model_fixed_length_lists(true)
        .wasm_component_model_map(true)
        .wasm_component_model_implements(true);
    Engine::new(&config).expect("an engine")
}

/// The outcomes of the instantiation and of each call. Fails if the component cannot be run.
pub fn run(engine: &Engine, component: &[u8], sequence: &Sequence) -> Result<Vec<Outcome>, String> {
    let failed = |e: wasmtime::Error| format!("{e:#}");
    let component = Component::from_binary(engine, component).map_err(failed)?;
    let linker = Linker::<()>::new(engine);
    let pre = linker.instantiate_pre(&component).map_err(failed)?;
    let mut store = Store::new(engine, ());
    block_on(async {
        let instance = match pre.instantiate_async(&mut store).await {
            Ok(instance) => instance,
            Err(e) => return Ok(vec![Outcome::Trap(format!("{e:?}"))]),
        };
        let mut outcomes = vec![Outcome::Value(None)];
        for call in &sequence.calls {
            let func = instance.get_func(&mut store, call.name.as_str());
            let func = func.ok_or_else(|| format!("no function `{}`", call.name))?;
            let mut results = vec![Val::Bool(false); func.ty(&store).results().len()];
            let called = func.call_async(&mut store, &call.args, &mut results).await;
            outcomes.push(match called {
                Ok(()) => Outcome::Value(results.pop()),
                Err(e) => Outcome::Trap(format!("{e:?}")),
            });
        }
        Ok(outcomes)
    })
}

/// Compares the outcomes with those that the script asserts; the error describes the first difference.
pub fn as_asserted(sequence: &Sequence, outcomes: &[Outcome]) -> Result<(), String> {
    let start = match &sequence.start_trap {
        Some(message) => Expected::Trap(message.clone()),
        None => Expected::Return,
    };
    let start = std::iter::once((sequence.line, "instantiation", &start));
    let calls = sequence.calls.iter();
    let calls = calls.map(|c| (c.line, c.name.as_str(), &c.expected));
    for ((line, what, expected), outcome) in start.chain(calls).zip(outcomes) {
        let same = match (expected, outcome) {
            (Expected::Return, Outcome::Value(_)) => true,
            (Expected::Value(a), Outcome::Value(b)) => shown(a) == shown(b),
            (Expected::Trap(part), Outcome::Trap(message)) => message.contains(part.as_str()),
            _ => false,
        };
        if !same {
            return Err(format!(
                "line {line}, {what}: {expected:?} expected, got {outcome:?}"
            ));
        }
    }
    Ok(())
}

/// Compares the outcomes on both sides; the error describes the first difference.
pub fn compare(
    sequence: &Sequence,
    composed: &[Outcome],
    lowered: &[Outcome],
) -> Result<(), String> {
    for (i, (a, b)) in composed.iter().zip(lowered).enumerate() {
        let same = match (a, b) {
            (Outcome::Value(a), Outcome::Value(b)) => shown(a) == shown(b),
            (Outcome::Trap(_), Outcome::Trap(_)) => true,
            _ => false,
        };
        if !same {
            let line = match i.checked_sub(1) {
                Some(call) => sequence.calls[call].line,
                None => sequence.line,
            };
            return Err(format!("line {line}: composed {a:?}, lowered {b:?}"));
        }
    }
    match composed.len() == lowered.len() {
        true => Ok(()),
        false => Err(format!(
            "{} outcomes composed, {} lowered",
            composed.len(),
            lowered.len()
        )),
    }
}

/// A value as text: unlike in a comparison of numbers, NaN is equal to itself.
fn shown(value: &Option<Val>) -> String {
    format!("{value:?}")
}

/// Wakes a thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut context = Context::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut context) {
            Poll::Ready(value) => return value,
            Poll::Pending => std::thread::park(),
        }
    }
}
