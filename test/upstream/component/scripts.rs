//! The cases of wasm-tools: components as text, and scripts that assert which are valid.

use crate::checks;
use crate::script::{directive, forms, Directive, Expected};
use crate::stored;
use crate::tool::{Tool, Versions};
use harness::{Answer, Answers, Case};
use std::fs;
use std::path::Path;
use wasmparser::{Validator, WasmFeatures};

/// The cases in a file: one for each directive of a script, named after its line, or one for a file
/// with a component.
pub fn cases(path: &Path, shown: &str) -> Vec<Case> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{shown}: {e}"));
    let case = |name: String| Case {
        corpus: "wasm-tools",
        name,
        path: path.to_owned(),
    };
    let forms = forms(&text).into_iter();
    let directives = forms.filter(|form| directive(form.text).is_some());
    match path.extension().and_then(|e| e.to_str()) {
        Some("wast" | "wat") if text.starts_with(";; RUN: wast") || shown.ends_with(".wast") => {
            directives
                .map(|form| case(format!("{shown}:{}", form.line)))
                .collect()
        }
        Some("wat") => directives.take(1).map(|_| case(shown.to_owned())).collect(),
        _ => Vec::new(),
    }
}

/// Checks a directive of a script, or a file.
pub fn check(tool: &Tool, case: &Case, versions: Versions) -> Answers {
    let text = fs::read_to_string(&case.path).expect("text");
    let line: Option<usize> = case.name.rsplit_once(':').and_then(|(_, l)| l.parse().ok());
    let directive = match line {
        Some(line) => {
            let forms = forms(&text);
            let form = forms.iter().find(|f| f.line == line).expect("a form");
            directive(form.text).expect("a directive")
        }
        None => Directive {
            text: text.clone(),
            expected: Expected::Valid,
        },
    };
    let features = features(&text);
    let parsed = wat::parse_str(&directive.text).map_err(|e| e.to_string());
    let valid = parsed.map(|bytes| {
        let result = Validator::new_with_features(features).validate_all(&bytes);
        (bytes, result.map(drop).map_err(|e| e.to_string()))
    });
    let said = match &valid {
        Err(e) | Ok((_, Err(e))) => Some(e),
        Ok((_, Ok(()))) => None,
    };
    let expected = match (&directive.expected, said) {
        // For a file, upstream's test expects only that parsing succeeds or fails.
        (Expected::Valid, _) if line.is_none() => {
            let readable = !text.starts_with(";; FAIL: parse");
            Answer::of(&valid.is_ok(), &readable, || format!("{said:?}"))
        }
        (Expected::Valid, None) => Answer::Same,
        (Expected::Valid, Some(e)) => Answer::Differs(format!("rejected: {e}")),
        (Expected::Rejected(text), Some(e)) if e.contains(text) => Answer::Same,
        (Expected::Rejected(text), Some(e)) => Answer::Differs(format!("not {text:?}: {e}")),
        (Expected::Rejected(text), None) => Answer::Differs(format!("accepted; not {text:?}")),
    };
    let mut answers = Answers::from([("expected", expected)]);
    let Ok((bytes, _)) = valid else {
        return answers;
    };
    checks::check(tool, &bytes, &mut answers);
    if answers.get("unbundle") == Some(&Answer::Same) {
        if let Some(answer) = unbundled(tool, case, &text, versions.wit_component) {
            answers.insert("unbundle", answer);
        }
    }
    answers
}

/// Compares the remaining component of `unbundle` with the one that upstream stores, if it does.
fn unbundled(tool: &Tool, case: &Case, text: &str, version: &str) -> Option<Answer> {
    let run = text.lines().find(|l| l.contains(": component unbundle "))?;
    let threshold = match run.split_once("--threshold ") {
        Some((_, n)) => n.split_whitespace().next()?,
        None => "10240",
    };
    let kept = std::path::PathBuf::from(format!("{}.stdout", case.path.display()));
    if !kept.exists() {
        return None;
    }
    let args = [
        "unbundle",
        "in.wasm",
        "--threshold",
        threshold,
        "-o",
        "kept",
    ];
    Some(match tool.run(&args).result() {
        Ok(_) => stored::compare(&tool.read("kept/component.wasm"), &kept, version),
        Err(e) => Answer::Differs(e),
    })
}

/// The features with which upstream's test validates a file: the defaults with the changes of its
/// first lines.
fn features(text: &str) -> WasmFeatures {
    let mut features = WasmFeatures::default();
    let comments = text
        .lines()
        .take_while(|l| l.is_empty() || l.starts_with(";;"));
    let head: Vec<&str> = comments.map(|l| l.trim_start_matches(";;")).collect();
    let head = head.join(" ").replace("--features=", "-f ");
    let mut words = head.split_whitespace();
    while let Some(word) = words.next() {
        let named = match word {
            "-f" => words.next().unwrap_or_default(),
            word => word.strip_prefix("-f=").unwrap_or_default(),
        };
        for name in named.split(',').filter(|n| !n.is_empty()) {
            let (on, name) = match name.strip_prefix('-') {
                Some(name) => (false, name),
                None => (true, name),
            };
            let flag = match name {
                "all" => WasmFeatures::all(),
                name => WasmFeatures::from_name(&name.to_uppercase().replace('-', "_"))
                    .unwrap_or_else(|| panic!("no feature {name}")),
            };
            features.set(flag, on);
        }
    }
    features
}
