//! Updates the targets of a BUILD file.

use super::labels::{normal, order};
use super::lists::{merge, plain, print};
use super::starlark::{parse, quote, Arg, BuildFile, Call, Value};
use crate::edit::{apply as apply_edits, Edit};

/// The target of a package.
pub(super) struct Target {
    /// The number of its call in the file, if it exists.
    pub call: Option<usize>,
    pub name: String,
    pub srcs: Vec<String>,
    pub deps: Vec<String>,
    /// Whether some dependencies were not found. Then the existing ones are kept.
    pub is_partial: bool,
}

/// An updated BUILD file.
pub(super) struct Written {
    pub text: String,
    /// The attributes that could not be updated.
    pub warnings: Vec<String>,
}

/// Updates the targets of a file, and adds missing ones. `old` is its text, `file` the parsed text, and
/// `package` the path of its package.
///
/// Returns `None` if another update would change the file again. Then the text is not what `file`
/// says: Bazel would reject it.
pub(super) fn apply(
    old: Option<&str>,
    file: &BuildFile,
    package: &str,
    targets: &[Target],
) -> Option<Written> {
    let calls: Vec<Option<usize>> = targets.iter().map(|t| t.call).collect();
    let written = update(old, file, package, targets, &calls);
    let new = parse(&written.text);
    let (before, after) = (file.libraries(), new.libraries());
    let mut fresh = after.get(before.len()..)?.iter().copied();
    let mut call = |old: &Option<usize>| match old {
        Some(old) => after.get(before.iter().position(|c| c == old)?).copied(),
        None => fresh.next(),
    };
    let calls: Option<Vec<usize>> = calls.iter().map(&mut call).collect();
    let calls: Vec<Option<usize>> = calls?.into_iter().map(Some).collect();
    let again = update(Some(&written.text), &new, package, targets, &calls);
    (new.broken.is_none() && again.text == written.text).then_some(written)
}

/// Updates a file once. `calls` has the number of the call of each target.
fn update(
    old: Option<&str>,
    file: &BuildFile,
    package: &str,
    targets: &[Target],
    calls: &[Option<usize>],
) -> Written {
    let text = old.unwrap_or_default();
    let mut warnings = Vec::new();
    let mut edits = Vec::new();
    let mut fresh = String::new();
    let has_default = file
        .calls
        .iter()
        .any(|c| c.function == "package" && c.arg("default_visibility").is_some());
    for (target, call) in targets.iter().zip(calls) {
        let mut deps = target.deps.clone();
        deps.sort_by(|a, b| order(a).cmp(&order(b)));
        match call.and_then(|i| file.calls.get(i)) {
            // A rule takes no positional arguments, so this is not a plain call of the rule.
            Some(call) if call.keep || call.args.iter().any(|a| a.name.is_none()) => {}
            Some(call) => {
                let srcs = List {
                    name: "srcs",
                    wanted: &target.srcs,
                    keep_all: false,
                };
                let deps = List {
                    name: "deps",
                    wanted: &deps,
                    keep_all: target.is_partial,
                };
                for list in [srcs, deps] {
                    attribute(text, call, &list, package, &mut edits, &mut warnings);
                }
            }
            None => fresh.push_str(&new_target(target, &deps, old.is_some() && !has_default)),
        }
    }
    if !fresh.is_empty() {
        if let Some(edit) = load(file) {
            edits.push(edit);
        }
    }
    let mut out = apply_edits(text, edits);
    if old.is_none() {
        out = "load(\"@rules_wit//rules:wit.bzl\", \"wit_library\")\n\n\
               package(default_visibility = [\"//visibility:public\"])\n"
            .to_owned();
    }
    if !fresh.is_empty() && !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
    out.push_str(&fresh);
    Written {
        text: out,
        warnings,
    }
}

/// The `load` of the rule, if it is missing.
fn load(file: &BuildFile) -> Option<Edit> {
    let mut loads = file.calls.iter().filter(|c| c.function == "load");
    let is_wit = |arg: &Arg| matches!(&arg.kind, Value::Text(t) if t.ends_with("//rules:wit.bzl"));
    let names = |call: &Call, name: &str| {
        let mut args = call.args.iter().skip(1);
        args.any(|a| matches!(&a.kind, Value::Text(t) if t == name))
    };
    if file
        .calls
        .iter()
        .any(|c| c.function == "load" && names(c, "wit_library"))
    {
        return None;
    }
    // Something else is loaded from the same file: add the rule there.
    if let Some(call) = loads.find(|c| c.args.first().is_some_and(is_wit)) {
        let last = call.args.last()?;
        return Some(Edit::insert(last.range.end, ", \"wit_library\""));
    }
    let line = "load(\"@rules_wit//rules:wit.bzl\", \"wit_library\")\n";
    let text = match (
        file.loads_end,
        file.calls.iter().any(|c| c.function == "load"),
    ) {
        (0, _) => format!("{line}\n"),
        (_, true) => format!("\n{}", line.trim_end()),
        (_, false) => format!("\n\n{}", line.trim_end()),
    };
    Some(Edit::insert(file.loads_end, text))
}

fn new_target(target: &Target, deps: &[String], is_public: bool) -> String {
    let mut out = format!("\nwit_library(\n    name = {},\n", quote(&target.name));
    let list = |texts: &[String]| print(&plain(texts), "    ");
    out.push_str(&format!("    srcs = {},\n", list(&target.srcs)));
    if is_public {
        out.push_str("    visibility = [\"//visibility:public\"],\n");
    }
    if !deps.is_empty() {
        out.push_str(&format!("    deps = {},\n", list(deps)));
    }
    out.push_str(")\n");
    out
}

/// The wanted value of an attribute.
struct List<'a> {
    name: &'static str,
    wanted: &'a [String],
    /// Whether all existing elements are kept.
    keep_all: bool,
}

/// Updates one attribute of a target.
fn attribute(
    text: &str,
    call: &Call,
    list: &List<'_>,
    package: &str,
    edits: &mut Vec<Edit>,
    warnings: &mut Vec<String>,
) {
    let List {
        name,
        wanted,
        keep_all,
    } = *list;
    let same = |a: &str, b: &str| normal(a, package) == normal(b, package);
    let Some(arg) = call.arg(name) else {
        if !wanted.is_empty() {
            edits.push(missing(text, call, name, wanted));
        }
        return;
    };
    if arg.keep {
        return;
    }
    let Value::List(old) = &arg.kind else {
        // An expression may have all that is needed.
        let value = &text[arg.value.clone()];
        let target = call.text("name").unwrap_or_default();
        let lacks = |w: &&String| !value.contains(&quote(w));
        let is_glob = name == "srcs" && value.starts_with("glob(");
        if let (false, Some(label)) = (is_glob, wanted.iter().find(lacks)) {
            warnings.push(format!(
                "`{name}` of `{target}` is not a plain list, and does not contain `{label}`"
            ));
        }
        return;
    };
    let Some(elements) = merge(old, wanted, keep_all, same) else {
        return;
    };
    if elements.is_empty() {
        edits.push(Edit::new(whole_line(text, arg), ""));
        return;
    }
    let line = text[..arg.range.start]
        .rsplit('\n')
        .next()
        .unwrap_or_default();
    let indent = match line.trim().is_empty() {
        true => line,
        false => "",
    };
    edits.push(Edit::new(arg.value.clone(), print(&elements, indent)));
}

/// Adds an attribute: `srcs` after the name, `deps` at the end.
fn missing(text: &str, call: &Call, name: &str, wanted: &[String]) -> Edit {
    let list = print(&plain(wanted), "    ");
    let behind = match name {
        "srcs" => call.arg("name").or(call.args.last()),
        _ => call.args.last(),
    };
    let inner_end = call.range.end.saturating_sub(1);
    let Some(behind) = behind else {
        return Edit::insert(inner_end, format!("\n    {name} = {list},\n"));
    };
    let rest = &text[behind.range.end..inner_end];
    let is_one_line = !text[call.range.clone()].contains('\n');
    match rest.trim_start().starts_with(',') {
        _ if is_one_line => Edit::insert(behind.range.end, format!(", {name} = {list}")),
        true => {
            // After the comma and the rest of its line.
            let comma = rest.find(',').map_or(0, |i| i + 1);
            let line = rest[comma..].find('\n').map_or(rest.len(), |i| comma + i);
            Edit::insert(behind.range.end + line, format!("\n    {name} = {list},"))
        }
        false => Edit::insert(behind.range.end, format!(",\n    {name} = {list},")),
    }
}

/// The lines of an argument with its comma, or only the argument if the lines have others.
fn whole_line(text: &str, arg: &Arg) -> std::ops::Range<usize> {
    let mut range = arg.range.clone();
    let rest = &text[range.end..];
    let blank = rest.len() - rest.trim_start().len();
    if rest[blank..].starts_with(',') {
        range.end += blank + 1;
    }
    let before = text[..range.start].trim_end_matches([' ', '\t']);
    let after = text[range.end..].trim_start_matches([' ', '\t', '\r']);
    if before.ends_with('\n') && after.starts_with('\n') {
        range.start = before.len();
        range.end = text.len() - after.len() + 1;
    }
    range
}
