//! Pushes to a registry in memory, pulls and verifies, with faults of the network and of the registry.

mod server;

use base64::prelude::{Engine, BASE64_STANDARD};
use ring::rand::SystemRandom;
use ring::signature::{EcdsaKeyPair, KeyPair, ECDSA_P256_SHA256_ASN1_SIGNING};
use serde_json::{json, Value};
use server::{digest, Server};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// An empty component.
const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

struct Fixture {
    dir: TempDir,
    server: Server,
}

struct Ran {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout.trim().to_owned()
    }

    fn fails(self, code: i32, why: &str) -> String {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        assert!(self.stderr.contains(why), "{why}: {}", self.stderr);
        assert_eq!(self.stderr.matches("hint:").count(), 1, "{}", self.stderr);
        self.stderr
    }
}

impl Fixture {
    fn new() -> Self {
        let fixture = Fixture {
            dir: tempfile::tempdir().expect("tempdir"),
            server: Server::start(),
        };
        fixture.write("a.wasm", COMPONENT);
        fixture
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).expect("write");
    }

    /// The number of requests that start with a text.
    fn count(&self, start: &str) -> usize {
        let log = &self.server.state().log;
        log.iter().filter(|l| l.starts_with(start)).count()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect(name)
    }

    fn name(&self, rest: &str) -> String {
        format!("{}/t{rest}", self.server.address)
    }

    fn run(&self, args: &[&str]) -> Ran {
        let binary = std::env::var_os("PUBLISHER_BIN").map(PathBuf::from);
        let binary = binary.or_else(|| option_env!("CARGO_BIN_EXE_publisher").map(PathBuf::from));
        let binary = binary
            .expect("PUBLISHER_BIN")
            .canonicalize()
            .expect("the binary exists");
        let path =
            std::env::join_paths([self.dir.path(), Path::new("/usr/bin"), Path::new("/bin")])
                .expect("paths");
        let output = Command::new(binary)
            .env_clear()
            .env("PATH", path)
            .env("DOCKER_CONFIG", self.dir.path())
            .current_dir(self.dir.path())
            .args(args)
            .output()
            .expect("runs");
        Ran {
            code: output.status.code().expect("exits"),
            stdout: String::from_utf8(output.stdout).expect("UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }

    /// Pushes `a.wasm` as `t:1`.
    fn push(&self, more: &[&str]) -> Ran {
        let name = self.name(":1");
        self.run(
            &[
                &["push", "--plain-http", "a.wasm", "--reference", &name],
                more,
            ]
            .concat(),
        )
    }

    fn pull(&self, reference: &str) -> Ran {
        self.run(&["pull", "--plain-http", reference, "-o", "pulled.wasm"])
    }

    fn verify(&self, more: &[&str]) -> Ran {
        let name = self.name(":1");
        self.run(&[&["verify", "--plain-http", &name], more].concat())
    }

    /// Writes the provenance of `a.wasm`.
    fn provenance(&self) {
        self.write("p.wit", "package t:p@1.0.0;\n");
        let args = [
            "provenance",
            "a.wasm",
            "--name=a",
            "--tool=x@1",
            "--crate=c@2.0.0",
            "--crate=own",
            "--wit=p.wit",
        ];
        self.run(&[&args[..], &["-o", "a.cdx.json"]].concat()).ok();
    }

    fn config(&self, value: &Value) {
        self.write("config.json", value.to_string());
    }
}

#[test]
fn what_is_pushed_is_pulled() {
    let f = Fixture::new();
    let args = [
        "--annotation=org.example=x=y",
        "--package=team:greeter@1.2.3",
        "--tag=latest",
    ];
    let pushed = f.push(&args).ok();
    assert_eq!(f.pull(&pushed).ok(), pushed);
    assert_eq!(f.read("pulled.wasm"), COMPONENT);
    assert_eq!(f.pull(&f.name("")).ok(), pushed, "latest");
    assert_eq!(f.run(&["pull", "--plain-http", &pushed]).ok(), pushed);
    assert_eq!(
        f.read("greeter.wasm"),
        COMPONENT,
        "the name in the artifact"
    );

    // The documents of the format.
    let state = f.server.state();
    let manifest: Value = serde_json::from_slice(&state.manifests["1"].1).expect("JSON");
    let config: Value = serde_json::from_slice(
        &state.blobs[manifest["config"]["digest"].as_str().expect("digest")],
    )
    .expect("JSON");
    assert_eq!(state.manifests["1"].0, MANIFEST);
    assert_eq!(
        manifest["config"]["mediaType"],
        "application/vnd.wasm.config.v0+json"
    );
    assert_eq!(manifest["layers"][0]["mediaType"], "application/wasm");
    assert_eq!(
        manifest["layers"][0]["annotations"]["org.opencontainers.image.title"],
        "greeter.wasm"
    );
    assert_eq!(
        manifest["annotations"],
        json!({"org.example": "x=y", "org.opencontainers.image.version": "1.2.3"})
    );
    let component = json!({"exports": [], "imports": [], "target": null});
    assert_eq!(config["component"], component);
    assert_eq!(
        (&config["os"], &config["architecture"]),
        (&json!("wasip2"), &json!("wasm"))
    );
    assert_eq!(config["layerDigests"], json!([digest(COMPONENT)]));
    drop(state);

    // Equal content is the same artifact, and is not sent twice.
    let sent = f.count("PATCH");
    assert_eq!(f.push(&args).ok(), pushed);
    assert_eq!(f.count("PATCH"), sent);
}

#[test]
fn changed_bytes_are_refused() {
    let f = Fixture::new();
    let pushed = f.push(&[]).ok();
    f.server
        .state()
        .blobs
        .get_mut(&digest(COMPONENT))
        .expect("blob")[7] ^= 1;
    f.pull(&pushed).fails(1, "the layer has the digest");
    assert!(!f.path("pulled.wasm").exists());

    let wanted = pushed.split_once('@').expect("digest").1.to_owned();
    f.server
        .state()
        .manifests
        .get_mut(&wanted)
        .expect("manifest")
        .1
        .push(b' ');
    f.pull(&pushed).fails(1, "the manifest has the digest");
}

#[test]
fn interrupted_uploads_continue() {
    let f = Fixture::new();
    // Two parts: the second is cut in the middle, and then the server is out of order for a moment.
    let mut large = COMPONENT.to_vec();
    let content = vec![7; (8 << 20) + 1000];
    large.extend([0, 0x80 | 0x6a, 0x87, 0x80, 0x04, 1, b'x']);
    large[9] = 0x80 | ((content.len() + 2) & 0x7f) as u8;
    large[10] = 0x80 | ((content.len() + 2) >> 7 & 0x7f) as u8;
    large[11] = 0x80 | ((content.len() + 2) >> 14 & 0x7f) as u8;
    large[12] = ((content.len() + 2) >> 21) as u8;
    large.extend(&content);
    f.write("a.wasm", &large);
    f.server.state().faults = vec![
        ("PATCH".to_owned(), 0),
        ("PATCH".to_owned(), 503),
        ("PUT /v2/t/manifests/1".to_owned(), 429),
        ("HEAD".to_owned(), 500),
    ];
    let ran = f.push(&[]);
    assert!(ran.stderr.matches("trying ").count() == 4, "{}", ran.stderr);
    let pushed = ran.ok();
    f.pull(&pushed).ok();
    assert!(f.read("pulled.wasm") == large);
    // One that is cut, one that is refused, and the rest from where the first was cut; and the configuration.
    assert_eq!(f.count("PATCH"), 3 + 1);
    assert_eq!(f.count("GET /v2/t/blobs/uploads/"), 2);

    // A registry that has lost the upload gets it again from the start.
    f.server.state().blobs.clear();
    f.server.state().forgets = true;
    f.server.state().faults = vec![("PATCH".to_owned(), 0)];
    f.push(&[]).ok();
    f.pull(&pushed).ok();
    assert!(f.read("pulled.wasm") == large);
    f.server.state().blobs.clear();
    f.server.state().faults = [0, 404, 0, 404, 0, 404]
        .map(|code| ("PATCH".to_owned(), code))
        .to_vec();
    f.push(&[]).fails(3, "lost an upload 3 times");

    f.server.state().faults = vec![("GET".to_owned(), 503); 4];
    f.pull(&pushed).fails(3, "status 503");
}

#[test]
fn users_log_in() {
    let f = Fixture::new();
    let basic = format!("Basic {}", BASE64_STANDARD.encode("me:secret"));
    f.server.state().authorization = Some(basic.clone());
    f.server.state().challenge = "Basic realm=\"r\"".to_owned();
    f.push(&[]).fails(3, "requires a user and a password");
    let login = |password: &str| json!({"auths": {&f.server.address: {"auth": BASE64_STANDARD.encode(format!("me:{password}"))}}});
    f.config(&login("wrong"));
    f.push(&[]).fails(3, "refuses access to `t`");
    f.config(&login("secret"));
    let pushed = f.push(&[]).ok();

    // A token for this repository, for a user whose password a helper knows.
    let realm = format!("http://{}/token", f.server.address);
    f.server.state().challenge =
        format!("Bearer realm=\"{realm}\",service=\"s\",scope=\"repository:t:pull\"");
    f.server.state().authorization = Some("Bearer abc".to_owned());
    f.server.state().token = Some((basic, "abc".to_owned()));
    f.pull(&pushed).ok();
    assert_eq!(
        f.count("GET /token?service=s&scope=repository%3At%3Apull"),
        1
    );
    f.config(&login("wrong"));
    f.pull(&pushed).fails(3, "wrong password");
    f.config(&json!({"credHelpers": {&f.server.address: "test"}}));
    f.pull(&pushed)
        .fails(3, "`docker-credential-test` returned no credentials");
    script(&f.path("docker-credential-test"), "read key; [ \"$key\" = \"$(cat key)\" ] && echo '{\"Username\":\"me\",\"Secret\":\"secret\"}'");
    f.write("key", &f.server.address);
    f.pull(&pushed).ok();
    f.config(&json!({"credsStore": "test", "auths": {&f.server.address: {}}}));
    f.pull(&pushed).ok();
    f.write("config.json", "{");
    f.pull(&pushed).fails(1, "is not JSON");
}

fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, format!("#!/bin/sh\n{text}\n")).expect("write");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).expect("permissions");
}

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
fn mistakes_are_explained() {
    let f = Fixture::new();
    f.write("no.wasm", "x");
    let name = f.name(":1");
    let push = |file: &str, reference: &str| {
        f.run(&["push", "--plain-http", file, "--reference", reference])
    };
    push("no.wasm", &name).fails(1, "is not WebAssembly");
    push("missing.wasm", &name).fails(3, "cannot read `missing.wasm`");
    push("a.wasm", "t:1").fails(1, "invalid reference");
    push("a.wasm", &format!("{name}@{}", digest(b"x"))).fails(1, "a digest cannot be pushed to");
    f.push(&["--tag=a b"]).fails(1, "invalid tag");
    f.push(&["--annotation=x"]).fails(1, "invalid annotation");
    f.push(&["--package=x"]).fails(1, "invalid package");
    f.pull(&f.name(":none")).fails(3, "manifest unknown");
    f.server.state().manifests.insert(
        "image".to_owned(),
        (MANIFEST.to_owned(), b"{\"layers\":[]}".to_vec()),
    );
    f.pull(&f.name(":image")).fails(1, "not a component");
    f.server
        .state()
        .manifests
        .insert("text".to_owned(), (MANIFEST.to_owned(), b"x".to_vec()));
    f.pull(&f.name(":text")).fails(1, "not JSON");
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
