//! Calls the same function again and again.

use bindings::bench::http::sums;
use bindings::Guest;

struct Caller;

impl Guest for Caller {
    fn call(count: u32) -> u32 {
        (0..count).fold(0, |sum, _| sums::add(sum, 1))
    }

    async fn call_async(count: u32) -> u32 {
        let mut sum = 0;
        for _ in 0..count {
            sum = sums::add_async(sum, 1).await;
        }
        sum
    }
}

bindings::export!(Caller with_types_in bindings);
