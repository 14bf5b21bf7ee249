//! Reports what has no equivalent in WIT of today.

use super::structure::is_item;
use crate::problem::{Kind, Problem};
use crate::syntax::{Body, Code, Kind as TokenKind, Outline};
use crate::tree::File;
use rules_wit_common::Diagnostic;
use std::ops::Range;

/// The problems of a file that only a person can fix.
pub(super) fn problems((file, outline): &(File, Outline)) -> Vec<Problem> {
    let code = Code::new(&file.text);
    let mut found: Vec<Diagnostic> = stray(file, outline).into_iter().collect();
    found.extend(buffers(file, &code));
    for (_, scope) in outline.packages() {
        for body in &scope.bodies {
            values(file, &code, body, &mut found);
        }
    }
    let problems = found.into_iter();
    problems.map(|d| Problem::new(Kind::Syntax, d)).collect()
}

/// An item outside of any interface, in a file with interfaces.
fn stray(file: &File, outline: &Outline) -> Option<Diagnostic> {
    let range = outline.top.stray.as_ref()?;
    if !is_item(&file.text, range) {
        return None;
    }
    let name = &file.text[range.clone()];
    let name = name.lines().next().unwrap_or_default().trim();
    let d = Diagnostic::new(format!("`{name}` is outside of any interface"));
    Some(d.site(file.site(range)).hint("move it into an interface"))
}

/// `push-buffer<u8>`
fn buffers(file: &File, code: &Code<'_>) -> Option<Diagnostic> {
    let is_buffer =
        |i: &usize| matches!(code.word(*i), "push-buffer" | "pull-buffer") && code.is(*i + 1, '<');
    let at = (0..code.tokens.len()).find(is_buffer)?;
    let d = Diagnostic::new(format!("`{}` no longer exists", code.word(at)));
    Some(
        d.site(file.site(&code.tokens[at].range))
            .hint("pass a `list`, or return one"),
    )
}

/// `a: u32` as a statement of an interface, or `import a: u32` in a world.
fn values(file: &File, code: &Code<'_>, body: &Body, out: &mut Vec<Diagnostic>) {
    for inline in body.inline() {
        values(file, code, inline, out);
    }
    let is_inner = |at: &Range<usize>| body.inline().any(|b| (b.start..b.end).contains(&at.start));
    let first = code.at(body.start);
    let mut depth = 0_usize;
    for i in first..code.tokens.len() {
        let token = &code.tokens[i];
        if token.range.start >= body.end {
            return;
        }
        match token.kind {
            TokenKind::Punct('{' | '(' | '<') => depth += 1,
            TokenKind::Punct('}' | ')' | '>') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_type = is_type(code.word(i + 2)) && !code.is(i + 3, ':') && !code.is(i + 3, '/');
        let is_value = depth == 0 && code.is(i + 1, ':') && is_type;
        if is_value && !code.word(i).is_empty() && !is_inner(&token.range) {
            let name = code.word(i);
            let d = Diagnostic::new(format!("`{name}` is a value, and WIT has none any more"));
            out.push(
                d.site(file.site(&token.range))
                    .hint(format!("make it a function: `{name}: func() -> ...;`")),
            );
        }
    }
}

/// Whether a word is a type of the language. Names of types are labels of interfaces, too.
fn is_type(word: &str) -> bool {
    matches!(
        word,
        "u8" | "u16"
            | "u32"
            | "u64"
            | "s8"
            | "s16"
            | "s32"
            | "s64"
            | "f32"
            | "f64"
            | "float32"
            | "float64"
            | "char"
            | "bool"
            | "string"
            | "list"
            | "option"
            | "result"
            | "tuple"
            | "expected"
    )
}
