//! Finds syntax errors in BUILD files, as far as they are recognized without a grammar.

use super::lex::{Kind, Token};
use std::ops::Range;

/// The range of the first syntax error: an unterminated string, an unmatched bracket, a character that
/// Starlark does not have, or two operands without an operator.
pub(super) fn broken(text: &str, tokens: &[Token]) -> Option<Range<usize>> {
    const KNOWN: &str = "()[]{},.:;=+-*/%<>!|&^~\\";
    let mut open: Vec<(char, &Range<usize>)> = Vec::new();
    let mut before: Option<&Token> = None;
    for token in tokens.iter().filter(|t| t.kind != Kind::Comment) {
        let lines = before.map_or(0..0, |b| b.range.end..token.range.start);
        // Outside of brackets, the end of a line ends a statement.
        let is_next = !open.is_empty() || !text[lines].contains('\n');
        if is_next && before.is_some_and(|b| is_operand_end(text, b)) && is_operand(text, token) {
            return Some(token.range.clone());
        }
        before = Some(token);
        match token.kind {
            Kind::Broken => return Some(token.range.clone()),
            Kind::Punct('(') => open.push((')', &token.range)),
            Kind::Punct('[') => open.push((']', &token.range)),
            Kind::Punct('{') => open.push(('}', &token.range)),
            Kind::Punct(c @ (')' | ']' | '}')) if open.pop().map(|o| o.0) != Some(c) => {
                return Some(token.range.clone());
            }
            Kind::Punct(c) if !KNOWN.contains(c) => return Some(token.range.clone()),
            _ => {}
        }
    }
    open.pop().map(|o| o.1.clone())
}

/// Whether the token is a name or a literal.
fn is_operand(text: &str, token: &Token) -> bool {
    const KEYWORDS: &str = " and def elif else for if in lambda not or return ";
    match token.kind {
        Kind::Text(_) => true,
        Kind::Word => !KEYWORDS.contains(&format!(" {} ", &text[token.range.clone()])),
        _ => false,
    }
}

/// Whether an operand ends with the token.
fn is_operand_end(text: &str, token: &Token) -> bool {
    matches!(token.kind, Kind::Punct(')' | ']' | '}')) || is_operand(text, token)
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    #[test]
    fn broken_files_end_somewhere() {
        for text in [
            "wit_library(",
            "wit_library(name = \"",
            "'''",
            "x(]",
            "\"\\",
            "(]",
            "r'",
            "f(a = 1 b = 2)",
            "f(a = \"x\"\n    srcs = [])",
            "f(a = [1] b = 2)",
            "f() g()",
            "f(\0)",
            "f($x)",
        ] {
            assert!(parse(text).broken.is_some(), "{text}");
        }
        for text in [
            "f()\ng()\nx = 1\n\"doc\"\n",
            "f(x = [a for a in b if not c], y = lambda z: z, **k)",
            "f(x = 1.5 if a else -2, y = (a[1:2] + {}) % b.c())",
            "x = 1 + \\\n    2\n",
            "f()  # c\n",
        ] {
            assert_eq!(parse(text).broken, None, "{text}");
        }
    }
}
