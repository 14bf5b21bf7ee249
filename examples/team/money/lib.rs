//! Amounts of money and their texts.

/// Parses an amount such as `12.50` into cents.
pub fn parse(text: &str) -> Option<u64> {
    let number = |digits: &str| match digits.bytes().all(|b| b.is_ascii_digit()) {
        true => digits.parse::<u64>().ok(),
        false => None,
    };
    let (whole, cents) = text.split_once('.')?;
    if cents.len() != 2 {
        return None;
    }
    number(whole)?.checked_mul(100)?.checked_add(number(cents)?)
}

/// Formats cents as an amount.
pub fn format(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
mod tests {
    use super::{format, parse};

    #[test]
    fn amounts_survive() {
        for text in ["0.00", "0.05", "12.50", "184467440737095516.15"] {
            assert_eq!(parse(text).map(format).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_texts_are_no_amounts() {
        for text in [
            "",
            "1",
            "1.5",
            "1.",
            ".50",
            "-1.00",
            "+1.00",
            "1.000",
            "184467440737095516.16",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
