//! Labels, and their order in lists.

use std::path::Path;

/// A target: the path of its package from the root of the workspace, and its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Label {
    pub package: String,
    pub name: String,
}

impl Label {
    /// The label as written in the BUILD file of `package`.
    pub fn from(&self, package: &str) -> String {
        if self.package == package {
            return format!(":{}", self.name);
        }
        let last = self.package.rsplit('/').next().unwrap_or_default();
        match last == self.name {
            true => format!("//{}", self.package),
            false => format!("//{}:{}", self.package, self.name),
        }
    }
}

/// The canonical form of a label in the BUILD file of `package`.
pub(super) fn normal(label: &str, package: &str) -> String {
    let (repository, rest) = match label.split_once("//") {
        Some((repository, rest)) => (repository.trim_start_matches('@'), rest),
        None => {
            let name = label.trim_start_matches(':');
            return format!("//{package}:{name}");
        }
    };
    let rest = match rest.split_once(':') {
        Some(_) => rest.to_owned(),
        None => format!("{rest}:{}", rest.rsplit('/').next().unwrap_or_default()),
    };
    match repository {
        "" => format!("//{rest}"),
        repository => format!("@{repository}//{rest}"),
    }
}

/// The sort key of a label, as in buildifier: files, then targets of the package, of the workspace, and
/// of other repositories.
pub(super) fn order(label: &str) -> (usize, &str) {
    let kind = match label {
        _ if label.starts_with(':') => 1,
        _ if label.starts_with("//") => 2,
        _ if label.starts_with('@') => 3,
        _ => 0,
    };
    (kind, label)
}

/// The relative path from `from` to `to` below it, with slashes.
pub(super) fn below(to: &Path, from: &Path) -> Option<String> {
    let rest = to.strip_prefix(from).ok()?;
    let parts: Vec<String> = rest
        .components()
        .map(|c| c.as_os_str().to_string_lossy().into_owned())
        .collect();
    Some(parts.join("/"))
}

/// A name of a target from the name of a directory.
pub(super) fn target_name(dir: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let name: String = dir
        .chars()
        .map(|c| if allowed(c) { c } else { '_' })
        .collect();
    match name.is_empty() {
        true => "wit".to_owned(),
        false => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels() {
        let label = |package: &str, name: &str| Label {
            package: package.to_owned(),
            name: name.to_owned(),
        };
        assert_eq!(label("a/b", "c").from("a/b"), ":c");
        assert_eq!(label("a/b", "c").from("a"), "//a/b:c");
        assert_eq!(label("a/b", "b").from("a"), "//a/b");
        for (text, expected) in [
            (":x", "//p/q:x"),
            ("x", "//p/q:x"),
            ("//p/q:x", "//p/q:x"),
            ("//a/b", "//a/b:b"),
            ("@//a/b", "//a/b:b"),
            ("@r//a:c", "@r//a:c"),
            ("@@r//a", "@r//a:a"),
        ] {
            assert_eq!(normal(text, "p/q"), expected, "{text}");
        }
    }
}
