//! Runs the linked module on the interpreter wasmi.

use std::error::Error;
use wasmi::{Caller, Engine, Extern, Linker, Module, Store};

/// Instantiates a module and calls its `loaded`, which prints through the host.
pub fn run(bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let engine = Engine::default();
    let module = Module::new(&engine, bytes)?;
    let mut linker = Linker::new(&engine);
    linker.func_wrap(
        "example:linking/console",
        "print",
        |caller: Caller<'_, ()>, at: u32, length: u32| {
            let Some(Extern::Memory(memory)) = caller.get_export("memory") else {
                return Err(wasmi::Error::new("the module exports no memory"));
            };
            let end = (at as usize).saturating_add(length as usize);
            let bytes = memory.data(&caller).get(at as usize..end);
            let bytes =
                bytes.ok_or_else(|| wasmi::Error::new("the text is outside of the memory"))?;
            println!("[*] {}", String::from_utf8_lossy(bytes));
            Ok(())
        },
    )?;
    let mut store = Store::new(&engine, ());
    let instance = linker.instantiate_and_start(&mut store, &module)?;
    instance
        .get_typed_func::<(), ()>(&store, "loaded")?
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
