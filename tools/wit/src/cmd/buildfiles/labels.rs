//! Labels, and their order in lists.

use std::path::{Path, PathBuf};

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

/// The relative path from `from` to `to` below it, with slashes. `None` if it is not below, or not
/// UTF-8.
pub(super) fn below(to: &Path, from: &Path) -> Option<String> {
    let rest = to.strip_prefix(from).ok()?;
    let parts: Option<Vec<&str>> = rest.components().map(|c| c.as_os_str().to_str()).collect();
    Some(parts?.join("/"))
}

/// The label of a source file, from its path below the BUILD file.
pub(super) fn file_label(path: String) -> String {
    match path.starts_with('@') {
        // Without the colon it would name a repository.
        true => format!(":{path}"),
        false => path,
    }
}

/// A file or directory that labels cannot name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unnameable {
    /// The part of the path, up to and including the name at fault.
    pub path: PathBuf,
    /// What labels do not allow.
    pub reason: String,
    /// A name that they allow.
    pub better: String,
}

/// Finds the first directory of `package`, the path of a Bazel package below the root of the
/// workspace, that labels cannot name.
///
/// The rules are those of Bazel's `LabelValidator`: printable ASCII without `:` and `\`, and not only
/// dots.
pub(super) fn unnameable_package(package: &Path) -> Option<Unnameable> {
    unnameable(package, |name| {
        if name.bytes().all(|b| b == b'.') {
            return Some("names of dots only".to_owned());
        }
        let is_allowed = |c: char| matches!(c, ' '..='~') && !matches!(c, ':' | '\\');
        character(name, is_allowed)
    })
}

/// Finds the first part of `file`, a path below a BUILD file, that labels cannot name.
///
/// The rules are those of Bazel's `LabelValidator`: no `:`, `\` or control character.
pub(super) fn unnameable_file(file: &Path) -> Option<Unnameable> {
    let is_allowed = |c: char| !c.is_ascii_control() && !matches!(c, ':' | '\\');
    unnameable(file, |name| character(name, is_allowed))
}

/// The first character of a name that is not allowed, for messages.
fn character(name: &str, is_allowed: impl Fn(char) -> bool) -> Option<String> {
    let c = name.chars().find(|c| !is_allowed(*c))?;
    Some(match c {
        '\\' => "`\\`".to_owned(),
        c => format!("`{}`", c.escape_debug()),
    })
}

fn unnameable(path: &Path, reason: impl Fn(&str) -> Option<String>) -> Option<Unnameable> {
    let mut at = PathBuf::new();
    for component in path.components() {
        at.push(component);
        let name = component.as_os_str().to_string_lossy();
        let reason = match component.as_os_str().to_str() {
            Some(name) => reason(name),
            None => Some("names that are not UTF-8".to_owned()),
        };
        if let Some(reason) = reason {
            let is_plain =
                |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-' | '@');
            let better: String = name
                .chars()
                .map(|c| if is_plain(c) { c } else { '-' })
                .collect();
            let better = better.trim_matches(['-', '.']);
            return Some(Unnameable {
                path: at,
                reason,
                better: if better.is_empty() { "wit" } else { better }.to_owned(),
            });
        }
    }
    None
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

    /// The sets are what Bazel 7's `LabelValidator` takes.
    #[test]
    fn names_that_labels_allow() {
        for c in (0..=0x7f_u8).map(char::from).chain(['\u{e9}', '\u{1f980}']) {
            let name = format!("a{c}b");
            let is_path = c == '/';
            let in_both = !c.is_ascii_control() && !matches!(c, ':' | '\\');
            let package = unnameable_package(Path::new(&name)).is_none();
            let file = unnameable_file(Path::new(&name)).is_none();
            assert_eq!(package, is_path || in_both && c.is_ascii(), "{c:?}");
            assert_eq!(file, is_path || in_both, "{c:?}");
        }
        for (package, at, reason, better) in [
            ("a/b:c/d", "a/b:c", "`:`", "b-c"),
            ("a/...", "a/...", "names of dots only", "wit"),
            ("\u{e9}:", "\u{e9}:", "`\u{e9}`", "wit"),
            ("x\n", "x\n", "`\\n`", "x"),
        ] {
            let expected = Unnameable {
                path: at.into(),
                reason: reason.to_owned(),
                better: better.to_owned(),
            };
            assert_eq!(unnameable_package(Path::new(package)), Some(expected));
        }
        assert_eq!(unnameable_package(Path::new("")), None);
        assert_eq!(file_label("@a/b.wit".to_owned()), ":@a/b.wit");
    }

    #[cfg(unix)]
    #[test]
    fn names_that_are_not_utf8() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"a/\xff.wit"));
        let found = unnameable_file(path).expect("not allowed");
        assert_eq!(found.reason, "names that are not UTF-8");
        assert_eq!(below(path, Path::new("a")), None);
    }
}
