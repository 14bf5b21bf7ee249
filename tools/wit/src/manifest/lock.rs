//! Reads `deps.lock` and `wkg.lock`.

use super::keys::{parse, text};
use crate::problem::Problem;
use crate::tree::File;
use rules_wit_common::Site;
use std::ops::Range;
use toml::de::{DeTable, DeValue};
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
#[derive(Clone, Debug)]
pub struct Locked {
    /// Its name: the local name in `deps.lock`, the package in `wkg.lock`.
    pub name: String,
    /// The locked versions with their ranges, in `wkg.lock` only.
    pub versions: Vec<(String, Range<usize>)>,
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

/// Reads a lock file: names and versions only. Reports TOML errors, and returns the entries without
/// errors.
pub fn lock(file: &File, problems: &mut Vec<Problem>) -> Lock {
    let table = parse(file, problems);
    let mut lock = Lock {
        file: file.clone(),
        entries: Vec::new(),
    };
    if !lock.is_wkg() {
        for (key, _) in &table {
            lock.entries.push(Locked {
                name: key.get_ref().to_string(),
                versions: Vec::new(),
            });
        }
        return lock;
    }
    for package in tables(&table, "packages") {
        let Some((name, _)) = text(file, package, "name", problems) else {
            continue;
        };
        let versions = tables(package, "versions")
            .filter_map(|v| text(file, v, "version", problems))
            .collect();
        lock.entries.push(Locked { name, versions });
    }
    lock
}

fn tables<'a, 'b>(table: &'b DeTable<'a>, key: &str) -> impl Iterator<Item = &'b DeTable<'a>> {
    let array = match table.get(key).map(Spanned::get_ref) {
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
