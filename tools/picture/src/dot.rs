//! Strings of the DOT language of Graphviz.

/// A text as a quoted string, for the name of a node or for a label.
///
/// Line ends become `\\n`, which labels show as such. Other control characters become U+FFFD.
pub fn quote_dot(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quote_dot;

    /// What is behind the string that a text begins with: an escaped quote does not end it.
    fn behind(text: &str) -> Option<&str> {
        let mut rest = text.strip_prefix('"')?;
        loop {
            let at = rest.find(['"', '\\'])?;
            match rest.as_bytes()[at] {
                b'"' => return Some(&rest[at + 1..]),
                _ => rest = rest.get(at + 2..)?,
            }
        }
    }

    #[test]
    fn every_character_stays_in_its_string() {
        let more = [
            '\u{80}',
            '\u{85}',
            '\u{e9}',
            '\u{202e}',
            '\u{2028}',
            '\u{1f980}',
        ];
        for c in (0..=0x7f_u8).map(char::from).chain(more) {
            for text in [
                c.to_string(),
                format!("a{c}b"),
                format!("\\{c}"),
                format!("{c}\"]; x -> y;"),
            ] {
                let line = format!("{};", quote_dot(&text));
                assert_eq!(behind(&line), Some(";"), "{text:?}: {line}");
                assert!(!line.contains(char::is_control), "{text:?}: {line}");
            }
        }
    }
}
