//! Reads `deps.lock` and `wkg.lock`.

use super::keys::{parse, text};
use crate::problem::{Kind, Problem};
use crate::tree::File;
use rules_wit_common::{Diagnostic, Site};
use std::ops::Range;
use toml::de::{DeString, DeTable, DeValue};
use toml::Spanned;

/// A lock file.
#[derive(Clone, Debug)]
pub struct Lock {
    /// The file.
    pub file: File,
    /// The locked dependencies.
    pub entries: Vec<Locked>,
}

/// A locked dependency.
#[derive(Clone, Debug, Default)]
pub struct Locked {
    /// Its name: the local name in `deps.lock`, the package in `wkg.lock`.
    pub name: String,
    /// The range of the name.
    pub range: Range<usize>,
    /// The locked versions with their ranges, in `wkg.lock` only.
    pub versions: Vec<(String, Range<usize>)>,
    /// The URL that it was fetched from, with the directory in the archive, in `deps.lock` only.
    pub url: Option<(String, String)>,
    /// The path that it was copied from, in `deps.lock` only.
    pub path: Option<String>,
    /// The names of the dependencies that it brings along, in `deps.lock` only.
    pub deps: Vec<String>,
}

impl Lock {
    /// The site of a range.
    pub fn site(&self, range: &Range<usize>) -> Site {
        self.file.site(range)
    }

    /// Whether it is `wkg.lock`.
    pub fn is_wkg(&self) -> bool {
        self.file.shown.ends_with("wkg.lock")
    }
}

/// Reads a lock file. Reports TOML errors and an unknown version of the format, and returns the
/// entries without errors.
///
/// Hashes are not read: the tools compare them when they fetch.
pub fn lock(file: &File, problems: &mut Vec<Problem>) -> Lock {
    let table = parse(file, problems);
    let mut lock = Lock {
        file: file.clone(),
        entries: Vec::new(),
    };
    if !lock.is_wkg() {
        for (key, value) in &table {
            lock.entries.push(locked(key, value));
        }
        return lock;
    }
    if let Some(version) = table.get("version") {
        let is_known = matches!(version.get_ref(), DeValue::Integer(i) if i.as_str() == "1");
        if !is_known {
            let d = Diagnostic::new("unknown version of the lock file")
                .site(file.site(&version.span()).label("`wkg` knows version 1"))
                .hint("run `wkg wit update`, which writes the file again");
            problems.push(Problem::new(Kind::Manifest, d));
            return lock;
        }
    }
    for package in tables(&table, ["packages", "package"]) {
        let Some((name, range)) = text(file, package, "name", problems) else {
            continue;
        };
        let versions = tables(package, ["versions", "version"])
            .filter_map(|v| text(file, v, "version", problems))
            .collect();
        lock.entries.push(Locked {
            name,
            range,
            versions,
            ..Locked::default()
        });
    }
    lock
}

/// An entry of `deps.lock`.
fn locked(key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Locked {
    let table = match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => None,
    };
    let string = |value: &Spanned<DeValue<'_>>| match value.get_ref() {
        DeValue::String(text) => Some(text.to_string()),
        _ => None,
    };
    let text = |key: &str| table.and_then(|t| string(t.get(key)?));
    let deps = match table.and_then(|t| t.get("deps")).map(Spanned::get_ref) {
        Some(DeValue::Array(deps)) => deps.iter().filter_map(string).collect(),
        _ => Vec::new(),
    };
    Locked {
        name: key.get_ref().to_string(),
        range: key.span(),
        versions: Vec::new(),
        url: text("url").map(|url| (url, text("prefix").unwrap_or_default())),
        path: text("path"),
        deps,
    }
}

/// The tables of the array that one of two keys is set to: `wkg` accepts both.
fn tables<'a, 'b>(
    table: &'b DeTable<'a>,
    keys: [&str; 2],
) -> impl Iterator<Item = &'b DeTable<'a>> {
    let value = keys.iter().find_map(|key| table.get(*key));
    let array = match value.map(Spanned::get_ref) {
        Some(DeValue::Array(array)) => Some(array),
        _ => None,
    };
    array
        .into_iter()
        .flat_map(|a| a.iter())
        .filter_map(|v| match v.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => None,
        })
}
