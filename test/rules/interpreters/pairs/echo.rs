//! Returns its arguments.

use bindings::exports::test::types::echo::{Color, Guest, Many, Nested, Permissions, Shape};

struct Echo;

type Deep = Vec<Vec<Vec<Vec<Vec<Vec<Vec<Option<(Vec<u8>,)>>>>>>>>;

/// Functions that return their argument.
macro_rules! same {
    ($($name:ident: $ty:ty,)*) => {
        $(fn $name(v: $ty) -> $ty {
            v
        })*
    };
}

impl Guest for Echo {
    same! {
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
        text: String,
        bytes: Vec<u8>,
        numbers: Vec<u64>,
        floats: Vec<f32>,
        texts: Vec<String>,
        lists: Vec<Vec<u16>>,
        a_tuple: (u32, String, bool),
        a_record: Nested,
        a_variant: Shape,
        an_enum: Color,
        some_flags: Permissions,
        many_flags: Many,
        maybe: Option<u32>,
        maybe_maybe: Option<Option<u32>>,
        maybes: Vec<Option<String>>,
        fallible: Result<u32, Color>,
        fallible_list: Vec<Result<(), String>>,
        deep: Deep,
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
        let d: Vec<String> = d.iter().map(u8::to_string).collect();
        let d = d.join(",");
        format!("{a};{b};{c};{d};{e};{f};{g};{h};{i};{j}")
    }

    fn nothing() {}
}

bindings::export!(Echo with_types_in bindings);
