//! The registry as Starlark: `checksums/private/data.bzl`.

use crate::registry::tool::Tool;
use serde_json::{Map, Value};

/// The path of the file.
pub const PATH: &str = "checksums/private/data.bzl";

const HEAD: &str = "\"\"\"The registry as Starlark. Written by `bazel run //tools/checksum_updater -- sync`.\"\"\"\n\n";

/// Renders the file, formatted as by buildifier.
pub fn render(tools: &[Tool]) -> String {
    let mut sorted: Vec<&Tool> = tools.iter().collect();
    sorted.sort_by(|a, b| a.file.tool_name.cmp(&b.file.tool_name));
    let all: Map<String, Value> = sorted
        .into_iter()
        .map(|t| (t.file.tool_name.clone(), Value::Object(t.tree().clone())))
        .collect();
    let mut out = format!("{HEAD}TOOLS = ");
    write(&mut out, &Value::Object(all), 0);
    out.push('\n');
    out
}

fn write(out: &mut String, value: &Value, depth: usize) {
    match value {
        Value::Null => out.push_str("None"),
        Value::Bool(true) => out.push_str("True"),
        Value::Bool(false) => out.push_str("False"),
        Value::Number(number) => out.push_str(&number.to_string()),
        Value::String(text) => string(out, text),
        Value::Array(list) => {
            let items = list.iter().map(|v| (None, v));
            block(out, '[', ']', items, depth);
        }
        Value::Object(map) => {
            let items = map.iter().map(|(k, v)| (Some(k), v));
            block(out, '{', '}', items, depth);
        }
    }
}

fn block<'a>(
    out: &mut String,
    open: char,
    close: char,
    items: impl ExactSizeIterator<Item = (Option<&'a String>, &'a Value)>,
    depth: usize,
) {
    out.push(open);
    if items.len() > 0 {
        out.push('\n');
        for (key, value) in items {
            out.push_str(&"    ".repeat(depth + 1));
            if let Some(key) = key {
                string(out, key);
                out.push_str(": ");
            }
            write(out, value, depth + 1);
            out.push_str(",\n");
        }
        out.push_str(&"    ".repeat(depth));
    }
    out.push(close);
}

/// Appends a string in double quotes. The registry has no control characters.
fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars().filter(|c| !c.is_control()) {
        if c == '"' || c == '\\' {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}
