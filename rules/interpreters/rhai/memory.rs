//! An allocator that says why the component traps when memory is exhausted.

use crate::messages;
use std::alloc::{GlobalAlloc, Layout, System};

/// The allocator of the standard library, which reports failures.
struct Reporting;

#[global_allocator]
static ALLOCATOR: Reporting = Reporting;

fn checked(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        messages::out_of_memory(size);
    }
    block
}

// SAFETY: this is the allocator of the standard library.
unsafe impl GlobalAlloc for Reporting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        checked(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        checked(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        checked(unsafe { System.realloc(block, layout, size) }, size)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        unsafe { System.dealloc(block, layout) }
    }
}
