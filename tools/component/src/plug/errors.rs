//! The errors of `component plug`.

use super::context::Context;
use super::wiring::{Choice, Item, Rejected};
use crate::composition::{Conflict, Origin};
use crate::error::causes;
use crate::types::{any_other_version, differences, lines, side_by_side, Expected};
use rules_wit_common::Diagnostic;
use wac_graph::types::{are_semver_compatible, ItemKind, World};
use wac_graph::{EncodeError, NodeId};

/// Makes an error or a warning with this first line.
pub type Make = fn(String) -> Diagnostic;

const SAME_VERSIONS: &str =
    "build all components against the same versions of the WIT packages they share";

/// The library cannot connect the components.
pub fn library(error: &(dyn std::error::Error + 'static)) -> Diagnostic {
    let mut causes = causes(error);
    let first = causes.remove(0);
    let d = Diagnostic::new(format!("cannot compose: {first}"));
    let d = match causes.as_slice() {
        [] => d,
        causes => d.note(causes.join(": ")),
    };
    d.hint(SAME_VERSIONS)
}

/// The library cannot encode the composition. `name` returns the name of an instance.
pub fn graph(error: &EncodeError, name: impl Fn(NodeId) -> String) -> Diagnostic {
    let EncodeError::ImportTypeMergeConflict {
        import,
        first,
        second,
        source,
    } = error
    else {
        return library(error);
    };
    Diagnostic::new(format!(
        "{} and {} import `{import}` with different types: {}",
        name(*first),
        name(*second),
        causes(source.as_ref()).join(": ")
    ))
    .hint("build both against the same version of the WIT package, or plug a component that exports it")
}

/// Two imports of a component must have the same resource, but do not.
pub fn conflict(conflict: &Conflict) -> Diagnostic {
    let Conflict {
        importer,
        definer,
        import,
        ..
    } = conflict;
    let d = Diagnostic::new(conflict.to_string());
    match (&conflict.expected, &conflict.found) {
        (_, Origin::Open) => d.hint(format!(
            "plug a component too that imports `{definer}` and exports `{import}`"
        )),
        (
            _,
            Origin::Export {
                component,
                both: true,
                ..
            },
        ) => d.hint(format!(
            "let {component} provide both: plug it first, or remove the other plug"
        )),
        (Origin::Open, Origin::Export { component, .. }) => d.hint(format!(
            "let {component} import `{definer}`, or plug a component that exports both"
        )),
        (Origin::Export { .. }, Origin::Export { component, .. }) => {
            let all =
                format!("plug the components that {component} is composed of into {importer}");
            d.hint(format!("{all}, all in one command"))
                .rule_hint(format!("{all}, all in one target"))
        }
    }
}

/// An export has the name of an import, but not its type.
pub fn mismatch(make: Make, context: &Context, import: Item, export: Item) -> Diagnostic {
    let types = context.packages.types();
    let (importer, exporter) = (context.name(import), context.name(export));
    let title = format!(
        "export `{}` of plug {exporter} does not match import `{}` of {importer}",
        context.export(export),
        context.import(import),
    );
    let (Some(given), Some(wanted)) = (context.exported(export), context.imported(import)) else {
        return make(title);
    };
    let all = differences(types, given, wanted, Expected::Wanted);
    let first = all.first().map_or("", String::as_str);
    let d = make(format!("{title}: {first}"));
    let d = match all.as_slice() {
        [] | [_] => d,
        all => d.note(format!("all differences:\n  {}", all.join("\n  "))),
    };
    d.note(side_by_side(
        (&format!("import of {importer}"), &lines(types, wanted)),
        (&format!("export of {exporter}"), &lines(types, given)),
    ))
    .hint("build both against the same version of the WIT package")
}

/// An export fits an import that another plug fills, and its plug has no other use.
pub fn second(context: &Context, choice: &Choice, export: Item) -> Diagnostic {
    let (import, plug) = (context.import(choice.import), context.name(export));
    let other = choice.chosen.map_or("", |chosen| context.name(chosen));
    let d = Diagnostic::new(format!(
        "plug {plug} fills no import: {other} fills `{import}` of {} already",
        context.name(choice.import)
    ));
    if let Some(hint) = in_chain(context, choice, export) {
        return d.hint(hint);
    }
    d.hint("remove one of them")
}

/// Where to put a middleware, which imports what it exports, and which nothing calls.
fn in_chain(context: &Context, choice: &Choice, export: Item) -> Option<String> {
    let (plug, name) = (context.name(export), context.export(export));
    let own = &context.worlds[export.part].imports;
    own.keys().find(|own| are_semver_compatible(own, name))?;
    let last = context.wiring.end_of_chain(context.worlds, choice.chosen?);
    Some(format!(
        "put {plug} before {}: it imports and exports `{name}`",
        context.parts[last].name
    ))
}

/// A plug fills no import. `passed_over` is an import that an export of it has the name of.
pub fn useless(
    make: Make,
    context: &Context,
    plug: usize,
    passed_over: Option<(&Choice, Item, Rejected)>,
) -> Diagnostic {
    let (socket, name) = (&context.parts[0].name, &context.parts[plug].name);
    let d = make(format!("plug {name} fills no import of socket {socket}"));
    if let Some((choice, export, why)) = passed_over {
        let other = choice.chosen.map_or("", |chosen| context.name(chosen));
        let (reason, hint) = match why {
            Rejected::Type => (context.difference(choice.import, export), None),
            Rejected::Cycle => (
                format!("it needs {} itself", context.name(choice.import)),
                None,
            ),
            Rejected::Other => (
                "both fit, and the other is preferred".to_owned(),
                in_chain(context, choice, export),
            ),
        };
        let note = format!(
            "{other} fills import `{}` of {}, and not export `{}` of {name}: {reason}",
            context.import(choice.import),
            context.name(choice.import),
            context.export(export),
        );
        return d
            .note(note)
            .hint(hint.unwrap_or_else(|| "remove the plug".to_owned()));
    }
    let world = context.worlds[plug];
    if let Some(hint) = reversed(context, plug) {
        return d.hint(hint);
    }
    if context.worlds[0].imports.is_empty() {
        return d
            .note(format!("{socket} imports nothing"))
            .hint("remove the plug, or the socket is another component");
    }
    let importers = context.worlds.iter().enumerate();
    let importers = importers.filter(|(i, _)| *i != plug && context.wiring.used.contains(i));
    let mut d = d;
    for (i, importer) in importers {
        let imports = shown(importer, world);
        if !imports.is_empty() {
            let exports: Vec<String> = world.exports.keys().cloned().collect();
            d = d.note(side_by_side(
                (&format!("imports of {}", context.parts[i].name), &imports),
                (&format!("exports of {name}"), &exports),
            ));
        }
    }
    if let Some((import, export)) = implemented(context, plug) {
        let how = format!("`{import}` implements `{export}`: pass it by that name");
        let such = format!("as in `new socket {{ {import}: plug[\"{export}\"], ... }}`");
        return d
            .hint(format!("{how} with `component compose`, {such}"))
            .rule_hint(format!("{how} with `wasm_component_compose`, {such}"));
    }
    d.hint(near(context, plug).unwrap_or_else(|| {
        "remove the plug, or export an interface from it that the socket imports".to_owned()
    }))
}

/// What to do if a plug imports what the socket exports: the socket is the outermost component.
fn reversed(context: &Context, plug: usize) -> Option<String> {
    let (socket, imports) = (context.worlds[0], &context.worlds[plug].imports);
    let mut exports = socket.exports.keys();
    let export = exports.find(|export| {
        let mut imports = imports.keys();
        imports.any(|import| are_semver_compatible(import, export))
    })?;
    let (socket, plug) = (&context.parts[0].name, &context.parts[plug].name);
    Some(format!(
        "make {plug} the socket, and {socket} a plug: {plug} imports `{export}`, which {socket} exports"
    ))
}

/// The imports of a component, without those of WASI if the plug has no WASI.
fn shown(importer: &World, plug: &World) -> Vec<String> {
    let is_wasi = |name: &&String| name.starts_with("wasi:");
    let with_wasi = plug.exports.keys().any(|name| is_wasi(&name));
    let names = importer.imports.keys();
    let shown = |name: &&String| with_wasi || !is_wasi(name);
    let mut out: Vec<String> = names.clone().filter(shown).cloned().collect();
    let left = names.len() - out.len();
    if left > 0 && !out.is_empty() {
        out.push(format!("(and {left} of WASI)"));
    }
    out
}

/// What to do about an export that other components import in another version.
fn near(context: &Context, plug: usize) -> Option<String> {
    let exports = context.worlds[plug].exports.keys().map(String::as_str);
    let importers = context.worlds.iter().enumerate();
    let importers = importers.filter(|(importer, _)| *importer != plug);
    let imports = importers.flat_map(|(_, world)| world.imports.keys());
    any_other_version(exports, imports.map(String::as_str), "the plug")
}

/// An import of another name that an export implements, and the export.
fn implemented<'a>(context: &'a Context, plug: usize) -> Option<(&'a str, &'a str)> {
    let types = context.packages.types();
    let mut imports = context.worlds.iter().flat_map(|world| &world.imports);
    imports.find_map(|(import, item)| {
        let ItemKind::Instance(id) = item else {
            return None;
        };
        let interface = types[*id].id.as_deref().filter(|id| id != import)?;
        let mut exports = context.worlds[plug].exports.keys();
        let export = exports.find(|export| are_semver_compatible(interface, export))?;
        Some((import.as_str(), export.as_str()))
    })
}
