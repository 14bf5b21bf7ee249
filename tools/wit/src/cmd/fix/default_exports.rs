//! Replaces `default export` of WIT of 2022 and 2023, which exports the functions of an interface from
//! the world itself.

use crate::edit::{apply, lines, Edit};
use crate::syntax::{escape, Body, Code, Kind, Outline};
use std::collections::BTreeSet;
use std::ops::Range;

/// Replaces `default export interface { f: func(); }` and `default export i` by an export of each
/// function.
pub(super) fn inlined(text: &str) -> Option<String> {
    let file = File {
        code: Code::new(text),
        outline: Outline::new(text),
    };
    let code = &file.code;
    let mut edits = Vec::new();
    for i in 0..code.tokens.len() {
        if code.word(i) != "default" || code.word(i + 1) != "export" {
            continue;
        }
        match code.word(i + 2) {
            "interface" if code.is(i + 3, '{') => file.inline(i, &mut edits),
            _ => file.named(i, &mut edits),
        }
    }
    (!edits.is_empty()).then(|| apply(text, edits))
}

struct File<'a> {
    code: Code<'a>,
    outline: Outline,
}

impl File<'_> {
    /// `default export interface { ... }` from token `i`.
    fn inline(&self, i: usize, edits: &mut Vec<Edit>) {
        let mut depth = 0_usize;
        let close = (i + 3..self.code.tokens.len()).find(|j| {
            match self.code.tokens[*j].kind {
                Kind::Punct('{') => depth += 1,
                Kind::Punct('}') => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0
        });
        let Some(close) = close else {
            return;
        };
        let open = &self.code.tokens[i + 3].range;
        let close = &self.code.tokens[close].range;
        let braces = vec![self.code.tokens[i].range.start..open.end, close.clone()];
        let gone = lines(self.code.text, braces).into_iter();
        edits.extend(gone.map(|range| Edit::new(range, "")));
        for function in self.functions(&(open.end..close.start)) {
            edits.push(Edit::insert(function.start, "export "));
        }
    }

    /// `default export i` from token `i`, where the file has the interface.
    fn named(&self, i: usize, edits: &mut Vec<Edit>) {
        let is_self = self.code.word(i + 2) == "self" && self.code.is(i + 3, '.');
        let at = i + 2 + if is_self { 2 } else { 0 };
        let name = self.code.word(at).trim_start_matches('%');
        if name.is_empty() || self.code.is(at + 1, '.') || self.code.is(at + 1, ':') {
            return;
        }
        let mut bodies = self.outline.top.bodies.iter();
        let Some(body) = bodies.find(|b| b.name == name) else {
            return;
        };
        let start = self.code.tokens[i].range.start;
        let line = self.code.text[..start].rfind('\n').map_or(0, |n| n + 1);
        let indent = &self.code.text[line..start];
        let indent = &indent[..indent.len() - indent.trim_start().len()];
        let functions = self.functions(&(body.start..body.end));
        let types = types(body, &functions);
        let mut all = Vec::new();
        if !types.is_empty() {
            let types: Vec<String> = types.into_iter().map(escape).collect();
            all.push(format!("use {}.{{{}}};", escape(name), types.join(", ")));
        }
        for function in functions {
            all.push(format!("export {};", &self.code.text[function]));
        }
        let end = at + usize::from(self.code.is(at + 1, ';'));
        let whole = start..self.code.tokens[end].range.end;
        edits.push(Edit::new(whole, all.join(&format!("\n{indent}"))));
    }

    /// The functions among the statements in a range, without their semicolons.
    fn functions(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let first = self.code.at(range.start);
        let mut out: Vec<Range<usize>> = Vec::new();
        let mut depth = 0_usize;
        for i in first..self.code.tokens.len() {
            let token = &self.code.tokens[i];
            if token.range.start >= range.end {
                break;
            }
            match token.kind {
                Kind::Punct('{' | '(' | '<') => depth += 1,
                Kind::Punct('}' | ')' | '>') => depth = depth.saturating_sub(1),
                _ => {}
            }
            let is_function = depth == 0
                && self.code.is(i + 1, ':')
                && matches!(self.code.word(i + 2), "func" | "function" | "async");
            if is_function {
                let end = self.end_of(i, range.end);
                out.push(token.range.start..end);
            }
        }
        out
    }

    /// The end of the statement at token `i`, without a semicolon.
    fn end_of(&self, i: usize, limit: usize) -> usize {
        let start = self.code.tokens[i].range.start;
        let rest = self.code.tokens[i..].iter();
        let mut semicolons = rest.filter(|t| t.kind == Kind::Punct(';'));
        let semicolon = semicolons.next().map(|t| t.range.start);
        let mut missing = self.outline.missing_semicolons.iter().copied();
        let missing = missing.find(|offset| *offset > start);
        let ends = [semicolon, missing, Some(limit)];
        ends.into_iter().flatten().min().unwrap_or(limit)
    }
}

/// The types of a body that functions in it refer to.
fn types<'a>(body: &'a Body, functions: &[Range<usize>]) -> BTreeSet<&'a str> {
    let own = body.defined();
    let is_in = |at: usize| functions.iter().any(|f| f.contains(&at));
    let refs = body.refs().filter(|(range, _)| is_in(range.start));
    let names = refs.map(|(_, name)| name.as_str());
    names.filter(|name| own.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::inlined;

    #[test]
    fn functions_become_exports() {
        for (old, new) in [
            (
                "world w {\n  default export interface {\n    type t = u8\n    f: func() -> t\n    g: func()\n  }\n}",
                "world w {\n    type t = u8\n    export f: func() -> t\n    export g: func()\n}",
            ),
            (
                "interface i {\n  type t = u8\n  f: func(a: list<t>)\n  g: func();\n}\nworld w {\n  default export self.i\n}",
                "interface i {\n  type t = u8\n  f: func(a: list<t>)\n  g: func();\n}\nworld w {\n  use i.{t};\n  export f: func(a: list<t>);\n  export g: func();\n}",
            ),
        ] {
            assert_eq!(inlined(old).as_deref(), Some(new));
        }
        assert_eq!(inlined("world w { default export a.b }"), None);
    }
}
