//! Lends a resource of the host to another library.

use bindings::test::linked::{measures::measure, things::find};
use bindings::Guest;

struct Lender;

impl Guest for Lender {
    fn run() -> u32 {
        measure(&find())
    }
}

bindings::export!(Lender with_types_in bindings);
