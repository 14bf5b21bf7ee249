//! The documents of a WebAssembly artifact in an OCI registry: configuration and manifest.
//!
//! The format is that of <https://tag-runtime.cncf.io/wgs/wasm/deliverables/wasm-oci-artifact/>, which `wkg` and hosts
//! use: one layer with the binary, and a configuration that lists what it imports and exports.

use crate::binary::Binary;
use crate::digest::digest;
use rules_wit_common::{Diagnostic, Result};
use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

/// Media types.
pub const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
pub const INDEX: &str = "application/vnd.oci.image.index.v1+json";
pub const CONFIG: &str = "application/vnd.wasm.config.v0+json";
pub const LAYER: &str = "application/wasm";
pub const EMPTY: &str = "application/vnd.oci.empty.v1+json";
pub const CYCLONEDX: &str = "application/vnd.cyclonedx+json";
pub const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";

/// The content of the empty configuration.
pub const EMPTY_CONTENT: &[u8] = b"{}";

/// The annotation of a layer with the name of the file, under which clients write it.
const TITLE: &str = "org.opencontainers.image.title";

/// Annotations: name -> value.
pub type Annotations = BTreeMap<String, String>;

/// The configuration of an artifact. It has no time of its own, so that equal binaries are equal artifacts.
pub fn config(binary: &Binary, layer: &[u8]) -> Vec<u8> {
    let component = (!binary.module).then(|| {
        json!({
            "exports": binary.exports,
            "imports": binary.imports,
            "target": null,
        })
    });
    let mut value = json!({
        "created": "1970-01-01T00:00:00Z",
        "architecture": "wasm",
        "os": if binary.module { "wasip1" } else { "wasip2" },
        "layerDigests": [digest(layer)],
    });
    value["component"] = component.into();
    value.to_string().into_bytes()
}

/// A descriptor: what a manifest says of a blob or of another manifest.
pub fn descriptor(media_type: &str, bytes: &[u8]) -> Value {
    json!({"mediaType": media_type, "digest": digest(bytes), "size": bytes.len()})
}

/// The manifest of a binary with the file name `title`.
pub fn manifest(config: &[u8], layer: &[u8], title: &str, annotations: &Annotations) -> Vec<u8> {
    let mut layer = descriptor(LAYER, layer);
    layer["annotations"] = json!({TITLE: title});
    let mut value = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": descriptor(CONFIG, config),
        "layers": [layer],
    });
    if !annotations.is_empty() {
        value["annotations"] = json!(annotations);
    }
    value.to_string().into_bytes()
}

/// The layer with the binary.
///
/// Errors: the manifest is not one of a WebAssembly artifact.
pub fn layer(manifest: &Value) -> Result<&Value> {
    let layers = manifest["layers"].as_array().map_or(&[][..], Vec::as_slice);
    let kind = manifest["config"]["mediaType"].as_str().unwrap_or_default();
    match layers {
        // Any client may push the binary with a configuration of its own.
        [layer] if layer["mediaType"] == LAYER => Ok(layer),
        _ => Err(Diagnostic::new(format!(
            "the artifact is not a component: its configuration is `{kind}`, and it has {} layers",
            layers.len()
        ))
        .hint(format!(
            "an artifact of a component has the configuration `{CONFIG}` and one layer `{LAYER}`"
        ))
        .into()),
    }
}

/// The manifest of a document about the manifest `subject`.
pub fn referrer(subject: &[u8], media_type: &str, document: &[u8], title: &str) -> Vec<u8> {
    let mut layer = descriptor(media_type, document);
    layer["annotations"] = json!({TITLE: title});
    json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": media_type,
        "config": descriptor(EMPTY, EMPTY_CONTENT),
        "layers": [layer],
        "subject": descriptor(MANIFEST, subject),
    })
    .to_string()
    .into_bytes()
}

/// The index of referrers with one more entry, for registries without the API for them.
pub fn add_referrer(index: Option<&Value>, entry: Value) -> Vec<u8> {
    let old = index.and_then(|i| i["manifests"].as_array()).cloned();
    let mut manifests = old.unwrap_or_default();
    manifests.retain(|m| m["digest"] != entry["digest"]);
    manifests.push(entry);
    let mut value = Map::new();
    value.insert("schemaVersion".to_owned(), 2.into());
    value.insert("mediaType".to_owned(), INDEX.into());
    value.insert("manifests".to_owned(), manifests.into());
    Value::Object(value).to_string().into_bytes()
}
