//! Renames used types that have the name of a function of the same interface: in WIT of 2022, types and
//! functions had names of their own.

use crate::edit::Edit;
use crate::syntax::{escape, Body, Code};
use crate::tree::File;
use rules_wit_common::Diagnostic;
use std::collections::BTreeSet;

/// The names of the functions of an interface, or of the imported functions of a world.
pub(super) struct Functions(BTreeSet<String>);

impl Functions {
    /// The functions of a body in a file.
    pub(super) fn of(file: &File, body: &Body) -> Self {
        let code = Code::new(&file.text[body.start..body.end]);
        let mut depth = 0_usize;
        let mut names = BTreeSet::new();
        for i in 0..code.tokens.len() {
            for c in ['{', '(', '<'] {
                depth += usize::from(code.is(i, c));
            }
            for c in ['}', ')', '>'] {
                depth -= usize::from(code.is(i, c) && depth > 0);
            }
            let is_function =
                code.is(i + 1, ':') && matches!(code.word(i + 2), "func" | "function" | "async");
            // Types of a world are imports, so exports may have their names.
            let is_export = i > 0 && code.word(i - 1) == "export";
            if depth == 0 && is_function && !is_export {
                names.insert(code.word(i).trim_start_matches('%').to_owned());
            }
        }
        Functions(names)
    }

    /// The name in a `use` for the type `name`, which is written there as `text`. The types that get
    /// another name are added to `renamed`.
    pub(super) fn used(&self, text: &str, name: &str, renamed: &mut BTreeSet<String>) -> String {
        if !self.0.contains(name) {
            return text.to_owned();
        }
        renamed.insert(name.to_owned());
        let original = text.split_whitespace().next().unwrap_or(text);
        format!("{original} as {}", escape(&new_name(name)))
    }
}

fn new_name(name: &str) -> String {
    format!("{name}-type")
}

/// Renames the uses of the types `renamed` in a body, and warns about them.
pub(super) fn rename(
    file: &File,
    body: &Body,
    renamed: &BTreeSet<String>,
    edits: &mut Vec<Edit>,
    warnings: &mut Vec<Diagnostic>,
) {
    for name in renamed {
        let new = new_name(name);
        let mut refs = body.refs().filter(|(_, n)| n == name).peekable();
        let first = refs.peek().map_or(body.start..body.start, |r| r.0.clone());
        let d = Diagnostic::warning(format!(
            "type `{name}` is renamed to `{new}` in `{}`",
            body.name
        ));
        warnings.push(
            d.site(
                file.site(&first)
                    .label(format!("function `{name}` has its name")),
            )
            .hint("rename it in code that uses it"),
        );
        edits.extend(refs.map(|(range, _)| Edit::new(range.clone(), escape(&new))));
    }
}
