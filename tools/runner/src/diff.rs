//! A difference of two texts, line by line.

/// The most lines for which the smallest difference is looked for.
const MAX_LINES: usize = 1000;

/// The most lines of a difference that are shown.
const MAX_SHOWN: usize = 200;

/// How many equal lines are shown around a difference.
const CONTEXT: usize = 3;

/// The lines of both texts: `- ` before one only expected, `+ ` before one only got. Control
/// characters, and blanks at the end of a line, are made visible.
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
    middle(a_mid, b_mid, &mut shown);
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

fn middle(a: &[&str], b: &[&str], shown: &mut Vec<String>) {
    let (mut i, mut j) = (0, 0);
    if a.len() <= MAX_LINES && b.len() <= MAX_LINES {
        // common[i][j]: the length of the longest common subsequence of a[i..] and b[j..].
        let width = b.len() + 1;
        let mut common = vec![0u16; (a.len() + 1) * width];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                common[i * width + j] = if a[i] == b[j] {
                    common[(i + 1) * width + j + 1] + 1
                } else {
                    common[(i + 1) * width + j].max(common[i * width + j + 1])
                };
            }
        }
        while i < a.len() && j < b.len() {
            if a[i] == b[j] {
                shown.push(show(' ', a[i]));
                i += 1;
                j += 1;
            } else if common[(i + 1) * width + j] >= common[i * width + j + 1] {
                shown.push(show('-', a[i]));
                i += 1;
            } else {
                shown.push(show('+', b[j]));
                j += 1;
            }
        }
    }
    shown.extend(a[i..].iter().map(|line| show('-', line)));
    shown.extend(b[j..].iter().map(|line| show('+', line)));
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
