use bindings::Guest;

struct Shouter;

impl Guest for Shouter {
    fn shout(text: String) -> String {
        text.to_uppercase() + "!"
    }
}

bindings::export!(Shouter with_types_in bindings);
