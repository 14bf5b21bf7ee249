//! `component compose`: composes components as a `.wac` source says.

use crate::compose::compose;
use rules_wit_common::{write_output, Diagnostic, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Composes components as a WAC source describes.
///
/// The source refers to components and WIT packages as `ns:name` or `ns:name@version`; `--dep` maps
/// these names to files. A dependency without a version matches all versions. Every reference needs
/// a dependency, and every dependency must be used. The output is byte-identical to that of the
/// `wac` libraries.
#[derive(clap::Args)]
pub struct Args {
    /// The WAC source file.
    source: PathBuf,
    /// A component, or a WIT package encoded as WebAssembly, that the source refers to as `NAME`.
    #[arg(long = "dep", value_name = "NAME=FILE", value_parser = dependency)]
    deps: Vec<(String, PathBuf)>,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    dependencies(&args.deps)
        .and_then(|deps| compose(&args.source, &deps))
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

/// The files by the names of the dependencies.
fn dependencies(deps: &[(String, PathBuf)]) -> Result<BTreeMap<&str, &Path>> {
    let mut out = BTreeMap::new();
    for (name, path) in deps {
        if out.insert(name.as_str(), path.as_path()).is_some() {
            return Err(
                Diagnostic::usage(format!("`--dep {name}=...` is given twice"))
                    .hint("remove one of them")
                    .into(),
            );
        }
    }
    Ok(out)
}
