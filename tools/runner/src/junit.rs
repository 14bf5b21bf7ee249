//! The report as JUnit XML.

use crate::suite::Outcome;
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::Writer;
use rules_wit_common::{write_file, Diagnostic, Result};
use std::io::{self, Write};
use std::path::Path;

/// Writes the report to `file`.
pub fn write(file: &Path, name: &str, outcomes: &[Outcome]) -> Result<()> {
    let text = render(name, outcomes)
        .map_err(|e| Diagnostic::new(format!("cannot render the report: {e}")))?;
    write_file(file, &text)
}

fn render(name: &str, outcomes: &[Outcome]) -> io::Result<Vec<u8>> {
    let name = clean(name);
    let failures = outcomes.iter().filter(|o| o.failure.is_some()).count();
    let time: f64 = outcomes.iter().map(|o| o.time.as_secs_f64()).sum();
    let totals = [
        ("name", name.clone()),
        ("tests", outcomes.len().to_string()),
        ("failures", failures.to_string()),
        ("errors", "0".to_owned()),
        ("time", format!("{time:.3}")),
    ];
    let totals = || totals.iter().map(|(k, v)| (*k, v.as_str()));
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("testsuites")
        .with_attributes(totals())
        .write_inner_content(|w| {
            w.create_element("testsuite")
                .with_attributes(totals())
                .write_inner_content(|w| outcomes.iter().try_for_each(|o| case(w, &name, o)))?;
            Ok(())
        })?;
    let mut bytes = writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn case<W: Write>(writer: &mut Writer<W>, class: &str, outcome: &Outcome) -> io::Result<()> {
    let name = clean(&outcome.name);
    let time = format!("{:.3}", outcome.time.as_secs_f64());
    let element = writer.create_element("testcase").with_attributes([
        ("name", name.as_str()),
        ("classname", class),
        ("time", time.as_str()),
    ]);
    let quiet = outcome.stdout.is_empty() && outcome.stderr.is_empty();
    if outcome.failure.is_none() && quiet {
        element.write_empty()?;
        return Ok(());
    }
    element.write_inner_content(|w| {
        if let Some(failure) = &outcome.failure {
            let failure = clean(failure);
            let message = failure.lines().take(2).collect::<Vec<_>>().join("; ");
            w.create_element("failure")
                .with_attribute(("message", message.as_str()))
                .write_text_content(BytesText::new(&failure))?;
        }
        for (tag, text) in [
            ("system-out", &outcome.stdout),
            ("system-err", &outcome.stderr),
        ] {
            if !text.is_empty() {
                w.create_element(tag)
                    .write_text_content(BytesText::new(&clean(text)))?;
            }
        }
        Ok(())
    })?;
    Ok(())
}

/// The text with what XML cannot hold written out: no reference can stand for it either.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t'
            | '\n'
            | '\u{20}'..='\u{7e}'
            | '\u{85}'
            | '\u{a0}'..='\u{fffd}'
            | '\u{10000}'.. => {
                out.push(c);
            }
            // A carriage return is allowed, but a reader turns it into a newline.
            c => out.extend(c.escape_default()),
        }
    }
    out
}
