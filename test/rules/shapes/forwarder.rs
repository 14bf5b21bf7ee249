//! Passes its arguments on to another component.

use bindings::exports::test::shapes::parameters::{Guest, Pair};
use bindings::test::shapes::parameters;

struct Forwarder;

impl Guest for Forwarder {
    fn place(
        text: String,
        len0: u32,
        ptr0: u32,
        vec0: Vec<String>,
        result1: Pair,
        layout1: u8,
        base: u8,
        e: u8,
        i: u8,
    ) -> Vec<String> {
        let Pair { ptr1, len1 } = result1;
        let result1 = parameters::Pair { ptr1, len1 };
        parameters::place(&text, len0, ptr0, &vec0, &result1, layout1, base, e, i)
    }
}

bindings::export!(Forwarder with_types_in bindings);
