//! What interpreters in tests share.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicIsize, Ordering};
use wit_dylib::{Value, World};

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

/// The number of bytes that are allocated.
pub fn allocated() -> isize {
    ALLOCATED.load(Ordering::Relaxed)
}

thread_local! {
    static WORLD: Cell<Option<World>> = const { Cell::new(None) };
}

/// Writes the messages of panics to the standard error of a world, if that imports it.
pub fn report_panics(world: World) {
    WORLD.set(Some(world));
    std::panic::set_hook(Box::new(|info| report(&format!("{info}\n"))));
}

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
