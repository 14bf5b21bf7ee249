//! The packages that a `.wac` source names.

use super::{errors, Source};
use rules_wit_common::Result;
use std::collections::BTreeSet;
use std::ops::Range;
use wac_parser::lexer::{Lexer, Token};

/// How deep brackets may be nested. The parser and what comes after it recurse.
const DEPTH: usize = 200;

/// A package as the source names it.
pub struct Reference<'a> {
    /// `ns:name`.
    pub name: &'a str,
    /// The version.
    pub version: Option<&'a str>,
    /// Where it is named first.
    pub range: Range<usize>,
}

/// The packages that a source names, each once, in the order of the source.
pub struct References<'a>(Vec<Reference<'a>>);

impl<'a> References<'a> {
    /// Reads the words of a source. Words alone tell, as nothing else is written like the name of a
    /// package.
    pub fn of(source: &Source<'a>) -> Result<Self> {
        let lexer = Lexer::new(source.text)
            .map_err(|(e, span)| errors::word(source, &e, span.offset(), span.len()))?;
        let mut depth = 0_usize;
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for (token, span) in lexer {
            let range = span.offset()..span.offset() + span.len();
            let token = match token {
                Ok(token) => token,
                Err(e) => return Err(errors::word(source, &e, range.start, span.len()).into()),
            };
            match token {
                Token::OpenBrace | Token::OpenParen | Token::OpenAngle | Token::OpenBracket => {
                    depth += 1;
                    if depth > DEPTH {
                        return Err(errors::too_deep(source, range, DEPTH).into());
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

    /// Where a package is named first.
    pub fn first(&self, name: &str) -> Option<Range<usize>> {
        let found = self.0.iter().find(|r| r.name == name);
        found.map(|r| r.range.clone())
    }

    /// Which dependency each package is, but for the source's own: that of the same version, else
    /// that without one.
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
