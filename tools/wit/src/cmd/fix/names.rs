//! Makes names valid: removes quotes, converts other cases to kebab case, and escapes names that
//! have become keywords.

use crate::edit::{apply, Edit};
use crate::syntax::{is_keyword, Body, Code, Kind, Outline, Scope, Token, Use};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// The keywords before the name of an item.
const ITEMS: &[&str] = &[
    "enum",
    "flags",
    "interface",
    "record",
    "resource",
    "type",
    "union",
    "variant",
    "world",
];

/// A text whose names are spelled as in WIT of today.
pub(super) struct Spelled {
    /// The new text.
    pub text: String,
    /// The ranges, in the old text, of names that have changed, with the new ones.
    pub renamed: Vec<(Range<usize>, String)>,
}

/// Removes the quotes of names, `"a-b": func()`, and converts `Error` and `a_b` to kebab case.
pub(super) fn spelled(text: &str) -> Option<Spelled> {
    let tokens = Code::new(text).tokens;
    let words: BTreeSet<&str> = tokens.iter().map(|t| &text[t.range.clone()]).collect();
    let mut edits = Vec::new();
    let mut renamed: BTreeMap<&str, (Range<usize>, String)> = BTreeMap::new();
    for (i, token) in tokens.iter().enumerate() {
        let word = &text[token.range.clone()];
        let is_name = token.kind == Kind::Word
            && word != "_"
            && !word.starts_with(|c: char| c == '%' || c.is_ascii_digit());
        if token.kind == Kind::Text && !is_in_attribute(&tokens, i) {
            let name = word.trim_matches('"');
            if wit_parser::validate_id(name).is_ok() {
                edits.push(Edit::new(token.range.clone(), name));
            }
        } else if is_name && wit_parser::validate_id(word).is_err() {
            let new = kebab(word);
            let is_free = !words.contains(new.as_str()) && !words.contains(&*format!("%{new}"));
            if is_free && wit_parser::validate_id(&new).is_ok() {
                edits.push(Edit::new(token.range.clone(), new.as_str()));
                renamed.entry(word).or_insert((token.range.clone(), new));
            }
        }
    }
    // Two names would become one.
    let distinct: BTreeSet<&String> = renamed.values().map(|(_, new)| new).collect();
    if edits.is_empty() || distinct.len() < renamed.len() {
        return None;
    }
    Some(Spelled {
        text: apply(text, edits),
        renamed: renamed.into_values().collect(),
    })
}

/// Whether token `i` is within the parentheses of an attribute: `@a("b")`.
fn is_in_attribute(tokens: &[Token], i: usize) -> bool {
    let mut before = tokens[..i].iter().rev().map(|t| t.kind);
    before.any(|kind| kind == Kind::Punct('('))
        && before.next() == Some(Kind::Word)
        && before.next() == Some(Kind::Punct('@'))
}

/// The name in kebab case: `aB`, `AB_c` and `a_b` are `a-b`, `ab-c` and `a-b`.
pub(super) fn kebab(name: &str) -> String {
    let mut out = String::new();
    let mut is_after_lower = false;
    for c in name.chars() {
        match c {
            '_' | '-' => out.push('-'),
            _ if c.is_ascii_uppercase() && is_after_lower => {
                out.push('-');
                out.push(c.to_ascii_lowercase());
            }
            _ => out.push(c.to_ascii_lowercase()),
        }
        is_after_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    out
}

/// Writes `%` before names that are keywords today. `None` if there are none.
pub(super) fn escaped(text: &str) -> Option<String> {
    let outline = Outline::new(text);
    let mut keywords = Keywords {
        code: Code::new(text),
        at: BTreeSet::new(),
    };
    keywords.before_colons();
    for (name, scope) in outline.packages() {
        if let Some(name) = name {
            keywords.all_in(&name.range);
        }
        keywords.scope(scope);
    }
    let edits: Vec<Edit> = (keywords.at.into_iter())
        .map(|offset| Edit::insert(offset, "%"))
        .collect();
    (!edits.is_empty()).then(|| apply(text, edits))
}

struct Keywords<'a> {
    code: Code<'a>,
    /// The offsets of the names that must be escaped.
    at: BTreeSet<usize>,
}

impl<'a> Keywords<'a> {
    /// Escapes the token `i` if it is a keyword, and returns the keyword.
    fn name(&mut self, i: usize) -> Option<&'a str> {
        let word = self.code.word(i);
        if !is_keyword(word) || word == "_" {
            return None;
        }
        self.at.insert(self.code.tokens[i].range.start);
        Some(word)
    }

    /// The numbers of the tokens in a range.
    fn within(&self, range: &Range<usize>) -> Range<usize> {
        let start = self.code.at(range.start);
        let end = self
            .code
            .tokens
            .partition_point(|t| t.range.end <= range.end);
        start..end.max(start)
    }

    fn all_in(&mut self, range: &Range<usize>) {
        for i in self.within(range) {
            self.name(i);
        }
    }

    /// `resource: string`: a keyword is never before a colon, so this is a name.
    fn before_colons(&mut self) {
        for i in 0..self.code.tokens.len() {
            if self.code.is(i + 1, ':') {
                self.name(i);
            }
        }
    }

    fn scope(&mut self, scope: &Scope) {
        let mut moving = BTreeSet::new();
        for u in &scope.uses {
            self.use_(u, &mut moving);
        }
        for path in scope.paths() {
            self.all_in(&path.range);
        }
        for body in &scope.bodies {
            // The name of the body is before its brace.
            let open = self.within(&(0..body.start)).end.saturating_sub(1);
            if let Some(name) = open.checked_sub(1) {
                self.name(name);
            }
            let mut own = moving.clone();
            self.body(body, &mut own);
            self.types(&(body.start..body.end), &own);
        }
    }

    /// Escapes the names that a body defines or uses. Adds keywords that are types in it to `own`.
    fn body(&mut self, body: &Body, own: &mut BTreeSet<&'a str>) {
        let uses: Vec<Range<usize>> = body.uses().map(|u| u.range.clone()).collect();
        for u in body.uses() {
            self.use_(u, own);
        }
        for inline in body.inline() {
            self.body(inline, own);
        }
        for i in self.within(&(body.start..body.end)) {
            let start = self.code.tokens[i].range.start;
            let before = uses.partition_point(|u| u.start <= start);
            let last = before.checked_sub(1).and_then(|i| uses.get(i));
            let is_in_use = last.is_some_and(|u| u.contains(&start));
            if self.code.word(i) == "with" && self.code.is(i + 1, '{') {
                self.renames(i + 2);
            } else if !is_in_use {
                self.definition(i, own);
            }
        }
    }

    fn use_(&mut self, u: &Use, own: &mut BTreeSet<&'a str>) {
        for (range, _) in u.names.iter().flatten() {
            let names = self.within(range);
            self.name(names.start);
            // `a as b`
            if names.len() > 1 {
                own.extend(self.name(names.end - 1));
            } else {
                own.extend(self.keyword(names.start));
            }
        }
    }

    fn keyword(&self, i: usize) -> Option<&'a str> {
        Some(self.code.word(i)).filter(|w| is_keyword(w) && *w != "_")
    }

    /// `include a with { b as c }`
    fn renames(&mut self, first: usize) {
        let mut i = first;
        while self.code.word(i + 1) == "as" {
            self.name(i);
            self.name(i + 2);
            i += 3 + usize::from(self.code.is(i + 3, ','));
        }
    }

    /// `flags map { ... }`: the name, and those of its cases.
    fn definition(&mut self, i: usize, own: &mut BTreeSet<&'a str>) {
        let item = self.code.word(i);
        let name = self.code.word(i + 1);
        let is_item = ITEMS.contains(&item)
            && !name.is_empty()
            && match item {
                "type" => self.code.is(i + 2, '='),
                "resource" => !self.code.is(i + 2, ':') && !self.code.is(i + 2, '='),
                _ => self.code.is(i + 2, '{'),
            };
        if !is_item {
            return;
        }
        own.extend(self.name(i + 1));
        if !matches!(item, "enum" | "flags" | "variant") {
            return;
        }
        let mut depth = 0_usize;
        for j in i + 2..self.code.tokens.len() {
            match self.code.tokens[j].kind {
                Kind::Punct('{' | '(' | '<') => depth += 1,
                Kind::Punct(')' | '>') => depth = depth.saturating_sub(1),
                Kind::Punct('}') => return,
                _ => {}
            }
            let is_start = self.code.is(j, '{') || (depth == 1 && self.code.is(j, ','));
            if is_start {
                let mut case = j + 1;
                // Attributes.
                while self.code.is(case, '@') {
                    case += 2;
                    if self.code.is(case, '(') {
                        while case < self.code.tokens.len() && !self.code.is(case, ')') {
                            case += 1;
                        }
                        case += 1;
                    }
                }
                self.name(case);
            }
        }
    }

    /// Escapes the types of these names in a range.
    fn types(&mut self, range: &Range<usize>, own: &BTreeSet<&str>) {
        if own.is_empty() {
            return;
        }
        for i in self.within(range) {
            let is_type = i.checked_sub(1).is_some_and(|before| {
                let kind = self.code.tokens[before].kind;
                matches!(kind, Kind::Arrow | Kind::Punct(':' | '<' | '(' | ',' | '='))
                    || self.code.word(before) == "handle"
            });
            // A keyword before `<` is the type of the language.
            if is_type && own.contains(self.code.word(i)) && !self.code.is(i + 1, '<') {
                self.name(i);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{escaped, kebab, spelled};

    #[test]
    fn names_that_are_keywords_today() {
        for (old, new) in [
            (
                "interface i { flags map { a, map } g: func(x: map, y: map<u8, u8>) -> list<map> }",
                "interface i { flags %map { a, %map } g: func(x: %map, y: map<u8, u8>) -> list<%map> }",
            ),
            (
                "interface own { variant v { map(u32), @since(version = 1.0.0) f32 } resource borrow }",
                "interface %own { variant v { %map(u32), @since(version = 1.0.0) %f32 } resource %borrow }",
            ),
            (
                "interface i { use map.{async, x as static}; type a = async; b: func() -> static; }",
                "interface i { use %map.{%async, x as %static}; type a = %async; b: func() -> %static; }",
            ),
            (
                "package map:own@1.0.0;\nworld include { import map; include with with { a as map } }",
                "package %map:%own@1.0.0;\nworld %include { import %map; include %with with { a as %map } }",
            ),
            (
                "interface i { record f32 { stream: u8, x: f64 } type y = tuple<f32, f64>; }",
                "interface i { record %f32 { %stream: u8, x: f64 } type y = tuple<%f32, f64>; }",
            ),
            (
                "interface i { use x.{type, resource as t}; f: func(x: u8) -> result; }",
                "interface i { use x.{%type, %resource as t}; f: func(x: u8) -> result; }",
            ),
        ] {
            assert_eq!(escaped(old).as_deref().unwrap_or(old), new);
            assert_eq!(escaped(new), None);
        }
    }

    #[test]
    fn names_in_quotes_and_in_other_cases() {
        for (old, new) in [
            (
                "\"a-b\": func()\ntype \"handle\" = u8",
                "a-b: func()\ntype handle = u8",
            ),
            (
                "enum Error { Bad_Thing, ok }",
                "enum error { bad-thing, ok }",
            ),
            // Another name is the same in kebab case.
            ("record Error { error: u8 }", "record Error { error: u8 }"),
            ("enum e { a_b, aB }", "enum e { a_b, aB }"),
            ("import HTTP-x: func()", "import HTTP-x: func()"),
            ("@external(\"a\") x: func()", "@external(\"a\") x: func()"),
            ("use { \"a\" } from b", "use { a } from b"),
            (
                "f: func(x: list<\"t\">) -> \"u\"",
                "f: func(x: list<t>) -> u",
            ),
        ] {
            let spelled = spelled(old).map_or(old.to_owned(), |s| s.text);
            assert_eq!(spelled, new);
        }
        assert_eq!(kebab("getRandom_u64"), "get-random-u64");
    }
}
