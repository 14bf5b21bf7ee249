//! The protocol between Bazel and tests: shards, filters, and the premature exit file.
//!
//! See <https://bazel.build/reference/test-encyclopedia>.

use glob::Pattern;
use rules_wit_common::{user_path, Diagnostic, Result};
use std::path::{Path, PathBuf};

/// The part of the tests that this process runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// The index of the shard, from 0.
    pub index: usize,
    /// The number of shards, at least 1.
    pub total: usize,
}

impl Shard {
    /// Returns the shard in the environment, and touches the file that declares support for sharding.
    pub fn from_env() -> Result<Option<Self>> {
        let Some(total) = number("TEST_TOTAL_SHARDS")?.filter(|n| *n > 0) else {
            return Ok(None);
        };
        let index = number("TEST_SHARD_INDEX")?.unwrap_or(0);
        if index >= total {
            return Err(Diagnostic::environment(format!(
                "TEST_SHARD_INDEX is {index}, but there are {total} shards"
            ))
            .into());
        }
        if let Some(file) = path("TEST_SHARD_STATUS_FILE") {
            touch(&file)?;
        }
        Ok(Some(Shard { index, total }))
    }

    /// Whether the test at `position` belongs to this shard.
    pub fn has(self, position: usize) -> bool {
        position % self.total == self.index
    }
}

/// The tests to run: a part of their names, or a pattern with `*`. A leading `-` inverts the filter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter(String);

impl Filter {
    /// Returns the filter of `--test_filter`.
    pub fn from_env() -> Option<Self> {
        let text = std::env::var("TESTBRIDGE_TEST_ONLY").ok()?;
        (!text.is_empty()).then_some(Filter(text))
    }

    /// The filter's text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Whether the test `name` runs.
    pub fn has(&self, name: &str) -> bool {
        match self.0.strip_prefix('-') {
            Some(pattern) => !matches(pattern, name),
            None => matches(&self.0, name),
        }
    }
}

/// Whether `pattern` matches `name`: the whole name if it has a `*`, otherwise a part of it.
fn matches(pattern: &str, name: &str) -> bool {
    if !pattern.contains('*') {
        return name.contains(pattern);
    }
    // Only `*` has a meaning in a filter, and `**` has another one in `glob`.
    let mut escaped = Pattern::escape(pattern).replace("[*]", "*");
    while escaped.contains("**") {
        escaped = escaped.replace("**", "*");
    }
    Pattern::new(&escaped).is_ok_and(|pattern| pattern.matches(name))
}

/// A file that exists while tests run. If it remains, Bazel reports a premature exit.
pub struct PrematureExit(Option<PathBuf>);

impl PrematureExit {
    /// Creates the file, if the environment names one.
    pub fn begin() -> Result<Self> {
        let file = path("TEST_PREMATURE_EXIT_FILE");
        if let Some(file) = &file {
            touch(file)?;
        }
        Ok(PrematureExit(file))
    }

    /// Removes the file after all tests.
    pub fn end(self) {
        if let Some(file) = self.0 {
            // Bazel fails the test if the file remains.
            let _ = std::fs::remove_file(file);
        }
    }
}

/// The path of the XML report, if the environment names one.
pub fn report_file() -> Option<PathBuf> {
    path("XML_OUTPUT_FILE")
}

/// The directory for files that Bazel keeps as outputs of the test, if the environment names one.
pub fn outputs_directory() -> Option<PathBuf> {
    path("TEST_UNDECLARED_OUTPUTS_DIR")
}

fn path(variable: &str) -> Option<PathBuf> {
    std::env::var_os(variable)
        .filter(|v| !v.is_empty())
        .map(|v| user_path(Path::new(&v)))
}

fn number(variable: &str) -> Result<Option<usize>> {
    match std::env::var(variable) {
        Ok(text) if !text.is_empty() => text.parse().map(Some).map_err(|_| {
            Diagnostic::environment(format!("{variable} is not a number: `{text}`")).into()
        }),
        _ => Ok(None),
    }
}

fn touch(file: &PathBuf) -> Result<()> {
    std::fs::File::create(file).map(drop).map_err(|e| {
        Diagnostic::environment(format!("cannot create `{}`: {e}", file.display())).into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters() {
        for (filter, name, has) in [
            ("greet", "x#greet(1)", true),
            ("greet", "x#great(1)", false),
            ("*greet*", "x#greet(1)", true),
            ("greet*", "x#greet(1)", false),
            ("x*(1)", "x#greet(1)", true),
            ("x*e*t(*", "x#greet(1)", true),
            ("*(1)*(1)", "x#greet(1)", false),
            ("ab*ba", "aba", false),
            ("*", "", true),
            ("x**t(**)", "x#greet(1)", true),
            ("*[1]*", "x#greet([1])", true),
            ("*[1]*", "x#greet(1)", false),
            ("g*?", "greet", false),
            ("*/*#*", ".a:b/c#d(\"\n\")", true),
            ("-greet", "x#greet(1)", false),
            ("-great", "x#greet(1)", true),
            ("-x*", "x#greet(1)", false),
        ] {
            assert_eq!(Filter(filter.to_owned()).has(name), has, "{filter} {name}");
        }
    }

    #[test]
    fn shards_share_out() {
        for total in 1..5 {
            for position in 0..9 {
                let owners = (0..total).filter(|index| {
                    Shard {
                        index: *index,
                        total,
                    }
                    .has(position)
                });
                assert_eq!(owners.count(), 1);
            }
        }
    }
}
