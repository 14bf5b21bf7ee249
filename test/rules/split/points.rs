//! What can be done with points, in whichever world they are.

use test_rules_split_base::test::split_base::points::Point;

/// The sum of two.
pub fn add(one: &Point, other: &Point) -> Point {
    Point { x: one.x + other.x, y: one.y + other.y }
}

/// With x and y exchanged.
pub fn mirror(point: &Point) -> Point {
    Point { x: point.y, y: point.x }
}
