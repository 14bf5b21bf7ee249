//! Reads `wkg.toml`.

use super::keys::{text, unknown};
use super::model::{Dialect, Entry, Manifest, Source};
use crate::problem::{Kind, Problem};
use crate::tree::File;
use rules_wit_common::Diagnostic;
use std::ops::Range;
use toml::de::{DeTable, DeValue};
use toml::Spanned;

/// The tables.
pub(super) const TABLES: &[&str] = &["overrides", "workspace", "metadata"];

/// The keys of an override.
pub(super) const OVERRIDE: &[&str] = &["path", "version"];

/// The keys of `[workspace]`. wkg ignores others.
pub(super) const WORKSPACE: &[&str] = &["members", "metadata", "root"];

/// The keys of `[metadata]`, and the other name of some. wkg accepts one name of each.
pub(super) const METADATA: &[(&str, Option<&str>)] = &[
    ("authors", Some("author")),
    ("description", None),
    ("licenses", Some("license")),
    ("source", Some("repository")),
    ("homepage", None),
    ("revision", None),
];

/// Reads `wkg.toml` into `manifest`. Reports what wkg rejects, and warns of what it ignores.
pub(super) fn read(manifest: &mut Manifest, table: &DeTable<'_>, problems: &mut Vec<Problem>) {
    manifest.dialect = Dialect::Wkg;
    let file = manifest.file.clone();
    unknown(&file, table, TABLES, "a manifest", problems);
    let overrides = sub(&file, table, "overrides", problems);
    let metadata = sub(&file, table, "metadata", problems);
    let workspace = sub(&file, table, "workspace", problems);
    for (key, value) in overrides.into_iter().flatten() {
        let (name, range) = (key.get_ref().to_string(), key.span());
        let DeValue::Table(table) = value.get_ref() else {
            let d = Diagnostic::new(format!("override '{name}' must be a table"))
                .site(file.site(&value.span()))
                .hint(format!("write `\"{name}\" = {{ path = \"...\" }}`"));
            problems.push(Problem::new(Kind::Manifest, d));
            continue;
        };
        if let Some((source, version)) = package_override(&file, &name, &range, table, problems) {
            manifest.entries.push(Entry {
                name,
                range,
                source,
                version,
            });
        }
    }
    if let Some(metadata) = metadata {
        self::metadata(&file, metadata, "`[metadata]`", problems);
    }
    let Some(workspace) = workspace else {
        return;
    };
    self::workspace(&file, workspace, problems);
    for other in ["overrides", "metadata"] {
        if let Some((key, _)) = table.get_key_value(other) {
            let hint = match other {
                "metadata" => "write `[workspace.metadata]`",
                _ => "move `[overrides]` to the manifests of the members",
            };
            let d = Diagnostic::new(format!("`[workspace]` and `[{other}]` in one manifest"))
                .site(file.site(&key.span()))
                .hint(hint);
            problems.push(Problem::new(Kind::Manifest, d));
        }
    }
}

type Version = Option<(String, Range<usize>)>;

/// Reads an override. `None` for one that wkg rejects or ignores.
fn package_override(
    file: &File,
    name: &str,
    range: &Range<usize>,
    table: &DeTable<'_>,
    problems: &mut Vec<Problem>,
) -> Option<(Source, Version)> {
    unknown(
        file,
        table,
        OVERRIDE,
        &format!("override '{name}'"),
        problems,
    );
    let path = text(file, table, "path", problems);
    let version = text(file, table, "version", problems);
    let site = || file.site(range);
    let is_id = |id: &str| wit_parser::validate_id(id).is_ok();
    let (d, kind) = match (name.split_once(':'), path, version) {
        (parts, ..) if !parts.is_some_and(|(a, b)| is_id(a) && is_id(b)) => {
            let d = Diagnostic::new(format!("`{name}` is not the name of a package"))
                .site(site())
                .hint("write `\"namespace:name\"`, without a version");
            (d, Kind::Manifest)
        }
        (.., Some((version, range))) if semver::VersionReq::parse(&version).is_err() => {
            let d = Diagnostic::new(format!("invalid version `{version}`"))
                .site(file.site(&range))
                .hint("write a requirement such as `0.2.0` or `>=0.2, <0.3`");
            (d, Kind::Manifest)
        }
        (_, Some((path, range)), version) => return Some((Source::Path(path, range), version)),
        (_, None, Some(version)) => return Some((Source::Registry, Some(version))),
        (_, None, None) => {
            let d = Diagnostic::warning(format!("`wkg` ignores override '{name}'"))
                .site(site().label("it has neither `path` nor `version`"))
                .hint("set one of them, or remove the override");
            (d, Kind::UnusedDependency)
        }
    };
    problems.push(Problem::new(kind, d));
    None
}

fn metadata(file: &File, table: &DeTable<'_>, table_name: &str, problems: &mut Vec<Problem>) {
    let names = METADATA
        .iter()
        .flat_map(|(key, other)| [Some(*key), *other]);
    let known: Vec<&str> = names.flatten().collect();
    unknown(file, table, &known, table_name, problems);
    for key in known {
        text(file, table, key, problems);
    }
    for (key, other) in METADATA {
        let Some(other) = other.filter(|_| table.contains_key(*key)) else {
            continue;
        };
        if let Some((twice, _)) = table.get_key_value(other) {
            let d = Diagnostic::new(format!("`{key}` is set twice in {table_name}"))
                .site(
                    file.site(&twice.span())
                        .label(format!("another name of `{key}`")),
                )
                .hint("remove one of them");
            problems.push(Problem::new(Kind::Manifest, d));
        }
    }
}

/// Reads `[workspace]`. Which directories are members matters to `wkg` only.
fn workspace(file: &File, table: &DeTable<'_>, problems: &mut Vec<Problem>) {
    if let Some(table) = sub(file, table, "metadata", problems) {
        metadata(file, table, "`[workspace.metadata]`", problems);
    }
    let mut ignored = Vec::new();
    for (key, value) in table {
        let name: &str = key.get_ref();
        let is_text = |v: &Spanned<DeValue<'_>>| matches!(v.get_ref(), DeValue::String(_));
        let why = match (name, value.get_ref()) {
            ("members", DeValue::Array(members)) if members.iter().all(is_text) => continue,
            ("members", _) => "it must be a list of strings",
            _ if WORKSPACE.contains(&name) => continue,
            _ => "unknown key",
        };
        ignored.push((name, key.span(), why));
    }
    for (name, span, why) in ignored {
        let d = Diagnostic::warning(format!("`wkg` ignores `{name}` in `[workspace]`"))
            .site(file.site(&span).label(why))
            .hint("write `members = [\"...\"]`, and `[workspace.metadata]`");
        problems.push(Problem::new(Kind::UnknownKey, d));
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
