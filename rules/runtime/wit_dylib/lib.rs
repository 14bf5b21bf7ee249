//! Interpreters in Rust whose scripts are WebAssembly components.
//!
//! Implement [`Interpreter`] and export it:
//!
//! ```ignore
//! struct Echo;
//!
//! impl wit_dylib::Interpreter for Echo {
//!     fn start(_: World, _: Sources) -> Self {
//!         Echo
//!     }
//!     fn call(&self, _: ExportFunc, arguments: Vec<Value>) -> Option<Value> {
//!         arguments.into_iter().next()
//!     }
//! }
//!
//! wit_dylib::export!(Echo);
//! ```
//!
//! A `cdylib` of it for `wasm32-unknown-unknown` is an interpreter for the rules: it exports the
//! functions in `wit_dylib.h`, which this crate defines. Strings are UTF-8. A value of the wrong
//! type panics, before it is converted, with a message that names the function; a panic is a trap.
//!
//! Asynchronous functions that the world exports are futures, which wait for such functions that it
//! imports:
//!
//! ```ignore
//! fn call_async(&'static self, _: ExportFunc, arguments: Vec<Value>) -> CallFuture {
//!     let started = self.fetch.call_async(arguments);
//!     Box::pin(async move { started.unwrap_or_else(|e| panic!("{e}")).await })
//! }
//! ```
//!
//! Each call is a task of the host, and several can be in progress. The functions of an interpreter
//! run one at a time, until a future is pending.
//!
//! Such calls also read and write streams and futures. A call that returns a stream spawns a future
//! that writes it:
//!
//! ```ignore
//! let (writer, stream) = stream_type.make();
//! wit_dylib::spawn(async move {
//!     while let Some(values) = next_values().await {
//!         match writer.write(values).unwrap_or_else(|e| panic!("{e}")).await {
//!             Ok(()) => {}
//!             // The reader has gone.
//!             Err(_left) => break,
//!         }
//!     }
//! })?;
//! Some(Value::Stream(stream))
//! ```
//!
//! Payloads without a type are empty tuples.

#![no_std]
#![warn(missing_docs)]

extern crate alloc;

#[cfg(target_family = "wasm")]
mod abi;
#[cfg(target_family = "wasm")]
mod builtins;
#[cfg(target_family = "wasm")]
mod call;
#[cfg(target_family = "wasm")]
mod composite;
#[cfg(target_family = "wasm")]
mod elements;
mod end;
#[cfg(target_family = "wasm")]
mod import;
mod lend;
mod name;
mod raw;
#[cfg(target_family = "wasm")]
mod run;
mod state;
#[cfg(target_family = "wasm")]
mod task;
#[cfg(target_family = "wasm")]
mod transfer;
mod value;
#[cfg(target_family = "wasm")]
mod waitable;
mod world;
#[cfg(target_family = "wasm")]
mod writer;

pub use end::{Future, Stream};
pub use name::{short_interface_name, FunctionKind, FunctionName};
pub use value::{Borrow, Own, Value};
pub use world::{
    Alias, Enum, ExportFunc, Flags, FutureType, ImportFunc, List, Map, OptionType, Record,
    Resource, ResultType, StreamType, Tuple, Type, Variant, World,
};

#[cfg(target_family = "wasm")]
pub use import::ImportCall;
#[cfg(target_family = "wasm")]
mod log;
#[cfg(target_family = "wasm")]
pub use log::log;
#[cfg(target_family = "wasm")]
pub use task::spawn;
#[cfg(target_family = "wasm")]
pub use transfer::{Read, Write};
#[cfg(target_family = "wasm")]
pub use writer::{FutureWriter, StreamWriter};
#[doc(hidden)]
pub use state::Once;

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::pin::Pin;

/// The version of the generated libraries that this crate works with.
pub const VERSION: u32 = 3;

/// The result of a call that may wait.
pub type CallFuture = Pin<Box<dyn core::future::Future<Output = Option<Value>>>>;

/// An interpreter.
pub trait Interpreter: Sized {
    /// Starts the interpreter, and loads the sources. It is called once, while the component is
    /// instantiated.
    fn start(world: World, sources: Sources) -> Self;

    /// Calls a function that the world exports. The result must have its type: see
    /// [`ExportFunc::result`]. A call may happen while another one waits for a function that it has
    /// called.
    fn call(&self, function: ExportFunc, arguments: Vec<Value>) -> Option<Value>;

    /// Calls a function that the world exports as an asynchronous one, and returns the future of its
    /// result. Without this, `call` is called, which cannot wait.
    ///
    /// The future is polled when its waker is used, which may happen in another call. If the host
    /// cancels the call, the future is dropped. A future that is pending and whose waker nobody has
    /// any more is an error.
    ///
    /// The call returns when the future is ready and no call of an import uses a resource that its
    /// caller has lent. Calls of imports that have not returned go on after that.
    fn call_async(&'static self, function: ExportFunc, arguments: Vec<Value>) -> CallFuture {
        Box::pin(core::future::ready(self.call(function, arguments)))
    }

    /// Destroys a resource that the world exports, by its representation.
    fn destroy(&self, resource: Resource, rep: u32) {
        let _ = (resource, rep);
    }
}

/// The sources of the script.
#[derive(Clone, Copy)]
pub struct Sources(pub(crate) ());

/// A source of the script.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The name, such as the path below the root of the workspace.
    pub name: &'static str,
    /// The content.
    pub data: &'static [u8],
}

impl Sources {
    /// The sources, of which the first is the entry point. An interpreter that does not call this
    /// takes no sources.
    #[cfg(target_family = "wasm")]
    pub fn iter(self) -> impl ExactSizeIterator<Item = Source> {
        #[link(wasm_import_module = "env")]
        extern "C" {
            fn wit_dylib_sources() -> &'static raw::Array<raw::Source>;
        }
        // SAFETY: the function returns constant data.
        let all = unsafe { wit_dylib_sources() }.all().iter();
        all.map(|source| Source {
            name: source.name.get().unwrap_or_default(),
            // SAFETY: the same.
            data: unsafe { core::slice::from_raw_parts(source.data, source.size) },
        })
    }
}

/// Exports an interpreter: once in a program.
#[macro_export]
macro_rules! export {
    ($interpreter:ty) => {
        const _: () = {
            static INTERPRETER: $crate::Once<$interpreter> = $crate::Once::new();

            #[no_mangle]
            fn wit_dylib_interpreter_start(world: $crate::World, sources: $crate::Sources) {
                let started = <$interpreter as $crate::Interpreter>::start(world, sources);
                INTERPRETER.set(started);
            }

            #[no_mangle]
            fn wit_dylib_interpreter_call(
                function: $crate::ExportFunc,
                arguments: $crate::Values,
            ) -> Option<$crate::Value> {
                $crate::Interpreter::call(INTERPRETER.get(), function, arguments)
            }

            #[no_mangle]
            fn wit_dylib_interpreter_call_async(
                function: $crate::ExportFunc,
                arguments: $crate::Values,
            ) -> $crate::CallFuture {
                $crate::Interpreter::call_async(INTERPRETER.get(), function, arguments)
            }

            #[no_mangle]
            fn wit_dylib_interpreter_destroy(resource: $crate::Resource, rep: u32) {
                $crate::Interpreter::destroy(INTERPRETER.get(), resource, rep)
            }
        };
    };
}

#[doc(hidden)]
pub type Values = Vec<Value>;
