use bindings::{more, Guest};

struct Opened;

impl Guest for Opened {
    fn run() -> u32 {
        more() + 1
    }
}

bindings::export!(Opened with_types_in bindings);
