//! A guest that calls C.

use bindings::Guest;

extern "C" {
    fn mix_bytes(bytes: *const u8, length: usize) -> u32;
}

struct Mixer;

impl Guest for Mixer {
    fn mix(text: String) -> u32 {
        // SAFETY: the function reads this many bytes and does not keep the pointer.
        unsafe { mix_bytes(text.as_ptr(), text.len()) }
    }
}

bindings::export!(Mixer with_types_in bindings);
