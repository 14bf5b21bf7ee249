//! Returns its arguments, changed in a way that shows that they were decoded.

use bindings::exports::test::shapes::shapes::{Colour, Deep, Guest, Point, Rights, Shape};

struct Shapes;

impl Guest for Shapes {
    fn invert(value: bool) -> bool {
        !value
    }

    fn sum(a: u8, b: u16, c: u32, d: u64) -> u64 {
        u64::from(a) + u64::from(b) + u64::from(c) + d
    }

    fn negate(a: i8, b: i16, c: i32, d: i64) -> (i8, i16, i32, i64) {
        (-a, -b, -c, -d)
    }

    fn halve(a: f32, b: f64) -> (f32, f64) {
        (a / 2.0, b / 2.0)
    }

    fn upper(value: char) -> char {
        value.to_uppercase().next().unwrap_or(value)
    }

    fn reverse(value: String) -> String {
        value.chars().rev().collect()
    }

    fn mirror(value: Point) -> Point {
        Point {
            x: value.y,
            y: value.x,
        }
    }

    fn describe(value: Deep) -> String {
        let points: Vec<String> = value
            .points
            .iter()
            .map(|point| format!("{},{}", point.x, point.y))
            .collect();
        format!("{}: {} then {:?}", value.name, points.join(" "), value.next)
    }

    fn area(value: Shape) -> f64 {
        match value {
            Shape::Nothing => 0.0,
            Shape::Circle(radius) => radius * radius * 3.0,
            Shape::Polygon(points) => points.len() as f64,
        }
    }

    fn grow(value: Shape) -> Shape {
        match value {
            Shape::Nothing => Shape::Circle(1.0),
            Shape::Circle(radius) => Shape::Circle(radius * 2.0),
            Shape::Polygon(points) => Shape::Polygon(
                points
                    .iter()
                    .map(|point| Point {
                        x: point.x * 2,
                        y: point.y * 2,
                    })
                    .collect(),
            ),
        }
    }

    fn next(value: Colour) -> Colour {
        match value {
            Colour::Red => Colour::Green,
            Colour::Green => Colour::Blue,
            Colour::Blue => Colour::Red,
        }
    }

    fn complement(value: Rights) -> Rights {
        !value
    }

    fn sort(mut values: Vec<String>) -> Vec<String> {
        values.sort();
        values
    }

    fn first(values: Vec<Point>) -> Option<Point> {
        values.into_iter().next()
    }

    fn divide(a: u32, b: u32) -> Result<u32, String> {
        a.checked_div(b)
            .ok_or_else(|| format!("{a} divided by zero"))
    }

    fn check(value: bool) -> Result<(), ()> {
        value.then_some(()).ok_or(())
    }

    fn many(
        a: u32,
        b: u32,
        c: u32,
        d: u32,
        e: u32,
        f: u32,
        g: u32,
        h: u32,
        i: u32,
        j: u32,
        k: u32,
        l: u32,
        m: u32,
        n: u32,
        o: u32,
        p: u32,
        q: u32,
    ) -> Vec<u32> {
        vec![a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]
    }

    fn forget(value: Vec<u8>) {
        drop(value);
    }

    fn boom(message: String) {
        panic!("{message}");
    }

    fn not_a_number() -> f64 {
        f64::NAN
    }
}

bindings::export!(Shapes with_types_in bindings);
