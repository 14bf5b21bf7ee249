//! Signatures: `cosign` signs, and this program verifies.
//!
//! `cosign attest` attaches a bundle to the artifact, <https://docs.sigstore.dev/about/bundle/>. It contains a DSSE envelope,
//! <https://github.com/secure-systems-lab/dsse>, with an in-toto statement: that the manifest with a digest has a provenance.

use crate::reference::Reference;
use base64::prelude::{Engine, BASE64_STANDARD};
use ring::signature::{UnparsedPublicKey, ECDSA_P256_SHA256_ASN1};
use rules_wit_common::{read_text, reason, user_path, Diagnostic, Limit, Result};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The type of in-toto statements in an envelope.
const STATEMENT: &str = "application/vnd.in-toto+json";
/// The type of the predicate of a CycloneDX document.
const CYCLONEDX: &str = "https://cyclonedx.org/bom";
/// What cosign has to know of services in order to use none: there is no transparency log and no time stamp authority.
const NO_SERVICES: &str = r#"{"mediaType":"application/vnd.dev.sigstore.signingconfig.v0.2+json","rekorTlogConfig":{},"tsaConfig":{}}"#;

/// Options for signing.
#[derive(clap::Args)]
pub struct Args {
    /// The private key for `cosign attest`: a file that `cosign generate-key-pair` has written, or the address of a key
    /// management service. The password is in COSIGN_PASSWORD. Without it, nothing is signed.
    #[arg(long, value_name = "KEY")]
    sign_key: Option<String>,
    /// The program `cosign`.
    #[arg(long, value_name = "PROGRAM", default_value = "cosign")]
    cosign: PathBuf,
}

impl Args {
    /// Checks the options before anything is pushed.
    pub fn check(&self, has_document: bool) -> Result<()> {
        if self.sign_key.is_some() && !has_document {
            return Err(Diagnostic::new("there is no provenance to sign")
                .hint("pass `--provenance`")
                .into());
        }
        Ok(())
    }

    /// Signs the statement that an artifact has a provenance, and attaches it to the artifact.
    pub fn attest(&self, artifact: &Reference, provenance: &Path, plain_http: bool) -> Result<()> {
        let Some(key) = &self.sign_key else {
            return Ok(());
        };
        let fail = |why: &str| {
            Diagnostic::environment(format!("`cosign attest` failed for {artifact}: {why}")).hint(
                "install cosign 3, or pass its path with `--cosign`; COSIGN_PASSWORD is the password of the key",
            )
        };
        let config = std::env::temp_dir().join(format!("publisher-{}.json", std::process::id()));
        std::fs::write(&config, NO_SERVICES).map_err(|e| fail(&reason(&e)))?;
        let key = match key.contains("://") {
            true => PathBuf::from(key),
            false => user_path(Path::new(key)),
        };
        let mut command = Command::new(&self.cosign);
        command
            .args(["attest", "--yes", "--type=cyclonedx", "--key"])
            .arg(key);
        command
            .arg("--predicate")
            .arg(provenance)
            .arg("--signing-config")
            .arg(&config);
        if plain_http {
            command.arg("--allow-http-registry");
        }
        // The standard output is for the reference.
        let ran = command
            .arg(artifact.to_string())
            .stdin(Stdio::null())
            .output();
        let _ = std::fs::remove_file(&config);
        let output = ran.map_err(|e| fail(&reason(&e)))?;
        if !output.status.success() {
            let text = String::from_utf8_lossy(&output.stderr).into_owned();
            let last = text.lines().rev().find(|l| !l.trim().is_empty());
            return Err(fail(last.unwrap_or("it printed nothing")).into());
        }
        Ok(())
    }
}

/// A public key: ECDSA on the curve P-256, the kind that `cosign generate-key-pair` makes.
pub struct PublicKey(Vec<u8>);

/// The start of such a key in the encoding of a PEM file, up to the point of the curve.
const P256: &[u8] = &[
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];

impl PublicKey {
    /// Reads a PEM file.
    pub fn read(path: &Path) -> Result<Self> {
        let text = read_text(path, Limit::SOURCE)?;
        Self::parse(&text).ok_or_else(|| {
            Diagnostic::new(format!(
                "`{}` is not a public key for ECDSA on P-256",
                rules_wit_common::display_path(path)
            ))
            .hint("pass the file `cosign.pub` that `cosign generate-key-pair` has written")
            .into()
        })
    }

    fn parse(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("-----BEGIN PUBLIC KEY-----")?;
        let (body, _) = rest.split_once("-----END PUBLIC KEY-----")?;
        let body: String = body.split_whitespace().collect();
        let der = BASE64_STANDARD.decode(body).ok()?;
        Some(PublicKey(der.strip_prefix(P256)?.to_vec()))
    }
}

/// Verifies a bundle and returns the CycloneDX document in it. The signature must be that of the key, and the statement must
/// be about the manifest `digest`.
///
/// Errors: the reason why the bundle proves nothing.
pub fn verify(bundle: &[u8], key: &PublicKey, digest: &str) -> Result<Value, String> {
    let bundle: Value =
        serde_json::from_slice(bundle).map_err(|e| format!("the bundle is not JSON: {e}"))?;
    let envelope = &bundle["dsseEnvelope"];
    let kind = envelope["payloadType"].as_str().unwrap_or_default();
    if kind != STATEMENT {
        return Err(format!("the bundle contains `{kind}` and no statement"));
    }
    let decode = |value: &Value| {
        BASE64_STANDARD
            .decode(value.as_str().unwrap_or_default())
            .map_err(|_| "the bundle is malformed".to_owned())
    };
    let payload = decode(&envelope["payload"])?;
    // The bytes that DSSE signs: its version, and both texts with their lengths.
    let mut signed = format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).into_bytes();
    signed.extend(&payload);
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &key.0);
    let mut valid = false;
    for signature in envelope["signatures"].as_array().into_iter().flatten() {
        valid |= public.verify(&signed, &decode(&signature["sig"])?).is_ok();
    }
    if !valid {
        return Err("the signature is not one of this key".to_owned());
    }
    let mut statement: Value =
        serde_json::from_slice(&payload).map_err(|e| format!("the statement is not JSON: {e}"))?;
    if statement["predicateType"] != CYCLONEDX {
        return Err(format!(
            "the statement is about {}",
            statement["predicateType"]
        ));
    }
    let subjects = statement["subject"].as_array();
    if !subjects.into_iter().flatten().any(|s| {
        s["digest"]["sha256"]
            .as_str()
            .is_some_and(|hex| digest == format!("sha256:{hex}"))
    }) {
        return Err("the statement is about another artifact".to_owned());
    }
    Ok(statement["predicate"].take())
}
