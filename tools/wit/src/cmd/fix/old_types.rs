//! Replaces the types of 2022 and 2023.

use super::old_syntax::{Words, FAR};
use crate::edit::Edit;
use crate::syntax::Kind;

impl Words<'_> {
    /// `float32`
    pub(super) fn float(&self, i: usize, out: &mut Vec<Edit>) {
        let Some(new) = self.float_type(i) else {
            return;
        };
        let Some(before) = i.checked_sub(1).and_then(|b| self.code.tokens.get(b)) else {
            return;
        };
        // A field or case can have that name, too.
        let is_type = match before.kind {
            Kind::Arrow | Kind::Punct(':' | '<' | '(' | '=') => !self.code.is(i + 1, ':'),
            Kind::Punct(',') => self.is_in_angles(i),
            _ => false,
        };
        if is_type {
            self.replace(i, new, out);
        }
    }

    /// The present name of `float32` and `float64`.
    fn float_type(&self, i: usize) -> Option<&'static str> {
        match self.code.word(i) {
            "float32" => Some("f32"),
            "float64" => Some("f64"),
            _ => None,
        }
    }

    /// Whether the bracket around token `i` is `<`.
    fn is_in_angles(&self, i: usize) -> bool {
        let mut depth = 0_usize;
        for token in self.code.tokens[..i].iter().rev().take(FAR) {
            match token.kind {
                Kind::Punct('>' | ')' | '}') => depth += 1,
                Kind::Punct('<' | '(' | '{') if depth > 0 => depth -= 1,
                Kind::Punct('<') => return true,
                Kind::Punct('(' | '{' | ';') => return false,
                _ => {}
            }
        }
        false
    }

    /// `expected<unit, e>` and `result<t, _>`
    pub(super) fn expected(&self, i: usize, out: &mut Vec<Edit>) {
        let is_expected = self.code.word(i) == "expected";
        if !(is_expected || self.code.word(i) == "result") || !self.code.is(i + 1, '<') {
            return;
        }
        let mut depth = 0_usize;
        let mut comma = None;
        for j in i + 1..self.code.tokens.len().min(i + FAR) {
            match self.code.tokens[j].kind {
                Kind::Punct('<') => depth += 1,
                Kind::Punct(',') if depth == 1 => comma = Some(j),
                Kind::Punct('>') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > 0 {
                continue;
            }
            let Some(comma) = comma else {
                return;
            };
            let is_unit = |from: usize, to: usize| {
                let word = self.code.word(from);
                to == from + 1 && (word == "_" || (is_expected && word == "unit"))
            };
            if is_expected {
                self.replace(i, "result", out);
            }
            match (is_unit(i + 2, comma), is_unit(comma + 1, j)) {
                (true, true) => {
                    let all = self.code.tokens[i + 1].range.start..self.code.tokens[j].range.end;
                    out.push(Edit::new(all, ""));
                }
                (true, false) if is_expected => self.replace(i + 2, "_", out),
                (false, true) => {
                    let last = self.code.tokens[comma].range.start..self.code.tokens[j].range.start;
                    out.push(Edit::new(last, ""));
                }
                (true | false, false) => {}
            }
            return;
        }
    }

    /// `union u { a, b }`: becomes a variant. Its cases have the names of those in the bindings of the
    /// time: `f0`, `f1` and so on.
    pub(super) fn union(&self, i: usize, out: &mut Vec<Edit>) {
        let is_old =
            self.code.word(i) == "union" && self.code.is(i + 2, '{') && !self.code.is(i + 1, ':');
        if !is_old || self.code.word(i + 1).is_empty() {
            return;
        }
        let mut cases = Vec::new();
        let mut depth = 0_usize;
        let mut start = i + 3;
        for j in i + 3..self.code.tokens.len().min(i + FAR) {
            match self.code.tokens[j].kind {
                Kind::Punct('<') => depth += 1,
                Kind::Punct('>') => depth = depth.saturating_sub(1),
                Kind::Punct(c @ (',' | '}')) if depth == 0 => {
                    if j > start {
                        cases.push(start..j);
                    }
                    start = j + 1;
                    if c == '}' {
                        self.replace(i, "variant", out);
                        for (n, case) in cases.into_iter().enumerate() {
                            let (from, to) = (
                                &self.code.tokens[case.start],
                                &self.code.tokens[case.end - 1],
                            );
                            let is_one = case.len() == 1;
                            if is_one && self.code.word(case.start) == "unit" {
                                self.replace(case.start, &format!("f{n}"), out);
                                continue;
                            }
                            out.push(Edit::insert(from.range.start, format!("f{n}(")));
                            if case.len() == 2 && self.code.word(case.start) == "handle" {
                                self.replace(case.start, "", out);
                                out.push(Edit::new(from.range.end..to.range.start, ""));
                            }
                            if let Some(new) = self.float_type(case.start) {
                                self.replace(case.start, new, out);
                            }
                            out.push(Edit::insert(to.range.end, ")"));
                        }
                        return;
                    }
                }
                // Cases of a union have no names, so this is not one.
                Kind::Punct('(' | ':' | '{' | ';') => return,
                _ => {}
            }
        }
    }

    /// `-> (a: u8, b: string)` and `-> (u8, string)`: become a tuple, which has the same ABI; a single
    /// result becomes unnamed.
    pub(super) fn named_results(&self, i: usize, out: &mut Vec<Edit>) {
        let is_arrow = self.code.tokens[i].kind == Kind::Arrow;
        if !is_arrow || !self.code.is(i + 1, '(') {
            return;
        }
        let mut depth = 0_usize;
        let mut names = Vec::new();
        let mut commas = 0_usize;
        let mut close = None;
        for j in i + 1..self.code.tokens.len().min(i + FAR) {
            match self.code.tokens[j].kind {
                Kind::Punct('(' | '<') => depth += 1,
                Kind::Punct(')' | '>') => depth = depth.saturating_sub(1),
                Kind::Punct(':') if depth == 1 => names.push(j - 1),
                Kind::Punct(',') if depth == 1 && !self.code.is(j + 1, ')') => commas += 1,
                Kind::Punct('{' | '}' | ';') => return,
                _ => {}
            }
            if depth == 0 {
                close = Some(j);
                break;
            }
        }
        let Some(close) = close else {
            return;
        };
        if names.is_empty() && close == i + 2 {
            let start = self.code.tokens[i - 1].range.end;
            out.push(Edit::new(start..self.code.tokens[close].range.end, ""));
            return;
        }
        let is_one = commas == 0;
        self.replace(i + 1, if is_one { "" } else { "tuple<" }, out);
        self.replace(close, if is_one { "" } else { ">" }, out);
        for name in names {
            let end = self.code.tokens[name + 1].range.end;
            let rest = &self.code.text[end..];
            let blank = rest.len() - rest.trim_start_matches(' ').len();
            let start = self.code.tokens[name].range.start;
            out.push(Edit::new(start..end + blank, ""));
        }
        if is_one {
            // Remove a trailing comma.
            let comma = self
                .code
                .tokens
                .get(close - 1)
                .filter(|_| self.code.is(close - 1, ','));
            out.extend(comma.map(|t| Edit::new(t.range.clone(), "")));
        }
    }

    /// `handle r`: becomes `borrow<r>` in parameters, as the caller keeps it, and `r` elsewhere.
    pub(super) fn handle(&self, i: usize, out: &mut Vec<Edit>) {
        let is_old = self.code.word(i) == "handle"
            && !self.code.word(i + 1).is_empty()
            && !self.code.is(i + 2, ':')
            && self.is_after_type_position(i);
        if !is_old {
            return;
        }
        let (from, to) = (&self.code.tokens[i].range, &self.code.tokens[i + 1].range);
        if self.is_parameter(i) {
            out.push(Edit::new(from.start..to.start, "borrow<"));
            out.push(Edit::insert(to.end, ">"));
        } else {
            out.push(Edit::new(from.start..to.start, ""));
        }
    }

    /// Whether a type can be at token `i`, after what is before it.
    fn is_after_type_position(&self, i: usize) -> bool {
        let before = i.checked_sub(1).map(|b| self.code.tokens[b].kind);
        matches!(
            before,
            Some(Kind::Arrow | Kind::Punct(':' | '<' | '(' | ',' | '='))
        )
    }

    /// Whether token `i` is within the parameters of a function.
    fn is_parameter(&self, i: usize) -> bool {
        let mut depth = 0_usize;
        for (j, token) in self.code.tokens[..i].iter().enumerate().rev().take(FAR) {
            match token.kind {
                Kind::Punct('>' | ')' | '}') => depth += 1,
                Kind::Punct('<' | '(' | '{') if depth > 0 => depth -= 1,
                Kind::Punct('(') => {
                    let before = j.checked_sub(1).map_or("", |b| self.code.word(b));
                    return matches!(before, "func" | "function" | "constructor");
                }
                Kind::Punct('{' | ';') => return false,
                _ => {}
            }
        }
        false
    }

    /// `unit`: is left out as a result, or as the type of a case.
    pub(super) fn unit(&self, i: usize, out: &mut Vec<Edit>) {
        if self.code.word(i) != "unit" || i == 0 {
            return;
        }
        let (before, here) = (&self.code.tokens[i - 1], &self.code.tokens[i].range);
        if before.kind == Kind::Arrow {
            let start = self.code.tokens[i.saturating_sub(2)].range.end;
            out.push(Edit::new(start..here.end, ""));
        } else if self.code.is(i - 1, '(') && self.code.is(i + 1, ')') {
            let end = self.code.tokens[i + 1].range.end;
            out.push(Edit::new(before.range.start..end, ""));
        }
    }
}
