//! Edits of a text.

use std::ops::Range;

/// The replacement of a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// The range to replace.
    pub range: Range<usize>,
    /// The new text.
    pub text: String,
}

impl Edit {
    /// Replaces a range.
    pub fn new(range: Range<usize>, text: impl Into<String>) -> Self {
        Edit {
            range,
            text: text.into(),
        }
    }

    /// Inserts `text` at an offset.
    pub fn insert(at: usize, text: impl Into<String>) -> Self {
        Edit::new(at..at, text)
    }
}

/// The text after all edits. Of edits that overlap, only the first is applied.
pub fn apply(text: &str, mut edits: Vec<Edit>) -> String {
    // At the same offset, insertions come before replacements, and longer replacements first.
    edits.sort_by_key(|e| {
        let is_wide = !e.range.is_empty();
        (e.range.start, is_wide, std::cmp::Reverse(e.range.end))
    });
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        if edit.range.start < at {
            continue;
        }
        out.push_str(&text[at..edit.range.start]);
        out.push_str(&edit.text);
        at = edit.range.end;
    }
    out.push_str(&text[at..]);
    out
}

/// Extends ranges to remove to whole lines if nothing else is on them, and to one of two empty lines
/// around them.
pub fn lines(text: &str, mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|r| r.start);
    let mut out: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match out.last_mut() {
            Some(last) if text[last.end..range.start].trim().is_empty() => last.end = range.end,
            _ => out.push(range),
        }
    }
    for range in &mut out {
        let before = text[..range.start].trim_end_matches([' ', '\t']);
        let after = text[range.end..].trim_start_matches([' ', '\t', '\r']);
        if !(before.is_empty() || before.ends_with('\n')) || !after.starts_with('\n') {
            continue;
        }
        range.start = before.len();
        range.end = text.len() - after.len() + 1;
        let is_after_empty = before.is_empty()
            || before.strip_suffix('\n').is_some_and(|b| {
                b.is_empty() || b.trim_end_matches(['\r', ' ', '\t']).ends_with('\n')
            });
        let rest = &text[range.end..];
        let next = rest.trim_start_matches([' ', '\t', '\r']);
        if is_after_empty && next.starts_with('\n') {
            range.end = text.len() - next.len() + 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_whole_lines() {
        for (text, expected) in [
            ("a\n\nuse x;\n\nb", "a\n\nb"),
            ("a\n\nuse x;\nuse x;\n\nb", "a\n\nb"),
            ("use x;\n\nb", "b"),
            ("a\nuse x;\nb", "a\nb"),
            ("a use x; b", "a  b"),
            ("  use x; // c\nb", "   // c\nb"),
            ("// c\nuse x;\n\nb", "// c\n\nb"),
        ] {
            let found = text.match_indices("use x;").map(|(i, s)| i..i + s.len());
            let ranges = lines(text, found.collect());
            let edits = ranges.into_iter().map(|r| Edit::new(r, "")).collect();
            assert_eq!(apply(text, edits), expected, "{text:?}");
        }
    }
}
