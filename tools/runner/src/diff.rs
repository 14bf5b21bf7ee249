//! The difference of two texts, line by line.

use similar::{capture_diff_slices, Algorithm, ChangeTag};

/// The most lines of a difference that are shown.
const MAX_SHOWN: usize = 200;

/// The number of equal lines shown before and after the differences.
const CONTEXT: usize = 3;

/// Returns the lines of both texts: `- ` before lines only in `expected`, `+ ` before lines only in
/// `got`. Control characters and trailing blanks are made visible.
pub fn lines(expected: &str, got: &str) -> String {
    let a: Vec<&str> = expected.split_inclusive('\n').collect();
    let b: Vec<&str> = got.split_inclusive('\n').collect();
    let prefix = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    let suffix = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    let (a_mid, tail) = a.split_at(a.len() - suffix);
    let b_mid = &b[..b.len() - suffix];

    let head: Vec<&str> = expected.split_inclusive('\n').take(prefix).collect();
    let mut shown: Vec<String> = Vec::new();
    if prefix > CONTEXT {
        shown.push("  ...".to_owned());
    }
    for line in &head[prefix.saturating_sub(CONTEXT)..] {
        shown.push(show(' ', line));
    }
    for op in capture_diff_slices(Algorithm::Myers, a_mid, b_mid) {
        for change in op.iter_changes(a_mid, b_mid) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            shown.push(show(sign, change.value()));
        }
    }
    for line in tail.iter().take(CONTEXT) {
        shown.push(show(' ', line));
    }
    if tail.len() > CONTEXT {
        shown.push("  ...".to_owned());
    }
    if shown.len() > MAX_SHOWN {
        let more = shown.len() - MAX_SHOWN;
        shown.truncate(MAX_SHOWN);
        shown.push(format!("  ... {more} more lines"));
    }
    shown.join("\n")
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
    out
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
    }
}
