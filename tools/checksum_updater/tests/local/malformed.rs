//! Malformed files of the registry: errors show the location, and nothing panics.

use crate::support::{Workspace, DEMO};

const SHA: &str = "0000000000000000000000000000000000000000000000000000000000000000";

#[test]
fn each_mistake_is_named() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let twice = DEMO.replace(
        "\"versions\": {\n",
        "\"versions\": {\n    \"1.0.0\": {\n      \"platforms\": {}\n    },\n",
    );
    let package = |text: &str| {
        DEMO.replace(
            "\"platforms\": {\n",
            &format!("\"packages\": [{text}],\n      \"platforms\": {{\n"),
        )
    };
    let pin = "\"source\": \"crate\", \"name\": \"a\", \"version\": \"1.0.0\", \"verified\": true";
    for (json, texts) in [
        (String::new(), vec!["malformed registry file"]),
        ("\u{feff}{}".to_owned(), vec!["malformed registry file"]),
        ("null".to_owned(), vec!["malformed registry file"]),
        ("{}".to_owned(), vec!["missing field `tool_name`"]),
        (deep, vec!["malformed registry file"]),
        (
            DEMO[..DEMO.len() / 2].to_owned(),
            vec!["malformed registry file: EOF"],
        ),
        (
            DEMO.replace("true", "yes").replace("false", "no"),
            vec!["expected ident", "demo.json:16:"],
        ),
        (
            DEMO.replace("\"release_date\"", "\"last_checked\""),
            vec!["unknown field `last_checked`"],
        ),
        (
            DEMO.replace("\"verified\": false", "\"verified\": \"no\""),
            vec!["invalid type: string \"no\"", "demo.json:16:"],
        ),
        (
            DEMO.replace("\"demo\"", "\"other\""),
            vec!["`tool_name` is `other`"],
        ),
        (
            DEMO.replace("example/demo", "example"),
            vec!["invalid repository `example`"],
        ),
        (
            DEMO.replace(
                "\"latest_version\": \"1.0.0\"",
                "\"latest_version\": \"0.9.0\"",
            ),
            vec!["the highest version is `1.0.0`", "demo.json:4:"],
        ),
        (
            DEMO.replace("linux_amd64", "linux_x86"),
            vec!["invalid platform `linux_x86`"],
        ),
        (
            DEMO.replace("x86_64-linux.tar.gz", "../../../etc/passwd"),
            vec!["invalid file name suffix", "demo.json:15:"],
        ),
        (
            DEMO.replace("\"v{version}\"", "\"../{version}\""),
            vec!["invalid tag"],
        ),
        (
            DEMO.replace(SHA, &SHA[1..]),
            vec!["malformed digest", "demo.json:14:", "64 hexadecimal digits"],
        ),
        (
            DEMO.replace(SHA, &SHA.replace('0', "A")),
            vec!["malformed digest"],
        ),
        (
            DEMO.replace("2026-01-02", "2026-13-02"),
            vec!["invalid date `2026-13-02`"],
        ),
        (
            DEMO.replace("  ", "\t"),
            vec!["not in canonical form", "demo.json:2"],
        ),
        (
            DEMO.replace("\"release_date\": \"2026-01-02\"", "\"a\"")
                .replace("      },\n      \"a\"", "      }")
                .replace(
                    "      \"platforms\"",
                    "      \"release_date\": \"2026-01-02\",\n      \"platforms\"",
                ),
            vec!["the keys of version 1.0.0 are not sorted", "demo.json:11:"],
        ),
        (twice, vec!["no duplicates"]),
        (package(&format!("{{{pin}}}")), vec!["malformed digest ``"]),
        (
            package(&format!("{{{pin}, \"integrity\": \"{SHA}\"}}")),
            vec!["keys of another source"],
        ),
        (
            package("{\"source\": \"gem\"}"),
            vec!["unknown variant `gem`"],
        ),
        (
            package(&format!(
                "{{{pin}, \"sha256\": \"{SHA}\"}}, {{{pin}, \"sha256\": \"{SHA}\"}}"
            )),
            vec!["or contain a duplicate"],
        ),
        (
            package(&format!("{{{pin}, \"sha256\": \"{SHA}\"}}").replace("\"a\"", "\"../a\"")),
            vec!["invalid package name `../a`"],
        ),
    ] {
        let workspace = Workspace::with(&json);
        let texts: Vec<&str> = texts.into_iter().chain(["error: ", "hint: "]).collect();
        let ran = workspace.run(&["validate", "--offline"]).expect(1, &texts);
        assert!(!ran.stderr().contains("internal error"), "{}", ran.stderr());
        // Other commands do not panic either, and do not change the file.
        for args in [&["list"][..], &["update", "demo", "1.0.0"]] {
            let code = workspace.run(args).0.status.code();
            assert!(
                matches!(code, Some(0..=3)),
                "{args:?} ended with {code:?} on\n{json}"
            );
            assert_eq!(workspace.json(), json);
        }
    }
}

#[test]
fn cut_anywhere_it_is_an_error() {
    let workspace = Workspace::with(DEMO);
    for end in (0..DEMO.len() - 1).step_by(7) {
        workspace.write("checksums/tools/demo.json", &DEMO[..end]);
        let ran = workspace
            .run(&["validate", "--offline"])
            .expect(1, &["malformed registry file"]);
        assert!(!ran.stderr().contains("internal error"), "{}", ran.stderr());
    }
}

/// Each error has its location, and the time is linear: it was quadratic, one minute for 2000 errors.
#[test]
fn many_mistakes() {
    const COUNT: usize = 20_000;
    let versions: Vec<String> = (0..COUNT)
        .map(|n| format!("    \"!{n}\": {{\n      \"platforms\": {{}}\n    }}"))
        .collect();
    let end = DEMO.find("\"versions\": {").expect("versions") + "\"versions\": {".len();
    let json = format!("{}\n{}\n  }}\n}}\n", &DEMO[..end], versions.join(",\n"));
    let first = DEMO[..end].lines().count() + 1;
    let last = first + 3 * (COUNT - 1);
    Workspace::with(&json)
        .run(&["validate", "--offline"])
        .expect(
            1,
            &[
                "invalid version `!0`",
                &format!("demo.json:{first}:11"),
                &format!("invalid version `!{}`", COUNT - 1),
                &format!("demo.json:{last}:15"),
            ],
        );
}

#[test]
fn no_registry() {
    let workspace = Workspace::new();
    std::fs::remove_dir_all(workspace.root().join("checksums")).expect("remove");
    workspace
        .run(&["list"])
        .expect(3, &["cannot read `checksums/tools`", "hint: "]);
    workspace
        .run(&["frobnicate"])
        .expect(2, &["unrecognized subcommand"]);
}
