use bindings::exports::test::records::api::*;

struct Provider;

impl Guest for Provider {
    fn double(value: Odd) -> Odd {
        Odd {
            a: value.a * 2,
            b: value.b * 2,
            name: value.name.repeat(2),
            ..value
        }
    }

    fn gather(mut values: Vec<Odd>) -> Nested {
        let first = values.remove(0);
        let pair = (values.len() as u16, f64::from(first.d) / 2.0);
        Nested {
            first,
            rest: values,
            pair,
        }
    }

    fn spill(a: Odd, b: Odd, c: Odd) -> String {
        format!("{a:?} {b:?} {c:?}")
    }
}

bindings::export!(Provider with_types_in bindings);
