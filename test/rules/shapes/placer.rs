//! Returns its arguments as text.

use bindings::exports::test::shapes::parameters::{Guest, Pair};

struct Placer;

impl Guest for Placer {
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
        let mut out = vec![text, len0.to_string(), ptr0.to_string()];
        out.extend(vec0);
        out.extend([result1.ptr1, result1.len1.to_string()]);
        out.extend([layout1, base, e, i].map(|n| n.to_string()));
        out
    }
}

bindings::export!(Placer with_types_in bindings);
