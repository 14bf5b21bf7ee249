//! The canonical ABI for the types of this test, with strings in UTF-8, as lowered modules have
//! them.
//!
//! Written independently from the specification:
//! <https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>.

use super::instance::{Core, Done, Flat, Num};
use super::types::{Ty, Value};

/// `MAX_FLAT_PARAMS`: more parameters are passed in memory.
pub const MAX_PARAMS: usize = 16;

/// The size of the discriminant of a type with this number of cases.
pub fn discriminant(cases: usize) -> u32 {
    match cases {
        0..=0x100 => 1,
        0x101..=0x1_0000 => 2,
        _ => 4,
    }
}

fn align_up(at: u32, align: u32) -> u32 {
    at.next_multiple_of(align)
}

/// The size and the alignment of a type.
pub fn layout(ty: &Ty) -> (u32, u32) {
    if let Some(fields) = ty.fields() {
        let (mut at, mut most) = (0, 1);
        for (size, align) in fields.iter().map(layout) {
            at = align_up(at, align) + size;
            most = most.max(align);
        }
        return (align_up(at, most), most);
    }
    if let Some(cases) = ty.cases() {
        let (payload, size, align) = payload(&cases);
        return (align_up(payload + size, align), align);
    }
    match ty {
        Ty::Bool => (1, 1),
        Ty::Int(bits, _) => (bits / 8, bits / 8),
        Ty::F32 | Ty::Char | Ty::Own => (4, 4),
        Ty::F64 => (8, 8),
        Ty::Flags(0..=8) => (1, 1),
        Ty::Flags(9..=16) => (2, 2),
        Ty::Flags(_) => (4, 4),
        _ => (8, 4),
    }
}

/// The offset of the payload, its largest size, and the alignment of the whole.
pub fn payload(cases: &[Option<Ty>]) -> (u32, u32, u32) {
    let tag = discriminant(cases.len());
    let layouts = || cases.iter().flatten().map(layout);
    let align = layouts().map(|(_, align)| align).max().unwrap_or(1);
    let size = layouts().map(|(size, _)| size).max().unwrap_or(0);
    (align_up(tag, align), size, align.max(tag))
}

/// The core types that a type is flattened to.
pub fn flat(ty: &Ty) -> Vec<Flat> {
    if let Some(fields) = ty.fields() {
        return fields.iter().flat_map(flat).collect();
    }
    if let Some(cases) = ty.cases() {
        let mut all = Vec::new();
        for case in cases.iter().flatten().map(flat) {
            for (i, ty) in case.into_iter().enumerate() {
                match all.get_mut(i) {
                    Some(have) => *have = Flat::join(*have, ty),
                    None => all.push(ty),
                }
            }
        }
        all.insert(0, Flat::I32);
        return all;
    }
    match ty {
        Ty::Int(64, _) => vec![Flat::I64],
        Ty::F32 => vec![Flat::F32],
        Ty::F64 => vec![Flat::F64],
        Ty::String | Ty::List(_) => vec![Flat::I32; 2],
        _ => vec![Flat::I32],
    }
}

/// Stores a value in the memory of a module.
pub fn store(core: &mut dyn Core, at: u32, ty: &Ty, value: &Value) -> Done<()> {
    let (size, _) = layout(ty);
    match (ty, value) {
        (_, Value::Bool(b)) => core.write(at, &[u8::from(*b)]),
        (_, Value::Int(n)) => core.write(at, &n.to_le_bytes()[..size as usize]),
        (_, Value::F32(n)) => core.write(at, &n.to_le_bytes()),
        (_, Value::F64(n)) => core.write(at, &n.to_le_bytes()),
        (_, Value::Char(c)) => core.write(at, &(*c as u32).to_le_bytes()),
        (_, Value::Flags(n)) => core.write(at, &n.to_le_bytes()[..size as usize]),
        (_, Value::String(_) | Value::List(_)) => {
            let (begin, length) = store_elements(core, ty, value)?;
            core.write(at, &begin.to_le_bytes())?;
            core.write(at + 4, &length.to_le_bytes())
        }
        (_, Value::Fields(values)) => {
            let mut at = at;
            for (ty, value) in ty.fields().unwrap_or_default().iter().zip(values) {
                let (size, align) = layout(ty);
                at = align_up(at, align);
                store(core, at, ty, value)?;
                at += size;
            }
            Ok(())
        }
        (_, Value::Case(case, inner)) => {
            let cases = ty.cases().unwrap_or_default();
            let tag = discriminant(cases.len()) as usize;
            core.write(at, &(*case as u32).to_le_bytes()[..tag])?;
            let (offset, ..) = payload(&cases);
            match (cases.get(*case), inner) {
                (Some(Some(ty)), Some(value)) => store(core, at + offset, ty, value),
                _ => Ok(()),
            }
        }
    }
}

/// Stores the elements of a string or list; returns the address and the length.
fn store_elements(core: &mut dyn Core, ty: &Ty, value: &Value) -> Done<(u32, u32)> {
    match (ty, value) {
        (Ty::List(ty), Value::List(values)) => {
            let (size, align) = layout(ty);
            let at = core.allocate(align, size * values.len() as u32)?;
            for (i, value) in values.iter().enumerate() {
                store(core, at + size * i as u32, ty, value)?;
            }
            Ok((at, values.len() as u32))
        }
        (_, Value::String(text)) => {
            let at = core.allocate(1, text.len() as u32)?;
            core.write(at, text.as_bytes())?;
            Ok((at, text.len() as u32))
        }
        _ => Err("no list".to_owned()),
    }
}

/// Flattens a value.
pub fn lower(core: &mut dyn Core, ty: &Ty, value: &Value) -> Done<Vec<Num>> {
    Ok(match value {
        Value::Bool(b) => vec![Num::I32(u32::from(*b))],
        Value::Int(n) => match ty {
            Ty::Int(64, _) => vec![Num::I64(*n)],
            // Sign-extended, as the callee expects it.
            Ty::Int(bits, true) => {
                let shift = 32 - bits;
                vec![Num::I32((((*n as u32) << shift) as i32 >> shift) as u32)]
            }
            _ => vec![Num::I32(*n as u32)],
        },
        Value::F32(n) => vec![Num::F32(*n)],
        Value::F64(n) => vec![Num::F64(*n)],
        Value::Char(c) => vec![Num::I32(*c as u32)],
        Value::Flags(n) => vec![Num::I32(*n)],
        Value::String(_) | Value::List(_) => {
            let (at, length) = store_elements(core, ty, value)?;
            vec![Num::I32(at), Num::I32(length)]
        }
        Value::Fields(values) => {
            let mut all = Vec::new();
            for (ty, value) in ty.fields().unwrap_or_default().iter().zip(values) {
                all.extend(lower(core, ty, value)?);
            }
            all
        }
        Value::Case(case, inner) => {
            let cases = ty.cases().unwrap_or_default();
            let mut values = match (cases.get(*case), inner) {
                (Some(Some(ty)), Some(value)) => lower(core, ty, value)?,
                _ => Vec::new(),
            }
            .into_iter();
            let mut all = vec![Num::I32(*case as u32)];
            for slot in flat(ty).into_iter().skip(1) {
                let bits = values.next().map_or(0, Num::bits);
                all.push(Num::new(slot, bits));
            }
            all
        }
    })
}

/// Loads a value from the memory of a module.
pub fn load(core: &mut dyn Core, at: u32, ty: &Ty) -> Done<Value> {
    if let Some(fields) = ty.fields() {
        let mut at = at;
        let mut all = Vec::new();
        for ty in fields {
            let (size, align) = layout(ty);
            at = align_up(at, align);
            all.push(load(core, at, ty)?);
            at += size;
        }
        return Ok(Value::Fields(all));
    }
    if let Some(cases) = ty.cases() {
        let case = number(core, at, discriminant(cases.len()))? as usize;
        let (offset, ..) = payload(&cases);
        let inner = match cases.get(case) {
            Some(Some(ty)) => Some(Box::new(load(core, at + offset, ty)?)),
            Some(None) => None,
            None => return Err(format!("case {case}")),
        };
        return Ok(Value::Case(case, inner));
    }
    let (size, _) = layout(ty);
    match ty {
        Ty::String | Ty::List(_) => {
            let begin = number(core, at, 4)? as u32;
            let length = number(core, at + 4, 4)? as u32;
            lift(core, ty, &[Num::I32(begin), Num::I32(length)])
        }
        _ => {
            let bits = number(core, at, size)?;
            let flat = flat(ty)[0];
            lift(core, ty, &[Num::new(flat, bits)])
        }
    }
}

fn number(core: &mut dyn Core, at: u32, bytes: u32) -> Done<u64> {
    let bytes = core.read(at, bytes)?;
    Ok(bytes.iter().rev().fold(0, |n, b| n << 8 | u64::from(*b)))
}

/// Makes a value from core values, of a type that is flattened to one or two of them.
pub fn lift(core: &mut dyn Core, ty: &Ty, flat: &[Num]) -> Done<Value> {
    let bits = flat[0].bits();
    Ok(match ty {
        Ty::Bool => Value::Bool(bits != 0),
        Ty::Int(n, _) => Value::Int(bits & (u64::MAX >> (64 - n))),
        Ty::Own => Value::Int(bits & u64::from(u32::MAX)),
        Ty::F32 => Value::F32(bits as u32),
        Ty::F64 => Value::F64(bits),
        Ty::Char => Value::Char(char::from_u32(bits as u32).ok_or("no character")?),
        Ty::Flags(n) => Value::Flags(bits as u32 & (u32::MAX >> (32 - n))),
        Ty::String => {
            let text = core.read(bits as u32, flat[1].bits() as u32)?;
            Value::String(String::from_utf8(text).map_err(|e| e.to_string())?)
        }
        Ty::List(ty) => {
            let (size, _) = layout(ty);
            let mut all = Vec::new();
            for i in 0..flat[1].bits() as u32 {
                all.push(load(core, bits as u32 + i * size, ty)?);
            }
            Value::List(all)
        }
        // A record with one core value.
        Ty::Record(fields) | Ty::Tuple(fields) => {
            Value::Fields(vec![lift(core, &fields[0], flat)?])
        }
        _ => {
            let cases = ty.cases().unwrap_or_default();
            let case = bits as usize;
            cases.get(case).ok_or_else(|| format!("case {case}"))?;
            Value::Case(case, None)
        }
    })
}
