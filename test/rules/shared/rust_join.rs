//! A library without `std`, with the allocator of a library in C.

#![no_std]

extern crate alloc;

use alloc::ffi::CString;
use alloc::vec::Vec;
use core::alloc::{GlobalAlloc, Layout};
use core::ffi::{c_char, CStr};
use core::panic::PanicInfo;

extern "C" {
    fn allocate(size: usize, align: usize) -> *mut u8;
}

struct Memory;

// SAFETY: the function returns blocks of this size and alignment, which are never freed.
unsafe impl GlobalAlloc for Memory {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        unsafe { allocate(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static MEMORY: Memory = Memory;

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}

/// Joins two texts. The result is never freed.
///
/// # Safety
///
/// Both texts end with a NUL.
#[no_mangle]
pub unsafe extern "C" fn join(left: *const c_char, right: *const c_char) -> *const c_char {
    let parts = unsafe { [CStr::from_ptr(left), CStr::from_ptr(right)] };
    let bytes: Vec<u8> = parts
        .iter()
        .flat_map(|part| part.to_bytes())
        .copied()
        .collect();
    CString::new(bytes).map_or(core::ptr::null(), |text| text.into_raw())
}
