//! An interpreter without a script: each function returns its arguments.
//!
//! If the world imports the same function, that is called instead, and awaited if it is
//! asynchronous. Resources are numbers.

use std::alloc::{GlobalAlloc, Layout, System};
use std::collections::HashMap;
use std::sync::atomic::{AtomicIsize, Ordering};
use wit_dylib::{
    CallFuture, ExportFunc, ImportFunc, Interpreter, Own, Resource, Sources, Type, Value, World,
};

/// The allocator of the standard library, which counts.
struct Counting;

static ALLOCATED: AtomicIsize = AtomicIsize::new(0);

// SAFETY: this is the allocator of the standard library.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

struct Echo {
    imports: HashMap<(Option<&'static str>, &'static str), ImportFunc>,
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
        }
    }

    fn call(&self, function: ExportFunc, mut arguments: Vec<Value>) -> Option<Value> {
        let name = function.name();
        if name == "allocated-bytes" {
            // What this function itself was given is freed later.
            drop(arguments);
            return Some(Value::S32(ALLOCATED.load(Ordering::Relaxed) as i32));
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

    fn call_async(&'static self, function: ExportFunc, arguments: Vec<Value>) -> CallFuture {
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
