//! What holds in every case of `closure/`, for `wit closure` and `wit encode`.

use golden::Done;

/// Cases of errors write nothing, and `wit encode` reports the same. In the others the document and
/// the encoding mean the same as the tree.
pub fn check(done: &Done) {
    let tree = &done.tree;
    let encode = |args: &[String]| {
        let replace = |arg: &String| match arg.as_str() {
            "closure" => "encode".to_owned(),
            "out.wit" => "out.wasm".to_owned(),
            _ => arg.clone(),
        };
        args.iter().map(replace).collect::<Vec<_>>()
    };
    let output = &done.outputs[0];
    let encoded = tree.run(&encode(&done.case.commands[0].args));
    assert_eq!(encoded, *output);
    if done.name().starts_with("error-") {
        assert_eq!(output.code, 1);
        assert!(tree.files() == done.before, "files were written");
        return;
    }
    assert_eq!(output.text(), "exit 0\n");
    let read = |name: &str| tree.files().remove(name).unwrap_or_default();
    let wasm = read("out.wasm");
    assert!(wasm.starts_with(b"\0asm\x0d"), "not a component");

    // The encoding of the document is that of the tree.
    let text = done.text("out.wit");
    let main = text
        .strip_prefix("package ")
        .and_then(|t| t.split(';').next());
    let main = main.expect("the document begins with a package header");
    let args = ["encode", "out.wit", "-o", "again.wasm", "--package", main];
    let again = tree.run(&[&args[..], &["--all-features"]].concat());
    assert_eq!(again.text(), "exit 0\n");
    assert!(wasm == read("again.wasm"), "the encodings differ");

    // What is decoded from the encoding is the tree's package.
    let back = tree.run(&["closure", "out.wasm", "-o", "back.wit"]);
    assert_eq!(back.text(), "exit 0\n");
    let compared = tree.run(&["breaking", "out.wasm", "back.wit"]).text();
    assert!(compared.ends_with("nothing breaks\n"), "{compared}");
    assert_eq!(tree.read("back.wit").lines().next(), text.lines().next());
}
