//! Whatever the input, `wit check` and `wit fix` end with an error or without one, and soon.

use crate::support::{said, wit};
use golden::Case;
use std::fs;
use std::path::Path;
use std::process::Output;

/// Runs both commands, which must not fail in a way of their own.
fn both(dir: &Path, what: &str) -> [Output; 2] {
    ["check", "fix"].map(|command| {
        let output = wit(dir, &[command, "."]);
        let text = said(&output);
        assert!(
            matches!(output.status.code(), Some(0 | 1)) && !text.contains("internal error"),
            "{command}: {what}: {text}"
        );
        output
    })
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % (n.max(1) as u64)).expect("fits")
    }
}

fn mutate(bytes: &mut Vec<u8>, numbers: &mut Numbers) {
    const PIECES: &[&str] = &[
        "{",
        "}",
        "(",
        ")",
        "<",
        ">",
        ";",
        ":",
        "@",
        "@1.0.0",
        ".",
        "->",
        "%",
        "\"",
        "/*",
        "//",
        "use ",
        "package a:b;",
        "interface x {",
        "static ",
        "default ",
        "from ",
        "function(",
        "expected<",
        "\u{e9}",
        "\u{202e}",
        "\0",
        "\r\n",
        "[[",
        "= {",
        "'''",
        "\u{1f980}",
    ];
    for _ in 0..=numbers.below(3) {
        let at = numbers.below(bytes.len());
        match numbers.below(5) {
            0 => bytes.truncate(at),
            1 => bytes.extend_from_slice(&bytes.clone()[at..]),
            2 if at < bytes.len() => {
                bytes[at] = u8::try_from(numbers.below(256)).expect("a byte");
            }
            3 => {
                let end = (at + numbers.below(20)).min(bytes.len());
                bytes.drain(at..end);
            }
            _ => {
                let piece = PIECES[numbers.below(PIECES.len())];
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
}

#[test]
fn broken_trees() {
    let mut numbers = Numbers(0x9e37_79b9_7f4a_7c15);
    for case in Case::all("check").iter().chain(&Case::all("fix")) {
        for round in 0..6 {
            let dir = tempfile::tempdir().expect("tempdir");
            for (path, bytes) in &case.input {
                let mut bytes = bytes.clone();
                mutate(&mut bytes, &mut numbers);
                let to = dir.path().join(path);
                fs::create_dir_all(to.parent().expect("parent")).expect("mkdir");
                fs::write(to, bytes).expect("write");
            }
            both(dir.path(), &format!("{}, round {round}", case.name));
        }
    }
}

#[test]
fn nesting_and_size() {
    let deep = |open: &str, close: &str| {
        let (o, c) = (open.repeat(20_000), close.repeat(20_000));
        format!("package a:b;\ninterface i {{ {o}{c} }}\n")
    };
    let inline = format!("world w {{ {}", "import a: interface {".repeat(20_000));
    let includes = |i: usize| match i {
        0 => "world w0 { import x0: func(); }".to_owned(),
        i => format!("world w{i} {{ include w{}; import x{i}: func(); }}", i - 1),
    };
    let includes: Vec<String> = (0..3000).map(includes).collect();
    let uses = |i: usize| match i {
        0 => "interface i0 { type t = u8; }".to_owned(),
        i => format!("interface i{i} {{ use i{}.{{t}}; }}", i - 1),
    };
    let uses: Vec<String> = (0..1500).map(uses).collect();
    let many = 10_000;
    let types: String = (0..many).map(|i| format!("type t{i} = u8; ")).collect();
    let moved: String = (0..many).map(|i| format!("use x.{{t{i}}};\n")).collect();
    let users: String = (0..many)
        .map(|i| format!("interface y{i} {{ f: func(a: t{i}); }}\n"))
        .collect();
    let moves = format!("package a:b;\n{moved}interface x {{ {types} }}\n{users}");
    let from_each: String = (0..many)
        .map(|i| format!("use x{i}.{{t as t{i}}};\n"))
        .collect();
    let each: String = (0..many)
        .map(|i| format!("interface x{i} {{ type t = u8; }}\n"))
        .collect();
    let from_each = format!("package a:b;\n{from_each}{each}");
    let items: String = (0..60_000)
        .map(|i| format!("import x{i}: func();\n"))
        .collect();
    let names: String = (0..60_000).map(|i| format!("x{i} as y{i},\n")).collect();
    let renames =
        format!("package a:b;\nworld a {{ {items} }}\nworld b {{ include a with {{ {names} }} }}");
    let mut big = "package a:b;\n//".to_owned();
    big.push_str(&" ".repeat(17 << 20));
    for (what, file, text) in [
        ("lists", "a.wit", deep("type t = list<", ">")),
        ("resources", "a.wit", deep("resource r {", "}")),
        ("braces", "a.wit", deep("{", "}")),
        ("parentheses", "a.wit", deep("f: func(", ")")),
        ("packages", "a.wit", "package a:b {".repeat(20_000)),
        ("inline", "a.wit", inline),
        ("attributes", "a.wit", "@a".repeat(20_000)),
        ("comments", "a.wit", "/*".repeat(20_000)),
        ("uses", "a.wit", "use a:b/c.{d} ".repeat(20_000)),
        ("names of an include", "a.wit", renames),
        ("uses of one interface", "a.wit", moves),
        ("uses of many interfaces", "a.wit", from_each),
        ("strings", "a.wit", "\"".repeat(20_001)),
        ("expected", "a.wit", "expected<".repeat(20_000)),
        ("floats", "a.wit", ",float32".repeat(20_000)),
        ("big", "a.wit", big),
        (
            "includes",
            "a.wit",
            format!("package a:b;\n{}", includes.join("\n")),
        ),
        (
            "interfaces",
            "a.wit",
            format!("package a:b;\n{}", uses.join("\n")),
        ),
        (
            "lists in a manifest",
            "deps.toml",
            format!("a = {}", "[".repeat(20_000)),
        ),
        (
            "tables in a manifest",
            "deps.toml",
            format!("a = {}", "{ a = ".repeat(20_000)),
        ),
        (
            "dots in a manifest",
            "deps.toml",
            format!("a{} = 1", ".a".repeat(20_000)),
        ),
        (
            "sections",
            "wkg.toml",
            format!("[a{}]", ".a".repeat(20_000)),
        ),
        (
            "locks",
            "wkg.lock",
            "[[packages]]\nname = \"a\"\n".repeat(20_000),
        ),
    ] {
        let dir = tempfile::tempdir().expect("tempdir");
        fs::write(dir.path().join("other.wit"), "package x:y;\n").expect("write");
        fs::create_dir(dir.path().join("d")).expect("mkdir");
        fs::write(dir.path().join("d").join(file), text).expect("write");
        let start = std::time::Instant::now();
        both(dir.path(), what);
        assert!(
            start.elapsed().as_secs() < 30,
            "{what}: {:?}",
            start.elapsed()
        );
    }
}

#[test]
#[cfg(unix)]
fn links() {
    use std::os::unix::fs::symlink;
    let dir = tempfile::tempdir().expect("tempdir");
    let outside = tempfile::tempdir().expect("tempdir");
    fs::write(outside.path().join("o.wit"), "package o:o@1.0.0;\n").expect("write");
    let text = "package x:y@1.0.0;\n\ninterface i { f: function() }\n";
    fs::write(dir.path().join("real.wit"), text).expect("write");
    fs::create_dir(dir.path().join("d")).expect("mkdir");
    for (to, link) in [
        ("..", "d/loop"),
        ("d2", "d1"),
        ("d1", "d2"),
        ("self.wit", "self.wit"),
        ("nowhere.wit", "dangling.wit"),
        ("../real.wit", "d/linked.wit"),
    ] {
        symlink(to, dir.path().join(link)).expect("link");
    }
    symlink(outside.path(), dir.path().join("out")).expect("link");
    let manifest = "[dependencies]\no = { path = \"out\" }\n";
    fs::write(dir.path().join("deps.toml"), manifest).expect("write");
    let [check, _] = both(dir.path(), "links");
    let text = said(&check);
    assert!(
        text.contains("path of dependency 'o' is outside of the tree"),
        "{text}"
    );
    // The link is still one, and what it leads to is fixed.
    let linked = dir.path().join("d/linked.wit");
    assert!(fs::symlink_metadata(&linked).expect("there").is_symlink());
    let fixed = fs::read_to_string(dir.path().join("real.wit")).expect("read");
    assert!(fixed.contains("f: func();"), "{fixed}");
}

/// A file that cannot be written is an error that names it; the others are fixed.
#[test]
#[cfg(unix)]
fn a_directory_that_cannot_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::tempdir().expect("tempdir");
    for name in ["a", "b"] {
        let sub = dir.path().join(name);
        fs::create_dir(&sub).expect("mkdir");
        let text = format!("package x:{name};\n\ninterface i {{ f: function() }}\n");
        fs::write(sub.join("i.wit"), text).expect("write");
    }
    let closed = dir.path().join("a");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o555)).expect("chmod");
    // The superuser may write everywhere.
    let may_write = fs::write(closed.join("probe"), "").is_ok();
    let output = wit(dir.path(), &["fix", "."]);
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).expect("chmod");
    let expected = if may_write { 0 } else { 3 };
    assert_eq!(output.status.code(), Some(expected), "{}", said(&output));
    let other = fs::read_to_string(dir.path().join("b/i.wit")).expect("read");
    assert!(other.contains("func();"), "{other}");
}
