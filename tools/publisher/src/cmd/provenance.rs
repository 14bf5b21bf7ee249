//! `publisher provenance`: writes what a component was made of.

use crate::digest::sha256;
use crate::lockfile::checksums;
use crate::provenance::{document, package_id, Facts};
use rules_wit_common::{
    display_path, read_bytes, text_of, write_output, Diagnostic, Limit, Result,
};
use std::path::PathBuf;

/// Writes what a component was made of as a CycloneDX document.
#[derive(clap::Args)]
pub struct Args {
    /// The component, or an encoded WIT package.
    file: PathBuf,
    /// Its name.
    #[arg(long)]
    name: String,
    /// Its version.
    #[arg(long)]
    version: Option<String>,
    /// A tool that took part.
    #[arg(long = "tool", value_name = "NAME@VERSION")]
    tools: Vec<String>,
    /// A crate that is linked. Those of the workspace itself have no version.
    #[arg(long = "crate", value_name = "NAME[@VERSION]")]
    crates: Vec<String>,
    /// A `Cargo.lock` with the checksums of the crates.
    #[arg(long = "lockfile", value_name = "FILE")]
    lockfiles: Vec<PathBuf>,
    /// A WIT package, as one document.
    #[arg(long, value_name = "FILE")]
    wit: Vec<PathBuf>,
    /// A component that is composed into it.
    #[arg(long = "component", value_name = "FILE")]
    components: Vec<PathBuf>,
    /// The target that makes the file, for the document.
    #[arg(long, value_name = "LABEL")]
    target: Option<String>,
    /// The target, for messages.
    #[arg(long)]
    label: Option<String>,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    write(args).map_err(|e| e.target(args.label.as_deref()))
}

fn write(args: &Args) -> Result<()> {
    let pair = |text: &String| match text.split_once('@') {
        Some((name, version)) => (name.to_owned(), version.to_owned()),
        None => (text.clone(), String::new()),
    };
    let mut facts = Facts {
        name: args.name.clone(),
        version: args.version.clone(),
        label: args.target.clone(),
        tools: args.tools.iter().map(pair).collect(),
        crates: args.crates.iter().map(pair).collect(),
        checksums: checksums(&args.lockfiles)?,
        ..Facts::default()
    };
    for path in &args.wit {
        let text = text_of(path, read_bytes(path, Limit::SOURCE)?)?;
        let Some(id) = package_id(&text) else {
            return Err(Diagnostic::new(format!(
                "`{}` has no package declaration",
                display_path(path)
            ))
            .hint("pass the output of `wit resolve`")
            .into());
        };
        facts.wit.insert(id.to_owned(), text.clone().into_bytes());
    }
    for path in args.components.iter().filter(|path| **path != args.file) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        facts
            .components
            .insert((name.into_owned(), sha256(&read_bytes(path, Limit::BINARY)?)));
    }
    let bytes = read_bytes(&args.file, Limit::BINARY)?;
    write_output(&args.output, &document(&facts, &bytes)?, false)
}
