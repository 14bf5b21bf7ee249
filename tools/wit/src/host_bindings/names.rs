//! Names in C.

use std::collections::HashSet;

/// Keywords of C and C++, and names that common headers define as macros.
const RESERVED: &str = " \
    alignas alignof and asm assert auto bitand bitor bool break case catch char class compl \
    complex concept const consteval constexpr constinit continue decltype default delete do \
    double else enum errno explicit export extern false far float for friend goto huge if \
    imaginary inline int interface linux long max min mutable namespace near new noexcept \
    noreturn not nullptr offsetof operator or private protected public register reinterpret \
    requires restrict return short signed sizeof small static stderr stdin stdout struct \
    switch template this throw true try typedef typeid typename typeof union unix unsigned \
    using virtual void volatile while xor ";

/// Names that share a scope.
#[derive(Default)]
pub struct Names {
    taken: HashSet<String>,
}

impl Names {
    /// A scope in which some names are taken.
    pub fn with(taken: &[&str]) -> Self {
        let taken = taken.iter().map(|&name| name.to_owned()).collect();
        Names { taken }
    }

    /// Takes a name: `wanted`, with a trailing `_` for each other name that is the same or reserved.
    pub fn claim(&mut self, wanted: &str) -> String {
        self.claim_with(wanted, &[""])
    }

    /// Takes a name of which several are made, by these suffixes.
    pub fn claim_with(&mut self, wanted: &str, suffixes: &[&str]) -> String {
        let mut name = wanted.to_owned();
        let is_taken = |name: &str| {
            let mut all = suffixes.iter().map(|suffix| format!("{name}{suffix}"));
            all.any(|n| self.taken.contains(&n) || RESERVED.contains(&format!(" {n} ")))
        };
        while is_taken(&name) {
            name.push('_');
        }
        let all = suffixes.iter().map(|suffix| format!("{name}{suffix}"));
        self.taken.extend(all);
        name
    }
}

/// A name of WIT, or several, as an identifier in lower case.
pub fn snake(name: &str) -> String {
    let words = name.chars().map(|c| match c.is_ascii_alphanumeric() {
        true => c.to_ascii_lowercase(),
        false => '_',
    });
    words.collect()
}

/// Whether a text can begin the names of all items.
pub fn is_prefix(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(|c| c.is_ascii_lowercase())
        && chars.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// A comment with the documentation of an item, indented.
///
/// A backslash at the end of a line would continue the comment in the next line.
pub fn comment(docs: Option<&str>, indent: &str) -> String {
    let lines = docs.unwrap_or_default().lines().map(|line| {
        let mut text = line.trim_end();
        while let Some(rest) = text.strip_suffix('\\').or(text.strip_suffix("??/")) {
            text = rest.trim_end();
        }
        match text.is_empty() {
            true => format!("{indent}///\n"),
            false => format!("{indent}/// {text}\n"),
        }
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::{comment, Names};

    #[test]
    fn claimed_names_are_distinct() {
        let mut names = Names::with(&["data"]);
        let claimed = ["a", "a", "int", "data", "a_"].map(|name| names.claim(name));
        assert_eq!(claimed, ["a", "a_", "int_", "data_", "a__"]);
        assert_eq!(names.claim_with("b", &["_t", "_free"]), "b");
        assert_eq!(names.claim("b_free"), "b_free_");
        assert_eq!(names.claim_with("b", &["_t", "_free"]), "b_");
    }

    #[test]
    fn comments_end_with_their_lines() {
        let text = comment(Some("a \\\n\nb ??/\\ ??/\n */"), "  ");
        assert_eq!(text, "  /// a\n  ///\n  /// b\n  ///  */\n");
    }
}
