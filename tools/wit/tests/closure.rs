//! Runs `wit closure` and `wit encode` over the cases in `closure/` beside this file.
//!
//! A case is a directory: a tree (`in/`), more arguments (`args.txt`, one a line), and the document
//! that comes out (`expected.wit`) or, where the name begins with `error-`, what is said
//! (`expected.txt`). `BLESS=1` writes what is expected.

mod tree;

use std::fs;
use std::path::Path;
use tree::{cases, name, said, wit, Laid};

fn run(laid: &Laid, command: &str, path: &str, more: &[String], out: &str) -> std::process::Output {
    let mut args = vec![command, path, "-o", out];
    args.extend(more.iter().map(String::as_str));
    wit(laid.path(), &args)
}

fn read(laid: &Laid, file: &str) -> Vec<u8> {
    fs::read(laid.path().join(file)).unwrap_or_default()
}

fn more_args(case: &Path) -> Vec<String> {
    let text = fs::read_to_string(case.join("args.txt")).unwrap_or_default();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn closure_and_encode() {
    for case in cases("closure") {
        let shown = name(&case);
        let laid = Laid::new(&case);
        let more = more_args(&case);
        let closure = run(&laid, "closure", "in", &more, "out.wit");
        let encode = run(&laid, "encode", "in", &more, "out.wasm");
        if shown.starts_with("error-") {
            assert_eq!(said(&closure), said(&encode), "{shown}");
            tree::expect(&case, "expected.txt", &said(&closure));
            assert_eq!(closure.status.code(), Some(1), "{shown}");
            assert!(!laid.path().join("out.wit").exists(), "{shown}");
            assert!(!laid.path().join("out.wasm").exists(), "{shown}");
            continue;
        }
        for output in [closure, encode] {
            assert_eq!(said(&output), "exit 0\n", "{shown}");
        }
        let text = String::from_utf8(read(&laid, "out.wit")).expect("UTF-8");
        tree::expect(&case, "expected.wit", &text);
        let wasm = read(&laid, "out.wasm");
        assert!(wasm.starts_with(b"\0asm\x0d"), "{shown}: no component");

        // The document means by itself what the tree means: its encoding is the same.
        let main = text
            .strip_prefix("package ")
            .and_then(|t| t.split(';').next());
        let main = ["--package".to_owned(), main.expect("a header").to_owned()];
        let gates = ["--all-features".to_owned()];
        let more = [main.as_slice(), gates.as_slice()].concat();
        let again = run(&laid, "encode", "out.wit", &more, "again.wasm");
        assert_eq!(said(&again), "exit 0\n", "{shown}");
        assert!(
            wasm == read(&laid, "again.wasm"),
            "{shown}: encodings differ"
        );

        // What is encoded can be read again, and is what was there before.
        let back = run(&laid, "closure", "out.wasm", &[], "back.wit");
        assert_eq!(said(&back), "exit 0\n", "{shown}");
        let compared = wit(laid.path(), &["breaking", "out.wasm", "back.wit"]);
        assert!(said(&compared).ends_with("nothing breaks\n"), "{shown}");
        let first = |text: &str| text.lines().next().map(str::to_owned);
        let back = String::from_utf8(read(&laid, "back.wit")).expect("UTF-8");
        assert_eq!(first(&back), first(&text), "{shown}");
    }
}

#[test]
fn what_is_no_package() {
    let dir = tempfile::tempdir().expect("tempdir");
    let module = b"\0asm\x01\0\0\0".to_vec();
    let cut = b"\0asm\x0d\0\x01\0\x07".to_vec();
    let component = b"\0asm\x0d\0\x01\0".to_vec();
    for (bytes, code) in [(module, 1), (cut, 1), (component, 0)] {
        fs::write(dir.path().join("x.wasm"), bytes).expect("write");
        let output = wit(dir.path(), &["closure", "x.wasm"]);
        let text = said(&output);
        assert_eq!(output.status.code(), Some(code), "{text}");
        assert!(!text.contains("internal error"), "{text}");
        if code == 1 {
            assert!(
                text.contains("`x.wasm` is no encoded WIT package"),
                "{text}"
            );
        }
    }
}
