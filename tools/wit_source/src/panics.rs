//! Panics of the WIT parser: they become errors with a location.

use crate::comments::blank_all;
use crate::diagnose::first_line;
use crate::sources::Sources;
use rules_wit_common::{Diagnostic, Failure, Site};
use std::any::Any;
use std::ops::Range;
use std::panic::{catch_unwind, AssertUnwindSafe};

/// The result of `call`, or the message with which it panicked.
pub(crate) fn guarded<T>(call: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(call)).map_err(|payload| message(payload.as_ref()))
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("unknown").to_owned()
}

/// The error for a package whose sources make the parser panic, at the statement that does.
pub(crate) fn locate(sources: &Sources, panic: &str) -> Failure {
    for path in sources.main_files() {
        let text = sources.text(path);
        if let Some(range) = statement(path, text) {
            let site = Site::new(path, text, range);
            return internal_error(panic, Some(site));
        }
    }
    internal_error(panic, sources.header())
}

/// The range of the statement of a file that makes the parser panic: the last one of the shortest
/// prefix that does.
fn statement(path: &str, text: &str) -> Option<Range<usize>> {
    let statements = statements(text);
    // The package may have its header in another file.
    let panics = |n: usize| {
        let mut cut = text.to_owned();
        for range in statements.iter().skip(n).filter(|r| !r.is_empty()) {
            let spaces = " ".repeat(range.len());
            cut.replace_range(range.clone(), &spaces);
        }
        let mut file = Sources::default();
        file.add([
            (path.to_owned(), cut),
            ("package".to_owned(), "package a:a;".to_owned()),
        ]);
        let mut alone = Sources::default();
        alone.add([(path.to_owned(), file.text(path).to_owned())]);
        let both = [file, alone];
        both.iter()
            .any(|s| guarded(|| s.source_map(0).parse()).is_err())
    };
    let (mut low, mut high) = (0, statements.len());
    if !panics(high) {
        return None;
    }
    while low < high {
        let middle = low + (high - low) / 2;
        match panics(middle) {
            true => high = middle,
            false => low = middle + 1,
        }
    }
    statements.get(high.checked_sub(1)?).cloned()
}

/// The ranges of the statements in braces that end with a semicolon, without comments before them.
fn statements(text: &str) -> Vec<Range<usize>> {
    let code = blank_all(text);
    let bytes = code.as_bytes();
    let mut out = Vec::new();
    let (mut start, mut at) = (0, 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            // The names of a `use` are a part of the statement.
            b'{' if code[start..at - 1].trim_end().ends_with('.') => {
                at += code[at..].find('}').map_or(0, |i| i + 1);
            }
            b';' => {
                let skipped = code[start..at].len() - code[start..at].trim_start().len();
                out.push(start + skipped..at);
                start = at;
            }
            b'{' | b'}' => start = at,
            _ => {}
        }
    }
    // A header is needed for the rest to be parsed.
    out.retain(|range| !code[range.clone()].starts_with("package"));
    out
}

/// The error for a panic of the library with this message, at the item that causes it.
pub(crate) fn internal_error(panic: &str, site: Option<Site>) -> Failure {
    // An error that the library does not return, but unwraps.
    let inner = panic.split_once("message: \"").map(|(_, rest)| rest);
    let inner = inner.and_then(|rest| Some(rest.split_once("\" ")?.0));
    let mut d = match inner {
        Some(inner) => Diagnostic::new(first_line(inner)),
        None => Diagnostic::new(format!(
            "internal error of the WIT parser: {}",
            first_line(panic)
        )),
    };
    if let Some(site) = site {
        d = d.site(site);
    }
    let d = match inner {
        Some(_) => d.hint("correct it here"),
        None => {
            d.hint("change this item to avoid it, and report the bug with the input that causes it")
        }
    };
    d.into()
}
