//! What holds in every case of `resolve/`.

use crate::values;
use golden::Done;
use std::collections::BTreeSet;

/// Cases of errors print and write nothing else. In the others the normal form begins with the
/// label, is its own normal form, and has the encodings of the sources.
pub fn check(done: &Done) {
    let (Some(command), Some(output)) = (done.case.commands.last(), done.outputs.last()) else {
        panic!("no command");
    };
    if failed(done, "out.wit") {
        return;
    }
    assert_eq!(output.code, 0);
    let normal = done.text("out.wit");
    let label = &values(&command.args, "--label")[0];
    assert!(normal.starts_with(&format!("// label: {label}\n")));

    let deps = values(&command.args, "--dep");
    let mut args = ["resolve", "--label", label, "--src", "out.wit"]
        .map(str::to_owned)
        .to_vec();
    args.extend(
        deps.iter()
            .flat_map(|dep| ["--dep".to_owned(), dep.clone()]),
    );
    args.extend(["-o", "again.wit", "--output-spans", "again.json"].map(str::to_owned));
    let again = done.tree.run(&args);
    assert_eq!(again.code, 0, "{}", again.text());
    assert_eq!(normal, done.tree.read("again.wit"));

    let srcs = values(&command.args, "--src");
    any_order(done);
    if let [src] = srcs.as_slice() {
        same_encoding(done, src, &deps, &normal);
    }
}

/// The order of sources and dependencies does not show.
fn any_order(done: &Done) {
    let mut command = done.case.commands.last().expect("a command").clone();
    for option in ["--src", "--dep"] {
        let is_value = |at: &usize| command.args[at - 1] == option;
        let places: Vec<usize> = (1..command.args.len()).filter(is_value).collect();
        assert!(done.name() != "several-files" || places.len() > 1);
        for (from, to) in places
            .iter()
            .zip(places.iter().rev())
            .take(places.len() / 2)
        {
            command.args.swap(*from, *to);
        }
    }
    for arg in &mut command.args {
        *arg = arg
            .replace("out.wit", "reversed.wit")
            .replace("out.json", "reversed.json");
    }
    let output = done.tree.execute(&command);
    assert_eq!(output.code, 0, "{}", output.text());
    assert_eq!(done.text("out.wit"), done.tree.read("reversed.wit"));
    assert_eq!(done.text("out.json"), done.tree.read("reversed.json"));
}

/// Whether the case is one of an error: then the last command fails, prints nothing on standard
/// output and does not write the product.
pub fn failed(done: &Done, product: &str) -> bool {
    let output = done.outputs.last().expect("a command");
    let is_error = done.name().starts_with("error-");
    assert_eq!(output.code != 0, is_error, "{}", output.text());
    if is_error {
        assert_eq!(output.stdout, "");
        assert!(!done.changed.contains_key(product), "{product} was written");
    }
    is_error
}

/// The names after `prefix` at the start of lines, up to `end`.
fn names_in(text: &str, prefix: &str, end: char) -> BTreeSet<String> {
    text.lines()
        .filter_map(|l| l.trim_start().strip_prefix(prefix))
        .filter_map(|l| l.split(end).next())
        .map(|n| n.trim().trim_start_matches('%').to_owned())
        .collect()
}

/// The bindings of each world, with any feature, are the same from the source and from the normal
/// form: they hold the encoding of the world. Only the margin of documentation may differ, and the
/// order of functions before a resource: the printer puts resources first.
fn same_encoding(done: &Done, src: &str, deps: &[String], normal: &str) {
    let main = normal.split("\npackage ").nth(1).unwrap_or_default();
    let features = names_in(normal, "@unstable(feature = ", ')');
    let features = features.into_iter().map(Some);
    let features: Vec<Option<String>> = std::iter::once(None).chain(features).collect();
    for world in names_in(main, "world ", '{') {
        for feature in &features {
            let code = |file: &str| {
                let mut args = vec!["bindgen-rust", "--no-format", "--wit", file];
                args.extend(["--world", &world, "--generator", "{wit-bindgen}"]);
                args.extend(["-o", "world.rs"]);
                args.extend(deps.iter().flat_map(|dep| ["--dep", dep]));
                args.extend(feature.iter().flat_map(|feature| ["--feature", feature]));
                let output = done.tree.run(&args);
                assert_eq!(output.code, 0, "{}", output.text());
                let code = done.tree.read("world.rs");
                let is_code = |l: &&str| !l.trim_start().starts_with("///");
                code.lines().filter(is_code).collect::<Vec<_>>().join("\n")
            };
            let (from_source, from_normal) = (code(src), code("out.wit"));
            // Too long to print.
            assert!(
                from_source == from_normal,
                "the encodings of {world} with {feature:?} differ"
            );
            assert!(from_source.contains("component-type:wit-bindgen"));
        }
    }
}
