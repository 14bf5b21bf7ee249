//! Parses TOML, and reports unknown keys and wrong types.

use crate::problem::{Kind, Problem};
use crate::tree::File;
use rules_wit_common::{nests_too_deeply, Diagnostic};
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Parses a file. Reports syntax errors, and returns the entries without errors.
pub(super) fn parse<'a>(file: &'a File, problems: &mut Vec<Problem>) -> DeTable<'a> {
    if nests_too_deeply(&file.text) {
        let d = Diagnostic::new("nesting too deep").site(file.site(&(0..0)));
        problems.push(Problem::new(
            Kind::Manifest,
            d.hint("write the manifest without nested lists and tables"),
        ));
        return DeTable::new();
    }
    let (table, errors) = DeTable::parse_recoverable(&file.text);
    for e in errors {
        let title = e.message().lines().next().unwrap_or("invalid TOML");
        let d = Diagnostic::new(title).site(file.site(&e.span().unwrap_or(0..0)));
        problems.push(Problem::new(
            Kind::Manifest,
            d.hint("fix the TOML syntax here"),
        ));
    }
    table.into_inner()
}

/// Reports each key of `table` that is not in `known`. `table_name` is for messages.
pub(super) fn unknown(
    file: &File,
    table: &DeTable<'_>,
    known: &[&str],
    table_name: &str,
    problems: &mut Vec<Problem>,
) {
    for (key, _) in table {
        let name: &str = key.get_ref();
        if !known.contains(&name) {
            problems.push(unknown_key(file, name, key.span(), known, table_name));
        }
    }
}

/// The problem of an unknown key.
pub(super) fn unknown_key(
    file: &File,
    name: &str,
    span: Range<usize>,
    known: &[&str],
    table_name: &str,
) -> Problem {
    let d = Diagnostic::new(format!("unknown key `{name}` in {table_name}")).site(file.site(&span));
    let near = known
        .iter()
        .map(|k| (strsim::damerau_levenshtein(k, name), k))
        .filter(|(distance, k)| *distance <= 1 + k.len() / 3)
        .min();
    let hint = match near {
        Some((_, key)) => format!("did you mean `{key}`?"),
        None => format!("known keys: `{}`", known.join("`, `")),
    };
    Problem::new(Kind::UnknownKey, d.hint(hint))
}

/// The string that `key` is set to, with its range. Reports a value of another type.
pub(super) fn text(
    file: &File,
    table: &DeTable<'_>,
    key: &str,
    problems: &mut Vec<Problem>,
) -> Option<(String, Range<usize>)> {
    let value = table.get(key)?;
    match value.get_ref() {
        DeValue::String(text) => Some((text.to_string(), value.span())),
        _ => {
            let d = Diagnostic::new(format!("`{key}` must be a string"))
                .site(file.site(&value.span()))
                .hint(format!("write `{key} = \"...\"`"));
            problems.push(Problem::new(Kind::Manifest, d));
            None
        }
    }
}
