//! Pushes to a registry in memory, pulls and verifies, with faults of the network and of the registry.

mod fixture;
mod provenance;
mod server;

use base64::prelude::{Engine, BASE64_STANDARD};
use fixture::{script, Fixture, COMPONENT, MANIFEST};
use serde_json::{json, Value};
use server::digest;

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
