//! Messages of a program that imports nothing.

use core::cell::UnsafeCell;

/// The most bytes of all messages.
const SIZE: usize = 4096;

/// The exported global `wit_dylib_log` is the address of this: tools print it if the program traps.
#[repr(C)]
pub struct Log {
    len: UnsafeCell<u32>,
    text: UnsafeCell<[u8; SIZE]>,
}

// SAFETY: a module without shared memory has one thread.
unsafe impl Sync for Log {}

#[no_mangle]
#[allow(non_upper_case_globals)]
pub static wit_dylib_log: Log = Log {
    len: UnsafeCell::new(0),
    text: UnsafeCell::new([0; SIZE]),
};

/// Adds a message, which is printed if the program traps: for the hook or handler of panics. What
/// exceeds 4 KiB in all is left out.
pub fn log(message: &str) {
    // SAFETY: there is no other reference.
    let (len, text) = unsafe {
        (
            &mut *wit_dylib_log.len.get(),
            &mut *wit_dylib_log.text.get(),
        )
    };
    let start = *len as usize;
    let mut size = message.len().min(SIZE - start);
    while !message.is_char_boundary(size) {
        size -= 1;
    }
    text[start..start + size].copy_from_slice(&message.as_bytes()[..size]);
    *len += size as u32;
}
