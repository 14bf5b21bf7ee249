//! Reads `deps.toml` and `wkg.toml`.

use super::keys::{parse, text, unknown, unknown_key};
use super::model::{Dialect, Entry, Manifest, Source};
use crate::problem::{Kind, Problem};
use crate::tree::File;
use rules_wit_common::Diagnostic;
use std::ops::Range;
use toml::de::{DeTable, DeValue};
use toml::Spanned;

const SECTION: &str = "dependencies";
const ENTRY: &[&str] = &[
    "path", "url", "version", "sha256", "sha512", "subdir", "prefix",
];
const WKG: &[&str] = &["overrides", "workspace", "metadata"];
const OVERRIDE: &[&str] = &["path", "version"];
const WORKSPACE: &[&str] = &["members", "metadata"];
const METADATA: &[&str] = &[
    "authors",
    "author",
    "description",
    "licenses",
    "license",
    "source",
    "repository",
    "homepage",
    "revision",
];

/// Reads a manifest. Reports errors, and returns the entries without errors.
pub fn manifest(file: &File, problems: &mut Vec<Problem>) -> Manifest {
    let before = problems.len();
    let table = parse(file, problems);
    let mut manifest = Manifest {
        file: file.clone(),
        dialect: Dialect::WitDeps,
        entries: Vec::new(),
        is_partial: false,
        members: Vec::new(),
    };
    if file.shown.ends_with("wkg.toml") {
        wkg(&mut manifest, &table, problems);
    } else if let Some(section) = section(&table) {
        manifest.dialect = Dialect::Sectioned;
        unknown(file, &table, &[SECTION], "a manifest", problems);
        entries(&mut manifest, section, problems);
    } else {
        entries(&mut manifest, &table, problems);
    }
    manifest.entries.sort_by_key(|e| e.range.start);
    manifest.is_partial = problems.len() > before;
    manifest
}

/// The table `[dependencies]`. `None` if it is an entry called `dependencies` in the dialect of
/// wit-deps: a table with only the keys of an entry, set to strings.
fn section<'a, 'b>(table: &'b DeTable<'a>) -> Option<&'b DeTable<'a>> {
    match table.get(SECTION)?.get_ref() {
        DeValue::Table(section) => {
            let is_entry = !section.is_empty()
                && section.iter().all(|(k, v)| {
                    ENTRY.contains(&k.get_ref().as_ref())
                        && matches!(v.get_ref(), DeValue::String(_))
                });
            (!is_entry).then_some(section)
        }
        _ => None,
    }
}

fn entries(manifest: &mut Manifest, table: &DeTable<'_>, problems: &mut Vec<Problem>) {
    let file = manifest.file.clone();
    for (key, value) in table {
        let name = key.get_ref().to_string();
        let entry = match value.get_ref() {
            DeValue::String(s) if s.contains("://") => Some((Source::Fetched, None)),
            DeValue::String(s) => Some((Source::Path(s.to_string(), value.span()), None)),
            DeValue::Table(t) if is_section(t) => {
                let d = unknown_key(&file, &name, key.span(), &[SECTION], "a manifest");
                problems.push(d);
                None
            }
            DeValue::Table(t) => dependency(&file, &name, key.span(), t, problems),
            _ => {
                let d = Diagnostic::new(format!("dependency '{name}' must be a string or a table"))
                    .site(file.site(&value.span()))
                    .hint(format!("write `{name} = {{ path = \"../{name}\" }}`"));
                problems.push(Problem::new(Kind::Manifest, d));
                None
            }
        };
        if let Some((source, version)) = entry {
            manifest.entries.push(Entry {
                name,
                range: key.span(),
                source,
                version,
            });
        }
    }
}

fn is_section(table: &DeTable<'_>) -> bool {
    let is_table = |v: &Spanned<DeValue<'_>>| matches!(v.get_ref(), DeValue::Table(_));
    table.values().any(is_table)
}

type Found = (Source, Option<(String, Range<usize>)>);

fn dependency(
    file: &File,
    name: &str,
    span: Range<usize>,
    table: &DeTable<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Found> {
    let before = problems.len();
    unknown(
        file,
        table,
        ENTRY,
        &format!("dependency '{name}'"),
        problems,
    );
    let path = text(file, table, "path", problems);
    let url = text(file, table, "url", problems);
    let version = text(file, table, "version", problems);
    for key in ["sha256", "sha512", "subdir", "prefix"] {
        text(file, table, key, problems);
    }
    let message = match (path, url) {
        (Some((path, range)), None) => return Some((Source::Path(path, range), version)),
        (None, Some(_)) => return Some((Source::Fetched, version)),
        // The error has been reported.
        (None, None) if problems.len() > before => return None,
        (None, None) => format!("dependency '{name}' has no `path`"),
        (Some(_), Some(_)) => format!("dependency '{name}' has both `path` and `url`"),
    };
    let d = Diagnostic::new(message)
        .site(file.site(&span))
        .hint(format!("write `{name} = {{ path = \"../{name}\" }}`"));
    problems.push(Problem::new(Kind::Manifest, d));
    None
}

fn wkg(manifest: &mut Manifest, table: &DeTable<'_>, problems: &mut Vec<Problem>) {
    manifest.dialect = Dialect::Wkg;
    let file = manifest.file.clone();
    unknown(&file, table, WKG, "a manifest", problems);
    if let Some(overrides) = sub(&file, table, "overrides", problems) {
        for (key, value) in overrides {
            let name = key.get_ref().to_string();
            let DeValue::Table(table) = value.get_ref() else {
                let d = Diagnostic::new(format!("override '{name}' must be a table"))
                    .site(file.site(&value.span()))
                    .hint(format!("write `\"{name}\" = {{ path = \"...\" }}`"));
                problems.push(Problem::new(Kind::Manifest, d));
                continue;
            };
            unknown(
                &file,
                table,
                OVERRIDE,
                &format!("override '{name}'"),
                problems,
            );
            let version = text(&file, table, "version", problems);
            let source = match text(&file, table, "path", problems) {
                Some((path, range)) => Source::Path(path, range),
                None => Source::Fetched,
            };
            manifest.entries.push(Entry {
                name,
                range: key.span(),
                source,
                version,
            });
        }
    }
    if let Some(metadata) = sub(&file, table, "metadata", problems) {
        unknown(&file, metadata, METADATA, "`[metadata]`", problems);
    }
    if let Some(workspace) = sub(&file, table, "workspace", problems) {
        unknown(&file, workspace, WORKSPACE, "`[workspace]`", problems);
        if let Some(DeValue::Array(members)) = workspace.get("members").map(Spanned::get_ref) {
            for member in members.iter() {
                if let DeValue::String(path) = member.get_ref() {
                    if !path.contains(['*', '?', '[']) {
                        manifest.members.push((path.to_string(), member.span()));
                    }
                }
            }
        }
    }
}

fn sub<'a, 'b>(
    file: &File,
    table: &'b DeTable<'a>,
    key: &str,
    problems: &mut Vec<Problem>,
) -> Option<&'b DeTable<'a>> {
    let value = table.get(key)?;
    if let DeValue::Table(table) = value.get_ref() {
        return Some(table);
    }
    let d = Diagnostic::new(format!("`{key}` must be a table"))
        .site(file.site(&value.span()))
        .hint(format!("write `[{key}]`"));
    problems.push(Problem::new(Kind::Manifest, d));
    None
}
