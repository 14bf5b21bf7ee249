use bindings::test::records::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let odd = |name: &str| Odd {
            a: 7,
            b: 1 << 40,
            c: '🦀',
            d: 0.5,
            e: true,
            name: name.to_string(),
        };
        vec![
            format!("{:?}", double(&odd("n"))),
            format!("{:?}", gather(&[odd("x"), odd(""), odd("z")])),
            spill(&odd("a"), &odd("b"), &odd("c")),
        ]
    }
}

bindings::export!(User with_types_in bindings);
