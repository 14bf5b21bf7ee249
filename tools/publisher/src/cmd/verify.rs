//! `publisher verify`: checks that an artifact and its provenance belong together, and the signature.

use crate::artifact::{self, BUNDLE, CYCLONEDX};
use crate::provenance;
use crate::reference::Reference;
use crate::registry::{Manifest, Registry};
use crate::signing::{verify, PublicKey};
use rules_wit_common::{display_path, read_bytes, write_stdout, Diagnostic, Limit, Result};
use serde_json::Value;
use std::path::PathBuf;

/// Verifies an artifact: the digests, that its provenance is about these bytes, and with `--key` the signature.
///
/// Prints the verified reference. Exits with 1 if anything does not fit.
#[derive(clap::Args)]
pub struct Args {
    /// `registry/repository[:tag][@digest]`.
    reference: String,
    /// The public key of who signed the provenance, a PEM file. Without it, the provenance can be anybody's.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    /// A file that must have the bytes of the artifact.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Use http, for a registry on this machine or a trusted network.
    #[arg(long)]
    plain_http: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let key = args.key.as_deref().map(PublicKey::read).transpose()?;
    let reference = Reference::parse(&args.reference)?;
    let registry = Registry::new(&reference, args.plain_http, "pull");
    let manifest = registry.manifest(reference.wanted())?;
    let bytes = registry.blob(artifact::layer(&manifest.value)?)?;
    if let Some(path) = &args.file {
        if read_bytes(path, Limit::BINARY)? != bytes {
            return Err(Diagnostic::new(format!(
                "`{}` differs from {reference}",
                display_path(path)
            ))
            .hint("do not use the file; pull it again")
            .into());
        }
    }
    let wanted = if key.is_some() { BUNDLE } else { CYCLONEDX };
    let mut refused = Vec::new();
    for (kind, document) in referrers(&registry, &manifest)? {
        if kind != wanted {
            continue;
        }
        let document = match &key {
            Some(key) => verify(&document, key, &manifest.digest),
            None => serde_json::from_slice(&document)
                .map_err(|e| format!("the provenance is not JSON: {e}")),
        };
        match document {
            Ok(document) => {
                provenance::check_value(&document, &bytes)?;
                let how = if key.is_some() {
                    "signed provenance"
                } else {
                    "provenance, not signed"
                };
                eprintln!("verified: {how}");
                return write_stdout(&format!("{}\n", reference.by_digest(&manifest.digest)));
            }
            Err(why) => refused.push(why),
        }
    }
    let what = if key.is_some() {
        "signed provenance"
    } else {
        "provenance"
    };
    let mut d = Diagnostic::new(format!("{reference} has no {what} that can be verified"));
    for why in refused {
        d = d.note(why);
    }
    Err(d
        .hint(match key {
            Some(_) => {
                "push it with `--provenance` and `--sign-key`, or pass the key of who signed it"
            }
            None => "push it with `--provenance`",
        })
        .into())
}

/// The documents about an artifact, with their types.
fn referrers(registry: &Registry, manifest: &Manifest) -> Result<Vec<(String, Vec<u8>)>> {
    let index = registry.referrers(&manifest.digest)?.unwrap_or_default();
    let mut found = Vec::new();
    for entry in index["manifests"].as_array().into_iter().flatten() {
        let Some(digest) = entry["digest"]
            .as_str()
            .filter(|d| crate::reference::is_digest(d))
        else {
            continue;
        };
        // The type in the index is optional, and cosign writes another one there.
        let about = registry.manifest(digest)?;
        let kind = about.value["artifactType"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let layers: &[Value] = about.value["layers"].as_array().map_or(&[], Vec::as_slice);
        let subject = about.value["subject"]["digest"].as_str();
        if [BUNDLE, CYCLONEDX].contains(&kind.as_str())
            && subject == Some(&manifest.digest)
            && layers.len() == 1
        {
            found.push((kind, registry.blob(&layers[0])?));
        }
    }
    Ok(found)
}
