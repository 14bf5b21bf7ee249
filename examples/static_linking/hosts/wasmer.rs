//! Runs the linked module on Wasmer.

use std::error::Error;
use wasmer::{imports, Function, FunctionEnv, FunctionEnvMut, Instance, Memory, Module, Store};
use wasmer::{RuntimeError, TypedFunction, WasmPtr};

/// Instantiates a module and calls its `loaded`, which prints through the host.
pub fn run(bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let mut store = Store::default();
    let module = Module::new(&store, bytes)?;
    let memory = FunctionEnv::new(&mut store, None::<Memory>);
    let print = Function::new_typed_with_env(&mut store, &memory, print);
    let imports = imports! {
        "example:linking/console" => { "print" => print },
    };
    let instance = Instance::new(&mut store, &module, &imports)?;
    let exported = instance.exports.get_memory("memory")?.clone();
    *memory.as_mut(&mut store) = Some(exported);
    let loaded: TypedFunction<(), ()> = instance.exports.get_typed_function(&store, "loaded")?;
    loaded.call(&mut store)?;
    Ok(())
}

fn print(
    env: FunctionEnvMut<Option<Memory>>,
    text: WasmPtr<u8>,
    length: u32,
) -> Result<(), RuntimeError> {
    let memory = env.data().as_ref();
    let memory = memory.ok_or_else(|| RuntimeError::new("the module is not instantiated"))?;
    let bytes = text
        .slice(&memory.view(&env), length)
        .and_then(|slice| slice.read_to_vec())
        .map_err(|_| RuntimeError::new("the text is outside of the memory"))?;
    println!("[*] {}", String::from_utf8_lossy(&bytes));
    Ok(())
}

fn main() -> std::process::ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("error: expected an argument\nhint: pass the path of the module");
        return 2.into();
    };
    let result = std::fs::read(&path)
        .map_err(Into::into)
        .and_then(|bytes| run(&bytes));
    if let Err(e) = result {
        eprintln!("error: failed to run {path}: {e}");
        return 1.into();
    }
    0.into()
}
