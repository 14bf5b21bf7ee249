//! The allocator of statically linked modules: C's functions, on the allocator of Rust's standard library. That one
//! needs the size of a block to free it, unlike C, so a header before each block stores its size and alignment.

use std::alloc::{GlobalAlloc, Layout, System};
use std::ptr::null_mut;

/// The minimal alignment of a block, which suffices for all C and WIT types.
const ALIGN: usize = 8;

/// Returns the number of bytes before a block. The last two words are its size and its alignment.
fn header_size(align: usize) -> usize {
    align.max(ALIGN)
}

fn layout(size: usize, align: usize) -> Option<Layout> {
    Layout::from_size_align(size.checked_add(header_size(align))?, align.max(ALIGN)).ok()
}

/// Writes the header of a block, and returns the block.
///
/// # Safety
///
/// `base` is null, or the start of an allocation for the header and the block.
unsafe fn write_header(base: *mut u8, size: usize, align: usize) -> *mut u8 {
    if base.is_null() {
        return base;
    }
    unsafe {
        let block = base.add(header_size(align));
        block.cast::<usize>().sub(2).write(size);
        block.cast::<usize>().sub(1).write(align);
        block
    }
}

/// Reads the size and the alignment of a block from its header.
///
/// # Safety
///
/// `block` is a block of these functions.
unsafe fn read_header(block: *mut u8) -> (usize, usize) {
    unsafe {
        (
            block.cast::<usize>().sub(2).read(),
            block.cast::<usize>().sub(1).read(),
        )
    }
}

/// C's `aligned_alloc`. The size need not be a multiple of the alignment.
///
/// # Safety
///
/// There are no requirements.
#[no_mangle]
pub unsafe extern "C" fn aligned_alloc(align: usize, size: usize) -> *mut u8 {
    match layout(size, align) {
        Some(layout) => unsafe { write_header(System.alloc(layout), size, align) },
        None => null_mut(),
    }
}

/// C's `malloc`.
///
/// # Safety
///
/// There are no requirements.
#[no_mangle]
pub unsafe extern "C" fn malloc(size: usize) -> *mut u8 {
    unsafe { aligned_alloc(ALIGN, size) }
}

/// C's `calloc`.
///
/// # Safety
///
/// There are no requirements.
#[no_mangle]
pub unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut u8 {
    let Some(size) = count.checked_mul(size) else {
        return null_mut();
    };
    match layout(size, ALIGN) {
        Some(layout) => unsafe { write_header(System.alloc_zeroed(layout), size, ALIGN) },
        None => null_mut(),
    }
}

/// C's `realloc`.
///
/// # Safety
///
/// `block` is null, or a block of these functions.
#[no_mangle]
pub unsafe extern "C" fn realloc(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        return unsafe { malloc(size) };
    }
    let (old, align) = unsafe { read_header(block) };
    let (Some(old), Some(new)) = (layout(old, align), layout(size, align)) else {
        return null_mut();
    };
    unsafe {
        let base = System.realloc(block.sub(header_size(align)), old, new.size());
        write_header(base, size, align)
    }
}

/// C's `free`.
///
/// # Safety
///
/// `block` is null, or a block of these functions.
#[no_mangle]
pub unsafe extern "C" fn free(block: *mut u8) {
    if block.is_null() {
        return;
    }
    let (size, align) = unsafe { read_header(block) };
    if let Some(layout) = layout(size, align) {
        unsafe { System.dealloc(block.sub(header_size(align)), layout) };
    }
}
