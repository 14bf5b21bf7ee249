//! What the caller calls.

use bindings::exports::bench::http::sums::Guest;

struct Callee;

impl Guest for Callee {
    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    async fn add_async(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }
}

bindings::export!(Callee with_types_in bindings);
