//! Who owns what a pointer refers to. `own` in the headers decides first, then their documentation, constness, and names.

use serde::Serialize;

#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Owner {
    /// The caller, before and after the call.
    Borrowed,
    /// The callee: it takes the value, and releases it.
    Moved,
    /// The caller: the callee writes the value.
    Out,
    /// The caller, of a result.
    Owned,
    /// Only the documentation says it.
    Unclear,
}

/// Names of results, after the last `_`, that own their values.
const NEW: &[&str] = &[
    "_clone",
    "_copy",
    "_type",
    "_root",
    "_get_export_index",
    "_async",
    "_export_nth",
    "_import_nth",
    "_pre_module",
    "_to_wasm",
    "_v128",
];

/// Returns the owner of what a parameter refers to, or `None` if it is no pointer to data.
///
/// `function` and `name` are those of the function and the parameter, `c` is its type, `doc` the function's documentation, and
/// `own` says whether the parameter is marked.
pub fn param(function: &str, name: &str, c: &str, doc: &str, own: bool) -> Option<Owner> {
    if !c.contains('*') || c.contains("(*") {
        return None;
    }
    let last = name.rsplit('_').next().unwrap_or(name);
    Some(
        if ["out", "ret", "dst"].contains(&last)
            || c.ends_with("**")
            || function.ends_with("_set_null")
        {
            Owner::Out
        } else if own
            || function.ends_with("_delete")
            || function.ends_with("_finish")
            || takes_ownership(doc, name)
        {
            Owner::Moved
        } else if is_vector(c) {
            Owner::Out
        } else {
            Owner::Borrowed
        },
    )
}

/// Whether the documentation says that the function takes the parameter `name`.
fn takes_ownership(doc: &str, name: &str) -> bool {
    ["takes ownership", "does take ownership"]
        .iter()
        .any(|phrase| {
            doc.match_indices(phrase).any(|(at, _)| {
                let rest = doc[at + phrase.len()..].trim_start();
                let Some(rest) = rest.strip_prefix("of ") else {
                    return false;
                };
                let rest = rest.strip_prefix("the ").unwrap_or(rest);
                let rest = rest.strip_prefix('`').unwrap_or(rest);
                let rest = rest.strip_prefix(name);
                rest.is_some_and(|rest| !rest.starts_with(is_word))
            })
        })
}

/// Whether `c` is a pointer to a vector or name that the callee fills.
fn is_vector(c: &str) -> bool {
    let target = c.split_once(" *").map_or("", |(target, _)| target);
    let target = target
        .strip_prefix("wasm_")
        .and_then(|t| t.strip_suffix("_t"));
    target.is_some_and(|t| t == "name" || t.ends_with("_vec"))
}

/// Returns the owner of what a result refers to, or `None` if it is no pointer.
pub fn result(function: &str, c: &str, header: &str, own: bool) -> Option<Owner> {
    if !c.ends_with('*') {
        return None;
    }
    let is_error = [
        "wasm_error_t *",
        "wasmtime_error_t *",
        "wasm_trap_t *",
        "wasmtime_trap_t *",
    ];
    Some(
        if own || is_error.iter().any(|start| c.starts_with(start)) {
            Owner::Owned
        } else if ["wasm.h", "wasi.h"].contains(&header) || c.starts_with("const ") {
            // In these headers everything that is owned is marked.
            Owner::Borrowed
        } else if function.contains("_new") || NEW.iter().any(|end| function.ends_with(end)) {
            Owner::Owned
        } else if ["_context", "data", "_to_raw"]
            .iter()
            .any(|end| function.ends_with(end))
            || function.contains("_as_")
        {
            Owner::Borrowed
        } else {
            Owner::Unclear
        },
    )
}

/// Whether `c` is a character of an identifier.
pub fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}
