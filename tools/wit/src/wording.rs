//! Phrases that several commands print.

use wit_parser::PackageName;

/// A number with a noun: `1 world`, `2 worlds`.
pub fn count(n: usize, noun: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {noun}{plural}")
}

/// The name of a package without its version: `ns:name`.
pub fn unversioned(name: &PackageName) -> String {
    format!("{}:{}", name.namespace, name.name)
}
