//! Finds copies of versions that should come from `TOOL_VERSIONS`.

use crate::tool_versions::{Versions, PATH};
use crate::version;
use regex::Regex;
use rules_wit_common::{Diagnostic, Site};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::LazyLock;

/// The tools with distinctive versions: each occurrence is a copy. Other versions, such as 1.0.0, are
/// copies only in lines that name the tool.
const DISTINCTIVE: &[&str] = &[
    "bazel",
    "rules_rust",
    "rust",
    "wasm-tools",
    "wasmtime",
    "wit-bindgen",
    "wit-dylib",
];

/// Where versions are allowed, and why.
const ALLOWED: &[(&str, &str)] = &[
    (r"^toolchains/tool_versions\.bzl$", "the home of versions"),
    (
        r"(^|/)(Cargo\.lock|MODULE\.bazel\.lock|package-lock\.json)$",
        "written by package managers",
    ),
    (
        r"^third_party/crates/[^/]+\.json$",
        "generated from a lock file, compared by its hash",
    ),
    (
        r"^checksums/(tools/[^/]+\.json|private/data\.bzl)$",
        "the registry of all versions",
    ),
    (
        r"^test/version_matrix/matrix\.json$",
        "results for each version",
    ),
    (
        r"^checksums/private/compatibility\.bzl$",
        "generated from the matrix",
    ),
    (
        r"^docs/wit-bindgen-versions\.md$",
        "describes the changes in each version",
    ),
    (
        r"^tools/[^/]+/tests/",
        "expected output, compared by its tests",
    ),
    (
        r"\.wit$",
        "versions of WIT packages and of gates, which the build resolves",
    ),
];

/// The lines around a generated table.
const MARKS: (&str, &str) = ("<!-- matrix -->", "<!-- /matrix -->");

static ALLOWED_PATHS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let paths: Vec<&str> = ALLOWED.iter().map(|(path, _)| *path).collect();
    Regex::new(&paths.join("|")).ok()
});

/// Where all versions of `SOURCE_VERSIONS` but the newest are allowed too: tests use each of them,
/// whichever is the default.
const TESTS: &str = "test/";

/// The versions to look for.
pub struct Strays {
    /// The versions that are allowed in tests.
    tested: BTreeSet<String>,
    /// Each version with its tool, and a pattern for the lines that count; without one, all do.
    versions: Vec<(String, String, Option<Regex>)>,
}

impl Strays {
    /// Prepares the search.
    pub fn new(versions: &Versions) -> Self {
        let mut list = Vec::new();
        for (tool, (version, _)) in &versions.tools {
            let forms = [
                Some(version.clone()),
                (tool == "wasm-tools")
                    .then(|| version::of_crates(version))
                    .flatten(),
            ];
            for form in forms.into_iter().flatten() {
                let name = format!(
                    r"(?i)(?:^|[^a-z0-9]){}(?:$|[^a-z0-9])",
                    regex::escape(tool).replace(r"\-", "[-_]")
                );
                let line = (!DISTINCTIVE.contains(&tool.as_str()))
                    .then(|| Regex::new(&name).ok())
                    .flatten();
                list.push((form, tool.clone(), line));
            }
        }
        let older = versions
            .sources
            .values()
            .filter_map(|list| list.split_last());
        let tested = older.flat_map(|(_, older)| older.iter().cloned()).collect();
        Strays {
            tested,
            versions: list,
        }
    }

    /// Returns an error for each copy in a file, except in `known`, the ranges of literals. A file that
    /// is `rendered` from a template has none.
    pub fn find(
        &self,
        path: &str,
        text: &str,
        rendered: bool,
        known: &[Range<usize>],
    ) -> Vec<Diagnostic> {
        if rendered || is_allowed(path) {
            return Vec::new();
        }
        let mut found = Vec::new();
        // One literal may be the version of two tools, but is one error.
        let mut seen = BTreeSet::new();
        let (mut at, mut generated) = (0, false);
        for line in text.split_inclusive('\n') {
            generated = (generated || line.contains(MARKS.0)) && !line.contains(MARKS.1);
            for (version, tool, names) in &self.versions {
                let tested = path.starts_with(TESTS) && self.tested.contains(version);
                if generated || tested || names.as_ref().is_some_and(|n| !n.is_match(line)) {
                    continue;
                }
                for start in line
                    .match_indices(version)
                    .filter_map(|(i, v)| is_whole(line, i, v).then_some(i))
                {
                    let range = at + start..at + start + version.len();
                    if !known.contains(&range) && seen.insert(range.start) {
                        found.push(stray(path, text, range, tool));
                    }
                }
            }
            at += line.len();
        }
        found
    }
}

/// Whether a version is a whole token: not part of a longer number or version.
fn is_whole(line: &str, start: usize, version: &str) -> bool {
    let mut after = line[start + version.len()..].chars();
    let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    let (first, second) = (after.next(), after.next());
    let longer_before = line[..start].ends_with(|c: char| c.is_ascii_digit() || c == '.');
    let longer_after = digit(first) || (first == Some('.') && digit(second));
    !longer_before && !longer_after
}

fn is_allowed(path: &str) -> bool {
    ALLOWED_PATHS.as_ref().is_some_and(|r| r.is_match(path))
}

fn stray(path: &str, text: &str, range: Range<usize>, tool: &str) -> Diagnostic {
    let version = &text[range.clone()];
    let site = Site::new(path, text, range.clone());
    let title = format!(
        "{path}:{}: a copy of the version of {tool}, {version}",
        site.line()
    );
    let mut variable = tool.to_uppercase().replace('-', "_");
    if tool == "wasm-tools" && version.starts_with("0.") {
        variable.push_str("_CRATES");
    }
    let hint = match path.strip_suffix(".template") {
        Some(_) => format!("write ${{{variable}_VERSION}}, then: bazel run //tools/checksum_updater -- sync"),
        None if path.ends_with(".bzl") || path.ends_with(".bazel") => {
            format!("load TOOL_VERSIONS from //{}", PATH.replace("/tool", ":tool"))
        }
        None => format!(
            "remove it, or rename the file to {path}.template, write ${{{variable}_VERSION}}, then: bazel run //tools/checksum_updater -- sync"
        ),
    };
    Diagnostic::new(title).site(site).hint(hint)
}

/// Returns the text of a file, or `None` if it is binary: not UTF-8, or with NUL bytes.
pub fn text_of(bytes: &[u8]) -> Option<&str> {
    let binary = bytes.iter().take(8192).any(|b| *b == 0);
    std::str::from_utf8(bytes).ok().filter(|_| !binary)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strays() -> Strays {
        let text = "TOOL_VERSIONS = {\"wit-bindgen\": \"0.99.7\", \"wasm-tools\": \"1.999.7\", \"wit-dylib\": \"0.999.7\", \"platforms\": \"7.1.7\"}";
        Strays::new(&Versions::parse("f", text).expect("parses"))
    }

    fn lines(path: &str, text: &str) -> Vec<usize> {
        let number = |d: &Diagnostic| {
            let text = d.render(false);
            text.split(&format!("{path}:"))
                .nth(1)
                .and_then(|t| t.split(':').next()?.parse().ok())
                .expect("line")
        };
        strays()
            .find(path, text, false, &[])
            .iter()
            .map(number)
            .collect()
    }

    #[test]
    fn whole_tokens() {
        for stray in [
            "0.99.7",
            "v0.99.7",
            "=0.99.7,",
            "see 0.99.7.",
            "wit-bindgen-0.99.7.crate",
            "1.999.7",
            "0.999.7\r",
        ] {
            assert_eq!(lines("README.md", &format!("a\n{stray}\n")), [2], "{stray}");
        }
        for other in [
            "10.99.7", "0.99.70", "1.0.99.7", "0.99.7.2", "0.99", "0_99_7", "2.999.7",
        ] {
            assert_eq!(lines("README.md", other), [0; 0], "{other}");
        }
        assert_eq!(lines("README.md", "0.99.7 0.99.7 1.999.7"), [1, 1, 1]);
    }

    #[test]
    fn common_versions_count_beside_their_tool() {
        assert_eq!(lines("a.md", "package demo:a@7.1.7;\n"), [0; 0]);
        assert_eq!(lines("a.bzl", "x = \"7.1.7\"\ny = (\"platforms\", \"7.1.7\")\nz = \"my_platforms_7.1.7\"\nmyplatforms 7.1.7"), [2, 3]);
    }

    #[test]
    fn allowed_places() {
        for path in [
            "toolchains/tool_versions.bzl",
            "tools/Cargo.lock",
            "third_party/crates/tools.json",
            "checksums/tools/wit-bindgen.json",
            "checksums/private/data.bzl",
            "test/version_matrix/matrix.json",
            "checksums/private/compatibility.bzl",
            "tools/wit/tests/a/expected.rs",
            "examples/a.wit",
        ] {
            assert_eq!(lines(path, "0.99.7"), [0; 0], "{path}");
        }
        for path in [
            "checksums/schema.json",
            "tools/wit/src/tests.rs",
            "x/toolchains/tool_versions.bzl",
            "a/b.json",
        ] {
            assert_eq!(lines(path, "0.99.7"), [1], "{path}");
        }
        assert_eq!(strays().find("x", "0.99.7", true, &[]), []);
        assert_eq!(strays().find("x", "a 0.99.7", false, &[0..1, 2..8]), []);
        let older = "TOOL_VERSIONS = {\"wit-bindgen\": \"0.98.0\", \"rust\": \"1.99.7\"}\n\
            SOURCE_VERSIONS = {\"wit-bindgen\": [\"0.98.0\", \"1.99.7\"]}";
        let strays = Strays::new(&Versions::parse("f", older).expect("parses"));
        let count = |path| strays.find(path, "0.98.0 1.99.7", false, &[]).len();
        assert_eq!((count("test/a.sh"), count("tests/a.sh")), (1, 2));
        let marked = "0.99.7\n<!-- matrix -->\n0.99.7\n<!-- /matrix -->\n0.99.7\n";
        assert_eq!(lines("COMPATIBILITY.md", marked), [1, 5]);
    }

    #[test]
    fn text_and_binary() {
        assert_eq!(text_of(b"a\0b"), None);
        assert_eq!(text_of(b"\xff"), None);
        assert_eq!(text_of("é".as_bytes()), Some("é"));
    }
}
