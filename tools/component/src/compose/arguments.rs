//! The errors of arguments that do not have the type of an import.

use super::expressions::{Argument, Expressions, Given};
use super::source::Source;
use crate::types::{differences, find, lines, other_version, side_by_side, Expected};
use rules_wit_common::Diagnostic;
use wac_graph::types::ItemKind;

/// An import that an argument is passed for.
pub struct Import<'a> {
    /// The package that imports it.
    pub package: &'a str,
    pub name: &'a str,
    /// Its type.
    pub wanted: ItemKind,
}

impl Import<'_> {
    /// The argument has another type. `None` if its value is unknown.
    pub fn mismatch(
        &self,
        source: &Source,
        expressions: &Expressions,
        argument: &Argument,
    ) -> Option<Diagnostic> {
        let given = argument.given?;
        let item = match given {
            Given::Item(kind) => kind,
            // A spread passes the export of that name.
            Given::Instance(_) if argument.is_spread => expressions.export(given, self.name)?,
            Given::Instance(_) => return Some(self.instance(source, expressions, argument, given)),
        };
        if let (Some(export), false) = (self.fitting(expressions, given), argument.is_spread) {
            let d = self.titled("is a whole interface");
            return Some(d.hint(self.access(source, expressions, argument, given, &export)));
        }
        let all = differences(expressions.types(), item, self.wanted, Expected::Wanted);
        let first = all
            .first()
            .map_or(String::new(), |first| format!(": {first}"));
        let d = self.titled(&format!("has the wrong type{first}"));
        let d = match all.as_slice() {
            [] | [_] => d,
            all => d.note(format!("all differences:\n  {}", all.join("\n  "))),
        };
        Some(
            d.note(side_by_side(
                (
                    &format!("`{}` of {}", self.name, self.package),
                    &lines(expressions.types(), self.wanted),
                ),
                ("argument", &lines(expressions.types(), item)),
            ))
            .hint(self.versions(expressions, item)),
        )
    }

    /// The hint for a value of another type.
    fn versions(&self, expressions: &Expressions, item: ItemKind) -> String {
        let types = expressions.types();
        let interface = |kind| match kind {
            ItemKind::Instance(id) => types[id].id.as_deref(),
            _ => None,
        };
        let pair = interface(item).zip(interface(self.wanted));
        let version = pair.and_then(|(given, wanted)| other_version(given, wanted, "it"));
        version
            .unwrap_or_else(|| "build both against the same version of the WIT package".to_owned())
    }

    fn titled(&self, what: &str) -> Diagnostic {
        let Import { name, package, .. } = self;
        Diagnostic::new(format!(
            "argument for import `{name}` of `{package}` {what}"
        ))
    }

    /// The argument is a whole instance of a component.
    fn instance(
        &self,
        source: &Source,
        expressions: &Expressions,
        argument: &Argument,
        given: Given,
    ) -> Diagnostic {
        let of = expressions.package(given);
        let of = of.map_or(String::new(), |package| format!(" of `{package}`"));
        let exports = expressions.exports(given);
        let d = self
            .titled(&format!("is a whole instance{of}"))
            .note(match exports.as_slice() {
                [] => "it exports nothing".to_owned(),
                all => format!("it exports:\n  {}", all.join("\n  ")),
            });
        match self.fitting(expressions, given) {
            Some(export) => d.hint(self.access(source, expressions, argument, given, &export)),
            None => d.hint("pass one of its exports that has the type of the import"),
        }
    }

    /// The export of a value that has the type of the import: the one of its name, else the only one.
    fn fitting(&self, expressions: &Expressions, given: Given) -> Option<String> {
        let fits = |name: &&String| {
            let item = expressions.export(given, name);
            item.is_some_and(|item| {
                differences(expressions.types(), item, self.wanted, Expected::Wanted).is_empty()
            })
        };
        let exports = expressions.exports(given);
        let fitting: Vec<&String> = exports.iter().filter(fits).collect();
        let named = find(fitting.iter().map(|name| name.as_str()), self.name);
        match (named, fitting.as_slice()) {
            (Some(name), _) => Some(name.to_owned()),
            (None, [only]) => Some((*only).clone()),
            _ => None,
        }
    }

    /// How to write the export of an argument.
    fn access(
        &self,
        source: &Source,
        expressions: &Expressions,
        argument: &Argument,
        given: Given,
        export: &str,
    ) -> String {
        let short = |name: &str| -> String {
            let item = name.rsplit('/').next().unwrap_or(name);
            item.split('@').next().unwrap_or(item).to_owned()
        };
        let exports = expressions.exports(given);
        let same = exports.iter().filter(|name| short(name) == short(export));
        let access = match same.count() {
            1 => format!(".{}", short(export)),
            _ => format!("[\"{export}\"]"),
        };
        let text = argument
            .expression
            .clone()
            .and_then(|range| source.text.get(range));
        match text {
            Some(text) => format!("write `{text}{access}`"),
            None => format!("write `{0}: {0}{access}`", argument.name),
        }
    }
}
