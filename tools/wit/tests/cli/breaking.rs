//! `wit breaking` on large generated packages.

use crate::support::{said, wit};

/// Packages that no person has written are compared in some time, and with little memory.
#[test]
fn many_of_everything() {
    let dir = tempfile::tempdir().expect("tempdir");
    let range = |n: usize| 0..n;
    let list = |n: usize, item: &dyn Fn(usize) -> String| range(n).map(item).collect::<String>();
    let worlds = list(300, &|i| format!("world w{i} {{ import i; export i; }}\n"));
    let functions = list(2000, &|i| format!("go{i}: func();\n"));
    let imports = list(4000, &|i| format!("import i{i}: func();\n"));
    let params = |name: &str| list(2000, &|i| format!("{name}{i}: u8, "));
    for (what, old, new) in [
        (
            "worlds",
            format!("interface i {{ {functions} }}\n{worlds}"),
            format!("interface i {{ }}\n{worlds}"),
        ),
        (
            "imports",
            format!("world w {{ {imports} }}\n"),
            format!("world w {{ {} }}\n", imports.replace("import", "export")),
        ),
        (
            "parameters",
            format!("interface i {{ f: func({}); }}\n", params("a")),
            format!("interface i {{ f: func({}); }}\n", params("b")),
        ),
    ] {
        for (file, text) in [("old.wit", old), ("new.wit", new)] {
            let text = format!("package a:b@1.0.0;\n{text}");
            std::fs::write(dir.path().join(file), text).expect("write");
        }
        let start = std::time::Instant::now();
        let output = wit(dir.path(), &["breaking", "old.wit", "new.wit", "--json"]);
        assert_eq!(output.status.code(), Some(1), "{what}: {}", said(&output));
        let time = start.elapsed();
        assert!(time.as_secs() < 120, "{what}: {time:?}");
        assert!(output.stdout.len() > 10_000, "{what}: {}", said(&output));
        println!("{what}: {time:?}, {} MiB", output.stdout.len() >> 20);
    }
}
