//! `pack` and `add`.

use crate::support::{sha256, Ran, Workspace, DEMO};
use std::process::Command;

const ARCHIVE: &str = "demo-1.1.0-x86_64-linux.tar.gz";

/// A workspace with two programs, of which one imports symbols of glibc.
fn workspace() -> Workspace {
    let workspace = Workspace::with(DEMO);
    workspace.write("checksums/private/data.bzl", "");
    workspace.write("demo.bin", "\x7fELF\0GLIBC_2.9\0GLIBC_2.31\0");
    workspace.write("other.bin", &"other ".repeat(200));
    workspace.write("LICENSE", "free\n");
    workspace
}

/// The arguments of `pack`, with `{w}` for the workspace and with changes.
fn arguments(changes: &[(&str, &str)]) -> Vec<String> {
    let args = [
        "pack",
        "--tool={w}/checksums/tools/demo.json",
        "--version=1.1.0",
        "--platform=linux_amd64",
        "--url-suffix=x86_64-linux.tar.gz",
        "--program=demo={w}/demo.bin",
        "--program=other={w}/other.bin",
        "--file=LICENSE={w}/LICENSE",
    ];
    let change = |arg: &str| {
        let changes = changes.iter();
        changes.fold(arg.to_owned(), |arg, (old, new)| arg.replace(old, new))
    };
    args.map(change).to_vec()
}

/// Runs `pack`, which writes the archive `output` and the registry file `<output>.json`.
fn pack(workspace: &Workspace, output: &str, mut args: Vec<String>) -> Ran {
    args.push(format!("--output={{w}}/{output}"));
    args.push(format!("--index={{w}}/{output}.json"));
    let root = workspace.root();
    let root = root.to_string_lossy();
    let args: Vec<String> = args.iter().map(|a| a.replace("{w}", &root)).collect();
    workspace.run(&args.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn an_archive_that_tar_reads() {
    let workspace = workspace();
    pack(&workspace, ARCHIVE, arguments(&[])).expect(0, &[]);
    let tar = |args: &[&str]| {
        let mut command = Command::new("tar");
        let output = command
            .current_dir(workspace.root())
            .args(args)
            .output()
            .expect("tar");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).expect("text")
    };
    let list = tar(&["--utc", "--full-time", "-tvzf", ARCHIVE]);
    let lines: Vec<Vec<&str>> = list
        .lines()
        .map(|l| l.split_whitespace().collect())
        .collect();
    let top = "demo-1.1.0-x86_64-linux";
    for (line, (mode, name)) in lines.iter().zip([
        ("-rw-r--r--", "LICENSE"),
        ("-rwxr-xr-x", "demo"),
        ("-rw-r--r--", "metadata.json"),
        ("-rwxr-xr-x", "other"),
    ]) {
        let path = format!("{top}/{name}");
        let size = line[2];
        assert_eq!(
            *line,
            [mode, "0/0", size, "2000-01-01", "00:00:00", path.as_str()]
        );
    }
    assert_eq!(lines.len(), 4);
    tar(&["-xzf", ARCHIVE]);
    assert_eq!(
        workspace.read(&format!("{top}/other")),
        workspace.read("other.bin")
    );
    let metadata = workspace.read(&format!("{top}/metadata.json"));
    let metadata: serde_json::Value = serde_json::from_str(&metadata).expect("JSON");
    assert_eq!(metadata["libc"], "glibc 2.31");
    let hash = sha256(workspace.read("demo.bin").as_bytes());
    assert_eq!(metadata["programs"]["demo"], hash.as_str());
}

#[test]
fn the_order_of_arguments_does_not_matter() {
    let workspace = workspace();
    pack(&workspace, ARCHIVE, arguments(&[])).expect(0, &[]);
    let read = |name: &str| std::fs::read(workspace.root().join(name)).expect("read");
    let (archive, index) = (read(ARCHIVE), workspace.read(&format!("{ARCHIVE}.json")));
    // Written anew: their times differ.
    workspace.write("demo.bin", &workspace.read("demo.bin"));
    let mut args = arguments(&[]);
    args[1..].reverse();
    pack(&workspace, ARCHIVE, args).expect(0, &[]);
    assert!(read(ARCHIVE) == archive);
    assert_eq!(workspace.read(&format!("{ARCHIVE}.json")), index);
}

#[test]
fn programs_for_windows() {
    let workspace = workspace();
    let windows = [("linux_amd64", "windows_amd64"), ("-linux", "-windows")];
    pack(
        &workspace,
        "demo-1.1.0-x86_64-windows.tar.gz",
        arguments(&windows),
    )
    .expect(0, &[]);
    let list = Command::new("tar")
        .current_dir(workspace.root())
        .args(["-tzf", "demo-1.1.0-x86_64-windows.tar.gz"])
        .output()
        .expect("tar");
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    assert!(
        list.contains("/demo.exe\n") && list.contains("/LICENSE\n"),
        "{list}"
    );
}

#[test]
fn what_cannot_be_packed() {
    for (changes, code, text) in [
        (("=demo=", "=tool="), 2, "no program `demo`"),
        (
            ("=other=", "=demo="),
            2,
            "two files of the archive are called `demo`",
        ),
        (("=other=", "=../x="), 2, "cannot be a path in an archive"),
        (("demo={w}", "{w}"), 2, "is not NAME=FILE"),
        (
            (".tar.gz", ".zip"),
            2,
            "cannot make an archive `x86_64-linux.zip`",
        ),
        (("1.1.0", "1.2.0"), 2, "the archive is called `demo-1.1.0"),
        (
            ("linux_amd64", "linux_mips"),
            1,
            "invalid platform `linux_mips`",
        ),
        (("demo.bin", "none"), 3, "cannot read"),
    ] {
        let workspace = workspace();
        pack(&workspace, ARCHIVE, arguments(&[changes])).expect(code, &[text, "hint: "]);
        assert!(!workspace.root().join(ARCHIVE).exists(), "{text}");
    }
}

#[test]
fn archives_are_added() {
    let workspace = workspace();
    let mac = [
        ("linux_amd64", "darwin_arm64"),
        ("x86_64-linux", "aarch64-macos"),
    ];
    let (linux, mac_archive) = (format!("{ARCHIVE}.json"), "demo-1.1.0-aarch64-macos.tar.gz");
    pack(&workspace, ARCHIVE, arguments(&[])).expect(0, &[]);
    pack(&workspace, mac_archive, arguments(&mac)).expect(0, &[]);
    let root = workspace.root();
    let path = |name: &str| root.join(name).to_string_lossy().into_owned();
    let (linux, mac) = (path(&linux), path(&format!("{mac_archive}.json")));
    workspace
        .run(&["add", &linux, &mac])
        .expect(0, &["wrote checksums/tools/demo.json"]);
    let json: serde_json::Value = serde_json::from_str(&workspace.json()).expect("JSON");
    assert_eq!(json["latest_version"], "1.1.0");
    let platforms = json["versions"]["1.1.0"]["platforms"]
        .as_object()
        .expect("platforms");
    assert_eq!(
        platforms.keys().collect::<Vec<_>>(),
        ["darwin_arm64", "linux_amd64"]
    );
    let hash = sha256(&std::fs::read(root.join(ARCHIVE)).expect("read"));
    assert_eq!(platforms["linux_amd64"]["sha256"], hash.as_str());
    assert!(workspace.read("checksums/private/data.bzl").contains(&hash));
    workspace.run(&["validate", "--offline"]).expect(0, &[]);

    // Again: nothing changes. Another archive of a known version is refused, and then nothing is written.
    let before = workspace.json();
    workspace.run(&["add", &linux]).expect(0, &[]);
    assert_eq!(workspace.json(), before);
    workspace.write("other.bin", "changed");
    pack(&workspace, ARCHIVE, arguments(&[])).expect(0, &[]);
    let text =
        "the archive of 1.1.0 for linux_amd64 differs from that in checksums/tools/demo.json";
    workspace
        .run(&["add", &mac, &linux])
        .expect(1, &[text, "hint: "]);
    workspace.write("x.json", &DEMO.replace("v{version}", "{version}"));
    workspace
        .run(&["add", &path("x.json")])
        .expect(1, &["`release` differs from that in"]);
    workspace.write("x.json", &DEMO.replace("\"demo\"", "\"other\""));
    workspace
        .run(&["add", &path("x.json")])
        .expect(1, &["no tool `other`", "known tools: demo"]);
    assert_eq!(workspace.json(), before);
}
