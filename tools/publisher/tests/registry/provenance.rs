//! Provenance and signatures.

use crate::fixture::{script, Fixture, BUNDLE, COMPONENT, MANIFEST};
use crate::server::digest;
use base64::prelude::{Engine, BASE64_STANDARD};
use ring::rand::SystemRandom;
use ring::signature::{EcdsaKeyPair, KeyPair, ECDSA_P256_SHA256_ASN1_SIGNING};
use serde_json::{json, Value};

#[test]
fn provenance_is_found_and_compared() {
    for referrers in [false, true] {
        let f = Fixture::new();
        f.server.state().referrers = referrers;
        f.push(&[]).ok();
        f.verify(&[]).fails(1, "has no provenance");
        f.provenance();
        let pushed = f.push(&["--provenance=a.cdx.json"]).ok();
        assert_eq!(f.verify(&["--file=a.wasm"]).ok(), pushed);
        let index = format!("sha256-{}", pushed.split_once("sha256:").expect("digest").1);
        assert_eq!(f.server.state().manifests.contains_key(&index), !referrers);

        // A file with other bytes, and provenance of another component.
        let mut other = COMPONENT.to_vec();
        other.extend([0, 2, 1, b'x']);
        f.write("other.wasm", &other);
        f.verify(&["--file=other.wasm"])
            .fails(1, "`other.wasm` differs");
        f.write("a.wasm", &other);
        f.push(&["--provenance=a.cdx.json"])
            .fails(1, "about other bytes");
    }
}

/// A key pair, with the public key in the file `key.pub`.
fn key(f: &Fixture, name: &str) -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let pkcs8 =
        EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8.as_ref(), &random)
        .expect("key");
    let mut der = BASE64_STANDARD
        .decode("MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE")
        .expect("base64");
    der.truncate(26);
    der.extend(pair.public_key().as_ref());
    let text = BASE64_STANDARD.encode(der);
    f.write(
        name,
        format!(
            "-----BEGIN PUBLIC KEY-----\n{}\n{}\n-----END PUBLIC KEY-----\n",
            &text[..64],
            &text[64..]
        ),
    );
    pair
}

/// Attaches a bundle as cosign does.
fn sign(
    f: &Fixture,
    pair: &EcdsaKeyPair,
    subject: &str,
    predicate: &Value,
    change: impl Fn(&mut Value),
) {
    let kind = "application/vnd.in-toto+json";
    let payload = json!({
        "_type": "https://in-toto.io/Statement/v0.1",
        "subject": [{"name": "t", "digest": {"sha256": subject.strip_prefix("sha256:").expect("digest")}}],
        "predicateType": "https://cyclonedx.org/bom",
        "predicate": predicate,
    })
    .to_string();
    let signed = format!("DSSEv1 {} {kind} {} {payload}", kind.len(), payload.len());
    let signature = pair
        .sign(&SystemRandom::new(), signed.as_bytes())
        .expect("sign");
    let mut bundle = json!({
        "mediaType": BUNDLE,
        "dsseEnvelope": {
            "payload": BASE64_STANDARD.encode(payload),
            "payloadType": kind,
            "signatures": [{"sig": BASE64_STANDARD.encode(signature)}],
        },
    });
    change(&mut bundle);
    let bundle = bundle.to_string().into_bytes();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": BUNDLE,
        "layers": [{"mediaType": BUNDLE, "digest": digest(&bundle), "size": bundle.len()}],
        "subject": {"mediaType": MANIFEST, "digest": subject, "size": 1},
    })
    .to_string()
    .into_bytes();
    let mut state = f.server.state();
    state
        .manifests
        .retain(|_, (_, bytes)| !String::from_utf8_lossy(bytes).contains("dev.sigstore"));
    state.blobs.insert(digest(&bundle), bundle);
    state
        .manifests
        .insert(digest(&manifest), (MANIFEST.to_owned(), manifest));
}

#[test]
fn signatures_are_verified() {
    let f = Fixture::new();
    f.server.state().referrers = true;
    f.provenance();
    let pushed = f.push(&["--provenance=a.cdx.json"]).ok();
    let subject = pushed.split_once('@').expect("digest").1;
    let pair = key(&f, "key.pub");
    let other = key(&f, "other.pub");
    let document: Value = serde_json::from_slice(&f.read("a.cdx.json")).expect("JSON");
    let verify = || f.verify(&["--key=key.pub"]);
    verify().fails(1, "has no signed provenance");
    sign(&f, &pair, subject, &document, |_| ());
    assert_eq!(verify().ok(), pushed);
    f.verify(&["--key=other.pub"])
        .fails(1, "not one of this key");
    f.write("no.pub", "x");
    f.verify(&["--key=no.pub"]).fails(1, "is not a public key");

    sign(&f, &other, subject, &document, |_| ());
    verify().fails(1, "not one of this key");
    // One bit of what is signed.
    sign(&f, &pair, subject, &document, |bundle| {
        let text = bundle["dsseEnvelope"]["payload"]
            .as_str()
            .expect("payload")
            .to_owned();
        let mut payload = BASE64_STANDARD.decode(text).expect("base64");
        payload[20] ^= 1;
        bundle["dsseEnvelope"]["payload"] = json!(BASE64_STANDARD.encode(payload));
    });
    verify().fails(1, "not one of this key");
    sign(&f, &pair, subject, &document, |bundle| {
        bundle["dsseEnvelope"]["signatures"] = json!([])
    });
    verify().fails(1, "not one of this key");
    sign(&f, &pair, subject, &document, |bundle| {
        bundle["dsseEnvelope"]["payloadType"] = json!("text/plain")
    });
    verify().fails(1, "no statement");
    // A statement about another artifact, and one with the provenance of other bytes.
    sign(&f, &pair, &digest(b"x"), &document, |_| ());
    let moved = f
        .server
        .state()
        .manifests
        .iter()
        .find(|(_, m)| m.1.windows(12).any(|w| w == b"dev.sigstore"))
        .map(|(n, m)| (n.clone(), m.clone()));
    let (name, (kind, bytes)) = moved.expect("bundle");
    let text = String::from_utf8(bytes)
        .expect("UTF-8")
        .replace(&digest(b"x"), subject)
        .into_bytes();
    f.server.state().manifests.remove(&name);
    f.server
        .state()
        .manifests
        .insert(digest(&text), (kind, text));
    verify().fails(1, "about another artifact");
    let mut wrong = document.clone();
    wrong["metadata"]["component"]["hashes"][0]["content"] = json!("00");
    sign(&f, &pair, subject, &wrong, |_| ());
    verify().fails(1, "about other bytes");

    // One flipped byte of the component.
    sign(&f, &pair, subject, &document, |_| ());
    verify().ok();
    f.server
        .state()
        .blobs
        .get_mut(&digest(COMPONENT))
        .expect("blob")[4] ^= 1;
    verify().fails(1, "the layer has the digest");
}

#[test]
fn cosign_signs() {
    let f = Fixture::new();
    f.provenance();
    f.push(&["--sign-key=k.key"])
        .fails(1, "no provenance to sign");
    let args = ["--provenance=a.cdx.json", "--sign-key=k.key"];
    f.push(&args).fails(3, "`cosign attest` failed");
    assert!(
        !f.server.state().manifests.contains_key("1"),
        "no tag without a signature"
    );
    script(&f.path("cosign"), "echo \"$@\" >args; echo talk");
    let pushed = f.push(&args).ok();
    let called = String::from_utf8(f.read("args")).expect("UTF-8");
    for part in [
        "attest --yes --type=cyclonedx --key k.key",
        "--predicate a.cdx.json",
        "--allow-http-registry",
        &pushed,
    ] {
        assert!(called.contains(part), "{part}: {called}");
    }
    script(&f.path("cosign"), "echo wrong password >&2; exit 1");
    f.push(&args).fails(3, "wrong password");
}

#[test]
fn a_component_carries_its_provenance() {
    let f = Fixture::new();
    f.provenance();
    f.run(&["embed", "a.wasm", "--provenance=a.cdx.json", "-o", "e.wasm"])
        .ok();
    assert!(f.read("e.wasm").starts_with(COMPONENT));
    f.write("a.wasm", f.read("e.wasm"));
    let pushed = f.push(&["--provenance=a.cdx.json"]).ok();
    assert_eq!(f.verify(&[]).ok(), pushed);
}
