//! What the hosts call.

use bindings::{Guest, Item};

struct Calls;

impl Guest for Calls {
    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    fn greet(name: String) -> String {
        name
    }

    fn total(items: Vec<Item>) -> u64 {
        items.iter().map(|item| u64::from(item.price)).sum()
    }
}

bindings::export!(Calls with_types_in bindings);
