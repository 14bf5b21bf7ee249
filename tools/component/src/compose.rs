//! `component compose`: components put together as a `.wac` source says.

mod errors;
mod names;
mod sides;

use crate::input::{read_component, validate};
use names::References;
use rules_wit_common::{display_path, read_text, write_output, Diagnostic, Failure, Limit, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use wac_graph::types::BorrowedPackageKey;
use wac_graph::EncodeOptions;
use wac_parser::Document;

/// Composes components as a source in the language WAC says.
///
/// The source calls components and WIT packages `ns:name` or `ns:name@version`; `--dep` says which
/// file each is. A dependency without a version stands for all versions that the source names. All
/// of them must be there, and each must be used. The same inputs give the same bytes, which are those
/// that wac's own libraries give.
#[derive(clap::Args)]
pub struct Args {
    /// The source.
    source: PathBuf,
    /// A component, or a WIT package encoded as WebAssembly, that the source calls `NAME`.
    #[arg(long = "dep", value_name = "NAME=FILE", value_parser = dependency)]
    deps: Vec<(String, PathBuf)>,
    /// Where to write the component; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the target that the result belongs to.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    compose(args)
        .and_then(|bytes| write_output(&args.output, &bytes, true))
        .map_err(|e| e.target(args.label.as_deref()))
}

fn dependency(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, file)) if name.contains(':') && !file.is_empty() => {
            Ok((name.to_owned(), file.into()))
        }
        _ => Err("expected NS:NAME=FILE".to_owned()),
    }
}

/// The source, for errors.
struct Source<'a> {
    path: String,
    text: &'a str,
}

fn compose(args: &Args) -> Result<Vec<u8>> {
    let text = read_text(&args.source, Limit::SOURCE)?;
    let source = Source {
        path: display_path(&args.source),
        text: &text,
    };
    let deps = by_name(&args.deps)?;
    let references = References::of(&source)?;
    let document = Document::parse(&text).map_err(|e| errors::syntax(&source, &e))?;
    let own = document.directive.package.name;
    let given: BTreeSet<&str> = deps.keys().copied().collect();
    let fits = references.assign(own, &given);
    if let Some(failure) =
        Failure::from_all(errors::names(&source, &references, own, &fits, &given))
    {
        return Err(failure);
    }

    let mut files: BTreeMap<&str, Vec<u8>> = BTreeMap::new();
    for (name, path) in &deps {
        let bytes = read_component(path)?;
        validate(path, &bytes)?;
        files.insert(name, bytes);
    }
    let versions: Vec<_> = fits
        .iter()
        .map(|(reference, _)| reference.version.and_then(|v| v.parse().ok()))
        .collect();
    let packages = fits
        .iter()
        .zip(&versions)
        .filter_map(|((reference, dep), version)| {
            let bytes = files.get((*dep)?)?.clone();
            let key = BorrowedPackageKey::from_name_and_version(reference.name, version.as_ref());
            Some((key, bytes))
        })
        .collect();
    let fail = |e| {
        let named = fits.iter().filter_map(|(reference, dep)| {
            Some((reference.full(), files.get((*dep)?)?.as_slice()))
        });
        let sides = sides::Sides::new(&document, named);
        errors::resolution(&source, &sides, &e)
    };
    let resolution = document.resolve(packages).map_err(fail)?;
    let encoded = resolution.encode(EncodeOptions::default());
    encoded.map_err(|e| fail(e).into())
}

fn by_name(deps: &[(String, PathBuf)]) -> Result<BTreeMap<&str, &PathBuf>> {
    let mut out = BTreeMap::new();
    for (name, path) in deps {
        if out.insert(name.as_str(), path).is_some() {
            return Err(
                Diagnostic::usage(format!("`--dep {name}=...` is there twice"))
                    .hint("take one of them out")
                    .into(),
            );
        }
    }
    Ok(out)
}
