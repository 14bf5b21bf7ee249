//! Compares components with those that upstream stores as text with its cases.

use harness::Answer;
use std::fs;
use std::path::Path;
use wasmparser::{BinaryReader, Parser, Payload};

/// Whether a component equals the one that is stored as text, except for debug names and empty
/// sections. In `producers`, the text has `$CARGO_PKG_VERSION` in place of `version`.
pub fn compare(bytes: &[u8], file: &Path, version: &str) -> Answer {
    let kept = fs::read_to_string(file).map_err(|e| e.to_string());
    let kept = kept.map(|text| text.replace("$CARGO_PKG_VERSION", version));
    let kept = kept.and_then(|text| wat::parse_str(text).map_err(|e| e.to_string()));
    let kept = match &kept {
        Ok(kept) => sections(kept),
        Err(e) => return Answer::Differs(format!("{}: {e}", file.display())),
    };
    let sections = sections(bytes);
    let same = kept.iter().zip(&sections).take_while(|(a, b)| a == b);
    let same = same.count();
    if same == kept.len() && same == sections.len() {
        return Answer::Same;
    }
    let show = |all: &[Section]| -> String {
        let text = format!("{:?}", all.get(same));
        text.chars().take(300).collect()
    };
    let (ours, theirs) = (show(&sections), show(&kept));
    Answer::Differs(format!(
        "section {same}\n    ours:     {ours}\n    upstream: {theirs}"
    ))
}

/// A section, or the start of a nested module or component.
#[derive(Debug, PartialEq, Eq)]
struct Section {
    depth: usize,
    id: u8,
    /// The number of items, if the section starts with one.
    count: u32,
    data: Vec<u8>,
}

/// The sections of a component at all depths. Adjacent sections of one kind are merged, as in the text.
fn sections(bytes: &[u8]) -> Vec<Section> {
    let mut depth = 0_usize;
    let mut out: Vec<Section> = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload.expect("the library's output parses");
        let mut nested = false;
        match &payload {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                nested = true;
                depth += 1;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::CustomSection(s) if s.name() == "name" || s.name() == "component-name" => {
                continue;
            }
            _ => {}
        }
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        let data = &bytes[range.start as usize..range.end as usize];
        let mut section = Section {
            depth,
            id,
            count: 0,
            data: data.to_vec(),
        };
        if nested {
            section.data.clear();
        } else if id != 0 {
            let mut reader = BinaryReader::new(data, 0);
            section.count = reader.read_var_u32().expect("a number");
            section.data = data[reader.original_position() as usize..].to_vec();
            // The linker writes empty sections.
            if section.count == 0 {
                continue;
            }
            if let Some(last) = out.last_mut().filter(|l| (l.depth, l.id) == (depth, id)) {
                last.count += section.count;
                last.data.append(&mut section.data);
                continue;
            }
        }
        out.push(section);
    }
    out
}
