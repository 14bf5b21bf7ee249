//! The module that the component of [`reenter`](super::reenter) is lowered to, on core engines.

use super::engines::{Compiled, Interpreted};
use super::instance::{Core, Done, Flat, Num};
use super::reenter::{visit, Call, Guest, Script, GUEST, HOST};

/// The state of the host.
struct State<I> {
    script: Script,
    instance: Option<I>,
    /// The resources of the host, and of the component: by handle, the representation.
    things: Vec<u32>,
    handles: Vec<u32>,
    /// The representations of the resources that the host owns.
    owned: Vec<u32>,
}

impl<I> State<I> {
    fn new(script: Script) -> Self {
        State {
            script,
            instance: None,
            things: Vec::new(),
            handles: Vec::new(),
            owned: Vec::new(),
        }
    }
}

/// An instance while the host runs.
trait Open: Core {
    type Instance;
    fn state(&mut self) -> &mut State<Self::Instance>;
}

type Wasmtime<'a> = wasmtime::StoreContextMut<'a, State<wasmtime::Instance>>;
type Wasmi<'a> = wasmi::StoreContextMut<'a, State<wasmi::Instance>>;

impl Open for Compiled<Wasmtime<'_>> {
    type Instance = wasmtime::Instance;
    fn state(&mut self) -> &mut State<wasmtime::Instance> {
        self.store.data_mut()
    }
}

impl Open for Interpreted<Wasmi<'_>> {
    type Instance = wasmi::Instance;
    fn state(&mut self) -> &mut State<wasmi::Instance> {
        self.store.data_mut()
    }
}

/// Runs a script on wasmtime; returns what the host has seen.
pub fn compiled(engine: &wasmtime::Engine, module: &wasmtime::Module, script: Script) -> Script {
    let mut linker = wasmtime::Linker::new(engine);
    for import in module.imports() {
        let (from, name) = (import.module().to_owned(), import.name().to_owned());
        let ty = import.ty().func().expect("a function").clone();
        let call = {
            let (from, name) = (from.clone(), name.clone());
            move |mut caller: wasmtime::Caller<'_, State<wasmtime::Instance>>,
                  args: &[wasmtime::Val],
                  results: &mut [wasmtime::Val]| {
                let args: Vec<u32> = args.iter().map(|v| v.unwrap_i32() as u32).collect();
                let instance = caller.data().instance.expect("an instance");
                let store = wasmtime::AsContextMut::as_context_mut(&mut caller);
                let result = import_call(&mut Compiled { store, instance }, &from, &name, &args);
                let result = result.map_err(wasmtime::Error::msg)?;
                if let (Some(to), Some(n)) = (results.first_mut(), result) {
                    *to = wasmtime::Val::I32(n as i32);
                }
                Ok(())
            }
        };
        linker.func_new(&from, &name, ty, call).expect("defined");
    }
    let mut store = wasmtime::Store::new(engine, State::new(script));
    let instance = linker.instantiate(&mut store, module).expect("an instance");
    store.data_mut().instance = Some(instance);
    let context = wasmtime::AsContextMut::as_context_mut(&mut store);
    // What went wrong is in what was seen.
    let _ = visit(
        &mut InCall(&mut Compiled {
            store: context,
            instance,
        }),
        "",
    );
    store.into_data().script
}

/// Runs a script on wasmi; returns what the host has seen.
pub fn interpreted(engine: &wasmi::Engine, module: &wasmi::Module, script: Script) -> Script {
    let mut linker = wasmi::Linker::new(engine);
    for import in module.imports() {
        let (from, name) = (import.module().to_owned(), import.name().to_owned());
        let ty = import.ty().func().expect("a function").clone();
        let call = {
            let (from, name) = (from.clone(), name.clone());
            move |mut caller: wasmi::Caller<'_, State<wasmi::Instance>>,
                  args: &[wasmi::Val],
                  results: &mut [wasmi::Val]| {
                let args: Vec<u32> = args.iter().map(|v| v.i32().expect("i32") as u32).collect();
                let instance = caller.data().instance.expect("an instance");
                let store = wasmi::AsContextMut::as_context_mut(&mut caller);
                let result = import_call(&mut Interpreted { store, instance }, &from, &name, &args);
                let result = result.map_err(wasmi::Error::new)?;
                if let (Some(to), Some(n)) = (results.first_mut(), result) {
                    *to = wasmi::Val::I32(n as i32);
                }
                Ok(())
            }
        };
        linker.func_new(&from, &name, ty, call).expect("defined");
    }
    let mut store = wasmi::Store::new(engine, State::new(script));
    let instance = linker.instantiate_and_start(&mut store, module);
    let instance = instance.expect("an instance");
    store.data_mut().instance = Some(instance);
    let context = wasmi::AsContextMut::as_context_mut(&mut store);
    // What went wrong is in what was seen.
    let _ = visit(
        &mut InCall(&mut Interpreted {
            store: context,
            instance,
        }),
        "",
    );
    store.into_data().script
}

/// Calls a function that the host provides.
fn import_call<O: Open>(open: &mut O, from: &str, name: &str, args: &[u32]) -> Done<Option<u32>> {
    if from != HOST {
        return intrinsic(open, name, args[0]);
    }
    let visit = |open: &mut O, text: &str| visit(&mut InCall(open), text);
    match (name, args) {
        ("[constructor]thing", [n]) => {
            visit(open, &format!("new {n}"))?;
            let things = &mut open.state().things;
            things.push(*n);
            return Ok(Some(things.len() as u32));
        }
        ("[method]thing.get", [handle]) => {
            visit(open, "get")?;
            return Ok(Some(open.state().things[*handle as usize - 1]));
        }
        ("[resource-drop]thing", [handle]) => {
            let n = open.state().things[*handle as usize - 1];
            visit(open, &format!("drop {n}"))?;
        }
        ("ask", [n, at, length, to]) => {
            let text = read(open, *at, *length)?;
            visit(open, &format!("ask {n} {text}"))?;
            let text = open.state().script.text();
            let pair = write(open, &text)?;
            open.write(*to, &pair)?;
        }
        ("log", [at, length]) => {
            let text = read(open, *at, *length)?;
            visit(open, &format!("log {text}"))?;
        }
        ("number", [n]) => {
            visit(open, &format!("number {n}"))?;
            return Ok(Some(open.state().script.next()));
        }
        ("all", [n, to]) => {
            visit(open, &format!("all {n}"))?;
            let script = &mut open.state().script;
            let count = script.next() % 4;
            let all: Vec<String> = (0..count).map(|_| script.text()).collect();
            let at = open.allocate(4, 8 * count)?;
            for (i, text) in (0..).zip(&all) {
                let pair = write(open, text)?;
                open.write(at + 8 * i, &pair)?;
            }
            open.write(*to, &[at.to_le_bytes(), count.to_le_bytes()].concat())?;
        }
        other => panic!("{other:?}"),
    }
    Ok(None)
}

/// Creates, reads or drops a handle of a resource that the component exports. Here, a component
/// engine lets the host do nothing, and any call must trap.
fn intrinsic<O: Open>(open: &mut O, name: &str, arg: u32) -> Done<Option<u32>> {
    let count = open.call(&format!("{GUEST}#count"), &[Num::I32(1)], Some(Flat::I32));
    assert!(count.is_err(), "a call during `{name}`");
    assert!(open.allocate(1, 1).is_err(), "a block during `{name}`");
    let handles = &mut open.state().handles;
    match name {
        "[resource-new]r" => {
            handles.push(arg);
            Ok(Some(handles.len() as u32))
        }
        "[resource-rep]r" => Ok(Some(handles[arg as usize - 1])),
        "[resource-drop]r" => {
            let rep = handles[arg as usize - 1];
            let destructor = format!("{GUEST}#[dtor]r");
            let _ = open.call(&destructor, &[Num::I32(rep)], None)?;
            Ok(None)
        }
        other => panic!("{other}"),
    }
}

fn read<C: Core>(core: &mut C, at: u32, length: u32) -> Done<String> {
    String::from_utf8(core.read(at, length)?).map_err(|e| e.to_string())
}

/// Writes a string into a new block; returns the bytes of its address and length.
fn write<C: Core>(core: &mut C, text: &str) -> Done<Vec<u8>> {
    let length = text.len() as u32;
    let at = core.allocate(1, length)?;
    core.write(at, text.as_bytes())?;
    Ok([at.to_le_bytes(), length.to_le_bytes()].concat())
}

struct InCall<'a, O>(&'a mut O);

impl<O: Open> InCall<'_, O> {
    /// Calls a function that returns a string.
    fn text(&mut self, name: &str, args: &[Num]) -> Done<String> {
        let result = self.0.call(name, args, Some(Flat::I32))?;
        let result = result.expect("a result");
        let pair = self.0.read(result.bits() as u32, 8)?;
        let word = |at: usize| u32::from_le_bytes(pair[at..at + 4].try_into().expect("four bytes"));
        let text = read(self.0, word(0), word(4))?;
        self.0.call(&format!("cabi_post_{name}"), &[result], None)?;
        Ok(text)
    }

    /// Calls a function that returns a number.
    fn number(&mut self, name: &str, args: &[Num]) -> Done<u32> {
        let result = self.0.call(name, args, Some(Flat::I32))?;
        Ok(result.expect("a result").bits() as u32)
    }

    /// Writes a string as arguments.
    fn args(&mut self, text: &str) -> Done<[Num; 2]> {
        let at = self.0.allocate(1, text.len() as u32)?;
        self.0.write(at, text.as_bytes())?;
        Ok([Num::I32(at), Num::I32(text.len() as u32)])
    }
}

impl<O: Open> Guest for InCall<'_, O> {
    fn script(&mut self) -> &mut Script {
        &mut self.0.state().script
    }

    fn call(&mut self, call: &Call) -> Done<String> {
        let name = |name: &str| format!("{GUEST}#{name}");
        match call {
            Call::Run(text) => {
                let args = self.args(text)?;
                self.text(&name("run"), &args)
            }
            Call::Echo(text) => {
                let args = self.args(text)?;
                self.text(&name("echo"), &args)
            }
            Call::Length(text) => {
                let args = self.args(text)?;
                Ok(self.number(&name("length"), &args)?.to_string())
            }
            Call::Count(n) => {
                let count = self.number(&name("count"), &[Num::I32(*n)])?;
                Ok(count.to_string())
            }
            Call::Make(n) => {
                let handle = self.number(&name("[constructor]r"), &[Num::I32(*n)])?;
                let state = self.0.state();
                state.owned.push(state.handles[handle as usize - 1]);
                state.script.resources.push(true);
                Ok(String::new())
            }
            Call::Text(i) => {
                let rep = self.0.state().owned[*i];
                self.text(&name("[method]r.text"), &[Num::I32(rep)])
            }
            Call::Take(i) => {
                let state = self.0.state();
                state.handles.push(state.owned[*i]);
                let handle = state.handles.len() as u32;
                Ok(self.number(&name("take"), &[Num::I32(handle)])?.to_string())
            }
            Call::Drop(i) => {
                let rep = self.0.state().owned[*i];
                let dropped = self.0.call(&name("[dtor]r"), &[Num::I32(rep)], None);
                dropped.map(|_| String::new())
            }
        }
    }
}
