//! `wit resolve`: checks one package, and writes it in normal form for its dependents.

use crate::{declared_deps, normal_form, spans};
use rules_wit_common::{print_diagnostics, write_file, Result};
use std::path::PathBuf;
use wit_source::{parse, Features, LABEL_PREFIX};

/// Checks one WIT package against its dependencies and writes it in normal form.
///
/// The sources together are one package. The normal form is the whole package in one file: with
/// documentation and gates, without `//` comments, the same for the same meaning.
#[derive(clap::Args)]
pub struct Args {
    /// The label of the target that the package belongs to.
    #[arg(long)]
    label: String,
    /// A source of the package.
    #[arg(long = "src", value_name = "FILE")]
    srcs: Vec<PathBuf>,
    /// A package that it may use, in the normal form that this command writes.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// A package that only those it may use need, in normal form.
    #[arg(long = "indirect", value_name = "FILE")]
    indirect: Vec<PathBuf>,
    /// What the package has to be: `namespace:name@version`.
    #[arg(long, value_name = "NAME")]
    package: Option<String>,
    /// A feature of the package that its users have.
    #[arg(long = "feature", value_name = "NAME")]
    features: Vec<String>,
    /// Where to write the package.
    #[arg(short, long, alias = "out-wit", value_name = "FILE")]
    output: PathBuf,
    /// Where to write the places in the sources of all items, as JSON.
    #[arg(long, alias = "out-spans", value_name = "FILE")]
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
    let spans = spans::of(&args.label, &parsed);
    let text = normal_form::print(&parsed.group).map_err(|e| e.target(Some(&args.label)))?;
    // The package must resolve with all features, as it is written, and with those of its users.
    let only = Features::Only(args.features.clone());
    parsed.clone().resolve(&only)?;
    let warnings = declared_deps::check(label, &parsed, args.deps.len())?;
    parsed.resolve(&Features::All)?;
    if let Some(warnings) = warnings {
        print_diagnostics(&warnings);
    }
    let text = format!("{LABEL_PREFIX}{}\n{text}", args.label);
    write_file(&args.output, text.as_bytes())?;
    write_file(&args.output_spans, spans.to_json().as_bytes())
}
