//! The one allocator of modules that are linked of several libraries: C's functions, on the allocator of Rust's
//! standard library. That wants to be told the size of what it frees, which C does not tell, so each block has it before it.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;

/// What every block is aligned to: the most that a C type asks for here, and a WIT type.
const ALIGN: usize = 8;

/// The room before a block: its size and its alignment, as two words.
fn room(align: usize) -> usize {
    align.max(ALIGN)
}

fn layout(size: usize, align: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(room(align))?, align.max(ALIGN)).ok()
}

/// Writes what is known of a block before it.
///
/// # Safety
///
/// `base` is null or has room for it and the block.
unsafe fn finish(base: *mut u8, size: usize, align: usize) -> *mut u8 {
    if base.is_null() {
        return base;
    }
    unsafe {
        let block = base.add(room(align));
        block.cast::<usize>().sub(2).write(size);
        block.cast::<usize>().sub(1).write(align);
        block
    }
}

/// Reads it: size and alignment.
///
/// # Safety
///
/// `block` is one of ours.
unsafe fn known(block: *mut u8) -> (usize, usize) {
    unsafe { (block.cast::<usize>().sub(2).read(), block.cast::<usize>().sub(1).read()) }
}

/// C's `aligned_alloc`; the size need not be a multiple.
///
/// # Safety
///
/// None is needed.
#[no_mangle]
pub unsafe extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut u8 {
    match layout(size, align) {
        Some(layout) => unsafe { finish(System.alloc(layout), size, align) },
        None => null_mut(),
    }
}

/// C's `malloc`.
///
/// # Safety
///
/// None is needed.
#[no_mangle]
pub unsafe extern "C" fn malloc(size: usize) -> *mut u8 {
    unsafe { aligned_alloc(ALIGN, size) }
}

/// C's `calloc`.
///
/// # Safety
///
/// None is needed.
#[no_mangle]
pub unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut u8 {
    let Some(size) = count.checked_mul(size) else {
        return null_mut();
    };
    match layout(size, ALIGN) {
        Some(layout) => unsafe { finish(System.alloc_zeroed(layout), size, ALIGN) },
        None => null_mut(),
    }
}

/// C's `realloc`.
///
/// # Safety
///
/// `block` is null or one of ours.
#[no_mangle]
pub unsafe extern "C" fn realloc(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        return unsafe { malloc(size) };
    }
    let (old, align) = unsafe { known(block) };
    let (Some(old), Some(new)) = (layout(old, align), layout(size, align)) else {
        return null_mut();
    };
    unsafe {
        let base = System.realloc(block.sub(room(align)), old, new.size());
        finish(base, size, align)
    }
}

/// C's `free`.
///
/// # Safety
///
/// `block` is null or one of ours.
#[no_mangle]
pub unsafe extern "C" fn free(block: *mut u8) {
    if block.is_null() {
        return;
    }
    let (size, align) = unsafe { known(block) };
    if let Some(layout) = layout(size, align) {
        unsafe { System.dealloc(block.sub(room(align)), layout) };
    }
}
