//! Composes components as a source in the WAC language says.

mod arguments;
mod errors;
mod expressions;
mod packages;
mod source;

use crate::composition::{with_external_ids, Composition};
use crate::input::{read_component, validate};
use expressions::Expressions;
use packages::References;
use rules_wit_common::{display_path, read_text, Failure, Limit, Result};
use source::Source;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;
use wac_graph::types::BorrowedPackageKey;
use wac_graph::EncodeOptions;
use wac_parser::resolution::Error;
use wac_parser::Document;

/// Composes components as the source file `path` says; returns the component. `deps` has the files
/// of the packages that the source names, as `ns:name` or `ns:name@version`.
pub fn compose(path: &Path, deps: &BTreeMap<&str, &Path>) -> Result<Vec<u8>> {
    let text = read_text(path, Limit::SOURCE)?;
    let source = Source {
        path: display_path(path),
        text: &text,
    };
    let references = References::of(&source)?;
    let document = Document::parse(&text).map_err(|e| errors::syntax(&source, &e))?;
    let own = document.directive.package.name;
    let given: BTreeSet<&str> = deps.keys().copied().collect();
    let assigned = references.assign(own, &given);
    if let Some(failure) =
        Failure::from_all(errors::names(&source, &references, own, &assigned, &given))
    {
        return Err(failure);
    }

    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (name, path) in deps {
        let bytes = read_component(path)?;
        validate(path, &bytes)?;
        files.insert(name, bytes);
    }
    let versions: Vec<_> = assigned
        .iter()
        .map(|(reference, _)| reference.version.and_then(|v| v.parse().ok()))
        .collect();
    let packages = assigned
        .iter()
        .zip(&versions)
        .filter_map(|((reference, dep), version)| {
            let bytes = files.get((*dep)?)?.clone();
            let key = BorrowedPackageKey::from_name_and_version(reference.name, version.as_ref());
            Some((key, bytes))
        })
        .collect();
    let named = assigned
        .iter()
        .filter_map(|(reference, dep)| Some((reference.full(), files.get((*dep)?)?.as_slice())));
    let resolution = document.resolve(packages).map_err(|e| {
        let expressions = Expressions::new(&document, named.clone());
        errors::resolution(&source, &expressions, &e)
    })?;
    let encoded = resolution.encode(EncodeOptions::default());
    let encoded = encoded.map(|component| with_external_ids(resolution.graph(), component));
    encoded.map_err(|e| {
        let expressions = Expressions::new(&document, named);
        match e {
            Error::ValidationFailure { .. } => {
                let composition = Composition::of(resolution.graph(), HashMap::new());
                errors::invalid(&source, &expressions, &composition, &e)
            }
            e => errors::resolution(&source, &expressions, &e),
        }
        .into()
    })
}
