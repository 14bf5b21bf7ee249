//! Replaces the syntax of 2022 and 2023, and escapes names that have become keywords.

use crate::edit::Edit;
use crate::syntax::{is_keyword, lex, Kind, Outline, Token};
use crate::tree::File;

/// The maximum number of tokens to search for the other end of a construct.
const FAR: usize = 500;

/// Adds the edits of one file to `out`.
pub(super) fn edits((file, outline): &(File, Outline), out: &mut Vec<Edit>) {
    let text = file.text.as_str();
    let tokens: Vec<Token> = lex(text)
        .into_iter()
        .filter(|t| t.kind != Kind::Comment)
        .collect();
    let words = Words { text, tokens };
    for i in 0..words.tokens.len() {
        words.function(i, out);
        words.static_(i, out);
        words.float(i, out);
        words.expected(i, out);
        words.default_(i, out);
        words.keyword(i, out);
        words.union(i, out);
        words.named_results(i, out);
        words.renaming(i, out);
    }
    for offset in &outline.missing_semicolons {
        out.push(Edit::insert(*offset, ";"));
    }
    for (_, scope) in outline.packages() {
        for path in scope.paths() {
            if let Some(prefix) = &path.old_prefix {
                out.push(Edit::new(prefix.clone(), ""));
            }
        }
        for body in &scope.bodies {
            for u in body.uses().filter(|u| u.is_old) {
                if let Some(names) = &u.names {
                    let names: Vec<&str> = names.iter().map(|(r, _)| &text[r.clone()]).collect();
                    let path = u
                        .path
                        .old_prefix
                        .as_ref()
                        .map_or(u.path.range.start, |p| p.end);
                    let path = &text[path..u.path.range.end];
                    // A missing semicolon is inserted by another edit.
                    let end = if text[u.range.clone()].ends_with(';') {
                        ";"
                    } else {
                        ""
                    };
                    let new = format!("use {path}.{{{}}}{end}", names.join(", "));
                    out.push(Edit::new(u.range.clone(), new));
                }
            }
        }
    }
}

struct Words<'a> {
    text: &'a str,
    tokens: Vec<Token>,
}

impl Words<'_> {
    fn word(&self, i: usize) -> &str {
        match self.tokens.get(i) {
            Some(t) if t.kind == Kind::Word => &self.text[t.range.clone()],
            _ => "",
        }
    }

    fn is(&self, i: usize, c: char) -> bool {
        self.tokens.get(i).is_some_and(|t| t.kind == Kind::Punct(c))
    }

    fn replace(&self, i: usize, text: &str, out: &mut Vec<Edit>) {
        if let Some(token) = self.tokens.get(i) {
            out.push(Edit::new(token.range.clone(), text));
        }
    }

    /// `f: function()`
    fn function(&self, i: usize, out: &mut Vec<Edit>) {
        let is_type = i > 0 && (self.is(i - 1, ':') || self.word(i - 1) == "async");
        if self.word(i) == "function" && self.is(i + 1, '(') && is_type {
            self.replace(i, "func", out);
        }
    }

    /// `static f: func()`
    fn static_(&self, i: usize, out: &mut Vec<Edit>) {
        let is_old = self.word(i) == "static"
            && self.is(i + 2, ':')
            && matches!(self.word(i + 3), "func" | "function");
        if let (true, Some(name), Some(func)) =
            (is_old, self.tokens.get(i + 1), self.tokens.get(i + 3))
        {
            let start = self.tokens[i].range.start;
            out.push(Edit::new(start..name.range.start, ""));
            let at = func.range.start;
            out.push(Edit::insert(at, "static "));
        }
    }

    /// `float32`
    fn float(&self, i: usize, out: &mut Vec<Edit>) {
        let new = match self.word(i) {
            "float32" => "f32",
            "float64" => "f64",
            _ => return,
        };
        let Some(before) = i.checked_sub(1).and_then(|b| self.tokens.get(b)) else {
            return;
        };
        // A field or case can have that name, too.
        let is_type = match before.kind {
            Kind::Arrow | Kind::Punct(':' | '<' | '(' | '=') => !self.is(i + 1, ':'),
            Kind::Punct(',') => self.is_in_angles(i),
            _ => false,
        };
        if is_type {
            self.replace(i, new, out);
        }
    }

    /// Whether the bracket around token `i` is `<`.
    fn is_in_angles(&self, i: usize) -> bool {
        let mut depth = 0_usize;
        for token in self.tokens[..i].iter().rev().take(FAR) {
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

    /// `expected<unit, e>`
    fn expected(&self, i: usize, out: &mut Vec<Edit>) {
        if self.word(i) != "expected" || !self.is(i + 1, '<') {
            return;
        }
        let mut depth = 0_usize;
        let mut comma = None;
        for j in i + 1..self.tokens.len().min(i + FAR) {
            match self.tokens[j].kind {
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
            let is_unit = |from: usize, to: usize| to == from + 1 && self.word(from) == "unit";
            self.replace(i, "result", out);
            match (is_unit(i + 2, comma), is_unit(comma + 1, j)) {
                (true, true) => {
                    let all = self.tokens[i + 1].range.start..self.tokens[j].range.end;
                    out.push(Edit::new(all, ""));
                }
                (true, false) => self.replace(i + 2, "_", out),
                (false, true) => {
                    let last = self.tokens[comma].range.start..self.tokens[j].range.start;
                    out.push(Edit::new(last, ""));
                }
                (false, false) => {}
            }
            return;
        }
    }

    /// `default world`
    fn default_(&self, i: usize, out: &mut Vec<Edit>) {
        let is_old = self.word(i) == "default"
            && matches!(self.word(i + 1), "world" | "interface")
            && self.is(i + 3, '{');
        if is_old {
            let range = self.tokens[i].range.start..self.tokens[i + 1].range.start;
            out.push(Edit::new(range, ""));
        }
    }

    /// `resource: string`
    fn keyword(&self, i: usize, out: &mut Vec<Edit>) {
        // A keyword is never before a colon, so this is a name.
        let word = self.word(i);
        if self.is(i + 1, ':') && is_keyword(word) && word != "_" {
            out.push(Edit::insert(self.tokens[i].range.start, "%"));
        }
    }

    /// `union u { a, b }`: becomes a variant. Its cases have the names of those in the bindings of the
    /// time: `f0`, `f1` and so on.
    fn union(&self, i: usize, out: &mut Vec<Edit>) {
        let is_old = self.word(i) == "union" && self.is(i + 2, '{') && !self.is(i + 1, ':');
        if !is_old || self.word(i + 1).is_empty() {
            return;
        }
        let mut cases = Vec::new();
        let mut depth = 0_usize;
        let mut start = i + 3;
        for j in i + 3..self.tokens.len().min(i + FAR) {
            match self.tokens[j].kind {
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
                            let (from, to) = (&self.tokens[case.start], &self.tokens[case.end - 1]);
                            out.push(Edit::insert(from.range.start, format!("f{n}(")));
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

    /// `-> (a: u8, b: string)`: becomes a tuple, which has the same ABI; a single result becomes
    /// unnamed.
    fn named_results(&self, i: usize, out: &mut Vec<Edit>) {
        let is_arrow = self.tokens[i].kind == Kind::Arrow;
        if !is_arrow || !self.is(i + 1, '(') {
            return;
        }
        let mut depth = 0_usize;
        let mut names = Vec::new();
        let mut close = None;
        for j in i + 1..self.tokens.len().min(i + FAR) {
            match self.tokens[j].kind {
                Kind::Punct('(' | '<') => depth += 1,
                Kind::Punct(')' | '>') => depth = depth.saturating_sub(1),
                Kind::Punct(':') if depth == 1 => names.push(j - 1),
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
            let start = self.tokens[i - 1].range.end;
            out.push(Edit::new(start..self.tokens[close].range.end, ""));
            return;
        }
        if names.is_empty() {
            return;
        }
        let is_one = names.len() == 1;
        self.replace(i + 1, if is_one { "" } else { "tuple<" }, out);
        self.replace(close, if is_one { "" } else { ">" }, out);
        for name in names {
            let end = self.tokens[name + 1].range.end;
            let rest = &self.text[end..];
            let blank = rest.len() - rest.trim_start_matches(' ').len();
            let start = self.tokens[name].range.start;
            out.push(Edit::new(start..end + blank, ""));
        }
        if is_one {
            // Remove a trailing comma.
            let comma = self
                .tokens
                .get(close - 1)
                .filter(|_| self.is(close - 1, ','));
            out.extend(comma.map(|t| Edit::new(t.range.clone(), "")));
        }
    }

    /// `include a with { b as c };`: removes the semicolon.
    fn renaming(&self, i: usize, out: &mut Vec<Edit>) {
        if self.word(i) != "with" || !self.is(i + 1, '{') {
            return;
        }
        let mut rest = i + 2..self.tokens.len().min(i + FAR);
        let close = rest.find(|j| !matches!(self.tokens[*j].kind, Kind::Word | Kind::Punct(',')));
        if let Some(close) = close.filter(|j| self.is(*j, '}') && self.is(*j + 1, ';')) {
            self.replace(close + 1, "", out);
        }
    }
}
