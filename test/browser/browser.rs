//! Loads graphs and reference pages of WIT packages in a headless browser and measures their layout.
//!
//! Environment: `GRAPH`, `PICTURE` and `DOCS`, the outputs of the rules for the example; `WIT_BIN`,
//! the tool, which also draws a tree of 200 packages. Requires `chromium` on `PATH`.

use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const GRAPH: &str = include_str!("graph.js");
const DOCS: &str = include_str!("docs.js");

fn variable(name: &str) -> PathBuf {
    let path = PathBuf::from(std::env::var_os(name).unwrap_or_else(|| panic!("{name} is not set")));
    path.canonicalize()
        .unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Returns the document after the scripts of the page have run.
fn load(page: &Path, more: &[&str]) -> String {
    let profile = tempfile::tempdir().expect("a directory");
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
        ])
        .args([
            "--disable-background-networking",
            "--no-first-run",
            "--hide-scrollbars",
        ])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(["--virtual-time-budget=10000", "--dump-dom"])
        .args(more)
        .arg(format!("file://{}", page.display()))
        .env("HOME", profile.path())
        .output()
        .unwrap_or_else(|e| {
            panic!("error: failed to start chromium: {e}\nhint: install it, or run the test with ./bazelw, whose toolbox contains it")
        });
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Adds a script to a page, loads the page, and returns what the script measured.
fn measure(page: &str, script: &str, more: &[&str]) -> Value {
    let dir = tempfile::tempdir().expect("a directory");
    let file = dir.path().join("page.html");
    // Runs after the scripts of the page, and records the errors of all.
    let script = format!(
        "<script>\"use strict\";\nconst wrong = [];\nconst must = (is, text) => {{ if (!is) wrong.push(text); }};\n\
         let measured = {{}};\ntry {{\n{script}\n}} catch (error) {{ wrong.push(String(error.stack ?? error)); }}\n\
         document.documentElement.dataset.measured = JSON.stringify({{ wrong, measured }});\n</script>\n</body>"
    );
    let errors = "<head><script>window.failed = []; addEventListener(\"error\", (e) => failed.push(e.message));</script>";
    let text = page
        .replacen("<head>", errors, 1)
        .replacen("</body>", &script, 1);
    fs::write(&file, text).expect("written");
    let dom = load(&file, more);
    let start = dom.find("data-measured=\"").expect("measured") + 15;
    let end = dom[start..].find('"').expect("quoted");
    let json = dom[start..start + end]
        .replace("&quot;", "\"")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&");
    serde_json::from_str(&json).expect("JSON")
}

fn assert_layout(what: &str, result: &Value, packages: usize) {
    let wrong = result["wrong"].as_array().expect("a list");
    assert!(wrong.is_empty(), "{what}: {wrong:#?}");
    assert_eq!(result["measured"]["packages"], packages, "{what}");
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a page")
}

/// Writes a tree of packages, each of which uses up to three earlier ones.
fn many(dir: &Path, count: usize) {
    for i in 0..count {
        let mut text = format!(
            "/// Package *{i}*.\npackage corp:{}@1.{}.0;\n\ninterface api {{\n",
            name(i),
            i % 4
        );
        let mut deps: Vec<usize> = [i / 2, i * 7 / 11, i.saturating_sub(9)].into();
        deps.retain(|d| *d < i);
        deps.dedup();
        for (n, d) in deps.iter().enumerate() {
            let _ = writeln!(
                text,
                "    use corp:{}/api@1.{}.0.{{item-{d} as x{n}}};",
                name(*d),
                d % 4
            );
        }
        let _ = write!(
            text,
            "    record item-{i} {{ id: u64 }}\n    get: func() -> item-{i};\n}}\n"
        );
        let package = dir.join(format!("p{i}"));
        fs::create_dir_all(&package).expect("mkdir");
        fs::write(package.join("api.wit"), text).expect("written");
    }
}

/// Returns names of realistic lengths.
fn name(i: usize) -> String {
    let area = [
        "core",
        "net",
        "storage",
        "a-rather-long-name-for-an-area-of-work",
    ][i % 4];
    format!("{area}-p{i}")
}

fn wit(dir: &Path, args: &[&str]) -> String {
    let output = Command::new(variable("WIT_BIN"))
        .args(args)
        .current_dir(dir)
        .env_remove("BUILD_WORKING_DIRECTORY")
        .output()
        .expect("runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

const WIDE: &str = "--window-size=1500,900";
const NARROW: &str = "--window-size=520,800";
const DARK: &str = "--blink-settings=preferredColorScheme=0";

#[test]
fn the_graph_of_the_example() {
    let page = read(&variable("GRAPH"));
    let count = page.matches("data-package=").count();
    assert!(count > 8, "{count}");
    let light = measure(&page, GRAPH, &[WIDE]);
    assert_layout("light", &light, count);
    let dark = measure(&page, GRAPH, &[WIDE, DARK]);
    assert_layout("dark", &dark, count);
    for colour in ["page", "picture", "text"] {
        assert_ne!(
            light["measured"][colour], dark["measured"][colour],
            "{colour}"
        );
    }
    assert_layout("narrow", &measure(&page, GRAPH, &[NARROW]), count);
}

#[test]
fn the_picture_of_the_example() {
    let picture = variable("PICTURE");
    let dom = load(&picture, &[WIDE]);
    assert!(!dom.contains("parsererror"), "{dom}");
    let count = read(&variable("GRAPH")).matches("data-package=").count();
    assert_eq!(dom.matches("class=\"node").count(), count + 1);
}

#[test]
fn two_hundred_packages() {
    let dir = tempfile::tempdir().expect("a directory");
    many(dir.path(), 200);
    let graph = wit(dir.path(), &["graph", "--format", "html", "."]);
    assert_layout("graph", &measure(&graph, GRAPH, &[WIDE]), 200);
    let docs = wit(dir.path(), &["docs", "."]);
    assert_layout("docs", &measure(&docs, DOCS, &[WIDE]), 200);
}

#[test]
fn the_reference_of_the_example() {
    let page = read(&variable("DOCS"));
    let count = page.matches("class=\"package\"").count();
    assert!(count > 8, "{count}");
    let light = measure(&page, DOCS, &[WIDE]);
    assert_layout("light", &light, count);
    let dark = measure(&page, DOCS, &[WIDE, DARK]);
    assert_layout("dark", &dark, count);
    for colour in ["page", "text"] {
        assert_ne!(
            light["measured"][colour], dark["measured"][colour],
            "{colour}"
        );
    }
    assert_layout("narrow", &measure(&page, DOCS, &[NARROW]), count);
}
