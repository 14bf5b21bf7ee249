//! The component of [`reenter`](super::reenter) on a component engine.

use super::instance::Done;
use super::reenter::{visit, Call, Guest, Script, GUEST, HOST};
use wasmtime::component::{Component, Instance, Linker, Resource, ResourceAny, ResourceType, Val};
use wasmtime::{Engine, Store, StoreContextMut};

/// The state of the host.
#[derive(Default)]
struct State {
    script: Script,
    instance: Option<Instance>,
    resources: Vec<ResourceAny>,
}

struct Open<'a>(StoreContextMut<'a, State>);

/// The result of a call of the host.
fn visited(store: StoreContextMut<'_, State>, name: &str) -> wasmtime::Result<()> {
    visit(&mut Open(store), name).map_err(wasmtime::Error::msg)
}

/// Runs a script; returns what the host has seen.
pub fn run(engine: &Engine, component: &Component, script: Script) -> Script {
    let mut linker: Linker<State> = Linker::new(engine);
    let mut host = linker.instance(HOST).expect("an instance");
    type Thing = Resource<u32>;
    let ty = ResourceType::host::<u32>();
    let dropped =
        |store: StoreContextMut<'_, State>, rep: u32| visited(store, &format!("drop {rep}"));
    host.resource("thing", ty, dropped).expect("defined");
    host.func_wrap("[constructor]thing", |store, (n,): (u32,)| {
        visited(store, &format!("new {n}"))?;
        Ok((Thing::new_own(n),))
    })
    .expect("defined");
    host.func_wrap("[method]thing.get", |store, (thing,): (Thing,)| {
        visited(store, "get")?;
        Ok((thing.rep(),))
    })
    .expect("defined");
    host.func_wrap(
        "ask",
        |mut store: StoreContextMut<'_, State>, (n, text): (u32, String)| {
            visited(store.as_context_mut_(), &format!("ask {n} {text}"))?;
            Ok((store.data_mut().script.text(),))
        },
    )
    .expect("defined");
    host.func_wrap("log", |store, (text,): (String,)| {
        visited(store, &format!("log {text}"))
    })
    .expect("defined");
    host.func_wrap(
        "number",
        |mut store: StoreContextMut<'_, State>, (n,): (u32,)| {
            visited(store.as_context_mut_(), &format!("number {n}"))?;
            Ok((store.data_mut().script.next(),))
        },
    )
    .expect("defined");
    host.func_wrap(
        "all",
        |mut store: StoreContextMut<'_, State>, (n,): (u32,)| {
            visited(store.as_context_mut_(), &format!("all {n}"))?;
            let script = &mut store.data_mut().script;
            let count = script.next() % 4;
            let all: Vec<String> = (0..count).map(|_| script.text()).collect();
            Ok((all,))
        },
    )
    .expect("defined");
    let state = State {
        script,
        ..State::default()
    };
    let mut store = Store::new(engine, state);
    let instance = linker.instantiate(&mut store, component);
    store.data_mut().instance = Some(instance.expect("an instance"));
    // What went wrong is in what was seen.
    let _ = visited(wasmtime::AsContextMut::as_context_mut(&mut store), "");
    store.into_data().script
}

/// Borrows a context for a shorter time.
trait Reborrow {
    fn as_context_mut_(&mut self) -> StoreContextMut<'_, State>;
}

impl Reborrow for StoreContextMut<'_, State> {
    fn as_context_mut_(&mut self) -> StoreContextMut<'_, State> {
        wasmtime::AsContextMut::as_context_mut(self)
    }
}

impl Guest for Open<'_> {
    fn script(&mut self) -> &mut Script {
        &mut self.0.data_mut().script
    }

    fn call(&mut self, call: &Call) -> Done<String> {
        let resource = |open: &Open<'_>, i: usize| Val::Resource(open.0.data().resources[i]);
        let (name, arg) = match call {
            Call::Run(text) => ("run", Val::String(text.clone())),
            Call::Echo(text) => ("echo", Val::String(text.clone())),
            Call::Length(text) => ("length", Val::String(text.clone())),
            Call::Count(n) => ("count", Val::U32(*n)),
            Call::Make(n) => ("[constructor]r", Val::U32(*n)),
            Call::Text(i) => ("[method]r.text", resource(self, *i)),
            Call::Take(i) => ("take", resource(self, *i)),
            Call::Drop(i) => {
                let resource = self.0.data().resources[*i];
                let dropped = resource.resource_drop(&mut self.0);
                return dropped.map(|()| String::new()).map_err(|e| e.to_string());
            }
        };
        let instance = self.0.data().instance.expect("an instance");
        let guest = instance.get_export_index(&mut self.0, None, GUEST);
        let index = instance.get_export_index(&mut self.0, guest.as_ref(), name);
        let func = instance.get_func(&mut self.0, index.expect("an export"));
        let mut results = [Val::Bool(false)];
        let called = func
            .expect("a function")
            .call(&mut self.0, &[arg], &mut results);
        called.map_err(|e| e.to_string())?;
        Ok(match &results[0] {
            Val::String(text) => text.clone(),
            Val::U32(n) => n.to_string(),
            Val::Resource(resource) => {
                let state = self.0.data_mut();
                state.resources.push(*resource);
                state.script.resources.push(true);
                String::new()
            }
            other => panic!("{other:?}"),
        })
    }
}
