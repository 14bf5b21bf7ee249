//! An interpreter without a script, whose functions read and write streams and futures.

mod both;
mod caller;
mod errors;
mod memory;
mod pipes;
mod values;

use interpreter_support::report_panics;
use std::collections::HashMap;
use wit_dylib::{
    CallFuture, ExportFunc, ImportFunc, Interpreter, Resource, Sources, Type, Value, World,
};

pub struct Streamer {
    imports: HashMap<&'static str, ImportFunc>,
    pipes: pipes::Pipes,
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
        report_panics(world);
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
