//! Searches lines in JSON.

use anyhow::{Context, Result};
use serde::Deserialize;

#[derive(Deserialize)]
struct Text {
    lines: Vec<String>,
}

fn matches(pattern: &str, json: &str) -> Result<Vec<String>> {
    let pattern = regex::Regex::new(pattern).context("the pattern is not a regular expression")?;
    let text: Text = serde_json::from_str(json).context("the text is not JSON with lines")?;
    let is_match = |line: &String| pattern.is_match(line);
    Ok(text.lines.into_iter().filter(is_match).collect())
}

struct Search;

impl bindings::Guest for Search {
    fn find(pattern: String, json: String) -> Result<Vec<String>, String> {
        matches(&pattern, &json).map_err(|error| error.to_string())
    }
}

bindings::export!(Search with_types_in bindings);

#[cfg(test)]
mod tests {
    #[test]
    fn finds_lines() {
        let found = super::matches("b", r#"{"lines": ["abc", "x"]}"#);
        assert_eq!(found.expect("found"), ["abc"]);
    }
}
