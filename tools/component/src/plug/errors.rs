//! The errors of `component plug`.

use super::part::Part;
use crate::error::causes;
use crate::types::side_by_side;
use rules_wit_common::Diagnostic;
use wac_graph::types::are_semver_compatible;

/// The library cannot compose the components.
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

/// An export has the name of an import, but not its type.
pub fn mismatch(
    importer: &Part,
    import: &str,
    exporter: &Part,
    export: &str,
    differences: &[String],
    (wanted, given): (&[String], &[String]),
) -> Diagnostic {
    let first = differences.first().map_or("", String::as_str);
    let d = Diagnostic::new(format!(
        "export `{export}` of plug {} does not match import `{import}` of {}: {first}",
        exporter.name, importer.name
    ));
    let d = match differences {
        [] | [_] => d,
        all => d.note(format!("all differences:\n  {}", all.join("\n  "))),
    };
    d.note(side_by_side(
        (&format!("import of {}", importer.name), wanted),
        (&format!("export of {}", exporter.name), given),
    ))
    .hint("build both against the same version of the WIT package")
}

/// A plug fills no import.
pub fn useless(socket: &Part, importers: &[&Part], plug: &Part) -> Diagnostic {
    let mut d = Diagnostic::new(format!(
        "plug {} fills no import of socket {}",
        plug.name, socket.name
    ));
    if importers.is_empty() {
        d = d.note(format!("{} imports nothing", socket.name));
    }
    for importer in importers {
        d = d.note(side_by_side(
            (&format!("imports of {}", importer.name), &importer.imports),
            (&format!("exports of {}", plug.name), &plug.exports),
        ));
    }
    let near = importers
        .iter()
        .flat_map(|t| &t.imports)
        .find_map(|import| {
            let name = unversioned(import);
            plug.exports
                .iter()
                .find(|e| unversioned(e) == name)
                .map(|export| (import, export))
        });
    match near {
        Some((import, export)) if are_semver_compatible(import, export) => d.hint(format!(
            "an earlier plug fills `{import}`: remove one of them"
        )),
        Some((import, export)) => d.hint(format!(
            "`{export}` is not compatible with `{import}`: build the plug against that version"
        )),
        None => d.hint("remove the plug, or export an interface from it that the socket imports"),
    }
}

fn unversioned(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}
