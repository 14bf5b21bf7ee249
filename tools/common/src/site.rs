//! A location in a source file, as an error shows it.

use std::ops::Range;

/// A location in a source file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Site {
    pub(crate) path: String,
    pub(crate) line: usize,
    /// The text of the line, cut off on both sides if it is long.
    pub(crate) text: String,
    /// The marked bytes of `text`.
    pub(crate) range: Range<usize>,
    /// The number of bytes cut off before `text`.
    pub(crate) skipped: usize,
    pub(crate) label: String,
}

/// A line of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: usize,
    /// The offset of its first byte in the text.
    pub start: usize,
}

/// The most bytes of a line that are kept on either side of the marked range. Generated lines can be
/// long, and an error with thousands of sites would hold thousands of copies.
const CONTEXT: usize = 400;

impl Site {
    /// Returns the site of the byte range `range` in `source`, the whole text of the file `path`.
    ///
    /// The range is clamped to the text and to its first line. Reads the text up to the range: for many
    /// sites of one text, use [`Site::in_line`].
    pub fn new(path: impl Into<String>, source: &str, range: Range<usize>) -> Self {
        let before = &source[..floor_boundary(source, range.start)];
        let line = Line {
            number: before.bytes().filter(|b| *b == b'\n').count() + 1,
            start: before.rfind('\n').map_or(0, |i| i + 1),
        };
        Self::in_line(path, source, line, range)
    }

    /// Like [`Site::new`], for a range that starts on a known line. Takes the same time for any text.
    pub fn in_line(path: impl Into<String>, source: &str, line: Line, range: Range<usize>) -> Self {
        let start = floor_boundary(source, range.start);
        let seen = floor_boundary(source, start.saturating_add(2 * CONTEXT));
        let line_end = source[start..seen].find('\n').map_or(seen, |i| start + i);
        let end = floor_boundary(source, range.end.clamp(start, line_end));
        let end = floor_boundary(source, end.min(start + CONTEXT));
        let from = match floor_boundary(source, start.saturating_sub(CONTEXT)) {
            cut if cut > line.start => cut,
            _ => line.start,
        };
        let until = floor_boundary(source, line_end.min(end + CONTEXT));
        let text = source[from..until].trim_end_matches('\r');
        let clamp = |i: usize| (i - from).min(text.len());
        Site {
            path: path.into(),
            line: line.number,
            text: text.to_owned(),
            range: clamp(start)..clamp(end),
            skipped: from - line.start,
            label: String::new(),
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line number, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in bytes, from 1.
    pub fn column(&self) -> usize {
        self.skipped + self.range.start + 1
    }

    /// The column to show, and the one that a renderer shows, which only knows `text`. Columns are in
    /// characters, but in bytes if `text` is not the start of the line.
    pub(crate) fn shown_columns(&self) -> (usize, usize) {
        let shown = self.text[..self.range.start].chars().count() + 1;
        match self.skipped {
            0 => (shown, shown),
            _ => (self.column(), shown),
        }
    }

    /// The text beside the marker, empty if there is none.
    pub fn label_text(&self) -> &str {
        &self.label
    }

    /// Sets the text beside the marker.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

/// The largest character boundary of `s` that is at most `i`.
fn floor_boundary(s: &str, i: usize) -> usize {
    let mut i = i.min(s.len());
    while !s.is_char_boundary(i) {
        i -= 1;
    }
    i
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_clamped_to_the_text() {
        for (text, range, column) in [
            ("", 0..9, 1),
            ("é\n", 1..2, 1),
            ("a\r\nb", 1..3, 2),
            ("x", 7..9, 2),
        ] {
            let site = Site::new("f", text, range);
            assert_eq!((site.line(), site.column()), (1, column), "{text:?}");
        }
    }

    #[test]
    fn long_lines_are_cut() {
        let line = format!("{}{}", "é".repeat(5000), "x".repeat(5000));
        let site = Site::new("f", &line, 10_000..10_001);
        assert_eq!((site.line(), site.column()), (1, 10_001));
        assert!(site.text.len() <= 2 * CONTEXT + 1, "{}", site.text.len());
    }
}
