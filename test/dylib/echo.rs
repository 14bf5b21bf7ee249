//! An interpreter without a script: each function returns its arguments.
//!
//! If the world imports the same function, that is called instead, and awaited if it is
//! asynchronous. Every other call of an asynchronous function copies streams and futures, after it
//! has returned. Resources are numbers.

use interpreter_support::allocated;
use std::cell::Cell;
use std::collections::HashMap;
use wit_dylib::{
    CallFuture, ExportFunc, Future, ImportFunc, Interpreter, Own, Resource, Sources, Stream, Type,
    Value, World,
};

struct Echo {
    imports: HashMap<(Option<&'static str>, &'static str), ImportFunc>,
    /// The number of asynchronous calls.
    calls: Cell<usize>,
}

/// The most values of a stream that are read at once.
const CHUNK: usize = 100;

/// Copies a stream while the copy is read.
fn copy_stream(stream: Stream) -> Stream {
    let (writer, copy) = stream.ty().make();
    spawn(async move {
        while let Some(values) = stream.read(CHUNK).unwrap_or_else(|e| panic!("{e}")).await {
            let write = writer.write(values).unwrap_or_else(|e| panic!("{e}"));
            if write.await.is_err() {
                // The reader may need no more.
                break;
            }
        }
    });
    copy
}

/// Copies a future when it has a value.
fn copy_future(future: Future) -> Future {
    let (writer, copy) = future.ty().make(None).unwrap_or_else(|e| panic!("{e}"));
    spawn(async move {
        let read = future.read().unwrap_or_else(|e| panic!("{e}"));
        let value = read.await.expect("a value");
        let write = writer.write(value).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(write.await, Ok(()));
    });
    copy
}

fn spawn(future: impl std::future::Future<Output = ()> + 'static) {
    wit_dylib::spawn(future).unwrap_or_else(|e| panic!("{e}"));
}

/// Copies the streams and futures in a value.
fn copy(value: Value) -> Value {
    let all = |values: Vec<Value>| values.into_iter().map(copy).collect();
    let one = |value: Option<Box<Value>>| value.map(|value| Box::new(copy(*value)));
    match value {
        Value::Stream(stream) => Value::Stream(copy_stream(stream)),
        Value::Future(future) => Value::Future(copy_future(future)),
        Value::Record(ty, fields) => Value::Record(ty, all(fields)),
        Value::Tuple(values) => Value::Tuple(all(values)),
        Value::List(values) => Value::List(all(values)),
        Value::Variant(ty, case, payload) => Value::Variant(ty, case, one(payload)),
        Value::Option(value) => Value::Option(one(value)),
        Value::Result(Ok(value)) => Value::Result(Ok(one(value))),
        Value::Result(Err(value)) => Value::Result(Err(one(value))),
        value => value,
    }
}

impl Echo {
    /// The import of the same function.
    fn import(&self, function: ExportFunc) -> Option<ImportFunc> {
        let name = (function.interface(), function.name());
        self.imports.get(&name).copied()
    }
}

impl Interpreter for Echo {
    fn start(world: World, _: Sources) -> Self {
        std::panic::set_hook(Box::new(|info| wit_dylib::log(&format!("error: {info}\n"))));
        let imports = world.import_funcs();
        Echo {
            imports: imports.map(|f| ((f.interface(), f.name()), f)).collect(),
            calls: Cell::new(0),
        }
    }

    fn call(&self, function: ExportFunc, mut arguments: Vec<Value>) -> Option<Value> {
        let name = function.name();
        if name == "allocated-bytes" {
            // What this function itself was given is freed later.
            drop(arguments);
            return Some(Value::S32(allocated() as i32));
        }
        match (function.result(), arguments.first()) {
            (Some(Type::Own(resource)), Some(Value::U32(rep)))
                if name.starts_with("[constructor]") =>
            {
                return Own::make(resource, *rep).map(Value::Own);
            }
            (_, Some(Value::Borrow(this))) if name.ends_with(".rep") => {
                return this.rep().map(Value::U32);
            }
            _ => {}
        }
        if let Some(import) = self.import(function) {
            return import.call(arguments).unwrap_or_else(|e| panic!("{e}"));
        }
        arguments.retain(|argument| !matches!(argument, Value::Borrow(_)));
        function.result().map(|_| Value::Tuple(arguments))
    }

    fn call_async(&'static self, function: ExportFunc, mut arguments: Vec<Value>) -> CallFuture {
        let calls = self.calls.get();
        self.calls.set(calls + 1);
        if calls % 2 == 1 {
            arguments = arguments.into_iter().map(copy).collect();
        }
        match self.import(function) {
            Some(import) => {
                let call = import.call_async(arguments);
                Box::pin(call.unwrap_or_else(|e| panic!("{e}")))
            }
            None => Box::pin(std::future::ready(self.call(function, arguments))),
        }
    }

    fn destroy(&self, resource: Resource, _: u32) {
        assert!(resource.is_exported());
    }
}

wit_dylib::export!(Echo);
