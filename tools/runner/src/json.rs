//! JSON files.

use rules_wit_common::{display_path, Diagnostic, Result, Site};
use serde::de::DeserializeOwned;
use std::path::Path;

/// Parses the JSON `text` of `file`. An error shows the location, and `hint`.
pub fn parse_json<T: DeserializeOwned>(file: &Path, text: &str, hint: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| {
        let line: usize = text
            .split_inclusive('\n')
            .take(e.line().saturating_sub(1))
            .map(str::len)
            .sum();
        let at = line + e.column().saturating_sub(1);
        let message = e.to_string();
        // The site shows the location.
        let message = message.split(" at line ").next().unwrap_or_default();
        let shown = display_path(file);
        Diagnostic::new(format!("`{shown}` is malformed: {message}"))
            .site(Site::new(shown, text, at..at + 1))
            .hint(hint)
            .into()
    })
}
