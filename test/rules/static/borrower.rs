//! Borrows a resource of the host.

use bindings::exports::test::linked::measures::{Guest, Thing};

struct Borrower;

impl Guest for Borrower {
    fn measure(thing: &Thing) -> u32 {
        thing.size()
    }
}

bindings::export!(Borrower with_types_in bindings);
