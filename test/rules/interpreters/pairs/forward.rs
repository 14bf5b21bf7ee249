//! Exports what it imports.

use bindings::exports::test::types::echo::Guest;
use bindings::test::types::echo as inner;
use inner::{Color, Many, Nested, Permissions, Shape};

struct Forward;

type Deep = Vec<Vec<Vec<Vec<Vec<Vec<Vec<Option<(Vec<u8>,)>>>>>>>>;

/// Functions that pass their argument on, and return the result.
macro_rules! forward {
    ($($name:ident: $ty:ty,)*) => {
        $(fn $name(v: $ty) -> $ty {
            inner::$name(v)
        })*
    };
}

/// The same, with arguments that are borrowed.
macro_rules! forward_borrowed {
    ($($name:ident: $ty:ty,)*) => {
        $(fn $name(v: $ty) -> $ty {
            inner::$name(&v)
        })*
    };
}

impl Guest for Forward {
    forward! {
        boolean: bool,
        u8: u8,
        u16: u16,
        u32: u32,
        u64: u64,
        s8: i8,
        s16: i16,
        s32: i32,
        s64: i64,
        f32: f32,
        f64: f64,
        character: char,
        an_enum: Color,
        some_flags: Permissions,
        many_flags: Many,
        maybe: Option<u32>,
        maybe_maybe: Option<Option<u32>>,
        fallible: Result<u32, Color>,
    }

    forward_borrowed! {
        text: String,
        bytes: Vec<u8>,
        numbers: Vec<u64>,
        floats: Vec<f32>,
        texts: Vec<String>,
        lists: Vec<Vec<u16>>,
        a_record: Nested,
        a_variant: Shape,
        maybes: Vec<Option<String>>,
        fallible_list: Vec<Result<(), String>>,
        deep: Deep,
    }

    fn a_tuple((a, b, c): (u32, String, bool)) -> (u32, String, bool) {
        inner::a_tuple((a, &b, c))
    }

    fn many_params(
        a: u8,
        b: String,
        c: f64,
        d: Vec<u8>,
        e: u64,
        f: String,
        g: String,
        h: String,
        i: String,
        j: String,
    ) -> String {
        inner::many_params(a, &b, c, &d, e, &f, &g, &h, &i, &j)
    }

    fn nothing() {
        inner::nothing();
    }
}

bindings::export!(Forward with_types_in bindings);
