//! Checks that a component conforms to a world.

use crate::error::causes;
use crate::input::check_code;
use crate::named_world::NamedWorld;
use crate::types::{
    any_other_version, differences, find, lines, mismatches, side_by_side, Expected,
};
use glob::Pattern;
use rules_wit_common::{display_path, Diagnostic, Failure, Result};
use std::path::Path;
use wac_graph::types::{ItemKind, Package, Type, Types, WorldId};

/// The world that a component must conform to.
#[derive(clap::Args)]
pub struct WorldArgs {
    #[command(flatten)]
    named: NamedWorld,
    /// Imports that are allowed although the world does not have them; `*` matches any text, as in
    /// `wasi:*`.
    #[arg(long = "allow-import", value_name = "PATTERN", requires = "wit")]
    allow_imports: Vec<String>,
}

impl WorldArgs {
    /// Whether a world is named.
    pub fn is_given(&self) -> bool {
        self.named.is_given()
    }
}

/// Checks a valid component against the world that is named, if any. Reports all imports and
/// exports that do not conform, or else all resources.
pub fn check(label: Option<&str>, path: &Path, bytes: &[u8], args: &WorldArgs) -> Result<()> {
    let Some((loaded, world)) = args.named.load(label)? else {
        return Ok(());
    };
    check_code(path, bytes)?;
    let resolve = &loaded.resolve;
    let package = resolve.worlds[world].package.unwrap_or(loaded.main);
    let name = resolve.id_of_name(package, &resolve.worlds[world].name);
    let fail = |e: &(dyn std::error::Error + 'static)| -> Failure {
        Diagnostic::new(format!(
            "cannot compare with world `{name}`: {}",
            causes(e).join(": ")
        ))
        .into()
    };

    let mut types = Types::default();
    let encoded = wit_component::encode(resolve, package).map_err(|e| fail(e.as_ref()))?;
    let encoded =
        Package::from_bytes("world", None, encoded, &mut types).map_err(|e| fail(e.as_ref()))?;
    let component =
        Package::from_bytes("component", None, bytes, &mut types).map_err(|e| fail(e.as_ref()))?;
    let Some(expected) = world_type(&types, encoded.ty(), &resolve.worlds[world].name) else {
        return Err(Diagnostic::new(format!("cannot compare with world `{name}`")).into());
    };
    let comparison = Comparison {
        types: &types,
        shown: display_path(path),
        world: &name,
        expected,
        found: component.ty(),
    };
    let mut problems = comparison.imports(&args.allow_imports);
    problems.extend(comparison.exports());
    if problems.is_empty() {
        problems.extend(comparison.resources());
    }
    match Failure::from_all(problems) {
        Some(failure) => Err(failure),
        None => Ok(()),
    }
}

/// The type of a world in an encoded package: the package exports a component type for each world,
/// which exports the world itself.
fn world_type(types: &Types, package: WorldId, world: &str) -> Option<WorldId> {
    let ItemKind::Type(Type::World(outer)) = types[package].exports.get(world)? else {
        return None;
    };
    match types[*outer].exports.values().next()? {
        ItemKind::Component(id) => Some(*id),
        _ => None,
    }
}

struct Comparison<'a> {
    types: &'a Types,
    shown: String,
    world: &'a str,
    expected: WorldId,
    found: WorldId,
}

impl Comparison<'_> {
    fn imports(&self, allowed: &[String]) -> Vec<Diagnostic> {
        let mut world = self.types[self.expected].implicit_imported_interfaces(self.types);
        for (name, kind) in &self.types[self.expected].imports {
            world.insert(name, *kind);
        }
        let mut out = Vec::new();
        for (name, kind) in &self.types[self.found].imports {
            let Some(expected) = find(world.keys().copied(), name) else {
                if !allowed.iter().any(|pattern| matches(pattern, name)) {
                    out.push(self.unknown_import(name, world.keys().copied()));
                }
                continue;
            };
            // The world provides the import, and its type is the expected one.
            let given = world[expected].promote();
            let differences = differences(self.types, given, *kind, Expected::Given);
            let sides = side_by_side(
                (&format!("import `{name}`"), &lines(self.types, *kind)),
                (&self.of_world(expected), &lines(self.types, given)),
            );
            out.extend(self.mismatch("import", name, expected, &differences, sides));
        }
        out
    }

    fn unknown_import<'a>(&self, name: &str, known: impl Iterator<Item = &'a str>) -> Diagnostic {
        let d = Diagnostic::new(format!(
            "`{}` imports `{name}`, which world `{}` does not import",
            self.shown, self.world
        ))
        .note(names("the world imports", known));
        match name.split_once(':') {
            Some((ns, _)) => {
                let add = format!(
                    "add `import {name};` to the world, or allow imports of the language's runtime"
                );
                let platform = match ns {
                    "wasi" => ", or `platform = \"wasip2\"` in a rule that compiles",
                    _ => "",
                };
                d.hint(format!("{add}: `--allow-import {ns}:*`"))
                    .rule_hint(format!("{add}: `allow_imports = [\"{ns}:*\"]`{platform}"))
            }
            None => d.hint(format!("add `import {name}: ...;` to the world")),
        }
    }

    fn exports(&self) -> Vec<Diagnostic> {
        let found = &self.types[self.found].exports;
        let mut out = Vec::new();
        for (name, kind) in &self.types[self.expected].exports {
            match find(found.keys().map(String::as_str), name) {
                None => out.push(self.missing_export(name, found.keys().map(String::as_str))),
                Some(own) => {
                    let wanted = kind.promote();
                    let differences = differences(self.types, found[own], wanted, Expected::Wanted);
                    let sides = side_by_side(
                        (&self.of_world(name), &lines(self.types, wanted)),
                        (&format!("export `{own}`"), &lines(self.types, found[own])),
                    );
                    out.extend(self.mismatch("export", own, name, &differences, sides));
                }
            }
        }
        out
    }

    fn missing_export<'a>(
        &self,
        name: &'a str,
        found: impl Iterator<Item = &'a str> + Clone,
    ) -> Diagnostic {
        let version = any_other_version(found.clone(), std::iter::once(name), "the component");
        Diagnostic::new(format!(
            "`{}` does not export `{name}`, which world `{}` exports",
            self.shown, self.world
        ))
        .note(names("the component exports", found))
        .hint(version.unwrap_or_else(|| {
            "implement it, and pass the type that does to the bindings' `export!` macro".to_owned()
        }))
    }

    fn resources(&self) -> impl Iterator<Item = Diagnostic> + '_ {
        let all = mismatches(self.types, self.found, self.expected);
        all.into_iter().map(|(export, why)| {
            Diagnostic::new(format!(
                "export `{export}` of `{}` does not match world `{}`: {why}",
                self.shown, self.world
            ))
            .hint("build the component against the bindings of this version of the world")
        })
    }

    fn of_world(&self, name: &str) -> String {
        format!("`{name}` of the world")
    }

    fn mismatch(
        &self,
        what: &str,
        own: &str,
        name: &str,
        differences: &[String],
        sides: String,
    ) -> Option<Diagnostic> {
        let first = differences.first()?;
        let compared = if own == name {
            String::new()
        } else {
            format!(" (compared with `{name}`)")
        };
        let mut d = Diagnostic::new(format!(
            "{what} `{own}` of `{}` does not match world `{}`{compared}: {first}",
            self.shown, self.world
        ));
        if differences.len() > 1 {
            let lines: Vec<String> = differences.iter().map(|d| format!("\n  {d}")).collect();
            d = d.note(format!("all differences:{}", lines.concat()));
        }
        Some(
            d.note(sides)
                .hint("build the component against the bindings of this version of the world"),
        )
    }
}

fn names<'a>(what: &str, names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    if names.is_empty() {
        return format!("{what} nothing");
    }
    format!("{what}:\n  {}", names.join("\n  "))
}

/// Whether `name` matches `pattern`, in which `*` stands for any text and all else for itself.
fn matches(pattern: &str, name: &str) -> bool {
    let literals: Vec<String> = pattern.split('*').map(Pattern::escape).collect();
    let mut escaped = literals.join("*");
    // To the library, `**` is a number of directories.
    while escaped.contains("**") {
        escaped = escaped.replace("**", "*");
    }
    Pattern::new(&escaped).is_ok_and(|pattern| pattern.matches(name))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns() {
        for (pattern, name, yes) in [
            ("wasi:*", "wasi:io/error@0.2.0", true),
            ("wasi:*", "wasix:io/error", false),
            ("wasi:*/error@*", "wasi:io/error@0.2.0", true),
            ("wasi:*/error@*", "wasi:io/streams@0.2.0", false),
            ("a", "a", true),
            ("a", "ab", false),
            ("a*a", "a", false),
            ("*", "", true),
            ("a**b*", "a:b", true),
            ("a?", "ab", false),
            ("[ab]*", "[ab]c", true),
        ] {
            assert_eq!(matches(pattern, name), yes, "{pattern} {name}");
        }
    }
}
