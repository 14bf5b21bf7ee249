//! Fuzzing of `wit fix`.

use super::texts::fixed;
use crate::fuzz::{encodings, fuzz, load, mangle, sources, tree};
use crate::package_graph::Analysis;
use crate::random_packages::{edit, Numbers};
use crate::tree::Tree;
use std::collections::BTreeMap;

fn texts(tree: &Tree) -> BTreeMap<String, String> {
    let files = tree.files.iter();
    files
        .map(|(f, _)| (f.shown.clone(), f.text.clone()))
        .collect()
}

/// Takes the version out of some uses, and writes some things as they were written once.
fn loosen(text: &str, numbers: &mut Numbers) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        if numbers.below(2) == 0 {
            line = line.replace("f32", "float32").replace("f64", "float64");
        }
        match numbers.below(5) {
            0 => line = line.replace(": func(", ": function("),
            1 if line.ends_with(" -> u32;") => line = line.replace("-> u32", "-> (it: u32)"),
            1 | 2 if line.ends_with(");") || line.ends_with("u8;") => {
                line.truncate(line.len() - 1);
            }
            3 if line.trim_start().starts_with("use ") || line.contains(" import ") => {
                if let (Some(at), true) = (line.find('@'), line.contains('/')) {
                    let rest = &line[at + 1..];
                    let end = rest
                        .find(|c: char| !c.is_alphanumeric() && !"-.+".contains(c))
                        .unwrap_or(rest.len());
                    let end = rest[..end].trim_end_matches('.').len();
                    line.replace_range(at..at + 1 + end, "");
                }
            }
            _ => {}
        }
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[test]
fn fix_of_anything() {
    fuzz("fix", 1000, |numbers| {
        let strict = sources(numbers);
        let meant: BTreeMap<String, String> = strict.iter().cloned().collect();
        let way = numbers.below(6);
        let is_loose = way > 1;
        let change = |text: &str, numbers: &mut Numbers| match way {
            0 => mangle(text, numbers),
            1 => edit(text, numbers),
            _ => loosen(text, numbers),
        };
        let loose: Vec<(String, String)> = strict
            .iter()
            .map(|(name, text)| (name.clone(), change(text, numbers)))
            .collect();
        let before = tree(loose, Vec::new());
        let (after, is_fixed) = fixed(&before);
        // What was in order before is in order afterwards, and means the same.
        let (old, new) = (texts(&before), texts(&after));
        if let Some(old) = load(&old) {
            let new = load(&new).expect("what resolved still does");
            assert_eq!(encodings(&old), encodings(&new), "another meaning");
        }
        // So it is with what was only written in another way.
        if is_loose && is_fixed {
            if let (Some(meant), Some(new)) = (load(&meant), load(&new)) {
                assert_eq!(
                    encodings(&meant),
                    encodings(&new),
                    "another meaning: {:#?}",
                    texts(&before)
                );
            }
        }
        // What is missing is nothing to fix.
        if is_fixed && Analysis::of(&after).report().problems.is_empty() {
            assert!(load(&new).is_some(), "what is fixed resolves: {new:#?}");
        }
        let (again, _) = fixed(&after);
        assert_eq!(new, texts(&again), "not the same twice");
    });
}
