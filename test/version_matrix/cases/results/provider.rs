use bindings::exports::test::results::api::*;

struct Provider;

impl Guest for Provider {
    fn parse(text: String) -> Result<u32, String> {
        text.parse().map_err(|_| format!("not a number: {text}"))
    }

    fn check(text: String) -> Result<(), Reason> {
        match text.len() {
            0 => Err(Reason::Empty),
            1..=3 => Ok(()),
            _ => Err(Reason::TooLong),
        }
    }

    fn first(texts: Vec<String>) -> Result<String, ()> {
        texts.into_iter().next().ok_or(())
    }

    fn flip(ok: bool) -> Result<(), ()> {
        if ok {
            Err(())
        } else {
            Ok(())
        }
    }

    fn nested(text: String) -> Result<Result<Vec<u8>, Reason>, String> {
        match text.as_str() {
            "" => Ok(Err(Reason::Empty)),
            "bad" => Err(text),
            _ => Ok(Ok(text.into_bytes())),
        }
    }
}

bindings::export!(Provider with_types_in bindings);
