// The same type, re-exported by the crate of the world.
use bindings::test::split_base::points::Point;

struct Sum;

impl bindings::Guest for Sum {
    fn sum(points: Vec<Point>) -> bindings::Point {
        let zero = Point { x: 0, y: 0 };
        points
            .iter()
            .fold(zero, |sum, point| points::add(&sum, point))
    }
}

bindings::export!(Sum with_types_in bindings);
