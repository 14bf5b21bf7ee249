//! Checksums of crates, from `Cargo.lock`.
//!
//! The format: <https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html>. Packages of a registry have a checksum, which
//! is the SHA-256 of the `.crate` file; those of a workspace or of a repository have none.

use crate::digest::is_sha256;
use rules_wit_common::{
    display_path, nests_too_deeply, read_text, Diagnostic, Limit, Result, Site,
};
use std::collections::btree_map::{BTreeMap, Entry};
use std::path::{Path, PathBuf};
use toml::de::{DeTable, DeValue};

/// The crates of lock files with a checksum: name and version -> SHA-256 in hexadecimal digits.
pub type Checksums = BTreeMap<(String, String), String>;

/// Reads lock files.
///
/// Fails if a file cannot be read or is no lock file, and if two files have different checksums for a crate.
pub fn checksums(paths: &[PathBuf]) -> Result<Checksums> {
    let mut all: BTreeMap<(String, String), (String, Site)> = BTreeMap::new();
    for path in paths {
        let text = read_text(path, Limit::SOURCE)?;
        for (id, checksum, site) in packages(path, &text)? {
            match all.entry(id) {
                Entry::Vacant(entry) => {
                    entry.insert((checksum, site));
                }
                Entry::Occupied(entry) if entry.get().0 == checksum => {}
                Entry::Occupied(entry) => {
                    let ((name, version), (_, other)) = entry.remove_entry();
                    let title = format!("two checksums for the crate `{name} {version}`");
                    return Err(Diagnostic::new(title)
                        .site(site)
                        .site(other.label("another one here"))
                        .hint("use the same registry for both lock files, or leave one out")
                        .into());
                }
            }
        }
    }
    Ok(all
        .into_iter()
        .map(|(id, (checksum, _))| (id, checksum))
        .collect())
}

/// A package: name and version, checksum and where that is.
type Package = ((String, String), String, Site);

/// The packages of a lock file that have a checksum.
fn packages(path: &Path, text: &str) -> Result<Vec<Package>> {
    let shown = display_path(path);
    let site = |range| Site::new(shown.clone(), text, range);
    let invalid = |title: &str, range| {
        Diagnostic::new(format!("invalid lock file: {title}"))
            .site(site(range))
            .hint("run `cargo generate-lockfile`, which writes the file again")
    };
    if nests_too_deeply(text) {
        return Err(invalid("nesting too deep", 0..0).into());
    }
    let table = DeTable::parse(text).map_err(|e| {
        let title = e.message().lines().next().unwrap_or("no TOML").to_owned();
        invalid(&title, e.span().unwrap_or(0..0))
    })?;
    let Some(list) = table.get_ref().get("package") else {
        return Err(invalid("no packages", 0..0).into());
    };
    let DeValue::Array(list) = list.get_ref() else {
        return Err(invalid("`package` must be a list", list.span()).into());
    };
    let mut found = Vec::new();
    for entry in list {
        let DeValue::Table(package) = entry.get_ref() else {
            return Err(invalid("a package must be a table", entry.span()).into());
        };
        let value = |key: &str| match package.get(key).map(|v| v.get_ref()) {
            Some(DeValue::String(text)) => Some(text.to_string()),
            _ => None,
        };
        let (Some(name), Some(version)) = (value("name"), value("version")) else {
            return Err(invalid("a package without name and version", entry.span()).into());
        };
        let (Some(checksum), Some(at)) = (value("checksum"), package.get("checksum")) else {
            continue;
        };
        if !is_sha256(&checksum) {
            return Err(invalid("a checksum must have 64 hexadecimal digits", at.span()).into());
        }
        found.push(((name, version), checksum, site(at.span())));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::packages;
    use std::path::Path;

    fn read(text: &str) -> Result<Vec<String>, String> {
        packages(Path::new("Cargo.lock"), text)
            .map(|all| {
                all.into_iter()
                    .map(|((n, v), c, _)| format!("{n} {v} {}", &c[..2]))
                    .collect()
            })
            .map_err(|e| e.render(false))
    }

    #[test]
    fn packages_of_a_registry_have_checksums() {
        let text = format!(
            "version = 4\n[[package]]\nname = \"a\"\nversion = \"1.0.0\"\nchecksum = \"{}\"\n\n[[package]]\nname = \"own\"\nversion = \"0.0.0\"\n",
            "ab".repeat(32)
        );
        assert_eq!(read(&text), Ok(vec!["a 1.0.0 ab".to_owned()]));
    }

    #[test]
    fn other_files_are_errors() {
        for (text, expected) in [
            ("", "no packages"),
            ("package = 1", "`package` must be a list"),
            ("package = [1]", "a package must be a table"),
            (
                "[[package]]\nname = \"a\"",
                "a package without name and version",
            ),
            ("[[package]\n", "Cargo.lock:1:"),
            (
                "[[package]]\nname = \"a\"\nversion = \"1\"\nchecksum = \"AB\"",
                "Cargo.lock:4:12",
            ),
            (&"a.".repeat(1000), "nesting too deep"),
        ] {
            let error = read(text).expect_err(text);
            assert!(
                error.contains(expected) && error.contains("hint: "),
                "{text}: {error}"
            );
        }
    }
}
