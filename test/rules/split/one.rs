use bindings::exports::test::split_one::mirror::{Guest, Point};

struct Mirror;

impl Guest for Mirror {
    fn mirrored(point: Point) -> Point {
        points::mirror(&point)
    }
}

bindings::export!(Mirror with_types_in bindings);
