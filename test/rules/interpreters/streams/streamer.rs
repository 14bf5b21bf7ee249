//! An interpreter without a script, whose functions read and write streams and futures.

mod both;
mod caller;
mod errors;
mod memory;
mod pipes;
mod values;

use std::cell::Cell;
use std::collections::HashMap;
use wit_dylib::{
    CallFuture, ExportFunc, ImportFunc, Interpreter, Resource, Sources, Type, Value, World,
};

pub struct Streamer {
    imports: HashMap<&'static str, ImportFunc>,
    pipes: pipes::Pipes,
}

thread_local! {
    static WORLD: Cell<Option<World>> = const { Cell::new(None) };
}

/// Writes to standard error if the world imports it.
fn report(message: &str) {
    let import = |name| {
        let mut all = WORLD.get()?.import_funcs();
        all.find(|f| f.name() == name)
    };
    let write = import("[method]output-stream.blocking-write-and-flush");
    if let (Some(get), Some(write)) = (import("get-stderr"), write) {
        if let Ok(Some(Value::Own(stream))) = get.call(Vec::new()) {
            let message = Value::Bytes(message.into());
            let written = write.call(vec![Value::Borrow(stream.borrow()), message]);
            drop(written);
        }
    }
}

impl Streamer {
    /// Calls an import, and waits for its result.
    async fn call(&self, name: &str, arguments: Vec<Value>) -> Option<Value> {
        let call = self.imports[name].call_async(arguments);
        call.unwrap_or_else(|e| panic!("{e}")).await
    }

    /// The type of a parameter of an import.
    fn param(&self, name: &str) -> Type {
        let mut params = self.imports[name].params();
        params.next().expect("a parameter")
    }
}

impl Interpreter for Streamer {
    fn start(world: World, sources: Sources) -> Self {
        assert_eq!(sources.iter().len(), 1);
        WORLD.set(Some(world));
        std::panic::set_hook(Box::new(|info| report(&format!("{info}\n"))));
        Streamer {
            imports: world.import_funcs().map(|f| (f.name(), f)).collect(),
            pipes: pipes::Pipes::default(),
        }
    }

    fn call(&self, function: ExportFunc, arguments: Vec<Value>) -> Option<Value> {
        if function.name() == "run-now" {
            return values::from_texts(self.errors_now());
        }
        self.pipes.call_now(function, arguments)
    }

    fn call_async(&'static self, function: ExportFunc, arguments: Vec<Value>) -> CallFuture {
        if function.name() == "run" {
            return Box::pin(self.run(values::text(arguments.into_iter().next())));
        }
        Box::pin(self.pipes.call(function, arguments))
    }

    fn destroy(&self, _: Resource, rep: u32) {
        self.pipes.event(format!("dropped {rep}"));
    }
}

wit_dylib::export!(Streamer);
