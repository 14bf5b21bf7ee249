//! Maps as values: a map is written like the list of its pairs, such as `[("a", 1), ("b", 2)]`.
//!
//! The pairs of a map have no order, so they are sorted by key before they are compared or printed.

use std::cmp::Ordering;
use wasmtime::component::Val;

/// Sorts the pairs of a map.
pub fn sort(pairs: &mut [(Val, Val)]) {
    pairs.sort_by(|(a, _), (b, _)| order(a, b));
}

/// Sorts the pairs of all maps in a value.
pub fn sorted(value: Val) -> Val {
    replaced(value, &|mut pairs| {
        sort(&mut pairs);
        Val::Map(pairs)
    })
}

/// Whether there are maps in a value.
pub fn are_in(value: &Val) -> bool {
    let payload = |value: &Option<Box<Val>>| value.as_deref().is_some_and(are_in);
    match value {
        Val::Map(_) => true,
        Val::List(values) | Val::FixedLengthList(values) | Val::Tuple(values) => {
            values.iter().any(are_in)
        }
        Val::Record(fields) => fields.iter().any(|(_, value)| are_in(value)),
        Val::Variant(_, value) | Val::Option(value) => payload(value),
        Val::Result(Ok(value) | Err(value)) => payload(value),
        _ => false,
    }
}

/// Replaces all maps in a value by lists of pairs.
pub fn as_lists(value: Val) -> Val {
    replaced(value, &|pairs| {
        let pair = |(key, value)| Val::Tuple(vec![key, value]);
        Val::List(pairs.into_iter().map(pair).collect())
    })
}

/// A key that is there twice in sorted pairs, if any.
pub fn repeated(pairs: &[(Val, Val)]) -> Option<&Val> {
    let same = pairs.windows(2).find(|two| two[0].0 == two[1].0);
    same.map(|two| &two[0].0)
}

fn replaced(value: Val, map: &impl Fn(Vec<(Val, Val)>) -> Val) -> Val {
    let one = |value: Val| replaced(value, map);
    let all = |values: Vec<Val>| values.into_iter().map(one).collect();
    let boxed = |value: Option<Box<Val>>| value.map(|value| Box::new(one(*value)));
    match value {
        Val::Map(pairs) => map(pairs.into_iter().map(|(k, v)| (k, one(v))).collect()),
        Val::List(values) => Val::List(all(values)),
        Val::FixedLengthList(values) => Val::FixedLengthList(all(values)),
        Val::Tuple(values) => Val::Tuple(all(values)),
        Val::Record(fields) => Val::Record(fields.into_iter().map(|(n, v)| (n, one(v))).collect()),
        Val::Variant(case, payload) => Val::Variant(case, boxed(payload)),
        Val::Option(payload) => Val::Option(boxed(payload)),
        Val::Result(Ok(payload)) => Val::Result(Ok(boxed(payload))),
        Val::Result(Err(payload)) => Val::Result(Err(boxed(payload))),
        other => other,
    }
}

/// The order of keys of one type.
fn order(a: &Val, b: &Val) -> Ordering {
    match (a, b) {
        (Val::Bool(a), Val::Bool(b)) => a.cmp(b),
        (Val::S8(a), Val::S8(b)) => a.cmp(b),
        (Val::U8(a), Val::U8(b)) => a.cmp(b),
        (Val::S16(a), Val::S16(b)) => a.cmp(b),
        (Val::U16(a), Val::U16(b)) => a.cmp(b),
        (Val::S32(a), Val::S32(b)) => a.cmp(b),
        (Val::U32(a), Val::U32(b)) => a.cmp(b),
        (Val::S64(a), Val::S64(b)) => a.cmp(b),
        (Val::U64(a), Val::U64(b)) => a.cmp(b),
        (Val::Char(a), Val::Char(b)) => a.cmp(b),
        (Val::String(a), Val::String(b)) => a.cmp(b),
        _ => Ordering::Equal,
    }
}
