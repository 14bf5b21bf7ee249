//! Values in scripts.

use support::script::{parts, string};
use wasmparser::{Operator, Parser, Payload};
use wasmtime::component::Val;

/// Parses a value, such as `(u32.const 1)`. `None` if it is not one.
pub fn parse(text: &str) -> Option<Val> {
    let form = parts(text)?;
    let (kind, rest) = form.split_first()?;
    let all = || {
        rest.iter()
            .map(|item| parse(item))
            .collect::<Option<Vec<Val>>>()
    };
    let name = |at: usize| String::from_utf8(string(rest.get(at)?)?).ok();
    let boxed = |at: usize| match rest.get(at) {
        Some(item) => Some(Some(Box::new(parse(item)?))),
        None => Some(None),
    };
    let integer = || bits("i64", rest.first()?);
    Some(match *kind {
        "bool.const" => Val::Bool(*rest.first()? == "true"),
        "s8.const" => Val::S8(integer()? as i8),
        "u8.const" => Val::U8(integer()? as u8),
        "s16.const" => Val::S16(integer()? as i16),
        "u16.const" => Val::U16(integer()? as u16),
        "s32.const" => Val::S32(integer()? as i32),
        "u32.const" => Val::U32(integer()? as u32),
        "s64.const" => Val::S64(integer()? as i64),
        "u64.const" => Val::U64(integer()?),
        "f32.const" => Val::Float32(f32::from_bits(bits("f32", rest.first()?)? as u32)),
        "f64.const" => Val::Float64(f64::from_bits(bits("f64", rest.first()?)?)),
        "char.const" => Val::Char(name(0)?.chars().next()?),
        "str.const" => Val::String(name(0)?),
        "list.const" => Val::List(all()?),
        "tuple.const" => Val::Tuple(all()?),
        "record.const" => {
            let field = |item: &&str| {
                let field = parts(item)?;
                let name = String::from_utf8(string(field.get(1)?)?).ok()?;
                // The value of a field may lack parentheses.
                let value = match field.get(2..)? {
                    [value] => parse(value)?,
                    words => parse(&format!("({})", words.join(" ")))?,
                };
                Some((name, value))
            };
            Val::Record(rest.iter().map(field).collect::<Option<_>>()?)
        }
        "variant.const" => Val::Variant(name(0)?, boxed(1)?),
        "enum.const" => Val::Enum(name(0)?),
        "flags.const" => Val::Flags((0..rest.len()).map(name).collect::<Option<_>>()?),
        "option.none" => Val::Option(None),
        "option.some" => Val::Option(boxed(0)?),
        "result.ok" => Val::Result(Ok(boxed(0)?)),
        "result.err" => Val::Result(Err(boxed(0)?)),
        _ => return None,
    })
}

/// The bits of a number in the text format.
fn bits(ty: &str, number: &str) -> Option<u64> {
    let text = format!("(module (global {ty} ({ty}.const {number})))");
    let module = wat::parse_str(text).ok()?;
    for payload in Parser::new(0).parse_all(&module) {
        let Ok(Payload::GlobalSection(section)) = payload else {
            continue;
        };
        let global = section.into_iter().next()?.ok()?;
        return Some(match global.init_expr.get_operators_reader().read().ok()? {
            Operator::I64Const { value } => value as u64,
            Operator::F32Const { value } => value.bits().into(),
            Operator::F64Const { value } => value.bits(),
            _ => return None,
        });
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values() {
        for (text, value) in [
            ("(s8.const -1)", "S8(-1)"),
            ("(u32.const 0xffff_ffff)", "U32(4294967295)"),
            (
                "(u64.const 18446744073709551615)",
                "U64(18446744073709551615)",
            ),
            ("(f32.const 0x1p-1)", "Float32(0.5)"),
            ("(f64.const -inf)", "Float64(-inf)"),
            ("(str.const \"\\41\")", "String(\"A\")"),
            (
                "(record.const (field \"a\" (list.const (u8.const 1))) (field \"b\" s8.const 2))",
                "Record([(\"a\", List([U8(1)])), (\"b\", S8(2))])",
            ),
            (
                "(variant.const \"a\" (bool.const true))",
                "Variant(\"a\", Some(Bool(true)))",
            ),
            ("(flags.const)", "Flags([])"),
            ("(option.none)", "Option(None)"),
            ("(result.err)", "Result(Err(None))"),
        ] {
            let parsed = parse(text).map(|v| format!("{v:?}"));
            assert_eq!(parsed.as_deref(), Some(value), "{text}");
        }
        assert!(parse("(i32.const 1)").is_none());
    }
}
