use bindings::exports::example::worlds::one::Guest;

struct Narrow;

impl Guest for Narrow {
    fn first() -> u32 {
        1
    }
}

bindings::export!(Narrow with_types_in bindings);
