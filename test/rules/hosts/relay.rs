//! Passes everything on to the host.

use bindings::exports::test::hosts::echo::Guest as Echo;
use bindings::test::hosts::echo;
use bindings::test::hosts::types::{Colour, Id, Many, Person, Rights, Shape};
use bindings::Guest;

struct Relay;

type Small = (bool, i8, u8, i16, u16, i32, u32, f32, char);

impl Echo for Relay {
    fn small(a: bool, b: i8, c: u8, d: i16, e: u16, f: i32, g: u32, h: f32, i: char) -> Small {
        echo::small(a, b, c, d, e, f, g, h, i)
    }

    fn large(a: i64, b: Id, c: f64) -> (i64, Id, f64) {
        echo::large(a, b, c)
    }

    fn text(value: String) -> String {
        echo::text(&value)
    }

    fn people(value: Vec<Person>) -> Vec<Person> {
        echo::people(&value)
    }

    fn shapes(value: Vec<Shape>) -> Vec<Shape> {
        echo::shapes(&value)
    }

    fn colours(value: Vec<Colour>) -> Vec<Colour> {
        echo::colours(&value)
    }

    fn flags2(a: Rights, b: Many) -> (Rights, Many) {
        echo::flags2(a, b)
    }

    fn nested(value: Vec<Vec<u16>>) -> Vec<Vec<u16>> {
        echo::nested(&value)
    }

    fn optional(value: Option<Option<u32>>) -> Option<Option<u32>> {
        echo::optional(value)
    }

    fn either(value: Result<u32, String>) -> Result<u32, String> {
        let value = value.as_ref().map_err(|e| e.as_str()).map(|v| *v);
        echo::either(value)
    }

    fn neither(value: Result<(), ()>) -> Result<(), ()> {
        echo::neither(value)
    }

    fn wrong(value: Result<(), Colour>) -> Result<(), Colour> {
        echo::wrong(value)
    }

    fn right(value: Result<Vec<u8>, ()>) -> Result<Vec<u8>, ()> {
        echo::right(value.as_deref().map_err(|()| ()))
    }

    fn nothing() {
        echo::nothing();
    }
}

impl Guest for Relay {
    fn delete(static_: u32) -> u32 {
        bindings::default(static_)
    }
}

bindings::export!(Relay with_types_in bindings);
