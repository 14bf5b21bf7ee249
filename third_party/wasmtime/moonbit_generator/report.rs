//! The report of what is covered.

use crate::api::{is_unimplemented, Api, Function, LEFT_OUT};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The report, in Markdown.
pub fn report(functions: &[Function], api: &Api<'_>) -> String {
    let mut classes: BTreeMap<&str, Vec<&Function>> = BTreeMap::new();
    for function in functions {
        classes.entry(&function.class).or_default().push(function);
    }
    let (bound, all) = (api.bound.len(), functions.len());
    let unimplemented = api
        .bound
        .iter()
        .filter(|b| is_unimplemented(&b.function.name))
        .count();
    let inline = functions.iter().filter(|f| f.inline).count();
    let mut out = format!(
        "# Wasmtime's C API in MoonBit\n\n\
         The package `@raw` has {bound} of the {all} functions that the headers declare ({}.{} %); {inline} of them are inline. \
         Wasmtime does not implement {unimplemented} of them, marked with `!`: a call ends the process.\n\n\
         | class | in the headers | bound |\n|---|--:|--:|\n",
        bound * 100 / all,
        bound * 1000 / all % 10
    );
    for (class, functions) in &classes {
        let count = functions
            .iter()
            .filter(|f| api.bound.iter().any(|b| b.function.name == f.name))
            .count();
        let _ = writeln!(out, "| {class} | {} | {count} |", functions.len());
    }
    out.push_str("\n## Without a binding\n\n");
    if LEFT_OUT.is_empty() {
        out.push_str("None.\n");
    }
    for (name, why) in LEFT_OUT {
        let _ = writeln!(out, "- `{name}`: {why}");
    }
    out.push_str("\n## Bound\n");
    for (class, functions) in &classes {
        let names = functions.iter().map(|f| f.name.as_str());
        let names = names.filter(|name| api.bound.iter().any(|b| b.function.name == *name));
        let _ = write!(
            out,
            "\n### {class}\n\n{}\n",
            names
                .map(|n| format!("`{n}`{}", if is_unimplemented(n) { "!" } else { "" }))
                .collect::<Vec<_>>()
                .join(",\n")
        );
    }
    out
}
