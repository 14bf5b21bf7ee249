//! Compares the types of two items, and finds all differences.

use super::print::value;
use crate::error::causes;
use wac_graph::types::{are_semver_compatible, ItemKind, SubtypeChecker, Types, ValueType};

/// The largest width of a type in a message about a difference within it.
const MAX_WIDTH: usize = 60;

/// Finds `name` among names, or else the highest semver-compatible version of it.
pub fn find<'a>(names: impl Iterator<Item = &'a str>, name: &str) -> Option<&'a str> {
    let mut best: Option<&str> = None;
    for candidate in names {
        if candidate == name {
            return Some(candidate);
        }
        if are_semver_compatible(candidate, name)
            && best.is_none_or(|b| version(b) < version(candidate))
        {
            best = Some(candidate);
        }
    }
    best
}

/// `ns:package/item` of `ns:package/item@version`.
pub fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// The version numbers of `ns:package/item@version`.
pub fn version(name: &str) -> Vec<u64> {
    let text = name.split_once('@').map_or("", |(_, v)| v);
    let core = text.split(['-', '+']).next().unwrap_or_default();
    core.split('.').map(|n| n.parse().unwrap_or(0)).collect()
}

/// Which of two types errors call the expected one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// The importer's type.
    Wanted,
    /// The provider's type.
    Given,
}

/// Why `given` cannot be used where `wanted` is required; empty if it can.
pub fn differences(
    types: &Types,
    given: ItemKind,
    wanted: ItemKind,
    expected: Expected,
) -> Vec<String> {
    let (ItemKind::Instance(g), ItemKind::Instance(w)) = (given, wanted) else {
        return check(types, given, wanted, expected).into_iter().collect();
    };
    let given = &types[g].exports;
    let mut out = Vec::new();
    for (name, wanted) in &types[w].exports {
        let kind = wanted.desc(types);
        match given.get(name) {
            None if expected == Expected::Wanted => out.push(format!("{kind} `{name}` is missing")),
            None => out.push(format!("{kind} `{name}` is not expected")),
            Some(given) => {
                let difference = check(types, *given, *wanted, expected);
                out.extend(difference.map(|d| format!("{kind} `{name}`: {d}")));
            }
        }
    }
    out
}

fn check(types: &Types, given: ItemKind, wanted: ItemKind, expected: Expected) -> Option<String> {
    let mut cache = Default::default();
    let mut checker = SubtypeChecker::new(&mut cache);
    if expected == Expected::Given {
        // Affects the message only.
        checker.invert();
    }
    let error = checker.is_subtype(given, types, wanted, types).err()?;
    let own = asynchronous(types, given, wanted, expected);
    Some(own.unwrap_or_else(|| causes(error.as_ref()).join(": ")))
}

/// What is asynchronous on one side only, or has another payload, as it is written in WIT.
fn asynchronous(
    types: &Types,
    given: ItemKind,
    wanted: ItemKind,
    expected: Expected,
) -> Option<String> {
    let (ItemKind::Func(given), ItemKind::Func(wanted)) = (given, wanted) else {
        return None;
    };
    let (given, wanted) = (&types[given], &types[wanted]);
    let sides = |given: String, wanted: String| match expected {
        Expected::Wanted => format!("expected `{wanted}`, found `{given}`"),
        Expected::Given => format!("expected `{given}`, found `{wanted}`"),
    };
    if given.is_async != wanted.is_async {
        let word = |is_async| if is_async { "async func" } else { "func" };
        return Some(sides(
            word(given.is_async).to_owned(),
            word(wanted.is_async).to_owned(),
        ));
    }
    let payload = |given: ValueType, wanted: ValueType| {
        let (a, b) = (ItemKind::Value(given), ItemKind::Value(wanted));
        let mut cache = Default::default();
        let checked = SubtypeChecker::new(&mut cache).is_subtype(a, types, b, types);
        checked.err()?;
        let (given, wanted) = (value(types, given), value(types, wanted));
        let is_async = |text: &String| text.contains("stream") || text.contains("future");
        let shown = given != wanted && given.len().max(wanted.len()) <= MAX_WIDTH;
        (shown && (is_async(&given) || is_async(&wanted))).then(|| sides(given, wanted))
    };
    for ((name, given), (other, wanted)) in given.params.iter().zip(&wanted.params) {
        if let (true, Some(text)) = (name == other, payload(*given, *wanted)) {
            return Some(format!("parameter `{name}`: {text}"));
        }
    }
    let text = payload(given.result?, wanted.result?)?;
    Some(format!("result: {text}"))
}
