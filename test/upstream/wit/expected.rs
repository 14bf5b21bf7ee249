//! Compares the library's results with those that upstream stores with its cases.

use crate::Upstream;
use harness::{first_difference, Answer, Case};
use std::path::{Path, PathBuf};
use wit_component::WitPrinter;

/// Compares the library's result with the stored one; `None` if none is stored.
pub fn compare(case: &Case, upstream: &Upstream) -> Option<Answer> {
    match case.corpus {
        "wit-parser" => Some(parser(case, upstream)),
        "wit-component" => printed(case, upstream),
        _ => Some(match upstream {
            Ok(_) => Answer::Same,
            Err(e) => Answer::Differs(e.clone()),
        }),
    }
}

fn parser(case: &Case, upstream: &Upstream) -> Answer {
    let should_fail = case.name.starts_with("parse-fail/");
    match upstream {
        Ok((resolve, _)) if !should_fail => {
            let json = serde_json::to_string_pretty(resolve).expect("JSON");
            equal(&json, &beside(&case.path, "wit.json"))
        }
        // The stored text contains paths, so only the failure is compared.
        Err(_) if should_fail => Answer::Same,
        Ok(_) => Answer::Differs("accepted".to_owned()),
        Err(e) => Answer::Differs(format!("rejected: {e}")),
    }
}

fn printed(case: &Case, upstream: &Upstream) -> Option<Answer> {
    let (resolve, main) = match upstream {
        Ok(ok) => ok,
        Err(e) => return Some(Answer::Differs(e.clone())),
    };
    let mut printer = WitPrinter::default();
    printer.print(resolve, *main, &[]).ok()?;
    let file = if case.path.is_dir() {
        let name = &resolve.packages[*main].name.name;
        case.path.join(format!("{name}.wit.print"))
    } else {
        beside(&case.path, "wit.print")
    };
    Some(equal(&printer.output.to_string(), &file))
}

fn beside(case: &Path, extension: &str) -> PathBuf {
    case.with_extension(extension)
}

fn equal(ours: &str, file: &Path) -> Answer {
    let Ok(kept) = std::fs::read_to_string(file) else {
        return Answer::Differs(format!("no file {}", file.display()));
    };
    let kept = kept.replace("\r\n", "\n");
    Answer::of(&ours.trim(), &kept.trim(), || first_difference(ours, &kept))
}
