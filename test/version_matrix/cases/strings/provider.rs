use bindings::exports::test::strings::api::*;

struct Provider;

impl Guest for Provider {
    fn echo(text: String) -> String {
        text
    }

    fn length(text: String) -> u32 {
        text.len() as u32
    }

    fn join(parts: Vec<String>, by: String) -> String {
        parts.join(&by)
    }
}

bindings::export!(Provider with_types_in bindings);
