//! The allocator of static libraries: C's functions, which one object defines for all linked libraries.

use core::alloc::{GlobalAlloc, Layout};

extern "C" {
    fn malloc(size: usize) -> *mut u8;
    fn calloc(count: usize, size: usize) -> *mut u8;
    fn realloc(block: *mut u8, size: usize) -> *mut u8;
    fn aligned_alloc(align: usize, size: usize) -> *mut u8;
    fn free(block: *mut u8);
}

/// The alignment of `malloc`.
const ALIGN: usize = 8;

struct Shared;

#[global_allocator]
static HEAP: Shared = Shared;

// SAFETY: C's functions return blocks of at least this size and alignment, or null.
unsafe impl GlobalAlloc for Shared {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALIGN {
            unsafe { malloc(layout.size()) }
        } else {
            unsafe { aligned_alloc(layout.align(), layout.size()) }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALIGN {
            return unsafe { calloc(1, layout.size()) };
        }
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            unsafe { block.write_bytes(0, layout.size()) };
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= ALIGN {
            return unsafe { realloc(block, size) };
        }
        let new = unsafe { aligned_alloc(layout.align(), size) };
        if !new.is_null() {
            unsafe {
                new.copy_from_nonoverlapping(block, layout.size().min(size));
                free(block);
            }
        }
        new
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        unsafe { free(block) };
    }
}
