//! Reads manifests: `deps.toml` here, `wkg.toml` by [`wkg`].

use super::keys::{parse, text, unknown, unknown_key};
use super::model::{Dialect, Entry, Manifest, Source};
use super::wkg;
use crate::problem::{Kind, Problem};
use crate::tree::File;
use rules_wit_common::{Diagnostic, Severity};
use std::ops::Range;
use toml::de::{DeTable, DeValue};
use toml::Spanned;

const SECTION: &str = "dependencies";

/// The keys of an entry. `version` is one below `[dependencies]` only, `subdir` is one of older
/// versions of wit-deps.
pub(super) const ENTRY: &[&str] = &[
    "path", "url", "version", "sha256", "sha512", "subdir", "prefix",
];

/// The keys that go with `url`.
const OF_URL: &[&str] = &["sha256", "sha512", "subdir", "prefix"];

/// Reads a manifest. Reports errors, and returns the entries without errors.
pub fn manifest(file: &File, problems: &mut Vec<Problem>) -> Manifest {
    let before = problems.len();
    let table = parse(file, problems);
    let mut manifest = Manifest {
        file: file.clone(),
        dialect: Dialect::WitDeps,
        entries: Vec::new(),
        is_partial: false,
    };
    if file.shown.ends_with("wkg.toml") {
        wkg::read(&mut manifest, &table, problems);
    } else if let Some(section) = section(&table) {
        manifest.dialect = Dialect::Sectioned;
        unknown(file, &table, &[SECTION], "a manifest", problems);
        entries(&mut manifest, section, problems);
    } else {
        entries(&mut manifest, &table, problems);
    }
    manifest.entries.sort_by_key(|e| e.range.start);
    let is_error = |p: &Problem| p.diagnostic.severity() == Severity::Error;
    manifest.is_partial = problems[before..].iter().any(is_error);
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
            DeValue::String(s) if is_url(s) => Some((
                Source::Url {
                    url: s.to_string(),
                    prefix: String::new(),
                },
                None,
            )),
            DeValue::String(s) => Some((Source::Path(s.to_string(), value.span()), None)),
            DeValue::Table(t) if is_section(t) => {
                let d = unknown_key(&file, &name, key.span(), &[SECTION], "a manifest");
                problems.push(d);
                None
            }
            DeValue::Table(t) => dependency(manifest, &name, key.span(), t, problems),
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
    manifest: &Manifest,
    name: &str,
    span: Range<usize>,
    table: &DeTable<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Found> {
    let (file, before) = (&manifest.file, problems.len());
    let table_name = format!("dependency '{name}'");
    unknown(file, table, ENTRY, &table_name, problems);
    let path = text(file, table, "path", problems);
    let url = text(file, table, "url", problems);
    let version = text(file, table, "version", problems);
    let of_url: Vec<(&str, (String, Range<usize>))> = (OF_URL.iter())
        .filter_map(|key| Some((*key, text(file, table, key, problems)?)))
        .collect();
    if let (Dialect::WitDeps, Some((_, range))) = (manifest.dialect, &version) {
        let d = Diagnostic::warning(format!(
            "`wit-deps` does not know `version` in {table_name}"
        ))
        .site(file.site(range))
        .hint("remove it, or write the entries below `[dependencies]`");
        problems.push(Problem::new(Kind::UnknownKey, d));
    }
    let example = format!("write `{name} = {{ path = \"../{name}\" }}`");
    let (message, hint) = match (path, url) {
        (Some((path, range)), None) => match of_url.first() {
            None => return Some((Source::Path(path, range), version)),
            Some((key, _)) => (
                format!("{table_name} has `{key}`, which belongs to `url`, and `path`"),
                format!("remove `{key}`"),
            ),
        },
        (None, Some((url, _))) if is_url(&url) => {
            let prefix = of_url.into_iter().find(|(key, _)| *key == "prefix");
            let prefix = prefix.map_or_else(String::new, |(_, (prefix, _))| prefix);
            return Some((Source::Url { url, prefix }, version));
        }
        (None, Some((url, _))) => (
            format!("invalid URL `{url}`"),
            format!("write `url = \"https://...\"`, or `path = \"{url}\"` for a directory"),
        ),
        // The error has been reported.
        (None, None) if problems.len() > before => return None,
        (None, None) => (format!("{table_name} has no `path`"), example),
        (Some(_), Some(_)) => (format!("{table_name} has both `path` and `url`"), example),
    };
    let d = Diagnostic::new(message).site(file.site(&span)).hint(hint);
    problems.push(Problem::new(Kind::Manifest, d));
    None
}

/// Whether wit-deps takes a text as a URL and not as a path: if it is absolute as the URL standard
/// defines it, and has a hierarchy.
fn is_url(text: &str) -> bool {
    const SPECIAL: &[&str] = &["file", "ftp", "http", "https", "ws", "wss"];
    let Some((scheme, rest)) = text.split_once(':') else {
        return false;
    };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let is_special = SPECIAL.contains(&scheme.to_ascii_lowercase().as_str());
    is_scheme && (is_special || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::is_url;

    #[test]
    fn urls_and_paths() {
        for url in [
            "https://x/y.tar.gz",
            "HTTP:x",
            "file:///x",
            "git+ssh://x",
            "c:/x",
        ] {
            assert!(is_url(url), "{url}");
        }
        for path in [
            "../x",
            "/x",
            "x",
            "",
            "a:b",
            "C:\\x",
            ":x",
            "1a:/x",
            "a b:/x",
            "./http:/x",
        ] {
            assert!(!is_url(path), "{path}");
        }
    }
}
