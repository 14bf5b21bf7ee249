//! Version literals in files of other programs, which are edited in place.

use crate::tool_versions::{self, Versions};
use regex::Regex;
use rules_wit_common::{Diagnostic, Result, Site};
use std::ops::Range;

/// A pattern that finds versions in a file.
struct Literal {
    /// The file, relative to the root.
    file: &'static str,
    /// A pattern with a group `version`, and optionally a group `tool`, the key in `TOOL_VERSIONS`.
    pattern: &'static str,
    /// The key in `TOOL_VERSIONS` for patterns without a group `tool`.
    tool: &'static str,
}

/// All literals. These files have no template because other programs read or write them.
const LITERALS: &[Literal] = &[
    Literal {
        file: "MODULE.bazel",
        pattern: r#"(?m)^module\(\s*name = "(?<tool>[^"]+)",\s*version = "(?<version>[^"]*)""#,
        tool: "rules_wit",
    },
    Literal {
        file: "MODULE.bazel",
        pattern: r#"bazel_dep\(\s*name = "(?<tool>[^"]+)",\s*version = "(?<version>[^"]*)""#,
        tool: "",
    },
    Literal {
        file: "MODULE.bazel",
        pattern: r#"rust\.toolchain\([^)]*versions = \["(?<version>[^"]*)"\]"#,
        tool: "rust",
    },
    Literal {
        file: "README.md",
        pattern: r#"bazel_dep\(name = "(?<tool>rules_wit)", version = "(?<version>[^"]*)""#,
        tool: "rules_wit",
    },
    Literal {
        file: "test/e2e/consumer/MODULE.bazel",
        pattern: r#"bazel_dep\(name = "(?<tool>rules_wit)", version = "(?<version>[^"]*)""#,
        tool: "rules_wit",
    },
    Literal {
        file: "checksums/tools/rules_wit.json",
        pattern: r#""latest_version": "(?<version>[^"]*)""#,
        tool: "rules_wit",
    },
    Literal {
        file: "checksums/tools/rules_wit.json",
        pattern: r#""versions": \{\s*"(?<version>[^"]*)""#,
        tool: "rules_wit",
    },
    Literal {
        file: ".bazelversion",
        pattern: r"\A(?<version>\S+)\s*\z",
        tool: "bazel",
    },
    Literal {
        file: "COMPATIBILITY.md",
        pattern: r"(?m)^\| Bazel \| (?<version>\d+(\.\d+)+)",
        tool: "bazel",
    },
    Literal {
        file: "COMPATIBILITY.md",
        pattern: r"(?m)^\| rustc \| (?<version>\d+(\.\d+)+)",
        tool: "rust",
    },
];

/// The files with literals.
pub fn files() -> Vec<&'static str> {
    let mut files: Vec<&str> = LITERALS.iter().map(|l| l.file).collect();
    files.dedup();
    files
}

/// A literal in a file.
pub struct Found {
    /// Its range in the text.
    pub range: Range<usize>,
    /// The key in `TOOL_VERSIONS`.
    pub tool: String,
    /// The version in `TOOL_VERSIONS`, and its line.
    pub expected: (String, usize),
}

/// Returns the literals in a file.
///
/// Errors: a pattern that matches nothing, and a tool that `TOOL_VERSIONS` does not have.
pub fn find(file: &str, text: &str, versions: &Versions) -> Result<Vec<Found>> {
    let mut all = Vec::new();
    for literal in LITERALS.iter().filter(|l| l.file == file) {
        let before = all.len();
        let pattern = Regex::new(literal.pattern)
            .map_err(|e| Diagnostic::new(format!("malformed pattern in literals.rs: {e}")))?;
        for found in pattern.captures_iter(text) {
            let Some(version) = found.name("version") else {
                continue;
            };
            let tool = found.name("tool").map_or(literal.tool, |m| m.as_str());
            let Some(expected) = versions.tools.get(tool) else {
                return Err(Diagnostic::new(format!(
                    "`{tool}` has no version in {}",
                    tool_versions::PATH
                ))
                .site(Site::new(file, text, version.range()))
                .hint(format!(
                    "add \"{tool}\": \"{}\" to TOOL_VERSIONS",
                    version.as_str()
                ))
                .into());
            };
            all.push(Found {
                range: version.range(),
                tool: tool.to_owned(),
                expected: expected.clone(),
            });
        }
        if all.len() == before {
            return Err(Diagnostic::new(format!(
                "{file} has no version of {} where one is expected",
                literal.tool
            ))
            .note(format!("the pattern is {}", literal.pattern))
            .hint("correct the file, or the table in tools/checksum_updater/src/sync/literals.rs")
            .into());
        }
    }
    all.sort_by_key(|f| f.range.start);
    Ok(all)
}

/// Returns the text with each literal replaced by the version in `TOOL_VERSIONS`.
pub fn replace(text: &str, found: &[Found]) -> String {
    let mut out = text.to_owned();
    for literal in found.iter().rev() {
        out.replace_range(literal.range.clone(), &literal.expected.0);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn versions() -> Versions {
        Versions::parse("f", "TOOL_VERSIONS = {\"rules_wit\": \"0.7.3\", \"rules_rust\": \"0.93.7\", \"rust\": \"1.99.7\", \"bazel\": \"7.99.7\"}").expect("parses")
    }

    #[test]
    fn replaced() {
        for (file, text, expected) in [
            (
                "MODULE.bazel",
                "module(\n    name = \"rules_wit\",\n    version = \"\",\n)\nbazel_dep(name = \"rules_rust\", version = \"0.1\")\nrust.toolchain(\n  edition = \"2021\",\n  versions = [\"1.2.3\"],\n)\n",
                "module(\n    name = \"rules_wit\",\n    version = \"0.7.3\",\n)\nbazel_dep(name = \"rules_rust\", version = \"0.93.7\")\nrust.toolchain(\n  edition = \"2021\",\n  versions = [\"1.99.7\"],\n)\n",
            ),
            (".bazelversion", "8.0.0\n", "7.99.7\n"),
            (
                "checksums/tools/rules_wit.json",
                "\"latest_version\": \"0.1.0\", \"versions\": {\n  \"0.1.0\": {\"sha256\": \"0.1.0\"",
                "\"latest_version\": \"0.7.3\", \"versions\": {\n  \"0.7.3\": {\"sha256\": \"0.1.0\"",
            ),
            ("COMPATIBILITY.md", "x\n| Bazel | 8.0.0, y |\n| rustc | 1.0 |\n", "x\n| Bazel | 7.99.7, y |\n| rustc | 1.99.7 |\n"),
        ] {
            let found = find(file, text, &versions()).expect(file);
            assert_eq!(replace(text, &found), expected);
        }
    }

    #[test]
    fn errors() {
        for (file, text, title) in [
            (".bazelversion", "", "no version of bazel"),
            (
                "COMPATIBILITY.md",
                "| Bazel | 8.0.0 |",
                "no version of rust",
            ),
            (
                "MODULE.bazel",
                "module(name = \"x\", version = \"1\")",
                "`x` has no version in",
            ),
            (
                "MODULE.bazel",
                "bazel_dep(name = \"rules_rust\", version = \"1\")",
                "no version of rules_wit",
            ),
        ] {
            let error = find(file, text, &versions())
                .err()
                .expect(file)
                .render(false);
            assert!(error.contains(title), "{error}");
        }
    }
}
