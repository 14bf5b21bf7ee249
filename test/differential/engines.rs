//! The engines, and what goes in and out of them.

use super::abi::{self, Done, Flat, MAX_PARAMS};
use super::pair::API;
use super::types::{Ty, Value};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use wasmtime::component::{self, Val};

/// A core value, by its bits.
#[derive(Clone, Copy, Debug)]
pub enum Num {
    I32(u32),
    I64(u64),
    F32(u32),
    F64(u64),
}

impl Num {
    /// The bits as a value of a type.
    pub fn new(ty: Flat, bits: u64) -> Num {
        match ty {
            Flat::I32 => Num::I32(bits as u32),
            Flat::I64 => Num::I64(bits),
            Flat::F32 => Num::F32(bits as u32),
            Flat::F64 => Num::F64(bits),
        }
    }

    /// The bits.
    pub fn bits(self) -> u64 {
        match self {
            Num::I32(n) | Num::F32(n) => n.into(),
            Num::I64(n) | Num::F64(n) => n,
        }
    }
}

/// An instance of a core module.
pub trait Core {
    /// Calls an export, which has this type of result.
    fn call(&mut self, name: &str, args: &[Num], result: Option<Flat>) -> Done<Option<Num>>;

    /// Reads memory.
    fn read(&mut self, at: u32, length: u32) -> Done<Vec<u8>>;

    /// Writes memory.
    fn write(&mut self, at: u32, bytes: &[u8]) -> Done<()>;

    /// Has the module allocate.
    fn allocate(&mut self, align: u32, size: u32) -> Done<u32> {
        let args = [0, 0, align, size].map(Num::I32);
        let at = self.call("cabi_realloc", &args, Some(Flat::I32))?;
        Ok(at.map_or(0, Num::bits) as u32)
    }
}

/// Something that passes values through.
pub trait Pass {
    /// Passes a value.
    fn pass(&mut self, ty: &Ty, value: &Value) -> Done<Value>;

    /// Changes a byte of what the inner component returns the next time.
    fn spoil(&mut self, at: u32) -> Done<()>;

    /// A number that says what was seen of resources.
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

/// The engine that compiles, for components and for modules.
pub fn compiler() -> wasmtime::Engine {
    let mut config = wasmtime::Config::new();
    // Most of the time would go into optimising what runs for microseconds.
    config.cranelift_opt_level(wasmtime::OptLevel::None);
    wasmtime::Engine::new(&config).expect("an engine")
}

/// The component as it is.
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

fn to_val(ty: &Ty, value: &Value) -> Val {
    let case = |i: usize| format!("c{i}");
    match (ty, value) {
        (Ty::Own, Value::Int(n)) => Val::U32(*n as u32),
        (Ty::Int(8, false), Value::Int(n)) => Val::U8(*n as u8),
        (Ty::Int(8, true), Value::Int(n)) => Val::S8(*n as i8),
        (Ty::Int(16, false), Value::Int(n)) => Val::U16(*n as u16),
        (Ty::Int(16, true), Value::Int(n)) => Val::S16(*n as i16),
        (Ty::Int(32, false), Value::Int(n)) => Val::U32(*n as u32),
        (Ty::Int(32, true), Value::Int(n)) => Val::S32(*n as i32),
        (Ty::Int(_, false), Value::Int(n)) => Val::U64(*n),
        (Ty::Int(_, true), Value::Int(n)) => Val::S64(*n as i64),
        (_, Value::Bool(b)) => Val::Bool(*b),
        (_, Value::F32(n)) => Val::Float32(f32::from_bits(*n)),
        (_, Value::F64(n)) => Val::Float64(f64::from_bits(*n)),
        (_, Value::Char(c)) => Val::Char(*c),
        (_, Value::String(text)) => Val::String(text.clone()),
        (Ty::List(ty), Value::List(values)) => {
            Val::List(values.iter().map(|v| to_val(ty, v)).collect())
        }
        (Ty::Record(fields), Value::Fields(values)) => {
            let all = fields.iter().zip(values).enumerate();
            let all = all.map(|(i, (ty, v))| (format!("f{i}"), to_val(ty, v)));
            Val::Record(all.collect())
        }
        (Ty::Tuple(fields), Value::Fields(values)) => {
            let all = fields.iter().zip(values);
            Val::Tuple(all.map(|(ty, v)| to_val(ty, v)).collect())
        }
        (_, Value::Flags(bits)) => {
            let names = (0..32).filter(|i| bits >> i & 1 == 1);
            Val::Flags(names.map(|i| format!("b{i}")).collect())
        }
        (_, Value::Case(i, inner)) => {
            let cases = ty.cases().unwrap_or_default();
            let inner = match (&cases[*i], inner) {
                (Some(ty), Some(value)) => Some(Box::new(to_val(ty, value))),
                _ => None,
            };
            match ty {
                Ty::Enum(_) => Val::Enum(case(*i)),
                Ty::Option(_) => Val::Option(inner),
                Ty::Result(..) if *i == 0 => Val::Result(Ok(inner)),
                Ty::Result(..) => Val::Result(Err(inner)),
                _ => Val::Variant(case(*i), inner),
            }
        }
        _ => panic!("{value:?} is no {ty:?}"),
    }
}

fn from_val(ty: &Ty, val: &Val) -> Value {
    let number = |name: &String| name[1..].parse().expect("a number");
    let inner = |i: usize, inner: &Option<Box<Val>>| {
        let cases = ty.cases().unwrap_or_default();
        let value = match (&cases[i], inner) {
            (Some(ty), Some(val)) => Some(Box::new(from_val(ty, val))),
            _ => None,
        };
        Value::Case(i, value)
    };
    let bits = |n: u64| match ty {
        Ty::Int(bits, _) => Value::Int(n & (u64::MAX >> (64 - bits))),
        _ => Value::Int(n),
    };
    match val {
        Val::Bool(b) => Value::Bool(*b),
        Val::U8(n) => bits(u64::from(*n)),
        Val::S8(n) => bits(*n as u64),
        Val::U16(n) => bits(u64::from(*n)),
        Val::S16(n) => bits(*n as u64),
        Val::U32(n) => bits(u64::from(*n)),
        Val::S32(n) => bits(*n as u64),
        Val::U64(n) => bits(*n),
        Val::S64(n) => bits(*n as u64),
        Val::Float32(n) => Value::F32(n.to_bits()),
        Val::Float64(n) => Value::F64(n.to_bits()),
        Val::Char(c) => Value::Char(*c),
        Val::String(text) => Value::String(text.clone()),
        Val::List(all) => match ty {
            Ty::List(ty) => Value::List(all.iter().map(|v| from_val(ty, v)).collect()),
            _ => panic!("{ty:?}"),
        },
        Val::Record(all) => {
            let fields = ty.fields().unwrap_or_default().iter().zip(all);
            Value::Fields(fields.map(|(ty, (_, v))| from_val(ty, v)).collect())
        }
        Val::Tuple(all) => {
            let fields = ty.fields().unwrap_or_default().iter().zip(all);
            Value::Fields(fields.map(|(ty, v)| from_val(ty, v)).collect())
        }
        Val::Flags(names) => {
            let bits = names.iter().map(|name| 1 << number(name) as u32);
            Value::Flags(bits.fold(0, |all: u32, bit: u32| all | bit))
        }
        Val::Enum(name) => Value::Case(number(name), None),
        Val::Variant(name, val) => inner(number(name), val),
        Val::Option(val) => inner(usize::from(val.is_some()), val),
        Val::Result(Ok(val)) => inner(0, val),
        Val::Result(Err(val)) => inner(1, val),
        other => panic!("{other:?}"),
    }
}

/// A module on wasmtime.
pub struct Compiled {
    store: wasmtime::Store<()>,
    instance: wasmtime::Instance,
    memory: wasmtime::Memory,
}

impl Compiled {
    /// Instantiates a module.
    pub fn new(engine: &wasmtime::Engine, module: &wasmtime::Module) -> Self {
        let mut store = wasmtime::Store::new(engine, ());
        let instance = wasmtime::Instance::new(&mut store, module, &[]).expect("an instance");
        let memory = instance.get_memory(&mut store, "memory").expect("a memory");
        Compiled {
            store,
            instance,
            memory,
        }
    }
}

impl Core for Compiled {
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
        let read = self.memory.read(&self.store, at as usize, &mut bytes);
        read.map(|()| bytes).map_err(|e| e.to_string())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Done<()> {
        let written = self.memory.write(&mut self.store, at as usize, bytes);
        written.map_err(|e| e.to_string())
    }
}

/// A module on wasmi.
pub struct Interpreted {
    store: wasmi::Store<()>,
    instance: wasmi::Instance,
    memory: wasmi::Memory,
}

impl Interpreted {
    /// Instantiates a module.
    pub fn new(engine: &wasmi::Engine, module: &wasmi::Module) -> Self {
        let mut store = wasmi::Store::new(engine, ());
        let linker = wasmi::Linker::new(engine);
        let instance = linker.instantiate_and_start(&mut store, module);
        let instance = instance.expect("an instance");
        let memory = instance.get_memory(&store, "memory").expect("a memory");
        Interpreted {
            store,
            instance,
            memory,
        }
    }
}

impl Core for Interpreted {
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
        let read = self.memory.read(&self.store, at as usize, &mut bytes);
        read.map(|()| bytes).map_err(|e| e.to_string())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Done<()> {
        let written = self.memory.write(&mut self.store, at as usize, bytes);
        written.map_err(|e| e.to_string())
    }
}

/// A module on wasm3, in a process of its own that is told what to do.
pub struct Process {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Process {
    /// Starts the program and loads a module.
    pub fn new(program: &Path, module: &Path) -> Self {
        let mut child = Command::new(program)
            .arg(module)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("wasm3 starts");
        let input = child.stdin.take().expect("the standard input");
        let output = BufReader::new(child.stdout.take().expect("the standard output"));
        Process {
            child,
            input,
            output,
        }
    }

    fn ask(&mut self, question: &str) -> Done<String> {
        writeln!(self.input, "{question}").expect("wasm3 listens");
        let mut answer = String::new();
        self.output.read_line(&mut answer).expect("wasm3 answers");
        match answer.trim_end_matches('\n').split_once(' ') {
            Some(("ok", rest)) => Ok(rest.to_owned()),
            _ => Err(answer),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Core for Process {
    fn call(&mut self, name: &str, args: &[Num], result: Option<Flat>) -> Done<Option<Num>> {
        let mut question = format!("call {name}");
        for arg in args {
            question.push_str(&format!(" {}", arg.bits()));
        }
        let answer = self.ask(&question)?;
        Ok(result.map(|ty| Num::new(ty, answer.parse().expect("a number"))))
    }

    fn read(&mut self, at: u32, length: u32) -> Done<Vec<u8>> {
        let text = self.ask(&format!("read {at} {length}"))?;
        let digits = text.as_bytes().chunks(2);
        let digits = digits.map(|two| std::str::from_utf8(two).unwrap_or_default());
        Ok(digits
            .map(|two| u8::from_str_radix(two, 16).expect("a byte"))
            .collect())
    }

    fn write(&mut self, at: u32, bytes: &[u8]) -> Done<()> {
        let digits: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
        self.ask(&format!("write {at} {digits}")).map(|_| ())
    }
}
