use bindings::test::variants::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let shapes = || {
            vec![
                Shape::Nothing,
                Shape::Circle(1.5),
                Shape::Rectangle((1, 2)),
                Shape::Named("ab🦀".to_string()),
                Shape::Colors(vec![Color::Green, Color::Red]),
                Shape::Wide(i64::MIN),
            ]
        };
        let mut lines: Vec<String> = shapes()
            .iter()
            .map(|shape| format!("{:?}", rotate(shape)))
            .collect();
        lines.push(format!("{:?}", kind(&shapes())));
        for value in [None, Some(None), Some(Some(1)), Some(Some(21))] {
            lines.push(format!("{:?}", twice(value)));
        }
        lines
    }
}

bindings::export!(User with_types_in bindings);
