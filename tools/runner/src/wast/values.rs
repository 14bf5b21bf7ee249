//! Values in scripts.

use super::Made;
use wasmtime::component::Val;
use wast::component::WastVal;
use wast::{WastArg, WastRet};

/// The value of an argument of a call.
pub fn argument(value: &WastArg<'_>) -> Made<Val> {
    match value {
        WastArg::Component(value) => to_val(value),
        _ => Err("a core value".to_owned()),
    }
}

/// The value of an expected result.
pub fn result(value: &WastRet<'_>) -> Made<Val> {
    match value {
        WastRet::Component(value) => to_val(value),
        _ => Err("a core value".to_owned()),
    }
}

fn to_val(value: &WastVal<'_>) -> Made<Val> {
    let all = |values: &[WastVal<'_>]| values.iter().map(to_val).collect::<Made<Vec<_>>>();
    Ok(match value {
        WastVal::Bool(value) => Val::Bool(*value),
        WastVal::U8(value) => Val::U8(*value),
        WastVal::S8(value) => Val::S8(*value),
        WastVal::U16(value) => Val::U16(*value),
        WastVal::S16(value) => Val::S16(*value),
        WastVal::U32(value) => Val::U32(*value),
        WastVal::S32(value) => Val::S32(*value),
        WastVal::U64(value) => Val::U64(*value),
        WastVal::S64(value) => Val::S64(*value),
        WastVal::Char(value) => Val::Char(*value),
        WastVal::String(value) => Val::String((*value).to_owned()),
        WastVal::List(values) => Val::List(all(values)?),
        WastVal::Tuple(values) => Val::Tuple(all(values)?),
        WastVal::Enum(case) => Val::Enum((*case).to_owned()),
        WastVal::Record(fields) => {
            let field =
                |(name, value): &(&str, WastVal<'_>)| Ok(((*name).to_owned(), to_val(value)?));
            Val::Record(fields.iter().map(field).collect::<Made<_>>()?)
        }
        WastVal::Variant(case, payload) => {
            let payload = payload.as_deref().map(to_val).transpose()?;
            Val::Variant((*case).to_owned(), payload.map(Box::new))
        }
        other => return Err(format!("a value that this test does not know: {other:?}")),
    })
}
