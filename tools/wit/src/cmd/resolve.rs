//! `wit resolve`: checks one package, and writes it in normal form for its dependents.

use crate::declared_deps;
use crate::encoding::{self, Budget};
use rules_wit_common::{print_diagnostics, Failure, Outputs, Result};
use std::path::PathBuf;
use wit_source::{normal_form, parse, spans, Features, Loaded, LABEL_PREFIX};

/// Checks one WIT package against its dependencies, and writes it in normal form.
///
/// The sources are the files of one package. The normal form is the whole package in one file, with
/// documentation and feature gates, and without `//` comments. Packages with the same meaning have
/// the same normal form.
#[derive(clap::Args)]
pub struct Args {
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: String,
    /// A source file of the package.
    #[arg(long = "src", value_name = "FILE")]
    srcs: Vec<PathBuf>,
    /// A direct dependency, in normal form.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// An indirect dependency, in normal form.
    #[arg(long = "indirect", value_name = "FILE")]
    indirect: Vec<PathBuf>,
    /// The required name of the package: `namespace:name@version`.
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// A feature that is enabled for dependents.
    #[arg(long = "feature", value_name = "NAME")]
    features: Vec<String>,
    /// The output file for the package in normal form.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The output file for the locations of all items in the sources, as JSON.
    #[arg(long, value_name = "FILE")]
    output_spans: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let label = Some(args.label.as_str());
    let all: Vec<PathBuf> = args.deps.iter().chain(&args.indirect).cloned().collect();
    let parsed = parse(label, &args.srcs, &all)?;
    if let Some(wanted) = &args.package {
        declared_deps::check_name(label, &parsed, wanted)?;
    }
    let spans = spans::of(&args.label, &parsed.group, &parsed.sources);
    let text = normal_form::print(&parsed.group).map_err(|e| e.target(Some(&args.label)))?;
    // The package must resolve with all features, as it is written, and with those of its users.
    let only = Features::Only(args.features.clone());
    parsed.clone().resolve(&only)?;
    let warnings = declared_deps::check(label, &parsed, args.deps.len())?;
    let nested: Vec<_> = parsed.group.nested.iter().map(|p| p.name.clone()).collect();
    let Loaded {
        resolve,
        main,
        sources,
    } = parsed.resolve(&Features::All)?;
    let nested = nested
        .iter()
        .filter_map(|name| resolve.package_names.get(name));
    let mut budget = Budget::default();
    let errors = std::iter::once(&main).chain(nested).flat_map(|package| {
        let site = |span| Some(sources.site(&resolve.source_map, span)?.1);
        encoding::check(&resolve, *package, &mut budget, site)
    });
    if let Some(failure) = Failure::from_all(errors.collect()) {
        return Err(failure.target(label));
    }
    if let Some(warnings) = warnings {
        print_diagnostics(&warnings);
    }
    let text = format!("{LABEL_PREFIX}{}\n{text}", args.label);
    let spans = spans.to_json();
    let mut outputs = Outputs::default();
    outputs.text(&args.output, &text)?;
    outputs.text(&args.output_spans, &spans)?;
    outputs.commit()
}
