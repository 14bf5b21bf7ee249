//! Provenance: what a binary was made of, as a CycloneDX document.
//!
//! The format is CycloneDX 1.6, <https://cyclonedx.org/docs/1.6/json/>. The document has no time and no random serial
//! number, so equal builds have equal documents.

use crate::digest::sha256;
use crate::lockfile::Checksums;
use rules_wit_common::{Diagnostic, Result};
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{KnownCustom, Parser, Payload};

/// The custom section in which a component carries its document.
pub const SECTION: &str = "cyclonedx";

/// What the build graph tells about a binary.
#[derive(Debug, Default)]
pub struct Facts {
    /// The name of the binary.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// The target that makes it.
    pub label: Option<String>,
    /// Tools: name and version.
    pub tools: BTreeSet<(String, String)>,
    /// Crates: name and version. Those of the workspace itself have no version.
    pub crates: BTreeSet<(String, String)>,
    /// The checksums of crates, also of others.
    pub checksums: Checksums,
    /// WIT packages: `namespace:name@version` -> the text.
    pub wit: BTreeMap<String, Vec<u8>>,
    /// Components that it is composed of: name of the file and SHA-256.
    pub components: BTreeSet<(String, String)>,
}

/// Returns the document of a binary, with the tools that its `producers` sections name as well.
pub fn document(facts: &Facts, binary: &[u8]) -> Result<Vec<u8>> {
    let mut tools = facts.tools.clone();
    tools.extend(producers(binary)?);
    let mut main = json!({
        "type": "application",
        "bom-ref": "component",
        "name": facts.name,
        "mime-type": "application/wasm",
        "hashes": hashes(&sha256(binary)),
    });
    if let Some(version) = &facts.version {
        main["version"] = json!(version);
    }
    if let Some(label) = &facts.label {
        main["properties"] = json!([{"name": "bazel:label", "value": label}]);
    }
    let mut parts = Vec::new();
    for id @ (name, version) in &facts.crates {
        let mut part =
            json!({"type": "library", "bom-ref": format!("crate:{name}@{version}"), "name": name});
        if version.is_empty() {
            part["bom-ref"] = json!(format!("crate:{name}"));
        } else {
            part["version"] = json!(version);
            // `+` is the only character of a version that has another meaning in an address.
            part["purl"] = json!(format!("pkg:cargo/{name}@{}", version.replace('+', "%2B")));
            if let Some(sha256) = facts.checksums.get(id) {
                part["hashes"] = hashes(sha256);
            }
        }
        parts.push(part);
    }
    for (id, text) in &facts.wit {
        let (name, version) = id.split_once('@').unwrap_or((id, ""));
        let mut part = json!({
            "type": "library",
            "bom-ref": format!("wit:{id}"),
            "name": name,
            "mime-type": "text/wit",
            "hashes": hashes(&sha256(text)),
        });
        if !version.is_empty() {
            part["version"] = json!(version);
        }
        parts.push(part);
    }
    for (name, sha256) in &facts.components {
        parts.push(json!({
            "type": "application",
            "bom-ref": format!("component:{name}:{sha256}"),
            "name": name,
            "mime-type": "application/wasm",
            "hashes": hashes(sha256),
        }));
    }
    let references: Vec<&Value> = parts.iter().map(|p| &p["bom-ref"]).collect();
    let tools: Vec<Value> = tools
        .iter()
        .map(|(name, version)| json!({"type": "application", "name": name, "version": version}))
        .collect();
    let value = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": main, "tools": {"components": tools}},
        "dependencies": [{"ref": "component", "dependsOn": references}],
        "components": parts,
    });
    let mut text = format!("{value:#}").into_bytes();
    text.push(b'\n');
    Ok(text)
}

fn hashes(sha256: &str) -> Value {
    json!([{"alg": "SHA-256", "content": sha256}])
}

/// Checks that a document is about a binary: that its hash is that of the bytes, or of the bytes without the document
/// that they carry.
pub fn check(document: &[u8], binary: &[u8]) -> Result<()> {
    let value: Value = serde_json::from_slice(document).map_err(|e| {
        Diagnostic::new(format!("the provenance is not JSON: {e}")).hint("build it again")
    })?;
    check_value(&value, binary)
}

/// As [`check`], for a parsed document.
pub fn check_value(document: &Value, binary: &[u8]) -> Result<()> {
    if document["bomFormat"] != "CycloneDX" {
        return Err(
            Diagnostic::new("the provenance is not a CycloneDX document")
                .hint("build it with `publisher provenance`")
                .into(),
        );
    }
    let hashes = document["metadata"]["component"]["hashes"].as_array();
    let wanted = hashes
        .into_iter()
        .flatten()
        .find(|h| h["alg"] == "SHA-256")
        .and_then(|h| h["content"].as_str());
    let found = sha256(binary);
    if wanted == Some(&found) || wanted == Some(&sha256(&without_document(binary)?)) {
        return Ok(());
    }
    Err(Diagnostic::new(format!(
        "the provenance is about other bytes: it names the SHA-256 {}, and the binary has {found}",
        wanted.unwrap_or("of nothing"),
    ))
    .hint(
        "do not use the binary; build both again, or fetch it from where the provenance comes from",
    )
    .into())
}

/// Returns the binary with a document as its last custom section; one that is there is replaced.
pub fn embed(binary: &[u8], document: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = without_document(binary)?;
    wasm_encoder::ComponentSection::append_to_component(
        &wasm_encoder::CustomSection {
            name: SECTION.into(),
            data: document.into(),
        },
        &mut bytes,
    );
    Ok(bytes)
}

/// Returns the binary without the document that it carries.
fn without_document(binary: &[u8]) -> Result<Vec<u8>> {
    let mut bytes = binary.to_vec();
    let mut depth = 0_usize;
    let mut found = None;
    for payload in Parser::new(0).parse_all(binary) {
        match payload.map_err(|e| invalid(&e))? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(section) if depth == 1 && section.name() == SECTION => {
                found = Some(section.range());
            }
            _ => {}
        }
    }
    if let Some(range) = found {
        let offset = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(binary.len());
        bytes.drain(header(binary, offset(range.start))..offset(range.end));
    }
    Ok(bytes)
}

/// The offset of the header of the custom section whose content starts at `content`: its number and its size.
fn header(binary: &[u8], content: usize) -> usize {
    let mut at = content.saturating_sub(1);
    // The bytes of the size except for the last have the highest bit set.
    while at > 0 && binary[at - 1] & 0x80 != 0 {
        at -= 1;
    }
    at.saturating_sub(1)
}

/// The tools that the `producers` sections name, of the binary and of everything within.
fn producers(binary: &[u8]) -> Result<BTreeSet<(String, String)>> {
    let mut tools = BTreeSet::new();
    for payload in Parser::new(0).parse_all(binary) {
        let Payload::CustomSection(section) = payload.map_err(|e| invalid(&e))? else {
            continue;
        };
        let KnownCustom::Producers(fields) = section.as_known() else {
            continue;
        };
        for field in fields {
            let field = field.map_err(|e| invalid(&e))?;
            if !matches!(field.name, "processed-by" | "sdk") {
                continue;
            }
            for value in field.values {
                let value = value.map_err(|e| invalid(&e))?;
                tools.insert((value.name.to_owned(), value.version.to_owned()));
            }
        }
    }
    Ok(tools)
}

fn invalid(e: &wasmparser::BinaryReaderError) -> Diagnostic {
    Diagnostic::new(format!("invalid WebAssembly: {}", e.message()))
        .hint("build the component again")
}

/// The name in a WIT text: that of the first `package` declaration.
pub fn package_id(text: &str) -> Option<&str> {
    text.lines().find_map(|line| {
        let rest = line.strip_prefix("package ")?;
        Some(rest.trim_end_matches([';', '{', ' ']).trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &[u8] = b"\0asm\x0d\0\x01\0";

    fn facts() -> Facts {
        Facts {
            name: "greeter".to_owned(),
            version: Some("1.0.0".to_owned()),
            label: Some("//a:b".to_owned()),
            tools: [("rustc".to_owned(), "1".to_owned())].into(),
            crates: [
                ("x".to_owned(), "1.0.0+2".to_owned()),
                ("own".to_owned(), String::new()),
            ]
            .into(),
            checksums: [(("x".to_owned(), "1.0.0+2".to_owned()), "ab".repeat(32))].into(),
            wit: [("t:p@1.0.0".to_owned(), b"package t:p@1.0.0;".to_vec())].into(),
            components: [("part.wasm".to_owned(), "00".to_owned())].into(),
        }
    }

    #[test]
    fn a_document_is_about_its_bytes() {
        let document = document(&facts(), EMPTY).expect("document");
        assert_eq!(document, super::document(&facts(), EMPTY).expect("again"));
        check(&document, EMPTY).expect("the bytes");
        let text = String::from_utf8(document.clone()).expect("UTF-8");
        for part in [
            "pkg:cargo/x@1.0.0%2B2",
            "wit:t:p@1.0.0",
            "\"crate:own\"",
            "//a:b",
            &"ab".repeat(32),
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        let mut other = EMPTY.to_vec();
        other.extend([0, 2, 1, b'x']);
        let error = check(&document, &other)
            .expect_err("other bytes")
            .render(false);
        assert!(error.contains("about other bytes"), "{error}");
        assert!(check(b"{}", EMPTY).is_err() && check(b"x", EMPTY).is_err());
    }

    #[test]
    fn a_component_carries_its_document() {
        // So long that the size of the section has more than one byte.
        let facts = Facts {
            name: "n".repeat(300),
            ..facts()
        };
        let document = document(&facts, EMPTY).expect("document");
        let carrying = embed(EMPTY, &document).expect("embed");
        assert!(carrying.len() > EMPTY.len() + document.len());
        assert_eq!(without_document(&carrying).expect("removed"), EMPTY);
        check(&document, &carrying).expect("the embedded document is about the rest");
        assert_eq!(embed(&carrying, &document).expect("replaced"), carrying);
        let mut changed = carrying.clone();
        changed.extend([0, 2, 1, b'x']);
        assert!(check(&document, &changed).is_err());
        assert!(embed(b"\0asx", &document).is_err());
    }

    #[test]
    fn the_name_of_a_package_is_read() {
        assert_eq!(
            package_id("// //x:y\npackage a:b@1.0.0;\ninterface i {}"),
            Some("a:b@1.0.0")
        );
        assert_eq!(package_id("interface i {}"), None);
    }
}
