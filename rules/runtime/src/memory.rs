//! Memory that is passed in or out of a component.

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::ptr::{null_mut, NonNull};

/// Owns the block of a lowered argument, and frees it on drop.
pub struct Cleanup {
    block: NonNull<u8>,
    layout: Layout,
}

impl Cleanup {
    /// Allocates a block, and returns its address and its owner. An empty block is null and has no owner.
    pub fn new(layout: Layout) -> (*mut u8, Option<Cleanup>) {
        if layout.size() == 0 {
            return (null_mut(), None);
        }
        // SAFETY: the size of the layout is not zero.
        let Some(block) = NonNull::new(unsafe { alloc(layout) }) else {
            handle_alloc_error(layout)
        };
        (block.as_ptr(), Some(Cleanup { block, layout }))
    }

    /// Releases ownership without freeing the block.
    pub fn forget(self) {
        core::mem::forget(self);
    }
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        // SAFETY: `new` allocated the block with this layout, and only the owner frees it.
        unsafe { dealloc(self.block.as_ptr(), self.layout) };
    }
}

/// Keeps `cabi_realloc` in the module. With WASI 0.2 the C library defines it; otherwise it is the function below,
/// which the linker exports by its name.
pub fn maybe_link_cabi_realloc() {
    #[cfg(all(target_arch = "wasm32", any(target_env = "p1", target_env = "")))]
    {
        #[used]
        static KEEP: unsafe extern "C" fn(*mut u8, usize, usize, usize) -> *mut u8 = cabi_realloc;
    }
}

/// Allocates or resizes a block for the canonical ABI, for strings and lists that are passed in.
///
/// # Safety
///
/// `old` is a block of `old_size` bytes and this alignment from this function, or anything if `old_size` is zero.
/// Source: the `realloc` option of <https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>.
#[cfg(any(test, target_env = "p1", target_env = ""))]
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_size: usize,
    align: usize,
    new_size: usize,
) -> *mut u8 {
    // The address of an empty block is aligned and not null.
    let empty = core::ptr::without_provenance_mut(align);
    let (Ok(old_layout), Ok(new_layout)) = (
        Layout::from_size_align(old_size, align),
        Layout::from_size_align(new_size, align),
    ) else {
        trap()
    };
    let block = match (old_size, new_size) {
        (0, 0) => return empty,
        (0, _) => unsafe { alloc(new_layout) },
        (_, 0) => {
            unsafe { dealloc(old, old_layout) };
            return empty;
        }
        _ => unsafe { alloc::alloc::realloc(old, old_layout, new_size) },
    };
    if block.is_null() {
        trap();
    }
    block
}

/// Traps, without a message, which would add formatting code to every guest.
#[cfg(any(test, target_env = "p1", target_env = ""))]
fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    panic!("out of memory");
}

/// Runs the constructors of C and C++ once, before the first exported function. A reference to `__wasm_call_ctors`
/// keeps the linker from calling it in every export.
#[cfg(target_arch = "wasm32")]
pub fn run_ctors_once() {
    use core::sync::atomic::{AtomicBool, Ordering};
    static DONE: AtomicBool = AtomicBool::new(false);
    extern "C" {
        fn __wasm_call_ctors();
    }
    if !DONE.swap(true, Ordering::Relaxed) {
        // SAFETY: the linker defines this function, and it is called once.
        unsafe { __wasm_call_ctors() };
    }
}
