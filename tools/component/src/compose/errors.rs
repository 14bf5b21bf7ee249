//! The errors of `component compose`.

use super::arguments::Import;
use super::expressions::Expressions;
use super::packages::{Reference, References};
use super::source::Source;
use crate::composition::{Composition, Conflict, Origin};
use crate::error::causes;
use crate::types::{any_other_version, side_by_side, unversioned};
use rules_wit_common::Diagnostic;
use std::collections::BTreeSet;
use wac_parser::resolution::Error;

const LOOK: &str = "compare the source with the output of `component wit` for the dependencies";

/// The source has a syntax error.
pub fn syntax(source: &Source, error: &wac_parser::Error) -> Diagnostic {
    use wac_parser::Error as E;
    let (E::Lexer { span, .. }
    | E::Expected { span, .. }
    | E::ExpectedEither { span, .. }
    | E::ExpectedMultiple { span, .. }
    | E::EmptyType { span, .. }
    | E::InvalidVersion { span, .. }) = error;
    Diagnostic::new(error.to_string())
        .site(source.site(span.offset(), span.len()))
        .hint("see WAC's LANGUAGE.md for the syntax")
}

/// References without a dependency, and dependencies without a reference.
pub fn names(
    source: &Source,
    references: &References,
    own: &str,
    assigned: &[(&Reference, Option<&str>)],
    given: &BTreeSet<&str>,
) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    let there = listed("the dependencies", given.iter().map(|g| (*g).to_owned()));
    for (reference, dep) in assigned {
        if dep.is_some() {
            continue;
        }
        let full = reference.full();
        let near = given.iter().find(|g| unversioned(g) == reference.name);
        let d = Diagnostic::new(format!("no dependency provides `{full}`"))
            .site(source.site(reference.range.start, reference.range.len()))
            .note(there.clone());
        out.push(match near {
            Some(near) => d
                .hint(format!(
                    "`{near}` exists: use that version, or pass `--dep {full}=FILE`"
                ))
                .rule_hint(format!(
                    "`{near}` exists: use that version, or add `\"{full}\": ...` to `deps`"
                )),
            None => d
                .hint(format!("pass `--dep {full}=FILE`"))
                .rule_hint(format!("add `\"{full}\": ...` to `deps`")),
        });
    }
    let used: BTreeSet<&str> = assigned.iter().filter_map(|(_, dep)| *dep).collect();
    let named = listed(
        &format!("{} uses", source.path),
        assigned.iter().map(|(reference, _)| reference.full()),
    );
    for name in given.difference(&used) {
        let d = Diagnostic::new(format!("unused dependency `{name}`"));
        out.push(if unversioned(name) == own {
            let d = match references.first(own) {
                Some(range) => d.site(source.site(range.start, range.len())),
                None => d,
            };
            d.hint(format!(
                "`{own}` is the name of the source's own package: rename one of them"
            ))
        } else {
            d.note(named.clone())
                .hint(format!(
                    "remove `--dep {name}=...`, or use it in the source"
                ))
                .rule_hint("remove it from `deps`, or use it in the source")
        });
    }
    out
}

fn listed(what: &str, names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() {
        return format!("{what}: none");
    }
    format!("{what}:\n  {}", names.join("\n  "))
}

/// The source cannot be resolved or encoded.
pub fn resolution(source: &Source, expressions: &Expressions, error: &Error) -> Diagnostic {
    special(source, expressions, error).unwrap_or_else(|| general(source, error))
}

/// The composition is not a valid component.
pub fn invalid(
    source: &Source,
    expressions: &Expressions,
    composition: &Composition,
    error: &Error,
) -> Diagnostic {
    if let Some(conflict) = composition.conflict() {
        let d = different_resource(&conflict);
        return match expressions.place(&conflict.importer) {
            Some(range) => d.site(source.site(range.start, range.len())),
            None => d,
        };
    }
    let sources = composition.type_sources();
    let providers: BTreeSet<String> = composition
        .type_providers()
        .into_iter()
        .map(|(_, export)| format!("`{export}`"))
        .collect();
    let (Some(first), Some(example)) = (sources.first(), providers.first()) else {
        return general(source, error);
    };
    let all: Vec<&str> = providers.iter().map(String::as_str).collect();
    let name = example.trim_matches('`');
    Diagnostic::new(format!(
        "export `{}` uses types of {}, which the result neither imports nor exports",
        first.user,
        all.join(", ")
    ))
    .hint(format!(
        "export them first, as in `export instance[\"{name}\"];`, or leave imports of plain types open with `...`"
    ))
}

fn different_resource(conflict: &Conflict) -> Diagnostic {
    let (definer, import) = (&conflict.definer, &conflict.import);
    let d = Diagnostic::new(conflict.to_string());
    match (&conflict.expected, &conflict.found) {
        (_, Origin::Open) => d.hint(format!(
            "pass `{import}` too, from an instance that is passed the same `{definer}`"
        )),
        (
            _,
            Origin::Export {
                component,
                both: true,
                ..
            },
        ) => d.hint(format!("pass `{definer}` of {component} too")),
        (Origin::Open, Origin::Export { component, .. }) => d.hint(format!(
            "let {component} import `{definer}`, or export it too and pass both"
        )),
        (Origin::Export { .. }, Origin::Export { component, .. }) => d.hint(format!(
            "instantiate the components that {component} is composed of, and pass all the same `{definer}`"
        )),
    }
}

/// Errors with more details than the library has.
fn special(source: &Source, expressions: &Expressions, error: &Error) -> Option<Diagnostic> {
    match error {
        Error::MismatchedInstantiationArg { name, span, .. } => {
            let site = source.site(span.offset(), span.len());
            let (new, argument) = expressions.at(span.offset())?;
            let package = new.package.string;
            let wanted = expressions.import(package, name)?;
            let import = Import {
                package,
                name,
                wanted,
            };
            Some(import.mismatch(source, expressions, &argument?)?.site(site))
        }
        Error::MissingInstantiationArg { name, span, .. } => {
            let (new, _) = expressions.at(span.offset())?;
            let package = new.package.string;
            Some(
                Diagnostic::new(format!(
                    "missing argument for import `{name}` of `{package}`"
                ))
                .site(source.site(span.offset(), span.len()))
                .note(listed(
                    &format!("{package} imports"),
                    expressions.imports(package).into_iter(),
                ))
                .hint("pass it, or end the list with `...` to keep it as an import of the result"),
            )
        }
        Error::MissingComponentImport { import, span, .. } => {
            let (new, _) = expressions.at(span.offset())?;
            let package = new.package.string;
            Some(
                Diagnostic::new(format!("`{package}` does not import `{import}`"))
                    .site(source.site(span.offset(), span.len()))
                    .note(listed(
                        &format!("{package} imports"),
                        expressions.imports(package).into_iter(),
                    ))
                    .hint("use the name of one of its imports, or remove the argument"),
            )
        }
        Error::SpreadInstantiationNoMatch { span } => {
            let (new, argument) = expressions.at(span.offset())?;
            let (package, argument) = (new.package.string, argument?);
            let imports = expressions.imports(package);
            let exports = expressions.exports(argument.given?);
            let version = any_other_version(
                exports.iter().map(String::as_str),
                imports.iter().map(String::as_str),
                "it",
            );
            Some(
                general_title(error)
                    .site(source.site(span.offset(), span.len()))
                    .note(side_by_side(
                        (&format!("imports of {package}"), &imports),
                        (&format!("exports of `{}`", argument.name), &exports),
                    ))
                    .hint(version.unwrap_or_else(|| {
                        "remove it, or spread an instance that exports a missing import".to_owned()
                    })),
            )
        }
        Error::MissingInstanceExport { name, span } => {
            let given = expressions.accessed(span.offset())?;
            Some(
                Diagnostic::new(format!("the instance does not export `{name}`"))
                    .site(source.site(span.offset(), span.len()))
                    .note(listed("it exports", expressions.exports(given).into_iter()))
                    .hint(
                        "use the name of one of its exports, with a `:` as in `[\"ns:name/item\"]`",
                    ),
            )
        }
        _ => None,
    }
}

fn general_title(error: &Error) -> Diagnostic {
    let mut causes = causes(error);
    let first = causes.remove(0);
    let d = Diagnostic::new(first);
    match causes.as_slice() {
        [] => d,
        causes => d.note(causes.join(": ")),
    }
}

fn general(source: &Source, error: &Error) -> Diagnostic {
    let mut d = general_title(error);
    for (offset, len, label) in spans(error) {
        d = d.site(source.site(offset, len).label(label));
    }
    d.hint(match error {
        Error::ImportNotInTarget { .. }
        | Error::MissingTargetExport { .. }
        | Error::TargetMismatch { .. } => "change the source, or the world after `targets`",
        Error::ImportConflict { .. } => {
            "import it explicitly before the first use, and pass it by name"
        }
        Error::InstantiationArgMergeFailure { .. } => {
            "build all components against the same versions of the WIT packages they share"
        }
        Error::ExportRequiresAs { .. } => "add `as` and a name",
        Error::UndefinedName { .. } => "define it first, with `let` or `import`",
        Error::DuplicateName { .. } | Error::DuplicateExternName { .. } => "rename one of them",
        Error::FillArgumentNotLast { .. } => "move `...` to the end",
        _ => LOOK,
    })
}

/// The offset, the length and the label of each site of an error.
fn spans(error: &Error) -> Vec<(usize, usize, &'static str)> {
    use Error as E;
    let (span, other) = match error {
        E::DuplicateName { span, previous, .. } | E::DuplicateExternName { span, previous, .. } => {
            (span, Some((previous, "first here")))
        }
        E::DeclarationConflict { span, export, .. } => (span, Some((export, "exported here"))),
        E::ExportConflict {
            span, definition, ..
        } => (span, Some((definition, "defined here"))),
        E::ImportConflict {
            import,
            instantiation,
            ..
        } => (import, Some((instantiation, "implicitly imported here"))),
        E::InstantiationArgMergeFailure {
            span,
            instantiation,
            ..
        } => (span, Some((instantiation, "and here"))),
        E::ImportNotInTarget { span, .. } | E::TargetMismatch { span, .. } => match span {
            Some(span) => (span, None),
            None => return Vec::new(),
        },
        E::ValidationFailure { .. } => return Vec::new(),
        E::UndefinedName { span, .. }
        | E::DuplicateInterfaceExport { span, .. }
        | E::DuplicateWorldItem { span, .. }
        | E::NotFuncOrInterface { span, .. }
        | E::NotInterface { span, .. }
        | E::DuplicateWorldIncludeName { span, .. }
        | E::NotWorld { span, .. }
        | E::MissingWorldInclude { span, .. }
        | E::WorldIncludeConflict { span, .. }
        | E::UndefinedInterfaceType { span, .. }
        | E::NotInterfaceValueType { span, .. }
        | E::DuplicateResourceConstructor { span, .. }
        | E::DuplicateResourceMethod { span, .. }
        | E::DuplicateVariantCase { span, .. }
        | E::DuplicateRecordField { span, .. }
        | E::DuplicateEnumCase { span, .. }
        | E::DuplicateFlag { span, .. }
        | E::InvalidAliasType { span, .. }
        | E::NotFuncType { span, .. }
        | E::NotResourceType { span, .. }
        | E::NotValueType { span, .. }
        | E::DuplicateParameter { span, .. }
        | E::DuplicateResult { span, .. }
        | E::BorrowInResult { span }
        | E::UnknownPackage { span, .. }
        | E::PackageParseFailure { span, .. }
        | E::PackageMissingExport { span, .. }
        | E::PackagePathMissingExport { span, .. }
        | E::MissingComponentImport { span, .. }
        | E::MismatchedInstantiationArg { span, .. }
        | E::DuplicateInstantiationArg { span, .. }
        | E::MissingInstantiationArg { span, .. }
        | E::NotAnInstance { span, .. }
        | E::MissingInstanceExport { span, .. }
        | E::ExportRequiresAs { span }
        | E::InvalidExternName { span, .. }
        | E::UseConflict { span, .. }
        | E::FillArgumentNotLast { span }
        | E::SpreadInstantiationNoMatch { span }
        | E::SpreadExportNoEffect { span }
        | E::MissingTargetExport { span, .. } => (span, None),
    };
    let mut out = vec![(span.offset(), span.len(), "")];
    out.extend(other.map(|(span, label)| (span.offset(), span.len(), label)));
    out
}
