//! The errors of `component plug`.

use crate::input::causes;
use crate::plug::Part;
use rules_wit_common::Diagnostic;
use wac_graph::types::are_semver_compatible;

/// The library cannot read what the validator lets through.
pub fn unreadable(path: &str, error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    Diagnostic::new(format!(
        "cannot read the types of `{path}`: {}",
        causes(error).join(": ")
    ))
    .hint("build it again with current tools")
}

/// The components cannot be put together.
pub fn graph(error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    let mut causes = causes(error);
    let first = causes.remove(0);
    let d = Diagnostic::new(format!("cannot compose: {first}"));
    let d = match causes.as_slice() {
        [] => d,
        causes => d.note(causes.join(": ")),
    };
    d.hint("build all components against the same versions of the WIT packages they share")
}

/// An export has the name of an import but not its type.
pub fn mismatch(
    taker: &Part,
    import: &str,
    giver: &Part,
    export: &str,
    differences: &[String],
    (wanted, given): (&[String], &[String]),
) -> Diagnostic {
    let first = differences.first().map_or("", String::as_str);
    let d = Diagnostic::new(format!(
        "`{export}` of plug {} does not fit `{import}` of {}: {first}",
        giver.name, taker.name
    ));
    let d = match differences {
        [] | [_] => d,
        all => d.note(format!("all differences:\n  {}", all.join("\n  "))),
    };
    d.note(side_by_side(
        (&format!("import of {}", taker.name), wanted),
        (&format!("export of {}", giver.name), given),
    ))
    .hint("build both against the same version of the WIT package")
}

/// A plug gives nothing that anybody needs.
pub fn useless(socket: &Part, takers: &[&Part], plug: &Part) -> Diagnostic {
    let mut d = Diagnostic::new(format!(
        "plug {} fills no import of socket {}",
        plug.name, socket.name
    ));
    if takers.is_empty() {
        d = d.note(format!("{} imports nothing", socket.name));
    }
    for taker in takers {
        d = d.note(side_by_side(
            (&format!("imports of {}", taker.name), &taker.imports),
            (&format!("exports of {}", plug.name), &plug.exports),
        ));
    }
    let near = takers.iter().flat_map(|t| &t.imports).find_map(|import| {
        let name = unversioned(import);
        plug.exports
            .iter()
            .find(|e| unversioned(e) == name)
            .map(|export| (import, export))
    });
    match near {
        Some((import, export)) if are_semver_compatible(import, export) => d.hint(format!(
            "another plug before it fills `{import}`: take one of them out"
        )),
        Some((import, export)) => d.hint(format!(
            "`{export}` is not compatible with `{import}`: build the plug against that version"
        )),
        None => d.hint("take it out of the plugs, or export from it what the socket imports"),
    }
}

fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

/// A column that is wider stands above the other, not beside it.
const WIDEST: usize = 70;

/// Two lists as the columns of a table.
pub fn side_by_side(left: (&str, &[String]), right: (&str, &[String])) -> String {
    fn column<'a>((title, names): (&'a str, &'a [String])) -> Vec<&'a str> {
        let names = names.iter().map(String::as_str);
        let mut out: Vec<&str> = std::iter::once(title).chain(names).collect();
        if out.len() == 1 {
            out.push("(none)");
        }
        out
    }
    let (left, right) = (column(left), column(right));
    let width = left.iter().map(|l| l.chars().count()).max().unwrap_or(0);
    let mut lines = vec!["what is wanted, and what there is:".to_owned()];
    if width > WIDEST {
        for (title, rest) in [left, right].iter().filter_map(|c| c.split_first()) {
            lines.push(format!("  {title}"));
            lines.extend(rest.iter().map(|name| format!("    {name}")));
        }
        return lines.join("\n");
    }
    for i in 0..left.len().max(right.len()) {
        let l = left.get(i).copied().unwrap_or_default();
        let r = right.get(i).copied().unwrap_or_default();
        lines.push(format!("  {l:width$} | {r}").trim_end().to_owned());
    }
    lines.join("\n")
}
