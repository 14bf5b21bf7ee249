//! The files of the registry match `checksums/schema.json`, and each of its rules can fail.
//!
//! `CHECKSUMS_SCHEMA` names the schema, with the files in `tools` beside it; without it, the ones of
//! this workspace are used.

use boon::{Compiler, SchemaIndex, Schemas};
use serde_json::{json, Value};
use std::fs;
use std::path::{Path, PathBuf};

fn schema_file() -> PathBuf {
    match std::env::var_os("CHECKSUMS_SCHEMA") {
        Some(file) => PathBuf::from(file),
        None => PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or(".".into()))
            .join("../../checksums/schema.json"),
    }
}

fn read(file: &Path) -> Value {
    let text = fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// The compiled schema.
struct Validator {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Validator {
    fn new() -> Self {
        let mut compiler = Compiler::new();
        compiler
            .add_resource("schema.json", read(&schema_file()))
            .expect("a valid URL");
        let mut schemas = Schemas::new();
        let index = compiler
            .compile("schema.json", &mut schemas)
            .unwrap_or_else(|e| panic!("{e:#}"));
        Validator { schemas, index }
    }

    /// The violations in a document, a line for each; empty if there are none.
    fn violations(&self, document: &Value) -> String {
        match self.schemas.validate(document, self.index) {
            Ok(()) => String::new(),
            Err(e) => e.to_string(),
        }
    }
}

#[test]
fn the_registry_matches_the_schema() {
    let validator = Validator::new();
    let directory = schema_file().with_file_name("tools");
    let mut count = 0;
    for entry in fs::read_dir(&directory).expect("the registry") {
        let file = entry.expect("an entry").path();
        let violations = validator.violations(&read(&file));
        assert_eq!(violations, "", "{}", file.display());
        count += 1;
    }
    assert!(count >= 14, "only {count} files in {}", directory.display());
}

/// A document with every part that the schema knows.
fn document() -> Value {
    let hash = "0".repeat(64);
    let of_crate = json!({
        "name": "x", "sha256": hash, "source": "crate", "verified": true, "version": "1.0.0",
    });
    let npm = json!({
        "integrity": format!("sha512-{}==", "A".repeat(86)), "name": "@x/y", "source": "npm",
        "verified": true, "version": "1.0.0",
    });
    let pypi = json!({
        "file": "x-1.0.0-py3-none-any.whl", "name": "x", "sha256": hash, "source": "pypi",
        "verified": true, "version": "1.0.0",
    });
    json!({
        "tool_name": "x",
        "github_repo": "somebody/x",
        "latest_version": "1.10.0",
        "release": {"asset": "x-{url_suffix}", "tag": "v{version}"},
        "versions": {
            "1.10.0": {"packages": [of_crate, npm, pypi], "platforms": {}},
            "1.9.0": {
                "platforms": {
                    "linux_amd64": {"sha256": hash, "url_suffix": "linux.zip", "verified": false},
                },
                "release_date": "2025-01-31",
            },
            "canary": {"packages": [of_crate], "platforms": {}},
        },
    })
}

/// The object or array at a JSON pointer, to be changed.
fn at<'a>(document: &'a mut Value, pointer: &str) -> &'a mut Value {
    document
        .pointer_mut(pointer)
        .unwrap_or_else(|| panic!("no {pointer}"))
}

/// Sets a key of the object at a JSON pointer; `Value::Null` removes it.
fn set(document: &mut Value, pointer: &str, key: &str, value: Value) {
    let object = at(document, pointer).as_object_mut().expect("an object");
    match value {
        Value::Null => object.remove(key),
        value => object.insert(key.to_owned(), value),
    };
}

const V9: &str = "/versions/1.9.0";
const LINUX: &str = "/versions/1.9.0/platforms/linux_amd64";
const CRATE: &str = "/versions/1.10.0/packages/0";
const NPM: &str = "/versions/1.10.0/packages/1";
const PYPI: &str = "/versions/1.10.0/packages/2";

#[test]
fn each_rule_can_fail() {
    let validator = Validator::new();
    assert_eq!(validator.violations(&document()), "");
    let upper = "A".repeat(64);
    let newline = format!("{}\n", "0".repeat(64));
    let short = "0".repeat(63);
    // The object, the key and its new value, and what is reported.
    for (pointer, key, value, expected) in [
        (
            "",
            "github_repo",
            Value::Null,
            "'': missing properties 'github_repo'",
        ),
        (
            "",
            "versions",
            Value::Null,
            "'': missing properties 'versions'",
        ),
        (
            "",
            "last_checked",
            json!("2025-01-01"),
            "'': additionalProperties 'last_checked' not allowed",
        ),
        (
            "",
            "github_repo",
            json!("x"),
            "'/github_repo': 'x' does not match",
        ),
        (
            "",
            "tool_name",
            json!("../x"),
            "'/tool_name': '../x' does not match",
        ),
        ("", "tool_name", json!(1), "'/tool_name': want string"),
        (
            "",
            "versions",
            json!({}),
            "'/versions': minimum 1 properties",
        ),
        (
            "/versions",
            "../1",
            json!({"platforms": {}}),
            "'/versions': additionalProperties '../1' not allowed",
        ),
        (
            V9,
            "platforms",
            Value::Null,
            "'/versions/1.9.0': missing properties 'platforms'",
        ),
        (
            V9,
            "release_date",
            json!("2025-13-01"),
            "'/versions/1.9.0/release_date': '2025-13-01' does not",
        ),
        (
            "/versions/1.9.0/platforms",
            "linux_riscv64",
            json!({}),
            "/platforms': additionalProperties 'linux_riscv64' not",
        ),
        (
            LINUX,
            "sha256",
            json!(""),
            "linux_amd64/sha256': '' does not match",
        ),
        (LINUX, "sha256", json!(newline), "linux_amd64/sha256': '0"),
        (LINUX, "sha256", json!(upper), "linux_amd64/sha256': 'A"),
        (
            LINUX,
            "verified",
            Value::Null,
            "linux_amd64': missing properties 'verified'",
        ),
        (
            LINUX,
            "verified",
            json!("no"),
            "linux_amd64/verified': want boolean",
        ),
        (
            LINUX,
            "url_suffix",
            json!("a/../b"),
            "linux_amd64/url_suffix': 'a/../b' does not",
        ),
        (
            LINUX,
            "size",
            json!(1),
            "linux_amd64': additionalProperties 'size' not",
        ),
        (
            "/release",
            "tag",
            Value::Null,
            "'/release': missing properties 'tag'",
        ),
        (
            "/release",
            "asset",
            json!("{arch}"),
            "'/release/asset': '{arch}' does not match",
        ),
        (
            "/release",
            "base_url",
            json!("ftp://x/y"),
            "'/release/base_url': 'ftp://x/y' does not",
        ),
        (
            "/versions/1.10.0",
            "packages",
            json!([]),
            "1.10.0/packages': minimum 1 items",
        ),
        (
            CRATE,
            "source",
            json!("apt"),
            "packages/0/source': value must be 'crate'",
        ),
        (CRATE, "sha256", json!(short), "packages/0/sha256': '0"),
        (
            CRATE,
            "verified",
            Value::Null,
            "packages/0': missing properties 'verified'",
        ),
        (
            NPM,
            "integrity",
            json!("sha1-AAAA"),
            "packages/1/integrity': 'sha1-AAAA' does not",
        ),
        (
            PYPI,
            "file",
            json!("../x.whl"),
            "packages/2/file': '../x.whl' does not",
        ),
        (
            PYPI,
            "platform",
            json!("wasm32"),
            "packages/2/platform': 'wasm32' does not",
        ),
    ] {
        let mut document = document();
        set(&mut document, pointer, key, value);
        let violations = validator.violations(&document);
        assert!(
            violations.contains(expected),
            "{pointer} {key}: {violations}"
        );
    }
    let mut twice = document();
    let packages = at(&mut twice, "/versions/1.10.0/packages");
    let packages = packages.as_array_mut().expect("an array");
    packages.push(packages[0].clone());
    let violations = validator.violations(&twice);
    assert!(
        violations.contains("items at 0 and 3 are equal"),
        "{violations}"
    );
}
