//! Calls of a composed component and of the module that it was lowered to.

use wasmtime::component::{Component, Linker, Val as ComponentVal};
use wasmtime::{Engine, Instance, Module, Store, Val};

/// The outcome of a call: the bits of the result, if there is one, or a trap.
pub type Outcome = Result<Option<u64>, ()>;

/// An instance with functions.
pub trait Callee {
    fn call(&mut self, name: &str, args: &[Val], result: bool) -> Outcome;
}

/// The instance of a component.
pub struct Composed(Store<()>, wasmtime::component::Instance);

impl Composed {
    pub fn new(engine: &Engine, component: &Component) -> Option<Self> {
        let mut store = Store::new(engine, ());
        let instance = Linker::new(engine).instantiate(&mut store, component);
        Some(Composed(store, instance.ok()?))
    }
}

impl Callee for Composed {
    fn call(&mut self, name: &str, args: &[Val], result: bool) -> Outcome {
        let func = self.1.get_func(&mut self.0, name).expect("a function");
        let args: Vec<ComponentVal> = args
            .iter()
            .map(|arg| match arg {
                Val::I32(n) => ComponentVal::U32(*n as u32),
                Val::I64(n) => ComponentVal::U64(*n as u64),
                Val::F32(n) => ComponentVal::Float32(f32::from_bits(*n)),
                Val::F64(n) => ComponentVal::Float64(f64::from_bits(*n)),
                other => panic!("{other:?}"),
            })
            .collect();
        let mut results = vec![ComponentVal::Bool(false); usize::from(result)];
        let called = func.call(&mut self.0, &args, &mut results);
        called.map_err(|_| ())?;
        Ok(results.first().map(|val| {
            bits(&match *val {
                ComponentVal::U32(n) => Val::I32(n as i32),
                ComponentVal::U64(n) => Val::I64(n as i64),
                ComponentVal::Float32(n) => Val::F32(n.to_bits()),
                ComponentVal::Float64(n) => Val::F64(n.to_bits()),
                ref other => panic!("{other:?}"),
            })
        }))
    }
}

/// The instance of a lowered module.
pub struct Lowered(Store<()>, Instance);

impl Lowered {
    pub fn new(engine: &Engine, module: &Module) -> Option<Self> {
        let mut store = Store::new(engine, ());
        let instance = Instance::new(&mut store, module, &[]);
        Some(Lowered(store, instance.ok()?))
    }
}

impl Callee for Lowered {
    fn call(&mut self, name: &str, args: &[Val], result: bool) -> Outcome {
        let func = self.1.get_func(&mut self.0, name).expect("a function");
        let mut results = vec![Val::I32(0); usize::from(result)];
        let called = func.call(&mut self.0, args, &mut results);
        called.map_err(|_| ())?;
        Ok(results.first().map(bits))
    }
}

/// The bits of a value; the same for all NaNs.
fn bits(val: &Val) -> u64 {
    match val {
        Val::I32(n) => u64::from(*n as u32),
        Val::I64(n) => *n as u64,
        Val::F32(n) if f32::from_bits(*n).is_nan() => f32::NAN.to_bits().into(),
        Val::F32(n) => (*n).into(),
        Val::F64(n) if f64::from_bits(*n).is_nan() => f64::NAN.to_bits(),
        Val::F64(n) => *n,
        other => panic!("{other:?}"),
    }
}
