//! `publisher push`: uploads a component or WIT package to an OCI registry.

use crate::artifact::{self, Annotations, CYCLONEDX, MANIFEST};
use crate::binary;
use crate::digest::digest;
use crate::provenance;
use crate::reference::{is_tag, Reference};
use crate::registry::Registry;
use crate::signing;
use rules_wit_common::{read_bytes, write_stdout, Diagnostic, Limit, Result};
use std::path::PathBuf;

/// Uploads a component or an encoded WIT package to an OCI registry, in the format of `wkg`.
///
/// Prints the reference with the digest of the artifact.
#[derive(clap::Args)]
pub struct Args {
    /// The component, or a WIT package that `wit encode` has written.
    file: PathBuf,
    /// `registry/repository[:tag]`. The default tag is the version of `--package`, or `latest`.
    #[arg(long, overrides_with = "reference")]
    reference: String,
    /// A further tag.
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// An annotation of the artifact.
    #[arg(long = "annotation", value_name = "NAME=VALUE")]
    annotations: Vec<String>,
    /// `namespace:name@version`: the file name in the artifact, and the annotation with the version.
    #[arg(long)]
    package: Option<String>,
    /// The document that `publisher provenance` has written, to attach to the artifact.
    #[arg(long, value_name = "FILE")]
    provenance: Option<PathBuf>,
    #[command(flatten)]
    signing: signing::Args,
    /// Use http, for a registry on this machine or a trusted network.
    #[arg(long)]
    plain_http: bool,
    /// The target, for messages.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    push(args).map_err(|e| e.target(args.label.as_deref()))
}

fn push(args: &Args) -> Result<()> {
    let mut reference = Reference::parse(&args.reference)?;
    if reference.digest.is_some() {
        return Err(Diagnostic::new("a digest cannot be pushed to")
            .hint("name a tag: the digest is that of the content")
            .into());
    }
    let (title, version) = name_of(args)?;
    reference.tag = reference.tag.or_else(|| version.clone());
    let mut annotations = Annotations::new();
    if let Some(version) = version {
        annotations.insert("org.opencontainers.image.version".to_owned(), version);
    }
    for text in &args.annotations {
        let Some((name, value)) = text.split_once('=').filter(|(name, _)| !name.is_empty()) else {
            return Err(Diagnostic::new(format!("invalid annotation `{text}`"))
                .hint("write `name=value`")
                .into());
        };
        annotations.insert(name.to_owned(), value.to_owned());
    }
    if let Some(tag) = args.tags.iter().find(|tag| !is_tag(tag)) {
        return Err(Diagnostic::new(format!("invalid tag `{tag}`"))
            .hint("a tag consists of letters, digits, `_`, `.` and `-`")
            .into());
    }

    let bytes = read_bytes(&args.file, Limit::BINARY)?;
    let config = artifact::config(&binary::read(&args.file, &bytes)?, &bytes);
    let manifest = artifact::manifest(&config, &bytes, &title, &annotations);
    let document = match &args.provenance {
        Some(path) => {
            let document = read_bytes(path, Limit::SOURCE)?;
            provenance::check(&document, &bytes)?;
            Some(document)
        }
        None => None,
    };
    args.signing.check(document.is_some())?;

    let registry = Registry::new(&reference, args.plain_http, "pull,push");
    registry.push_blob(&bytes)?;
    registry.push_blob(&config)?;
    let pushed = reference.by_digest(&digest(&manifest));
    // What refers to the artifact comes before the tag, so that nobody pulls a tag without its provenance.
    registry.push_manifest(&digest(&manifest), &manifest, MANIFEST)?;
    if let Some(document) = &document {
        registry.push_blob(artifact::EMPTY_CONTENT)?;
        registry.push_blob(document)?;
        let name = format!("{}.cdx.json", title.trim_end_matches(".wasm"));
        let referrer = artifact::referrer(&manifest, CYCLONEDX, document, &name);
        registry.push_referrer(&digest(&manifest), &referrer, CYCLONEDX)?;
    }
    if let Some(path) = &args.provenance {
        args.signing.attest(&pushed, path, args.plain_http)?;
    }
    let mut tags = vec![reference.wanted().to_owned()];
    tags.extend(args.tags.iter().cloned());
    for tag in &tags {
        registry.push_manifest(tag, &manifest, MANIFEST)?;
    }
    eprintln!("pushed {} as {}", args.file.display(), tags.join(", "));
    write_stdout(&format!("{pushed}\n"))
}

/// The file name in the artifact, and the version.
fn name_of(args: &Args) -> Result<(String, Option<String>)> {
    let Some(package) = &args.package else {
        let name = args.file.file_name().unwrap_or_default();
        return Ok((name.to_string_lossy().into_owned(), None));
    };
    let (name, version) = match package.split_once('@') {
        Some((name, version)) => (name, Some(version)),
        None => (package.as_str(), None),
    };
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    match name.split_once(':') {
        Some((namespace, name))
            if word(namespace) && word(name) && version.is_none_or(is_version) =>
        {
            // `+` cannot be in a tag; registries of packages write `_`.
            Ok((format!("{name}.wasm"), version.map(|v| v.replace('+', "_"))))
        }
        _ => Err(Diagnostic::new(format!("invalid package `{package}`"))
            .hint("write `namespace:name@version`, such as `team:greeter@1.0.0`")
            .into()),
    }
}

fn is_version(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || ".-+".contains(c);
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(allowed)
}
