//! Fuzzing of `wit breaking`.

use super::compare::compare;
use crate::fuzz::{fuzz, load, sources};
use crate::packages::{document, Packages};
use crate::random_packages::edit;
use std::collections::BTreeMap;
use wit_source::Features;

/// The rules of all differences between two sides.
fn findings(old: &Packages, new: &Packages) -> Vec<String> {
    let findings = compare(old, new).findings.into_iter();
    findings.map(|f| f.rule.id().to_owned()).collect()
}

#[test]
fn breaking_is_reflexive() {
    fuzz("breaking", 400, |numbers| {
        let files = sources(numbers).into_iter();
        let is_edited = numbers.below(2) == 0;
        let files: BTreeMap<String, String> = files
            .map(|(name, text)| match is_edited {
                true => (name, edit(&text, numbers)),
                false => (name, text),
            })
            .collect();
        let Some(side) = load(&files) else {
            return;
        };
        assert_eq!(findings(&side, &side), Vec::<String>::new());
        // Nor is there a difference to itself by another way.
        let other = load(&files).expect("resolves as before");
        assert_eq!(findings(&side, &other), Vec::<String>::new());
        for id in &side.own {
            let text = document(&side.resolve, *id).expect("prints");
            let text = vec![vec![("closure.wit".to_owned(), text)]];
            let closure = Packages::from_texts(text, &Features::All).expect("a closure resolves");
            let removed = findings(&side, &closure).into_iter();
            // Packages that it does not need are gone from it, and nothing else.
            let rest: Vec<String> = removed.filter(|f| f != "package-removed").collect();
            assert_eq!(rest, Vec::<String>::new());
        }
    });
}
