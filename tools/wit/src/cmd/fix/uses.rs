//! Moves uses into the interfaces and worlds that need them, and fills in versions.

use super::old_paths::{self, OldPaths};
use super::plan::Plan;
use super::same_names::{self, Functions};
use super::targets::{Targets, Version};
use crate::edit::{lines, Edit};
use crate::problem::{Kind, Problem};
use crate::syntax::{escape, lex, Body, Kind as TokenKind, Path, Scope, Use};
use crate::tree::File;
use rules_wit_common::Diagnostic;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use wit_parser::PackageName;

/// The maximum width of a line with all names of a use.
const WIDTH: usize = 100;

/// Adds the edits of all files of `unit` to the plan.
pub(super) fn edits(targets: &Targets<'_>, unit: usize, plan: &mut Plan) {
    for i in &targets.tree.units[unit].files {
        let (file, outline) = &targets.tree.files[*i];
        let old_paths = OldPaths {
            targets,
            unit,
            file,
            missing_semicolons: &outline.missing_semicolons,
        };
        for (nested, scope) in outline.packages() {
            let package = match nested {
                Some(name) => Some(&name.name),
                None => targets.tree.units[unit].name.as_ref(),
            };
            let file_uses = FileUses {
                targets,
                unit,
                file,
                package,
            };
            let mut edits = plan.edits.remove(i).unwrap_or_default();
            old_paths.edits(scope, &mut edits, plan);
            file_uses.versions(scope, &mut edits, plan);
            file_uses.stars(scope, &mut edits, plan);
            file_uses.moves(scope, &mut edits, plan);
            plan.edits.insert(*i, edits);
        }
    }
}

/// The types of interfaces, `None` for those that are not in the tree.
type Types<'a> = BTreeMap<(PackageName, String), Option<BTreeSet<&'a str>>>;

/// The uses at file level that move.
struct Moves<'u> {
    uses: &'u [&'u Use],
    /// By name, the number of each use that has it, and the range of the name there.
    sites: BTreeMap<&'u str, Vec<(usize, &'u Range<usize>)>>,
    /// The names that a body needs.
    needed: BTreeSet<&'u str>,
    /// The offsets of the uses that some body needs.
    seen: BTreeSet<usize>,
}

impl<'u> Moves<'u> {
    fn of(uses: &'u [&'u Use]) -> Self {
        let mut sites: BTreeMap<&str, Vec<_>> = BTreeMap::new();
        for (i, u) in uses.iter().enumerate() {
            for (range, name) in u.names.iter().flatten() {
                sites.entry(name).or_default().push((i, range));
            }
        }
        Moves {
            uses,
            sites,
            needed: BTreeSet::new(),
            seen: BTreeSet::new(),
        }
    }
}

struct FileUses<'a> {
    targets: &'a Targets<'a>,
    unit: usize,
    file: &'a File,
    package: Option<&'a PackageName>,
}

impl FileUses<'_> {
    fn refuse(&self, plan: &mut Plan, d: Diagnostic) {
        plan.refused
            .push((self.unit, Problem::new(Kind::Unresolved, d)));
    }

    /// Fills in versions.
    fn versions(&self, scope: &Scope, edits: &mut Vec<Edit>, plan: &mut Plan) {
        let mut seen = BTreeSet::new();
        for path in scope.paths() {
            let Some(package) = &path.package else {
                continue;
            };
            let shown = format!("{}:{}", package.namespace, package.name);
            match self.targets.version(self.unit, package) {
                Version::AsWritten => {}
                Version::Of(name) => {
                    if let Some(version) = &name.version {
                        edits.push(Edit::insert(path.range.end, format!("@{version}")));
                    }
                }
                Version::Ambiguous(names) => {
                    let names: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
                    let d = Diagnostic::new(format!("ambiguous version of `{shown}`"))
                        .site(self.file.site(&path.range))
                        .note(format!("versions in the tree: {}", names.join(", ")))
                        .hint("write the version after the interface, or declare the package in `deps.toml`");
                    self.refuse(plan, d);
                }
                Version::Missing => {
                    if seen.insert(shown.clone()) {
                        let d =
                            Diagnostic::warning(format!("package `{shown}` is not in the tree"))
                                .site(self.file.site(&path.range).label("its version is unknown"))
                                .hint("add it to the tree, or write the version");
                        plan.warnings.push(d);
                    }
                }
            }
        }
    }

    /// Replaces `use * from a` of WIT of 2022 by a use of all types by name.
    fn stars(&self, scope: &Scope, edits: &mut Vec<Edit>, plan: &mut Plan) {
        for body in &scope.bodies {
            let functions = Functions::of(self.file, body);
            let mut renamed = BTreeSet::new();
            for u in body.uses().filter(|u| u.is_old && u.names.is_none()) {
                let (package, item) = self.interface_of(u);
                if package.is_none() && u.path.package.is_none() {
                    let d = Diagnostic::new("no `package` header in the sources")
                        .site(self.file.site(&(0..0)))
                        .hint("name the package with `--package namespace:name@version`");
                    self.refuse(plan, d);
                    continue;
                }
                let types = package.as_ref();
                let Some(types) = types.and_then(|p| self.targets.types(p, &item)) else {
                    let d = Diagnostic::new(format!("unknown types in `use * from {item}`"))
                        .site(self.file.site(&u.range))
                        .note(format!("interface `{item}` is not in the tree"))
                        .hint("add it to the tree, or list the types: `use a.{b, c};`");
                    self.refuse(plan, d);
                    continue;
                };
                let names: Vec<String> = (types.into_iter())
                    .map(|name| functions.used(&escape(name), name, &mut renamed))
                    .collect();
                let end = match self.file.text[u.range.clone()].ends_with(';') {
                    true => ";",
                    false => "",
                };
                let new = match names.is_empty() {
                    true => String::new(),
                    false => format!("use {}.{{{}}}{end}", self.path(&u.path), names.join(", ")),
                };
                edits.push(Edit::new(u.range.clone(), new));
            }
            same_names::rename(self.file, body, &renamed, edits, &mut plan.warnings);
        }
    }

    /// Moves uses with braces at file level into the bodies that need them.
    fn moves(&self, scope: &Scope, edits: &mut Vec<Edit>, plan: &mut Plan) {
        let moving: Vec<&Use> = scope.uses.iter().filter(|u| u.names.is_some()).collect();
        if moving.is_empty() {
            return;
        }
        let mut moves = Moves::of(&moving);
        for body in &scope.bodies {
            self.move_to(body, &mut moves, edits);
        }
        let Moves { needed, seen, .. } = moves;
        let mut types = BTreeMap::new();
        for u in &moving {
            self.check_names(u, &mut types, plan);
            for (range, name) in u.names.iter().flatten() {
                if !needed.contains(name.as_str()) {
                    let d = Diagnostic::warning(format!(
                        "`{name}` is removed: nothing in this file needs it"
                    ))
                    .site(self.file.site(range))
                    .hint("add a `use` where it is needed, if that is in another file");
                    plan.warnings.push(d);
                }
            }
        }
        let ranges = moving.iter().map(|u| u.range.clone()).collect();
        let text = &self.file.text;
        // Drop other edits within the moved statements.
        edits.retain(|e| {
            let before = moving.partition_point(|u| u.range.start < e.range.start);
            let last = before.checked_sub(1).and_then(|i| moving.get(i));
            last.is_none_or(|u| e.range.end > u.range.end)
        });
        edits.extend(lines(text, ranges).into_iter().map(|range| {
            let first = moving.partition_point(|u| u.range.start < range.start);
            let comments = moving[first..]
                .iter()
                .take_while(|u| u.range.end <= range.end)
                .filter(|u| !seen.contains(&u.range.start))
                .flat_map(|u| self.comments(u))
                .map(|c| format!("{c}\n"));
            let kept: String = comments.collect();
            Edit::new(range, kept)
        }));
    }

    fn move_to(&self, body: &Body, moves: &mut Moves<'_>, edits: &mut Vec<Edit>) {
        let text = &self.file.text;
        let own: BTreeSet<&str> = body.defined().into_iter().collect();
        let refs: BTreeSet<&str> = body.refs().map(|(_, n)| n.as_str()).collect();
        let mut names: BTreeMap<usize, BTreeMap<usize, &str>> = BTreeMap::new();
        for name in refs.difference(&own) {
            let Some((name, sites)) = moves.sites.get_key_value(*name) else {
                continue;
            };
            moves.needed.insert(*name);
            for (u, range) in sites {
                let of_use = names.entry(*u).or_default();
                of_use.insert(range.start, &text[(*range).clone()]);
            }
        }
        let mut lines = Vec::new();
        let indent = indentation(text, body);
        for (u, names) in names {
            let u = moves.uses[u];
            if moves.seen.insert(u.range.start) {
                lines.extend(self.comments(u).into_iter().map(str::to_owned));
            }
            let names: Vec<&str> = names.into_values().collect();
            lines.push(statement(&self.path(&u.path), &names, &indent));
        }
        if !lines.is_empty() {
            edits.push(insertion(text, body, &indent, &lines));
        }
        for inline in body.inline() {
            self.move_to(inline, moves, edits);
        }
    }

    /// The comments within a use statement.
    fn comments(&self, u: &Use) -> Vec<&str> {
        let text = &self.file.text[u.range.clone()];
        let tokens = lex(text)
            .into_iter()
            .filter(|t| t.kind == TokenKind::Comment);
        tokens.map(|t| &text[t.range]).collect()
    }

    /// The path in its present form, with its version.
    fn path(&self, path: &Path) -> String {
        if let Some((package, item)) = self.dotted(path) {
            return old_paths::text(package.as_ref(), &item);
        }
        let mut out = self.file.text[path.range.clone()].to_owned();
        if let Some(Version::Of(name)) = path
            .package
            .as_ref()
            .map(|p| self.targets.version(self.unit, p))
        {
            if let Some(version) = &name.version {
                out.push_str(&format!("@{version}"));
            }
        }
        out
    }

    fn dotted(&self, path: &Path) -> Option<(Option<PackageName>, String)> {
        self.targets.dotted(self.unit, path)
    }

    /// The interface that a use takes names from, and its package.
    fn interface_of(&self, u: &Use) -> (Option<PackageName>, String) {
        if let Some((package, item)) = self.dotted(&u.path) {
            return (package.or_else(|| self.package.cloned()), item);
        }
        let package = match &u.path.package {
            None => self.package.cloned(),
            Some(package) => match self.targets.version(self.unit, package) {
                Version::Of(name) => Some(name.clone()),
                Version::AsWritten => Some(package.to_name()),
                _ => None,
            },
        };
        (package, u.path.item.clone())
    }

    /// Checks that every name exists, also names that nothing needs. `types` has the types of the
    /// interfaces that were looked up before.
    fn check_names<'a>(&'a self, u: &Use, types: &mut Types<'a>, plan: &mut Plan) {
        let (package, interface) = self.interface_of(u);
        let Some(package) = package.filter(|p| self.targets.has(p)) else {
            return;
        };
        let types = types
            .entry((package.clone(), interface.clone()))
            .or_insert_with(|| self.targets.types(&package, &interface));
        let Some(types) = types else {
            let d = Diagnostic::new(format!(
                "interface `{interface}` not found in package `{package}`"
            ))
            .site(self.file.site(&u.path.range))
            .hint("check the spelling, or define it");
            return self.refuse(plan, d);
        };
        for (range, _) in u.names.iter().flatten() {
            let written = &self.file.text[range.clone()];
            let name = written.split_whitespace().next().unwrap_or(written);
            let name = name.trim_start_matches('%');
            if !types.contains(name) {
                let id = package.interface_id(&interface);
                let d = Diagnostic::new(format!("type `{name}` not defined in interface `{id}`"))
                    .site(self.file.site(range).label("used here"))
                    .hint("define it there, or check the spelling");
                self.refuse(plan, d);
            }
        }
    }
}

fn statement(path: &str, names: &[&str], indent: &str) -> String {
    let line = format!("use {path}.{{{}}};", names.join(", "));
    if indent.len() + line.len() <= WIDTH {
        return line;
    }
    let names: String = names
        .iter()
        .map(|n| format!("{indent}    {n},\n"))
        .collect();
    format!("use {path}.{{\n{names}{indent}}};")
}

/// The indentation of the statements of a body.
fn indentation(text: &str, body: &Body) -> String {
    let inner = &text[body.start..body.end];
    let mut lines = inner.split('\n').skip(1).filter(|l| !l.trim().is_empty());
    if let Some(line) = lines.next() {
        return line[..line.len() - line.trim_start().len()].to_owned();
    }
    let line_start = text[..body.start].rfind('\n').map_or(0, |i| i + 1);
    let line = &text[line_start..body.start];
    format!("{}    ", &line[..line.len() - line.trim_start().len()])
}

fn insertion(text: &str, body: &Body, indent: &str, lines: &[String]) -> Edit {
    let inner = &text[body.start..body.end];
    let newline = inner.find('\n');
    let first = &inner[..newline.unwrap_or(inner.len())];
    let is_open =
        newline.is_some() && (first.trim().is_empty() || first.trim_start().starts_with("//"));
    if !is_open {
        // A line comment would hide the rest of the line: put each on a line of its own.
        let is_plain = lines
            .iter()
            .all(|l| !l.starts_with("//") && !l.contains('\n'));
        return match is_plain {
            true => Edit::insert(body.start, format!(" {}", lines.join(" "))),
            false => {
                let lines: String = lines.iter().map(|l| format!("\n{indent}{l}")).collect();
                Edit::insert(body.start, format!("{lines}\n{indent}"))
            }
        };
    }
    let at = body.start + newline.unwrap_or(0);
    let at = at - usize::from(text[..at].ends_with('\r'));
    let end = if text[at..].starts_with('\r') {
        "\r\n"
    } else {
        "\n"
    };
    let mut out: String = lines.iter().map(|l| format!("{end}{indent}{l}")).collect();
    let rest = text[at..body.end].trim_start();
    let next_is_empty = text[at..]
        .trim_start_matches(['\r', ' ', '\t'])
        .strip_prefix('\n')
        .is_some_and(|t| t.trim_start_matches([' ', '\t', '\r']).starts_with('\n'));
    if !rest.is_empty() && !rest.starts_with("use ") && !next_is_empty {
        out.push_str(end);
    }
    Edit::insert(at, out)
}
