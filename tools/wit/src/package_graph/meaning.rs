//! Whether two copies of a package have the same meaning.

use crate::syntax::{lex, Kind};
use crate::tree::Tree;
use std::collections::BTreeMap;
use wit_parser::PackageName;
use wit_source::normal_form::meaning;
use wit_source::Batch;

/// The meanings of the packages of a tree, each found once.
#[derive(Debug, Default)]
pub(super) struct Meanings {
    units: BTreeMap<usize, Option<BTreeMap<PackageName, String>>>,
}

impl Meanings {
    /// Whether the package `name` of two units differs only in comments, layout and the order of
    /// items. Texts that do not parse must have the same tokens.
    pub(super) fn are_equal(
        &mut self,
        tree: &Tree,
        name: &PackageName,
        one: usize,
        two: usize,
    ) -> bool {
        let texts = |unit| {
            let mut texts: Vec<String> = tree.named_texts(unit).map(|(_, text)| text).collect();
            texts.sort_unstable();
            texts
        };
        let (a, b) = (texts(one), texts(two));
        if a == b {
            return true;
        }
        for unit in [one, two] {
            self.units.entry(unit).or_insert_with(|| parse(tree, unit));
        }
        match (&self.units[&one], &self.units[&two]) {
            (Some(a), Some(b)) => a.get(name).is_some_and(|a| b.get(name) == Some(a)),
            (None, None) => {
                let tokens = |texts: &[String]| -> Vec<Vec<String>> {
                    texts.iter().map(|text| tokens(text)).collect()
                };
                tokens(&a) == tokens(&b)
            }
            _ => false,
        }
    }
}

/// The meanings of the packages of a unit; `None` if it does not parse.
fn parse(tree: &Tree, unit: usize) -> Option<BTreeMap<PackageName, String>> {
    let mut batch = Batch::default();
    let number = batch.add(tree.named_texts(unit));
    let group = batch.parse(number).ok()?;
    let packages = std::iter::once(&group.main).chain(&group.nested);
    packages
        .map(|package| Some((package.name.clone(), meaning(package).ok()?)))
        .collect()
}

/// The tokens of a text, without comments.
fn tokens(text: &str) -> Vec<String> {
    let tokens = lex(text).into_iter();
    tokens
        .filter(|token| token.kind != Kind::Comment)
        .map(|token| text[token.range].to_owned())
        .collect()
}
