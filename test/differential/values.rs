//! Conversion of values to and from those of wasmtime.

use super::types::{Ty, Value};
use wasmtime::component::Val;

pub fn to_val(ty: &Ty, value: &Value) -> Val {
    let case = |i: usize| format!("c{i}");
    match (ty, value) {
        (Ty::Own, Value::Int(n)) => Val::U32(*n as u32),
        (Ty::Int(8, false), Value::Int(n)) => Val::U8(*n as u8),
        (Ty::Int(8, true), Value::Int(n)) => Val::S8(*n as i8),
        (Ty::Int(16, false), Value::Int(n)) => Val::U16(*n as u16),
        (Ty::Int(16, true), Value::Int(n)) => Val::S16(*n as i16),
        (Ty::Int(32, false), Value::Int(n)) => Val::U32(*n as u32),
        (Ty::Int(32, true), Value::Int(n)) => Val::S32(*n as i32),
        (Ty::Int(_, false), Value::Int(n)) => Val::U64(*n),
        (Ty::Int(_, true), Value::Int(n)) => Val::S64(*n as i64),
        (_, Value::Bool(b)) => Val::Bool(*b),
        (_, Value::F32(n)) => Val::Float32(f32::from_bits(*n)),
        (_, Value::F64(n)) => Val::Float64(f64::from_bits(*n)),
        (_, Value::Char(c)) => Val::Char(*c),
        (_, Value::String(text)) => Val::String(text.clone()),
        (Ty::List(ty), Value::List(values)) => {
            Val::List(values.iter().map(|v| to_val(ty, v)).collect())
        }
        (Ty::Record(fields), Value::Fields(values)) => {
            let all = fields.iter().zip(values).enumerate();
            let all = all.map(|(i, (ty, v))| (format!("f{i}"), to_val(ty, v)));
            Val::Record(all.collect())
        }
        (Ty::Tuple(fields), Value::Fields(values)) => {
            let all = fields.iter().zip(values);
            Val::Tuple(all.map(|(ty, v)| to_val(ty, v)).collect())
        }
        (_, Value::Flags(bits)) => {
            let names = (0..32).filter(|i| bits >> i & 1 == 1);
            Val::Flags(names.map(|i| format!("b{i}")).collect())
        }
        (_, Value::Case(i, inner)) => {
            let cases = ty.cases().unwrap_or_default();
            let inner = match (&cases[*i], inner) {
                (Some(ty), Some(value)) => Some(Box::new(to_val(ty, value))),
                _ => None,
            };
            match ty {
                Ty::Enum(_) => Val::Enum(case(*i)),
                Ty::Option(_) => Val::Option(inner),
                Ty::Result(..) if *i == 0 => Val::Result(Ok(inner)),
                Ty::Result(..) => Val::Result(Err(inner)),
                _ => Val::Variant(case(*i), inner),
            }
        }
        _ => panic!("{value:?} is no {ty:?}"),
    }
}

pub fn from_val(ty: &Ty, val: &Val) -> Value {
    let number = |name: &String| name[1..].parse().expect("a number");
    let inner = |i: usize, inner: &Option<Box<Val>>| {
        let cases = ty.cases().unwrap_or_default();
        let value = match (&cases[i], inner) {
            (Some(ty), Some(val)) => Some(Box::new(from_val(ty, val))),
            _ => None,
        };
        Value::Case(i, value)
    };
    let bits = |n: u64| match ty {
        Ty::Int(bits, _) => Value::Int(n & (u64::MAX >> (64 - bits))),
        _ => Value::Int(n),
    };
    match val {
        Val::Bool(b) => Value::Bool(*b),
        Val::U8(n) => bits(u64::from(*n)),
        Val::S8(n) => bits(*n as u64),
        Val::U16(n) => bits(u64::from(*n)),
        Val::S16(n) => bits(*n as u64),
        Val::U32(n) => bits(u64::from(*n)),
        Val::S32(n) => bits(*n as u64),
        Val::U64(n) => bits(*n),
        Val::S64(n) => bits(*n as u64),
        Val::Float32(n) => Value::F32(n.to_bits()),
        Val::Float64(n) => Value::F64(n.to_bits()),
        Val::Char(c) => Value::Char(*c),
        Val::String(text) => Value::String(text.clone()),
        Val::List(all) => match ty {
            Ty::List(ty) => Value::List(all.iter().map(|v| from_val(ty, v)).collect()),
            _ => panic!("{ty:?}"),
        },
        Val::Record(all) => {
            let fields = ty.fields().unwrap_or_default().iter().zip(all);
            Value::Fields(fields.map(|(ty, (_, v))| from_val(ty, v)).collect())
        }
        Val::Tuple(all) => {
            let fields = ty.fields().unwrap_or_default().iter().zip(all);
            Value::Fields(fields.map(|(ty, v)| from_val(ty, v)).collect())
        }
        Val::Flags(names) => {
            let bits = names.iter().map(|name| 1 << number(name) as u32);
            Value::Flags(bits.fold(0, |all: u32, bit: u32| all | bit))
        }
        Val::Enum(name) => Value::Case(number(name), None),
        Val::Variant(name, val) => inner(number(name), val),
        Val::Option(val) => inner(usize::from(val.is_some()), val),
        Val::Result(Ok(val)) => inner(0, val),
        Val::Result(Err(val)) => inner(1, val),
        other => panic!("{other:?}"),
    }
}
