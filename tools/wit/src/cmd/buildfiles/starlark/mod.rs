//! Reads BUILD files: the calls at top level and their arguments, without evaluation.

mod broken;
mod lex;
mod quote;

use broken::broken;
use lex::{lex, Kind, Token};
pub(super) use quote::quote;
use std::ops::Range;

/// A BUILD file.
#[derive(Debug, Default)]
pub(super) struct BuildFile {
    /// The calls at top level.
    pub calls: Vec<Call>,
    /// Whether `wit_library` also occurs elsewhere: in a macro or a comprehension.
    pub has_hidden: bool,
    /// The offset after the last `load`, or for a first one.
    pub loads_end: usize,
    /// The range of the first syntax error, as far as it is recognized.
    pub broken: Option<Range<usize>>,
}

/// A call at top level.
#[derive(Debug)]
pub(super) struct Call {
    pub function: String,
    /// The call with its parentheses.
    pub range: Range<usize>,
    pub args: Vec<Arg>,
    /// Whether it has a comment `# keep`.
    pub keep: bool,
}

/// An argument.
#[derive(Debug)]
pub(super) struct Arg {
    pub name: Option<String>,
    /// The argument with its name, without the comma.
    pub range: Range<usize>,
    /// The range of its value.
    pub value: Range<usize>,
    /// Whether it has a comment `# keep`.
    pub keep: bool,
    pub kind: Value,
}

/// The value of an argument.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    List(Vec<Element>),
    Other,
}

/// A string in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Element {
    pub text: String,
    /// The comments on lines of their own before it.
    pub before: Vec<String>,
    /// The comment after it on its line.
    pub behind: Option<String>,
}

impl Element {
    /// Whether it has a comment `# keep`.
    pub fn keep(&self) -> bool {
        self.before.iter().chain(&self.behind).any(|c| is_keep(c))
    }
}

impl BuildFile {
    /// The numbers of the calls of `wit_library`.
    pub fn libraries(&self) -> Vec<usize> {
        let calls = self.calls.iter().enumerate();
        let libraries = calls.filter(|(_, c)| c.function == "wit_library");
        libraries.map(|(i, _)| i).collect()
    }
}

impl Call {
    /// The argument with a name.
    pub fn arg(&self, name: &str) -> Option<&Arg> {
        self.args.iter().find(|a| a.name.as_deref() == Some(name))
    }

    /// The value of an argument that is a plain string.
    pub fn text(&self, name: &str) -> Option<&str> {
        match &self.arg(name)?.kind {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

fn is_keep(comment: &str) -> bool {
    let text = comment.trim_start_matches('#').trim_start();
    text == "keep" || text.starts_with("keep:") || text.starts_with("keep ")
}

/// Parses a BUILD file. Takes any text; a syntax error is in `broken`.
pub(super) fn parse(text: &str) -> BuildFile {
    let tokens = lex(text);
    let mut file = BuildFile {
        loads_end: header_end(text, &tokens),
        broken: broken(text, &tokens),
        ..BuildFile::default()
    };
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let is_wit = token.kind == Kind::Word && &text[token.range.clone()] == "wit_library";
        match token.kind {
            Kind::Punct('(' | '[' | '{') => depth += 1,
            Kind::Punct(')' | ']' | '}') => depth = depth.saturating_sub(1),
            Kind::Word if depth == 0 && is_open(&tokens, at + 1) => {
                let (call, next) = call(text, &tokens, at);
                if call.function == "load" {
                    file.loads_end = call.range.end;
                }
                file.calls.push(call);
                at = next;
                continue;
            }
            _ if is_wit => file.has_hidden = true,
            _ => {}
        }
        at += 1;
    }
    file
}

fn is_open(tokens: &[Token], at: usize) -> bool {
    tokens.get(at).map(|t| &t.kind) == Some(&Kind::Punct('('))
}

/// The offset after the comments and the docstring at the start of a file.
fn header_end(text: &str, tokens: &[Token]) -> usize {
    let mut end = 0;
    for token in tokens {
        match token.kind {
            Kind::Comment | Kind::Text(_) => {
                // A comment directly above a statement belongs to it.
                let rest = &text[token.range.end..];
                if rest.trim_start_matches([' ', '\r']).starts_with("\n\n")
                    || rest.trim().is_empty()
                {
                    end = token.range.end;
                }
            }
            _ => break,
        }
    }
    end
}

fn call(text: &str, tokens: &[Token], at: usize) -> (Call, usize) {
    let name = &tokens[at];
    let mut call = Call {
        function: text[name.range.clone()].to_owned(),
        range: name.range.start..text.len(),
        args: Vec::new(),
        keep: is_kept(text, tokens, at),
    };
    let mut depth = 0_usize;
    let mut start = at + 2;
    let mut i = at + 1;
    while let Some(token) = tokens.get(i) {
        match token.kind {
            Kind::Punct('(' | '[' | '{') => depth += 1,
            Kind::Punct(')' | ']' | '}') => depth = depth.saturating_sub(1),
            _ => {}
        }
        let is_end = depth == 0;
        let is_comma = depth == 1 && token.kind == Kind::Punct(',');
        if is_end || is_comma {
            call.args.extend(arg(text, tokens, start..i));
            start = i + 1;
        }
        i += 1;
        if is_end {
            call.range.end = token.range.end;
            return (call, i);
        }
    }
    (call, i)
}

/// Whether the comment lines directly above the token say `keep`.
fn is_kept(text: &str, tokens: &[Token], at: usize) -> bool {
    let mut here = tokens[at].range.start;
    for token in tokens[..at].iter().rev() {
        let gap = &text[token.range.end..here];
        if token.kind != Kind::Comment || gap.matches('\n').count() != 1 {
            break;
        }
        // A comment after something else on its line belongs to that.
        let line = text[..token.range.start].rsplit('\n').next();
        if line.is_some_and(|l| !l.trim().is_empty()) {
            break;
        }
        if is_keep(&text[token.range.clone()]) {
            return true;
        }
        here = token.range.start;
    }
    false
}

fn arg(text: &str, tokens: &[Token], range: Range<usize>) -> Option<Arg> {
    let all: Vec<usize> = range
        .filter(|i| tokens.get(*i).is_some_and(|t| t.kind != Kind::Comment))
        .collect();
    let (first, last) = (*all.first()?, *all.last()?);
    let second = all.get(1).copied();
    let is_named = tokens[first].kind == Kind::Word
        && second.is_some_and(|i| {
            tokens[i].kind == Kind::Punct('=') && !text[tokens[i].range.end..].starts_with('=')
        });
    let value = match (is_named, all.get(2)) {
        (true, Some(i)) => *i,
        (true, None) => return None,
        (false, _) => first,
    };
    let opening = match tokens[value].kind {
        Kind::Punct('[') => tokens.get(value + 1),
        _ => None,
    };
    // `deps = [  # keep`
    let keeps_behind = opening.is_some_and(|t| {
        t.kind == Kind::Comment
            && !text[tokens[value].range.end..t.range.start].contains('\n')
            && is_keep(&text[t.range.clone()])
    });
    Some(Arg {
        name: is_named.then(|| text[tokens[first].range.clone()].to_owned()),
        range: tokens[first].range.start..tokens[last].range.end,
        value: tokens[value].range.start..tokens[last].range.end,
        keep: keeps_behind || is_kept(text, tokens, first),
        kind: kind(text, &tokens[value..=last]),
    })
}

fn kind(text: &str, tokens: &[Token]) -> Value {
    match tokens {
        [Token {
            kind: Kind::Text(Some(text)),
            ..
        }] => Value::Text(text.clone()),
        [first, inner @ .., last]
            if first.kind == Kind::Punct('[') && last.kind == Kind::Punct(']') =>
        {
            list(text, inner, first.range.end).map_or(Value::Other, Value::List)
        }
        _ => Value::Other,
    }
}

/// The elements of a list of strings; `None` if it has other elements.
fn list(text: &str, tokens: &[Token], start: usize) -> Option<Vec<Element>> {
    let mut out: Vec<Element> = Vec::new();
    let mut before = Vec::new();
    let mut line_start = start;
    let mut needs_comma = false;
    for token in tokens {
        match &token.kind {
            Kind::Comment => {
                let comment = text[token.range.clone()].trim_end().to_owned();
                let is_behind = !text[line_start..token.range.start].contains('\n');
                match out.last_mut().filter(|_| is_behind) {
                    Some(last) if last.behind.is_none() => last.behind = Some(comment),
                    _ => before.push(comment),
                }
            }
            Kind::Text(Some(string)) if !needs_comma => {
                out.push(Element {
                    text: string.clone(),
                    before: std::mem::take(&mut before),
                    behind: None,
                });
                needs_comma = true;
                line_start = token.range.end;
            }
            Kind::Punct(',') if needs_comma => needs_comma = false,
            _ => return None,
        }
    }
    // Comments after the last element stay with it.
    match (before.is_empty(), out.last_mut()) {
        (true, _) => {}
        (false, Some(last)) => last.before.extend(before),
        (false, None) => return None,
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_arguments() {
        let text = "# c\n\nload(\"@r//:x.bzl\", \"wit_library\")\n\n# keep\nwit_library(\n    name = \"a\",\n    \
                    srcs = [\n        # first\n        \"a.wit\",  # keep\n        'b.wit',\n    ],\n    deps = glob([\"x\"]),\n    \
                    # keep: mine\n    tags = [\"m\"],\n)\n[wit_library(name = x) for x in y]\nz = 1\n";
        let file = parse(text);
        assert!(file.has_hidden);
        assert_eq!(&text[..file.loads_end].lines().count(), &3);
        let [load, call] = file.calls.as_slice() else {
            panic!("{:?}", file.calls)
        };
        assert_eq!(load.function, "load");
        assert!(call.keep && call.text("name") == Some("a"));
        let Some(Value::List(srcs)) = call.arg("srcs").map(|a| &a.kind) else {
            panic!("{call:?}")
        };
        assert_eq!(srcs[0].before, ["# first"]);
        assert!(srcs[0].keep() && !srcs[1].keep());
        assert_eq!(srcs[1].text, "b.wit");
        assert_eq!(call.arg("deps").map(|a| &a.kind), Some(&Value::Other));
        assert!(call.arg("tags").is_some_and(|a| a.keep));
    }
}
