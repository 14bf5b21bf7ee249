//! Bazel's test protocol: the XML report, shards, filters, and the location of runfiles.

mod support;

use std::path::PathBuf;
use std::process::Output;
use support::{code, Sandbox};

const CASES: &str = r#"[
  {"call": "greet(\"<&>\u0000\u001b[31m]]>\ufffe\")", "value": "\"Hello\""},
  {"call": "greet(\"World\")", "value": "\"Hello, World!\""},
  {"call": "boom()", "trap": ""},
  {"call": "count()", "value": "1"}
]"#;

/// Creates `bin/program`, a test of the component `component` with these expectations.
fn test_program(sandbox: &Sandbox, component: &str, expected: &str, args: &str) -> PathBuf {
    sandbox.write("bin/program.runfiles/_main/cases.json", expected);
    sandbox.launchable(&format!(
        "test\n--label\n//x:y\n--cases\nrlocation:_main/cases.json\nrlocation:_main/{component}\n--\n{args}"
    ))
}

/// Runs the cases as a launched test with these environment variables.
fn cases(sandbox: &Sandbox, cases: &str, variables: &[(&str, &str)]) -> Output {
    let program = sandbox.path("bin/program");
    if !program.exists() {
        test_program(sandbox, "calls.wasm", cases, "");
    }
    let mut command = sandbox.command(&program);
    command.envs(variables.iter().copied());
    command.output().expect("the tool runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn read(sandbox: &Sandbox, name: &str) -> String {
    std::fs::read_to_string(sandbox.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

#[test]
fn report_is_well_formed() {
    let sandbox = Sandbox::new();
    let output = cases(&sandbox, CASES, &[("XML_OUTPUT_FILE", "out.xml")]);
    assert_eq!(code(&output), 1, "{}", out(&output));
    assert!(
        out(&output).ends_with("3 passed, 1 failed\n"),
        "{}",
        out(&output)
    );
    assert!(!out(&output).contains('\u{1b}'), "{}", out(&output));

    let report = read(&sandbox, "out.xml");
    let elements = parse_xml(&report).unwrap_or_else(|e| panic!("{e}:\n{report}"));
    let named = |name: &str| {
        elements
            .iter()
            .filter(|e| e.name == name)
            .collect::<Vec<_>>()
    };
    let suite = &named("testsuite")[0];
    assert_eq!(suite.attribute("name"), "//x:y");
    assert_eq!(suite.attribute("tests"), "4");
    assert_eq!(suite.attribute("failures"), "1");
    let tests = named("testcase");
    assert_eq!(tests.len(), 4);
    assert_eq!(tests[1].attribute("name"), "greet(\"World\")");
    assert_eq!(tests[1].attribute("classname"), "//x:y");
    for test in tests {
        let time: f64 = test.attribute("time").parse().expect("a number");
        assert!((0.0..60.0).contains(&time));
    }
    let failures = named("failure");
    assert_eq!(failures.len(), 1);
    let message = failures[0].attribute("message");
    assert!(
        message.starts_with("expected: \"Hello\"; got:      \"Hello, <&>"),
        "{message}"
    );
    assert!(failures[0].text.contains("]]>"), "{}", failures[0].text);
}

#[test]
fn report_contains_the_output_of_a_command() {
    let sandbox = Sandbox::new();
    let args = "'a\u{1}<b>&\r'\nSTDERR\n";
    let program = test_program(&sandbox, "command.wasm", r#"{"stdout": "x"}"#, args);
    let mut command = sandbox.command(&program);
    let output = command
        .env("XML_OUTPUT_FILE", "out.xml")
        .output()
        .expect("runs");
    assert_eq!(code(&output), 1);
    let report = read(&sandbox, "out.xml");
    let elements = parse_xml(&report).unwrap_or_else(|e| panic!("{e}:\n{report}"));
    let text = |name: &str| {
        let found = elements.iter().find(|e| e.name == name);
        found
            .unwrap_or_else(|| panic!("no {name}:\n{report}"))
            .text
            .clone()
    };
    assert_eq!(
        text("system-out"),
        "arg command.wasm\narg a\\u{1}<b>&\\r\narg STDERR\n"
    );
    assert_eq!(text("system-err"), "oops\n");
}

#[test]
fn long_output_is_a_file_of_the_test() {
    let sandbox = Sandbox::new();
    let program = test_program(&sandbox, "flood.wasm", r#"{"stdout": "x"}"#, "");
    std::fs::create_dir(sandbox.path("outputs")).expect("a directory");
    let mut command = sandbox.command(&program);
    let output = command
        .env("TEST_UNDECLARED_OUTPUTS_DIR", "outputs")
        .env("XML_OUTPUT_FILE", "out.xml")
        .output()
        .expect("runs");
    let log = out(&output);
    assert_eq!(code(&output), 1, "{log}");
    for text in [
        "compared up to 64 MiB of 67125248 bytes",
        "`stdout.txt` in the test's outputs has all",
    ] {
        assert!(log.contains(text), "{log}");
    }
    assert!(log.len() < 100_000, "{}", log.len());
    let written = std::fs::metadata(sandbox.path("outputs/stdout.txt")).expect("the output");
    assert_eq!(written.len(), 16388 * 4096);
    assert!(read(&sandbox, "out.xml").len() < 3 << 20);
}

#[test]
fn shards_run_each_case_once() {
    let mut ran = Vec::new();
    for total in [1, 3, 6] {
        let mut together = Vec::new();
        for index in 0..total {
            let sandbox = Sandbox::new();
            let (total, index) = (total.to_string(), index.to_string());
            let output = cases(
                &sandbox,
                CASES,
                &[
                    ("TEST_TOTAL_SHARDS", &total),
                    ("TEST_SHARD_INDEX", &index),
                    ("TEST_SHARD_STATUS_FILE", "status"),
                    ("TESTBRIDGE_TEST_ONLY", "-<&>"),
                ],
            );
            // An empty shard passes.
            assert_eq!(code(&output), 0, "{}", out(&output));
            assert!(sandbox.path("status").exists());
            let text = sandbox.normal(&output.stdout);
            together.extend(
                text.lines()
                    .filter(|l| l.starts_with("PASS"))
                    .map(str::to_owned),
            );
        }
        together.sort();
        ran.push(together);
    }
    assert_eq!(ran[0].len(), 3);
    assert_eq!(ran[0], ran[1]);
    assert_eq!(ran[0], ran[2]);
}

#[test]
fn invalid_shards_are_errors() {
    let sandbox = Sandbox::new();
    for (total, index) in [("2", "2"), ("x", "0"), ("2", "-1")] {
        let output = cases(
            &sandbox,
            CASES,
            &[("TEST_TOTAL_SHARDS", total), ("TEST_SHARD_INDEX", index)],
        );
        assert_eq!(code(&output), 3, "{total} {index}");
    }
}

#[test]
fn filters_select_cases() {
    let sandbox = Sandbox::new();
    for (filter, expected, names) in [
        ("World", 0, "greet(\"World\")"),
        ("boom*", 0, "boom()"),
        ("*()", 0, "boom() count()"),
        ("-greet", 0, "boom() count()"),
        ("nowhere", 1, ""),
        ("boom*x", 1, ""),
    ] {
        let output = cases(&sandbox, CASES, &[("TESTBRIDGE_TEST_ONLY", filter)]);
        let text = sandbox.normal(&output.stdout);
        let ran: Vec<&str> = text
            .lines()
            .filter_map(|l| l.strip_prefix("PASS ")?.strip_suffix(" (N ms)"))
            .collect();
        assert_eq!(ran.join(" "), names, "{filter}");
        assert_eq!(code(&output), expected, "{filter}");
    }
    let output = cases(&sandbox, CASES, &[("TESTBRIDGE_TEST_ONLY", "nowhere")]);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        error.contains("no case matches the filter `nowhere`"),
        "{error}"
    );
}

#[test]
fn premature_exit_file() {
    let sandbox = Sandbox::new();
    let variables = [("TEST_PREMATURE_EXIT_FILE", "early")];
    cases(&sandbox, CASES, &variables);
    assert!(!sandbox.path("early").exists(), "not removed");
    // A directory at its path makes creating the file fail, which shows that the runner creates it.
    std::fs::create_dir(sandbox.path("early")).expect("a directory");
    assert_eq!(code(&cases(&sandbox, CASES, &variables)), 3);
}

#[test]
fn locations_of_runfiles() {
    let sandbox = Sandbox::new();
    let args = "run\nrlocation:_main/command.wasm\n--\nEXIT\n";
    let program = sandbox.launchable(args);
    let run = |variables: &[(&str, String)], program: &std::path::Path| {
        let mut command = sandbox.command(program);
        command.envs(variables.iter().map(|(k, v)| (k, v)));
        code(&command.output().expect("runs"))
    };
    let from = sandbox.path("bin/program.runfiles");
    let to = sandbox.path("moved");
    // Beside the executable.
    assert_eq!(run(&[], &program), 1);
    std::fs::rename(&from, &to).expect("moved");
    assert_eq!(run(&[], &program), 3);
    for variable in ["RUNFILES_DIR", "TEST_SRCDIR"] {
        assert_eq!(
            run(&[(variable, to.display().to_string())], &program),
            1,
            "{variable}"
        );
        assert_eq!(
            run(&[(variable, "moved".to_owned())], &program),
            1,
            "{variable}, relative"
        );
    }
    let real = to.join("_main/command.wasm");
    let manifest = format!("_main/other x\n_main/command.wasm {}\n", real.display());
    let manifest = sandbox.write("MANIFEST", manifest).display().to_string();
    assert_eq!(
        run(&[("RUNFILES_MANIFEST_FILE", manifest.clone())], &program),
        1
    );
    let stale = ("RUNFILES_DIR", "stale".to_owned());
    assert_eq!(
        run(&[stale, ("RUNFILES_MANIFEST_FILE", manifest)], &program),
        1
    );
    // An executable in the runfiles of another.
    #[cfg(unix)]
    {
        let tree = sandbox.path("other.runfiles");
        std::fs::rename(&to, &tree).expect("moved");
        let inner = tree.join("_main/bin/inner");
        sandbox.write("other.runfiles/_main/bin/inner.args", args);
        std::os::unix::fs::symlink(support::runner(), &inner).expect("a link");
        assert_eq!(run(&[], &inner), 1);
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    use std::process::Stdio;
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(&support::runner());
    command.args(["invoke", "calls.wasm", "greet(\"World\")"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the tool runs");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(code(&output), 0);
}

/// An element, with its text without that of its children.
#[derive(Debug, Default)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    text: String,
}

impl Element {
    fn attribute(&self, name: &str) -> &str {
        let found = self.attributes.iter().find(|(k, _)| k == name);
        &found.unwrap_or_else(|| panic!("no `{name}`")).1
    }
}

/// A strict parser for the subset of XML in reports.
fn parse_xml(text: &str) -> Result<Vec<Element>, String> {
    if let Some(c) = text.chars().find(|c| {
        (c.is_control() && !matches!(c, '\t' | '\n' | '\u{7f}'..='\u{9f}'))
            || matches!(c, '\u{fffe}' | '\u{ffff}')
    }) {
        return Err(format!("illegal character {c:?}"));
    }
    let mut rest = text
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
        .ok_or("no declaration")?;
    let (mut done, mut open) = (Vec::<Element>::new(), Vec::<usize>::new());
    while !rest.is_empty() {
        let Some(tag) = rest.strip_prefix('<') else {
            let end = rest.find('<').unwrap_or(rest.len());
            let text = unescape(&rest[..end])?;
            match open.last() {
                Some(at) => done[*at].text.push_str(&text),
                None if text.trim().is_empty() => {}
                None => return Err(format!("text outside: {text}")),
            }
            rest = &rest[end..];
            continue;
        };
        let end = tag.find('>').ok_or("no `>`")?;
        rest = &tag[end + 1..];
        let tag = &tag[..end];
        if let Some(name) = tag.strip_prefix('/') {
            let at = open.pop().ok_or("nothing is open")?;
            if done[at].name != name {
                return Err(format!("</{name}> closes <{}>", done[at].name));
            }
            continue;
        }
        let (tag, empty) = match tag.strip_suffix('/') {
            Some(tag) => (tag, true),
            None => (tag, false),
        };
        let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let mut element = Element {
            name: name.to_owned(),
            ..Element::default()
        };
        while !attributes.trim().is_empty() {
            let (key, tail) = attributes.trim_start().split_once("=\"").ok_or("no `=`")?;
            let (value, tail) = tail.split_once('"').ok_or("no `\"`")?;
            if value.contains('<') {
                return Err("`<` in an attribute".to_owned());
            }
            element.attributes.push((key.to_owned(), unescape(value)?));
            attributes = tail;
        }
        if open.is_empty() && !done.is_empty() {
            return Err("two roots".to_owned());
        }
        done.push(element);
        if !empty {
            open.push(done.len() - 1);
        }
    }
    match open.is_empty() {
        true => Ok(done),
        false => Err("something stays open".to_owned()),
    }
}

fn unescape(text: &str) -> Result<String, String> {
    if text.contains("]]>") {
        return Err("`]]>` in text".to_owned());
    }
    let mut parts = text.split('&');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (entity, tail) = part.split_once(';').ok_or("`&` without `;`")?;
        out.push(match entity {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            other => return Err(format!("unknown entity `{other}`")),
        });
        out.push_str(tail);
    }
    Ok(out)
}
