//! Text in the log of a test.

/// Returns the text, or the ends of a text of more than `max` characters.
pub fn ends(text: &str, max: usize) -> String {
    let half = max / 2;
    let start = text
        .char_indices()
        .nth(half)
        .map_or(text.len(), |(at, _)| at);
    let end = text.char_indices().nth_back(half.saturating_sub(1));
    let end = end.map_or(0, |(at, _)| at);
    match text.char_indices().nth(max) {
        Some(_) => format!(
            "{}... ({} bytes omitted) ...{}",
            &text[..start],
            end - start,
            &text[end..]
        ),
        None => text.to_owned(),
    }
}

/// Escapes control characters.
pub fn one_line(text: &str) -> String {
    let escape = |c: char| match c.is_control() {
        true => c.escape_default().to_string(),
        false => c.to_string(),
    };
    text.chars().map(escape).collect()
}

/// Indents each line, and replaces control characters, which could affect the terminal.
pub fn indent(text: &str) -> String {
    let lines: Vec<String> = text
        .split('\n')
        .map(|line| match line.is_empty() {
            true => String::new(),
            false => format!(
                "  {}",
                line.replace(|c: char| c.is_control() && c != '\t', "\u{fffd}")
            ),
        })
        .collect();
    lines.join("\n").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_text() {
        assert_eq!(ends("äbcd", 4), "äbcd");
        assert_eq!(ends("äbcde", 4), "äb... (1 bytes omitted) ...de");
        assert_eq!(ends("", 4), "");
    }
}
