//! `publisher pull`: fetches a component or WIT package from an OCI registry.

use crate::artifact;
use crate::reference::Reference;
use crate::registry::Registry;
use rules_wit_common::{write_output, write_stdout, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// Fetches a component or WIT package from an OCI registry.
///
/// Digests are verified. Prints the reference with the digest of the artifact, for `wasm_component_pull` in MODULE.bazel.
#[derive(clap::Args)]
pub struct Args {
    /// `registry/repository[:tag][@digest]`.
    reference: String,
    /// The output file; `-` is the standard output. Default: the file name in the artifact.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Use http, for a registry on this machine or a trusted network.
    #[arg(long)]
    plain_http: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let reference = Reference::parse(&args.reference)?;
    let registry = Registry::new(&reference, args.plain_http, "pull");
    let manifest = registry.manifest(reference.wanted())?;
    let layer = artifact::layer(&manifest.value)?;
    let bytes = registry.blob(layer)?;
    let pulled = reference.by_digest(&manifest.digest);
    match &args.output {
        Some(output) => write_output(output, &bytes, true)?,
        None => write_output(&title(layer), &bytes, true)?,
    }
    match &args.output {
        Some(output) if output == Path::new("-") => {
            eprintln!("pulled {pulled}");
            Ok(())
        }
        _ => write_stdout(&format!("{pulled}\n")),
    }
}

/// The file name in the artifact, without directories.
fn title(layer: &Value) -> PathBuf {
    let title = layer["annotations"]["org.opencontainers.image.title"].as_str();
    let name = title.and_then(|t| t.rsplit(['/', '\\']).next());
    let name = name.filter(|n| !n.is_empty() && *n != "." && *n != "..");
    PathBuf::from(name.unwrap_or("component.wasm"))
}
