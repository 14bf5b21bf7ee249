use bindings::exports::test::variants::api::*;

struct Provider;

impl Guest for Provider {
    fn rotate(shape: Shape) -> Shape {
        match shape {
            Shape::Rectangle((a, b)) => Shape::Rectangle((b, a)),
            Shape::Circle(radius) => Shape::Circle(-radius),
            Shape::Named(name) => Shape::Named(name.chars().rev().collect()),
            Shape::Colors(colors) => Shape::Colors(colors.into_iter().rev().collect()),
            Shape::Wide(value) => Shape::Wide(!value),
            Shape::Nothing => Shape::Nothing,
        }
    }

    fn kind(shapes: Vec<Shape>) -> Vec<Option<Color>> {
        let kind = |shape: Shape| match shape {
            Shape::Colors(colors) => colors.first().copied(),
            Shape::Nothing => Some(Color::Red),
            _ => None,
        };
        shapes.into_iter().map(kind).collect()
    }

    fn twice(value: Option<Option<u32>>) -> Option<Option<u32>> {
        match value {
            None => Some(None),
            Some(None) => Some(Some(1)),
            Some(Some(1)) => None,
            Some(Some(other)) => Some(Some(other * 2)),
        }
    }
}

bindings::export!(Provider with_types_in bindings);
