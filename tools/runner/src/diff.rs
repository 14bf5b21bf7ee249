//! The difference of two texts, line by line.

use crate::text::ends;
use similar::{capture_diff_slices, Algorithm, ChangeTag};

/// The most lines of a difference that are shown.
const MAX_SHOWN: usize = 200;

/// The most lines of each text that are compared, from the first difference on.
const MAX_COMPARED: usize = 1000;

/// The most characters of a line that are shown.
const MAX_LINE: usize = 1000;

/// The number of equal lines shown before and after the differences.
const CONTEXT: usize = 3;

/// Returns the lines of both texts: `- ` before lines only in `expected`, `+ ` before lines only in
/// `got`. Control characters and trailing blanks are made visible.
pub fn lines(expected: &str, got: &str) -> String {
    let prefix = equal_bytes(split(expected).zip(split(got)));
    let (head, expected) = expected.split_at(prefix);
    let got = &got[prefix..];
    let suffix = equal_bytes(split(expected).rev().zip(split(got).rev()));
    let (expected, tail) = expected.split_at(expected.len() - suffix);
    let got = &got[..got.len() - suffix];

    let mut shown: Vec<String> = Vec::new();
    let mut before: Vec<&str> = split(head).rev().take(CONTEXT + 1).collect();
    if before.len() > CONTEXT {
        before.pop();
        shown.push("  ...".to_owned());
    }
    shown.extend(before.iter().rev().map(|line| show(' ', line)));
    let compared = |text| -> Vec<&str> { split(text).take(MAX_COMPARED).collect() };
    let (a, b) = (compared(expected), compared(got));
    for op in capture_diff_slices(Algorithm::Myers, &a, &b) {
        for change in op.iter_changes(&a, &b) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            shown.push(show(sign, change.value()));
        }
    }
    let rest = split(expected).count() - a.len() + split(got).count() - b.len();
    if rest == 0 {
        shown.extend(split(tail).take(CONTEXT).map(|line| show(' ', line)));
        if split(tail).nth(CONTEXT).is_some() {
            shown.push("  ...".to_owned());
        }
    }
    let more = rest + shown.len().saturating_sub(MAX_SHOWN);
    if more > 0 {
        shown.truncate(MAX_SHOWN);
        shown.push(format!("  ... {more} more lines"));
    }
    shown.join("\n")
}

fn split(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split_inclusive('\n')
}

/// The length of the lines that are equal, up to the first difference.
fn equal_bytes<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> usize {
    pairs
        .take_while(|(a, b)| a == b)
        .map(|(line, _)| line.len())
        .sum()
}

fn show(sign: char, line: &str) -> String {
    let (text, ending) = match line.strip_suffix('\n') {
        Some(text) => (text, ""),
        None => (line, " (no newline at the end)"),
    };
    let mut out = format!("{sign} ");
    let blanks = text.len() - text.trim_end_matches(' ').len();
    for c in text[..text.len() - blanks].chars() {
        match c {
            '\t' => out.push(c),
            c if c.is_control() => out.extend(c.escape_default()),
            c => out.push(c),
        }
    }
    out.extend(std::iter::repeat_n('\u{b7}', blanks));
    out.push_str(ending);
    ends(&out, MAX_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences() {
        assert_eq!(lines("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c");
        assert_eq!(lines("", "x\n"), "+ x");
        assert_eq!(lines("x\n", ""), "- x");
        assert_eq!(lines("x\n", "x"), "- x\n+ x (no newline at the end)");
        assert_eq!(lines("a\n", "a \u{1b}\r\n"), "- a\n+ a \\u{1b}\\r");
        assert_eq!(lines("a\n", "a  \n"), "- a\n+ a\u{b7}\u{b7}");
        assert_eq!(
            lines("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nx\n6\n7\n8\n9\n"),
            "  ...\n  2\n  3\n  4\n- 5\n+ x\n  6\n  7\n  8\n  ..."
        );
        assert_eq!(lines("a\nb\nc\n", "b\nc\nd\n"), "- a\n  b\n  c\n+ d");
    }

    #[test]
    fn large_texts_stay_small() {
        let a = "a\n".repeat(5000);
        let b = "b\n".repeat(5000);
        assert_eq!(lines(&a, &b).lines().count(), MAX_SHOWN + 1);
        assert!(lines(&a, &b).ends_with("... 9800 more lines"));
        let a = format!("{a}x\n{a}");
        let b = a.replace('x', "y");
        assert_eq!(lines(&a, &b).lines().count(), 2 + 2 * (CONTEXT + 1));
        let long = lines("", &"x".repeat(1 << 20));
        assert!(long.len() < 2 * MAX_LINE, "{}", long.len());
    }
}
