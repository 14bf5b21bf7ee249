//! Functions on points, for any world.

use test_rules_split_base::test::split_base::points::Point;

/// Returns the sum of two points.
pub fn add(one: &Point, other: &Point) -> Point {
    Point {
        x: one.x + other.x,
        y: one.y + other.y,
    }
}

/// Exchanges x and y.
pub fn mirror(point: &Point) -> Point {
    Point {
        x: point.y,
        y: point.x,
    }
}
