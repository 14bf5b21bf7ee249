//! Memory that crosses the boundary of a component. The one place with `unsafe` besides the resources.

use alloc::alloc::{alloc, dealloc, handle_alloc_error};
use core::alloc::Layout;
use core::ptr::{null_mut, NonNull};

/// Owns a block that a lowered argument points to, and frees it.
pub struct Cleanup {
    block: NonNull<u8>,
    layout: Layout,
}

impl Cleanup {
    /// Allocates a block; gives its address, and its owner. A block of no size is null and has no owner.
    pub fn new(layout: Layout) -> (*mut u8, Option<Cleanup>) {
        if layout.size() == 0 {
            return (null_mut(), None);
        }
        // SAFETY: the layout has a size.
        let Some(block) = NonNull::new(unsafe { alloc(layout) }) else {
            handle_alloc_error(layout)
        };
        (block.as_ptr(), Some(Cleanup { block, layout }))
    }

    /// Leaves the block to whoever has its address.
    pub fn forget(self) {
        core::mem::forget(self);
    }
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        // SAFETY: `new` allocated the block with this layout, and nobody else frees it.
        unsafe { dealloc(self.block.as_ptr(), self.layout) };
    }
}

/// Keeps `cabi_realloc` in the module. With WASI 0.2 the C library brings it; elsewhere it is the one below, which
/// the linker exports because of its name.
pub fn maybe_link_cabi_realloc() {
    #[cfg(all(target_arch = "wasm32", any(target_env = "p1", target_env = "")))]
    {
        #[used]
        static KEEP: unsafe extern "C" fn(*mut u8, usize, usize, usize) -> *mut u8 = cabi_realloc;
    }
}

/// Grows or makes a block for the canonical ABI, which passes strings and lists in.
///
/// # Safety
///
/// `old` is a block of `old_size` bytes at this alignment that this function gave, or anything if `old_size` is zero.
/// Source: the `realloc` option of <https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>.
#[cfg(any(test, target_env = "p1", target_env = ""))]
#[cfg_attr(target_arch = "wasm32", no_mangle)]
pub unsafe extern "C" fn cabi_realloc(old: *mut u8, old_size: usize, align: usize, new_size: usize) -> *mut u8 {
    // An address that is aligned and not null stands for an empty block.
    let empty = core::ptr::without_provenance_mut(align);
    let (Ok(old_layout), Ok(new_layout)) =
        (Layout::from_size_align(old_size, align), Layout::from_size_align(new_size, align))
    else {
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

/// Ends the instance. Without a message: that would bring formatting into every guest.
#[cfg(any(test, target_env = "p1", target_env = ""))]
fn trap() -> ! {
    #[cfg(target_arch = "wasm32")]
    core::arch::wasm32::unreachable();
    #[cfg(not(target_arch = "wasm32"))]
    panic!("out of memory");
}

/// Runs the constructors of C and C++ once, before the first exported function. Naming `__wasm_call_ctors` tells the
/// linker not to do it around every export.
#[cfg(target_arch = "wasm32")]
pub fn run_ctors_once() {
    use core::sync::atomic::{AtomicBool, Ordering};
    static DONE: AtomicBool = AtomicBool::new(false);
    extern "C" {
        fn __wasm_call_ctors();
    }
    if !DONE.swap(true, Ordering::Relaxed) {
        // SAFETY: the linker makes this function; it is called once.
        unsafe { __wasm_call_ctors() };
    }
}
