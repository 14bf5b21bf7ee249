//! Runs the linked module on wasmtime, as a core module without component support.

use std::error::Error;
use wasmtime::{Caller, Engine, Extern, Linker, Module, Store};

fn run(bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap(
        "example:linking/console",
        "print",
        |mut caller: Caller<'_, ()>, at: u32, length: u32| {
            let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
                return Err(wasmtime::Error::msg("the module exports no memory"));
            };
            let end = (at as usize).saturating_add(length as usize);
            let bytes = memory.data(&caller).get(at as usize..end);
            let bytes =
                bytes.ok_or_else(|| wasmtime::Error::msg("the text is outside of the memory"))?;
            println!("[*] {}", String::from_utf8_lossy(bytes));
            Ok(())
        },
    )?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate(&mut store, &module)?;
    instance
        .get_typed_func::<(), ()>(&mut store, "loaded")?
        .call(&mut store, ())?;
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
