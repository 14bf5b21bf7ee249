//! The cases of wasm-tools: components as text, and scripts that say which are valid.

use crate::any;
use crate::kept;
use crate::script::{directive, forms, Directive, Wanted};
use crate::tool::{Tool, Versions};
use harness::{Answer, Answers, Case};
use std::fs;
use std::path::Path;
use wasmparser::{Validator, WasmFeatures};

/// The cases in a file: for each directive of a script the line it is on, for a file with a component
/// nothing but the file.
pub fn cases(path: &Path, shown: &str) -> Vec<Case> {
    let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{shown}: {e}"));
    let case = |name: String| Case {
        corpus: "wasm-tools",
        name,
        path: path.to_owned(),
    };
    let asked = forms(&text).into_iter();
    let asked = asked.filter(|form| directive(form.text).is_some());
    match path.extension().and_then(|e| e.to_str()) {
        Some("wast" | "wat") if text.starts_with(";; RUN: wast") || shown.ends_with(".wast") => {
            asked
                .map(|form| case(format!("{shown}:{}", form.line)))
                .collect()
        }
        Some("wat") => asked.take(1).map(|_| case(shown.to_owned())).collect(),
        _ => Vec::new(),
    }
}

/// Asks about a directive of a script, or about a file.
pub fn ask(tool: &Tool, case: &Case, versions: Versions) -> Answers {
    let text = fs::read_to_string(&case.path).expect("text");
    let line: Option<usize> = case.name.rsplit_once(':').and_then(|(_, l)| l.parse().ok());
    let asked = match line {
        Some(line) => {
            let forms = forms(&text);
            let form = forms.iter().find(|f| f.line == line).expect("a form");
            directive(form.text).expect("a directive")
        }
        None => Directive {
            text: text.clone(),
            wanted: Wanted::Valid,
        },
    };
    let features = features(&text);
    let parsed = wat::parse_str(&asked.text).map_err(|e| e.to_string());
    let valid = parsed.map(|bytes| {
        let result = Validator::new_with_features(features).validate_all(&bytes);
        (bytes, result.map(drop).map_err(|e| e.to_string()))
    });
    let said = match &valid {
        Err(e) | Ok((_, Err(e))) => Some(e),
        Ok((_, Ok(()))) => None,
    };
    let expected = match (&asked.wanted, said) {
        // Of a file, upstream's test wants no more than that it can be read, or that it cannot.
        (Wanted::Valid, _) if line.is_none() => {
            let readable = !text.starts_with(";; FAIL: parse");
            Answer::of(&valid.is_ok(), &readable, || format!("{said:?}"))
        }
        (Wanted::Valid, None) => Answer::Same,
        (Wanted::Valid, Some(e)) => Answer::Differs(format!("refused: {e}")),
        (Wanted::Refused(wanted), Some(e)) if e.contains(wanted) => Answer::Same,
        (Wanted::Refused(wanted), Some(e)) => Answer::Differs(format!("not {wanted:?}: {e}")),
        (Wanted::Refused(wanted), None) => Answer::Differs(format!("accepted; not {wanted:?}")),
    };
    let mut answers = Answers::from([("expected", expected)]);
    let Ok((bytes, _)) = valid else {
        return answers;
    };
    any::ask(tool, &bytes, &mut answers);
    if answers.get("unbundle") == Some(&Answer::Same) {
        if let Some(answer) = unbundled(tool, case, &text, versions.wit_component) {
            answers.insert("unbundle", answer);
        }
    }
    answers
}

/// What `wasm-tools component unbundle` left of the component, where upstream keeps it.
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
        Ok(_) => kept::compare(&tool.read("kept/component.wasm"), &kept, version),
        Err(e) => Answer::Differs(e),
    })
}

/// The features that upstream's test validates a file with: the defaults, as the first lines
/// change them.
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
