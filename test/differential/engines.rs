//! The component and the lowered modules on their engines.

use super::abi::{self, MAX_PARAMS};
use super::instance::{Core, Done, Flat, Num};
use super::pair::API;
use super::types::{Ty, Value};
use super::values::{from_val, to_val};
use wasmtime::component::{self, Val};

/// A pair of components that passes values through.
pub trait Pass {
    /// Passes a value through both components and returns the result.
    fn pass(&mut self, ty: &Ty, value: &Value) -> Done<Value>;

    /// Makes the inner component change a byte of its next result.
    fn spoil(&mut self, at: u32) -> Done<()>;

    /// A checksum of the resources that were used.
    fn check(&mut self) -> Done<u32>;
}

/// A lowered module on an engine.
pub struct Lowered(pub Box<dyn Core>);

impl Pass for Lowered {
    fn pass(&mut self, ty: &Ty, value: &Value) -> Done<Value> {
        let core = &mut *self.0;
        let flat = abi::flat(ty);
        let args = if flat.len() > MAX_PARAMS {
            let (size, align) = abi::layout(ty);
            let at = core.allocate(align, size)?;
            abi::store(core, at, ty, value)?;
            vec![Num::I32(at)]
        } else {
            abi::lower(core, ty, value)?
        };
        let direct = flat.len() == 1;
        let result = if direct { flat[0] } else { Flat::I32 };
        let name = format!("{API}#f");
        let result = core.call(&name, &args, Some(result))?;
        let result = result.ok_or("no result")?;
        if direct {
            return abi::lift(core, ty, &[result]);
        }
        let value = abi::load(core, result.bits() as u32, ty)?;
        core.call(&format!("cabi_post_{name}"), &[result], None)?;
        Ok(value)
    }

    fn spoil(&mut self, at: u32) -> Done<()> {
        let name = format!("{API}#spoil");
        self.0.call(&name, &[Num::I32(at)], None).map(|_| ())
    }

    fn check(&mut self) -> Done<u32> {
        let result = self.0.call(&format!("{API}#check"), &[], Some(Flat::I32))?;
        Ok(result.map_or(0, Num::bits) as u32)
    }
}

/// The engine that compiles components and modules.
pub fn compiler() -> wasmtime::Engine {
    let mut config = wasmtime::Config::new();
    // Optimizing code that runs for microseconds would take most of the time.
    config.cranelift_opt_level(wasmtime::OptLevel::None);
    wasmtime::Engine::new(&config).expect("an engine")
}

/// The original component.
pub struct Composed {
    store: wasmtime::Store<()>,
    instance: component::Instance,
}

impl Composed {
    /// Instantiates a component.
    pub fn new(engine: &wasmtime::Engine, component: &component::Component) -> Self {
        let mut store = wasmtime::Store::new(engine, ());
        let linker = component::Linker::new(engine);
        let instance = linker.instantiate(&mut store, component);
        let instance = instance.expect("an instance of the component");
        Composed { store, instance }
    }

    fn call(&mut self, name: &str, args: &[Val], results: &mut [Val]) -> Done<()> {
        let api = self.instance.get_export_index(&mut self.store, None, API);
        let index = self
            .instance
            .get_export_index(&mut self.store, api.as_ref(), name);
        let func = index.and_then(|i| self.instance.get_func(&mut self.store, i));
        let func = func.expect("a function");
        func.call(&mut self.store, args, results)
            .map_err(|e| e.root_cause().to_string())
    }
}

impl Pass for Composed {
    fn pass(&mut self, ty: &Ty, value: &Value) -> Done<Value> {
        let mut results = [Val::Bool(false)];
        self.call("f", &[to_val(ty, value)], &mut results)?;
        Ok(from_val(ty, &results[0]))
    }

    fn spoil(&mut self, at: u32) -> Done<()> {
        self.call("spoil", &[Val::U32(at)], &mut [])
    }

    fn check(&mut self) -> Done<u32> {
        let mut results = [Val::U32(0)];
        self.call("check", &[], &mut results)?;
        match results {
            [Val::U32(n)] => Ok(n),
            _ => Err("no number".to_owned()),
        }
    }
}

/// A module on wasmtime, in a store or in a function that it calls.
pub struct Compiled<C> {
    pub store: C,
    pub instance: wasmtime::Instance,
}

impl Compiled<wasmtime::Store<()>> {
    /// Instantiates a module.
    pub fn new(engine: &wasmtime::Engine, module: &wasmtime::Module) -> Self {
        let mut store = wasmtime::Store::new(engine, ());
        let instance = wasmtime::Instance::new(&mut store, module, &[]).expect("an instance");
        Compiled { store, instance }
    }
}

impl<C: wasmtime::AsContextMut> Compiled<C> {
    fn memory(&mut self) -> wasmtime::Memory {
        let memory = self.instance.get_memory(&mut self.store, "memory");
        memory.expect("a memory")
    }
}

impl<C: wasmtime::AsContextMut> Core for Compiled<C> {
    fn call(&mut self, name: &str, args: &[Num], result: Option<Flat>) -> Done<Option<Num>> {
        use wasmtime::Val;
        let func = self.instance.get_func(&mut self.store, name);
        let func = func.unwrap_or_else(|| panic!("no function {name}"));
        let args: Vec<Val> = args
            .iter()
            .map(|arg| match *arg {
                Num::I32(n) => Val::I32(n as i32),
                Num::I64(n) => Val::I64(n as i64),
                Num::F32(n) => Val::F32(n),
                Num::F64(n) => Val::F64(n),
            })
            .collect();
        let mut results = vec![Val::I32(0); usize::from(result.is_some())];
        func.call(&mut self.store, &args, &mut results)
            .map_err(|e| e.root_cause().to_string())?;
        Ok(results.first().map(|val| match *val {
            Val::I32(n) => Num::I32(n as u32),
            Val::I64(n) => Num::I64(n as u64),
            Val::F32(n) => Num::F32(n),
            Val::F64(n) => Num::F64(n),
            _ => panic!("{val:?}"),
        }))
    }

    fn read(&mut self, at: u32, length: u32) -> Done<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        let read = self.memory().read(&self.store, at as usize, &mut bytes);
        read.map(|()| bytes).map_err(|e| e.to_string())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Done<()> {
        let written = self.memory().write(&mut self.store, at as usize, bytes);
        written.map_err(|e| e.to_string())
    }
}

/// A module on wasmi, in a store or in a function that it calls.
pub struct Interpreted<C> {
    pub store: C,
    pub instance: wasmi::Instance,
}

impl Interpreted<wasmi::Store<()>> {
    /// Instantiates a module.
    pub fn new(engine: &wasmi::Engine, module: &wasmi::Module) -> Self {
        let mut store = wasmi::Store::new(engine, ());
        let linker = wasmi::Linker::new(engine);
        let instance = linker.instantiate_and_start(&mut store, module);
        let instance = instance.expect("an instance");
        Interpreted { store, instance }
    }
}

impl<C: wasmi::AsContextMut> Interpreted<C> {
    fn memory(&mut self) -> wasmi::Memory {
        let memory = self.instance.get_memory(&self.store, "memory");
        memory.expect("a memory")
    }
}

impl<C: wasmi::AsContextMut> Core for Interpreted<C> {
    fn call(&mut self, name: &str, args: &[Num], result: Option<Flat>) -> Done<Option<Num>> {
        use wasmi::Val;
        let func = self.instance.get_func(&self.store, name);
        let func = func.unwrap_or_else(|| panic!("no function {name}"));
        let args: Vec<Val> = args
            .iter()
            .map(|arg| match *arg {
                Num::I32(n) => Val::I32(n as i32),
                Num::I64(n) => Val::I64(n as i64),
                Num::F32(n) => Val::F32(f32::from_bits(n).into()),
                Num::F64(n) => Val::F64(f64::from_bits(n).into()),
            })
            .collect();
        let mut results = vec![Val::I32(0); usize::from(result.is_some())];
        func.call(&mut self.store, &args, &mut results)
            .map_err(|e| e.to_string())?;
        Ok(results.first().map(|val| match val {
            Val::I32(n) => Num::I32(*n as u32),
            Val::I64(n) => Num::I64(*n as u64),
            Val::F32(n) => Num::F32(n.to_bits()),
            Val::F64(n) => Num::F64(n.to_bits()),
            _ => panic!("{val:?}"),
        }))
    }

    fn read(&mut self, at: u32, length: u32) -> Done<Vec<u8>> {
        let mut bytes = vec![0; length as usize];
        let read = self.memory().read(&self.store, at as usize, &mut bytes);
        read.map(|()| bytes).map_err(|e| e.to_string())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Done<()> {
        let written = self.memory().write(&mut self.store, at as usize, bytes);
        written.map_err(|e| e.to_string())
    }
}
