//! The packages that a source refers to.

use super::source::Source;
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeSet;
use std::ops::Range;
use wac_parser::lexer::{self, Lexer, Token};

/// The nesting limit of brackets, as the parser and later steps recurse.
const MAX_DEPTH: usize = 200;

/// A reference to a package.
pub struct Reference<'a> {
    /// `ns:name`.
    pub name: &'a str,
    /// The version, if there is one.
    pub version: Option<&'a str>,
    /// The first occurrence in the source.
    pub range: Range<usize>,
}

/// The references of a source, each once, in the order of the source.
pub struct References<'a>(Vec<Reference<'a>>);

impl<'a> References<'a> {
    /// Reads the tokens of a source, of which only package names and paths refer to packages.
    pub fn of(source: &Source<'a>) -> Result<Self> {
        let lexer = Lexer::new(source.text)
            .map_err(|(e, span)| invalid_token(source, &e, span.offset(), span.len()))?;
        let mut depth = 0_usize;
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for (token, span) in lexer {
            let range = span.offset()..span.offset() + span.len();
            let token = match token {
                Ok(token) => token,
                Err(e) => return Err(invalid_token(source, &e, range.start, span.len()).into()),
            };
            match token {
                Token::OpenBrace | Token::OpenParen | Token::OpenAngle | Token::OpenBracket => {
                    depth += 1;
                    if depth > MAX_DEPTH {
                        return Err(too_deep(source, range).into());
                    }
                }
                Token::CloseBrace | Token::CloseParen | Token::CloseAngle | Token::CloseBracket => {
                    depth = depth.saturating_sub(1);
                }
                Token::PackageName | Token::PackagePath => {
                    let word = source.text.get(range.clone()).unwrap_or_default();
                    let (path, version) = match word.split_once('@') {
                        Some((path, version)) => (path, Some(version)),
                        None => (word, None),
                    };
                    let name = path.split('/').next().unwrap_or(path);
                    if seen.insert((name, version)) {
                        out.push(Reference {
                            name,
                            version,
                            range,
                        });
                    }
                }
                _ => {}
            }
        }
        Ok(References(out))
    }

    /// The first reference to a package.
    pub fn first(&self, name: &str) -> Option<Range<usize>> {
        let found = self.0.iter().find(|r| r.name == name);
        found.map(|r| r.range.clone())
    }

    /// Assigns each reference, except those to the source's `own` package, the dependency with its
    /// version, else the one without a version.
    pub fn assign<'s, 'd>(
        &'s self,
        own: &str,
        deps: &BTreeSet<&'d str>,
    ) -> Vec<(&'s Reference<'a>, Option<&'d str>)> {
        let others = self.0.iter().filter(|r| r.name != own);
        others
            .map(|r| {
                let exact = r.full();
                let dep = deps.get(exact.as_str()).or_else(|| deps.get(r.name));
                (r, dep.copied())
            })
            .collect()
    }
}

impl Reference<'_> {
    /// `ns:name@version`, or without a version.
    pub fn full(&self) -> String {
        match self.version {
            Some(version) => format!("{}@{version}", self.name),
            None => self.name.to_owned(),
        }
    }
}

/// A token that the language does not have.
fn invalid_token(source: &Source, error: &lexer::Error, at: usize, len: usize) -> Diagnostic {
    Diagnostic::new(error.to_string())
        .site(source.site(at, len))
        .hint("see WAC's LANGUAGE.md for the syntax")
}

/// Brackets that are nested too deep.
fn too_deep(source: &Source, range: Range<usize>) -> Diagnostic {
    Diagnostic::new(format!("brackets are nested more than {MAX_DEPTH} deep"))
        .site(source.site(range.start, range.len()))
        .hint("name parts with `let`")
}
