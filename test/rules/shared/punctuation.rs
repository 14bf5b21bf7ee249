//! An adapter: it implements what a library imports from the module `punctuation`.

#![no_std]

#[no_mangle]
pub extern "C" fn mark() -> u32 {
    u32::from('?')
}

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    core::arch::wasm32::unreachable()
}
