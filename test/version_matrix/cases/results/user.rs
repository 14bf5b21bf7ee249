use bindings::test::results::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let mut lines = Vec::new();
        for text in ["42", "", "4294967296"] {
            lines.push(format!("{:?}", parse(text)));
        }
        for text in ["", "abc", "abcd"] {
            lines.push(format!("{:?}", check(text)));
        }
        lines.push(format!(
            "{:?} {:?}",
            first(&[]),
            first(&["a".to_string(), "b".to_string()])
        ));
        lines.push(format!("{:?} {:?}", flip(true), flip(false)));
        for text in ["", "bad", "ok"] {
            lines.push(format!("{:?}", nested(text)));
        }
        lines
    }
}

bindings::export!(User with_types_in bindings);
