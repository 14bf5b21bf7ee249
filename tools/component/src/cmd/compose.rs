//! `component compose`: composes components as a `.wac` source says.

use crate::compose::compose;
use rules_wit_common::{write_output, Diagnostic, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Composes components as a source in the language WAC says.
///
/// The source calls components and WIT packages `ns:name` or `ns:name@version`; `--dep` says which
/// file each is. A dependency without a version stands for all versions that the source names. All
/// of them must be there, and each must be used. The same inputs give the same bytes, which are
/// those that wac's own libraries give.
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
