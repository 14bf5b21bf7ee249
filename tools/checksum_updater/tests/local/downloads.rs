//! Releases on GitHub, and errors of downloads.

use crate::server::{Reply, Request, Server};
use crate::support::{sha256, Workspace, DEMO};
use std::time::Instant;

const ASSET: &str = "/example/demo/releases/download/v1.1.0/demo-1.1.0-x86_64-linux.tar.gz";
const OLD_ASSET: &str = "/example/demo/releases/download/v1.0.0/demo-1.0.0-x86_64-linux.tar.gz";

fn body() -> Vec<u8> {
    (0..300_000u32).flat_map(|i| i.to_le_bytes()).collect()
}

/// The responses of the GitHub API for releases 1.0.0 and 1.1.0.
fn api(path: &str, digest: &str) -> Option<Reply> {
    let release = |version: &str, more: &str| {
        format!(
            "{{\"tag_name\": \"v{version}\", \"published_at\": \"2026-03-04T05:06:07Z\"{more}, \"assets\": \
             [{{\"name\": \"demo-{version}-x86_64-linux.tar.gz\", \"digest\": {digest}}}]}}"
        )
    };
    match path {
        "/repos/example/demo/releases?per_page=100" => Some(Reply::ok(format!(
            "[{}, {}, {}, {}]",
            release("1.1.0", ""),
            release("3.0.0", ", \"prerelease\": true"),
            release("1.0.0", ""),
            release("nightly", "")
        ))),
        "/repos/example/demo/releases/tags/v1.1.0" => Some(Reply::ok(release("1.1.0", ""))),
        "/repos/example/demo/releases/tags/v1.0.0" => Some(Reply::ok(release("1.0.0", ""))),
        _ => None,
    }
}

/// A server whose asset is the reply of `asset`.
fn github(
    digest: String,
    asset: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
) -> Server {
    Server::start(move |request, number| match api(&request.path, &digest) {
        Some(reply) => reply,
        None if [ASSET, OLD_ASSET].contains(&request.path.as_str()) => asset(request, number),
        None => Reply::new(404),
    })
}

fn published() -> String {
    format!("\"sha256:{}\"", sha256(&body()))
}

#[test]
fn the_newest_release_is_added() {
    let server = github(published(), |_, _| Reply::ok(body()));
    let mut workspace = Workspace::with(DEMO).github(&server.address);
    workspace.variable("GITHUB_TOKEN", "secret");
    let ran = workspace
        .run(&["update", "demo", "--dry-run"])
        .expect(0, &["would have demo 1.1.0"]);
    assert!(
        ran.stdout().contains("+    \"1.1.0\": {"),
        "{}",
        ran.stdout()
    );
    assert_eq!(workspace.json(), DEMO);
    let ran = workspace
        .run(&["update", "demo"])
        .expect(0, &["has demo 1.1.0"]);
    assert!(
        ran.stdout()
            .starts_with("--- a/checksums/tools/demo.json\n+++ b/"),
        "{}",
        ran.stdout()
    );
    let json = workspace.json();
    let expected = format!(
        "  \"latest_version\": \"1.1.0\",\n  \"release\": {{\n    \"asset\": \"demo-{{version}}-{{url_suffix}}\",\n    \
         \"binary\": \"demo-{{version}}-{{stem}}/demo{{exe}}\",\n    \"tag\": \"v{{version}}\"\n  }},\n  \"versions\": {{\n    \
         \"1.1.0\": {{\n      \"platforms\": {{\n        \"linux_amd64\": {{\n          \"sha256\": \"{}\",\n          \
         \"url_suffix\": \"x86_64-linux.tar.gz\",\n          \"verified\": true\n        }}\n      }},\n      \
         \"release_date\": \"2026-03-04\"\n    }},\n    \"1.0.0\": {{",
        sha256(&body())
    );
    assert!(json.contains(&expected), "{json}");
    // The token is sent only to the API.
    for request in server.requests() {
        let token = request
            .path
            .starts_with("/repos/")
            .then_some("Bearer secret");
        assert_eq!(request.header("authorization"), token, "{}", request.path);
    }
    // The cache is empty, and a second run has nothing to do.
    let cache = workspace.dir.path().join("cache/rules_wit/downloads");
    assert_eq!(std::fs::read_dir(cache).expect("cache").count(), 0);
    workspace
        .run(&["update", "demo"])
        .expect(0, &["already has demo 1.1.0"]);
    workspace.run(&["validate", "--offline"]).expect(0, &[]);
}

#[test]
fn a_busy_server_is_asked_again() {
    let server = github(published(), |_, number| match number {
        1 => Reply::new(503),
        2 => Reply::new(429).header("Retry-After", "4"),
        3 => Reply::ok(body()).cut(0),
        _ => Reply::ok(body()),
    });
    let workspace = Workspace::with(DEMO).github(&server.address);
    let start = Instant::now();
    let text = ["responded with 503", "responded with 429", " again in "];
    workspace.run(&["update", "demo", "1.1.0"]).expect(0, &text);
    assert!(
        start.elapsed().as_secs_f32() > 4.2,
        "Retry-After was not obeyed"
    );
    assert_eq!(
        server.requests().iter().filter(|r| r.path == ASSET).count(),
        4
    );
}

#[test]
fn a_server_that_stays_busy_is_given_up() {
    let server = github(published(), |_, _| Reply::new(500));
    let workspace = Workspace::with(DEMO).github(&server.address);
    workspace
        .run(&["update", "demo", "1.1.0"])
        .expect(3, &["cannot reach", "responded with 500", "hint:"]);
    assert_eq!(
        server.requests().iter().filter(|r| r.path == ASSET).count(),
        5
    );
    assert_eq!(workspace.json(), DEMO);
}

#[test]
fn a_cut_download_goes_on() {
    let server = github(published(), |request, number| {
        let reply = Reply::resumable(&body(), "\"v1\"", request);
        if number < 4 {
            reply.cut(300_000)
        } else {
            reply
        }
    });
    let workspace = Workspace::with(DEMO).github(&server.address);
    workspace.run(&["update", "demo", "1.1.0"]).expect(0, &[]);
    let requests: Vec<_> = server
        .requests()
        .into_iter()
        .filter(|r| r.path == ASSET)
        .collect();
    let ranges: Vec<_> = requests.iter().map(|r| r.header("range")).collect();
    assert_eq!(
        ranges,
        [
            None,
            Some("bytes=300000-"),
            Some("bytes=600000-"),
            Some("bytes=900000-")
        ]
    );
    assert!(requests[1..]
        .iter()
        .all(|r| r.header("if-range") == Some("\"v1\"")));
}

#[test]
fn what_changed_meanwhile_is_downloaded_from_the_start() {
    let server = github(published(), |request, number| match number {
        1 => Reply::resumable(&[7; 400_000], "\"v1\"", request).cut(200_000),
        _ => Reply::resumable(&body(), "\"v2\"", request),
    });
    let workspace = Workspace::with(DEMO).github(&server.address);
    workspace.run(&["update", "demo", "1.1.0"]).expect(0, &[]);
    assert!(workspace.json().contains(&sha256(&body())));
}

#[test]
fn without_a_validator_nothing_is_glued_together() {
    let server = github(published(), |_, number| match number {
        1 => Reply::ok(vec![7; 400_000]).cut(200_000),
        _ => Reply::ok(body()),
    });
    let workspace = Workspace::with(DEMO).github(&server.address);
    workspace.run(&["update", "demo", "1.1.0"]).expect(0, &[]);
    assert!(server
        .requests()
        .iter()
        .all(|r| r.header("range").is_none()));
    assert!(workspace.json().contains(&sha256(&body())));
}

#[test]
fn a_wrong_published_digest_is_an_error() {
    let server = github(format!("\"sha256:{}\"", "a".repeat(64)), |_, _| {
        Reply::ok(body())
    });
    let workspace = Workspace::with(DEMO).github(&server.address);
    let texts = [
        "does not have the published hash",
        "published aaaa",
        &sha256(&body()),
    ];
    workspace
        .run(&["update", "demo", "1.1.0"])
        .expect(1, &texts);
    assert_eq!(workspace.json(), DEMO);
}

#[test]
fn a_hash_is_replaced_on_demand_only() {
    let server = github("null".to_owned(), |_, _| Reply::ok(body()));
    let workspace = Workspace::with(DEMO).github(&server.address);
    let old = "0".repeat(64);
    let texts = [
        "does not have the hash in checksums/tools/demo.json",
        &format!("expected {old}"),
        "--allow-changed",
    ];
    workspace
        .run(&["update", "demo", "1.0.0"])
        .expect(1, &texts);
    assert_eq!(workspace.json(), DEMO);
    let change = format!(
        "CHANGED HASH demo 1.0.0 linux_amd64: {old} -> {}",
        sha256(&body())
    );
    workspace
        .run(&["update", "demo", "1.0.0", "--allow-changed"])
        .expect(0, &[&change]);
    let expected = DEMO
        .replace(&old, &sha256(&body()))
        .replace("\"verified\": false", "\"verified\": true");
    assert_eq!(workspace.json(), expected);
}

#[test]
fn redirects_lead_to_protected_places_only() {
    for (to, code, text) in [
        ("/elsewhere", 0, "has demo 1.1.0"),
        (
            "http://a.invalid/x",
            1,
            "it is neither https nor on this machine",
        ),
        (
            "file:///etc/passwd",
            1,
            "it is neither https nor on this machine",
        ),
        (
            "ftp://127.0.0.1/x",
            1,
            "it is neither https nor on this machine",
        ),
        (ASSET, 1, "too many redirects"),
        ("nowhere", 1, "the redirect has no valid target"),
    ] {
        let server = Server::start(move |request, _| match request.path.as_str() {
            "/elsewhere" => Reply::ok(body()),
            ASSET => Reply::new(302).header("Location", to),
            path => api(path, "null").unwrap_or(Reply::new(404)),
        });
        let workspace = Workspace::with(DEMO).github(&server.address);
        workspace
            .run(&["update", "demo", "1.1.0"])
            .expect(code, &[text]);
    }
}

#[test]
fn a_release_or_an_asset_that_is_not_there() {
    let server = github("null".to_owned(), |_, _| Reply::new(404));
    let workspace = Workspace::with(DEMO).github(&server.address);
    workspace
        .run(&["update", "demo", "1.1.0"])
        .expect(1, &["does not exist: the server responded with 404"]);
    workspace
        .run(&["update", "demo", "9.9.9"])
        .expect(1, &["releases/tags/v9.9.9 does not exist"]);
    workspace
        .run(&["update", "demo", "v1.1.0"])
        .expect(2, &["invalid version `v1.1.0`"]);
    workspace
        .run(&["update", "other"])
        .expect(1, &["no tool `other`", "known tools: demo"]);
}

#[test]
fn validate_catches_every_flipped_digit() {
    let server = github("null".to_owned(), |_, _| Reply::ok(body()));
    let good = DEMO.replace(&"0".repeat(64), &sha256(&body()));
    let workspace = Workspace::with(&good).github(&server.address);
    let ran = workspace
        .run(&["validate"])
        .expect(0, &["matches demo 1.0.0 linux_amd64"]);
    assert!(ran
        .stdout()
        .contains("1 match their downloads, 0 do not, 0 are unreachable"));
    assert_eq!(workspace.json(), good);
    workspace
        .run(&["validate", "--write"])
        .expect(0, &["wrote checksums/tools/demo.json"]);
    assert_eq!(
        workspace.json(),
        good.replace("\"verified\": false", "\"verified\": true")
    );
    let hash = sha256(&body());
    for at in [0, 31, 63] {
        let mut flipped = hash.clone().into_bytes();
        flipped[at] = if flipped[at] == b'0' { b'1' } else { b'0' };
        let flipped = String::from_utf8(flipped).expect("text");
        workspace.write("checksums/tools/demo.json", &good.replace(&hash, &flipped));
        let texts = [
            "checksums/tools/demo.json:14: demo 1.0.0 linux_amd64 has a different hash",
            &format!("expected {flipped}"),
            &format!("got      {hash}"),
        ];
        workspace.run(&["validate", "demo"]).expect(1, &texts);
    }
}

#[test]
fn what_is_unreachable_must_not_be_called_verified() {
    let workspace = Workspace::with(DEMO);
    let ran = workspace
        .run(&["validate"])
        .expect(0, &["unreachable demo 1.0.0 linux_amd64"]);
    assert!(
        ran.stdout().contains("1 are unreachable"),
        "{}",
        ran.stdout()
    );
    workspace.write(
        "checksums/tools/demo.json",
        &DEMO.replace("\"verified\": false", "\"verified\": true"),
    );
    let texts = [
        "is marked as verified, but cannot be reached",
        "demo.json:16:",
    ];
    workspace.run(&["validate"]).expect(3, &texts);
    workspace.run(&["validate", "--offline"]).expect(0, &[]);
}

#[test]
fn one_tool_does_not_stop_the_others() {
    let server = github(published(), |_, _| Reply::ok(body()));
    let workspace = Workspace::with(DEMO).github(&server.address);
    workspace.write("checksums/tools/broken.json", "{");
    let gone = DEMO
        .replace("\"demo\"", "\"gone\"")
        .replace("example/demo", "example/gone");
    workspace.write("checksums/tools/gone.json", &gone);
    let folder = DEMO.replace("\"demo\"", "\"folder\"").replace(
        "    \"binary\"",
        "    \"base_url\": \"https://127.0.0.1:9/\",\n    \"binary\"",
    );
    workspace.write("checksums/tools/folder.json", &folder);
    let platforms = DEMO.find("\"platforms\": {").expect("platforms") + 14;
    let end = DEMO.rfind("\"release_date\"").expect("a date");
    let own = format!("{}}},\n      {}", &DEMO[..platforms], &DEMO[end..]);
    workspace.write(
        "checksums/tools/own.json",
        &own.replace("\"demo\"", "\"own\""),
    );
    let texts = [
        "own: 1.0.0; the registry has none of its archives",
        "folder: 1.0.0; its host does not list versions",
        "broken: failed",
        "demo: 1.1.0 is new",
        "gone: failed",
        "2 of 5 tools are not complete",
    ];
    workspace
        .run(&["update-all", "--dry-run"])
        .expect(1, &texts);
    assert_eq!(workspace.json(), DEMO);
    workspace.run(&["update-all"]).expect(1, &texts);
    assert!(workspace.json().contains("\"latest_version\": \"1.1.0\""));
    assert_eq!(workspace.read("checksums/tools/gone.json"), gone);
}

#[test]
fn the_list() {
    let workspace = Workspace::with(DEMO);
    let ran = workspace.run(&["list"]).expect(0, &[]);
    assert_eq!(
        ran.stdout(),
        "tool  latest  verified  versions\ndemo  1.0.0        0/1  1.0.0\n"
    );
    let json = workspace.run(&["list", "--json"]).expect(0, &[]).stdout();
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(json[0]["versions"][0], "1.0.0");
    assert_eq!(json[0]["verified"], 0);
}
