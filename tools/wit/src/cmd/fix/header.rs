//! Adds `package` headers to files without one.

use crate::edit::Edit;
use crate::manifest::is_local_name;
use crate::syntax::{escape, lex, Kind};
use crate::tree::Tree;
use rules_wit_common::Diagnostic;
use std::collections::BTreeSet;
use wit_parser::PackageName;

/// The units that a name given by the user may be for: those without a header or a comment with
/// the name, and not below `deps`.
pub(super) fn nameless(tree: &Tree) -> Vec<usize> {
    let units = 0..tree.units.len();
    let is_nameless = |unit: &usize| {
        let mut files = tree.units[*unit].files.iter();
        tree.units[*unit].name.is_none()
            && tree.level(*unit) == 0
            && files.all(|f| in_comment(&tree.files[*f].0.text).is_none())
    };
    units.filter(is_nameless).collect()
}

/// Finds the name of `unit`: from a comment with it, as `given` by the user, from its users, or from
/// the name of its directory. Returns the name, the number of the file for the header, and the edit.
pub(super) fn find(
    tree: &Tree,
    unit: usize,
    given: Option<&PackageName>,
    warnings: &mut Vec<Diagnostic>,
) -> Option<(PackageName, usize, Edit)> {
    let known = || {
        let names = tree.units.iter().filter_map(|u| u.name.as_ref());
        let others: Vec<&PackageName> = names.collect();
        match others.is_empty() {
            true => given.into_iter().collect(),
            false => others,
        }
    };
    for file in &tree.units[unit].files {
        if let Some((name, at)) = in_comment(&tree.files[*file].0.text) {
            let name = with_version(&known(), name);
            let rest = &tree.files[*file].0.text[at..];
            let has_gap = rest.starts_with(['\n', '\r']) || rest.starts_with("use ");
            let gap = if has_gap { "" } else { "\n" };
            let edit = Edit::insert(at, format!("package {name};\n{gap}"));
            return Some((name, *file, edit));
        }
    }
    let is_of_use = |i: &&usize| {
        let top = &tree.files[**i].1.top;
        !top.bodies.is_empty() || !top.uses.is_empty()
    };
    let mut files = tree.units[unit].files.iter();
    let header = |name: &PackageName| Edit::insert(0, format!("package {};\n\n", escaped(name)));
    if let (Some(name), [_]) = (given, nameless(tree).as_slice()) {
        if tree.level(unit) == 0 {
            // A package may be empty.
            let file = files.find(is_of_use).or(tree.units[unit].files.first())?;
            return Some((name.clone(), *file, header(name)));
        }
    }
    let first = *files.find(is_of_use)?;
    let dir = tree.units[unit]
        .dir
        .file_name()?
        .to_string_lossy()
        .into_owned();
    let (name, is_guess) = match from_users(tree, &dir) {
        Some(name) => (name, false),
        None => (from_namespace(&known(), &dir)?, true),
    };
    let name = with_version(&known(), name);
    let file = &tree.files[first].0;
    if is_guess {
        warnings.push(
            Diagnostic::warning(format!("package `{name}` is named after its directory"))
                .site(file.site(&(0..0)))
                .hint("check the new `package` header"),
        );
    }
    let edit = header(&name);
    Some((name, first, edit))
}

/// The name with `%` before keywords.
fn escaped(name: &PackageName) -> String {
    let version = name.version.as_ref().map(|v| format!("@{v}"));
    let (namespace, package) = (escape(&name.namespace), escape(&name.name));
    format!("{namespace}:{package}{}", version.unwrap_or_default())
}

/// The name in a comment such as `// ns:package/file.wit` at the start of the file, and the offset of
/// the next line.
fn in_comment(text: &str) -> Option<(PackageName, usize)> {
    for token in lex(text) {
        if token.kind != Kind::Comment {
            return None;
        }
        let comment = text[token.range.clone()].trim_start_matches('/').trim();
        let is_path = comment.ends_with(".wit") && !comment.contains(char::is_whitespace);
        let Some((id, _)) = comment.split_once('/').filter(|_| is_path) else {
            continue;
        };
        let end = text[token.range.end..]
            .find('\n')
            .map(|i| token.range.end + i + 1)?;
        return parse(id).map(|name| (name, end));
    }
    None
}

/// Parses `ns:name` or `ns:name@version`.
pub(super) fn parse(id: &str) -> Option<PackageName> {
    let (namespace, rest) = id.split_once(':')?;
    let (name, version) = match rest.split_once('@') {
        Some((name, version)) => (name, Some(version.parse().ok()?)),
        None => (rest, None),
    };
    wit_parser::validate_id(namespace).ok()?;
    wit_parser::validate_id(name).ok()?;
    Some(PackageName {
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        version,
    })
}

/// The only missing package that others use and that can be in this directory.
fn from_users(tree: &Tree, dir: &str) -> Option<PackageName> {
    let existing: BTreeSet<(String, String)> = (0..tree.units.len())
        .flat_map(|u| tree.packages(u))
        .map(|n| (n.namespace, n.name))
        .collect();
    let mut found = BTreeSet::new();
    for (_, outline) in &tree.files {
        for (_, scope) in outline.packages() {
            for package in scope.paths().iter().filter_map(|p| p.package.as_ref()) {
                let key = (package.namespace.clone(), package.name.clone());
                if is_local_name(dir, &package.name) && !existing.contains(&key) {
                    found.insert(key);
                }
            }
        }
    }
    let (namespace, name) = found.pop_first().filter(|_| found.is_empty())?;
    Some(PackageName {
        namespace,
        name,
        version: None,
    })
}

/// The name of the directory, in the namespace of all `known` packages.
fn from_namespace(known: &[&PackageName], dir: &str) -> Option<PackageName> {
    let mut namespaces: BTreeSet<&str> = known.iter().map(|n| n.namespace.as_str()).collect();
    let namespace = namespaces.pop_first().filter(|_| namespaces.is_empty())?;
    if dir == "wit" || dir == "deps" {
        return None;
    }
    parse(&format!("{namespace}:{dir}"))
}

/// Adds the version that all `known` packages of the namespace have.
fn with_version(known: &[&PackageName], mut name: PackageName) -> PackageName {
    if name.version.is_none() {
        let same = known.iter().filter(|n| n.namespace == name.namespace);
        let mut versions: BTreeSet<_> = same.map(|n| n.version.clone()).collect();
        name.version = versions
            .pop_first()
            .filter(|_| versions.is_empty())
            .flatten();
    }
    name
}

#[cfg(test)]
mod tests {
    use super::in_comment;

    #[test]
    fn comments_that_name_the_package() {
        for (text, expected) in [
            ("// a:b/c.wit\ninterface c {}", Some("a:b")),
            ("// note\n// a:b@1.0.0/c.wit\nuse x;", Some("a:b@1.0.0")),
            ("// see a:b/c.wit\n", None),
            ("interface c {}\n// a:b/c.wit\n", None),
            ("// https://x/c.wit\n", None),
        ] {
            let found = in_comment(text).map(|(name, _)| name.to_string());
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
    }
}
