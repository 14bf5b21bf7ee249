//! Rewrites paths and uses of WIT of 2022 and 2023: `use pkg.document.{a}`, `use { a } from b`,
//! `import label: dependency.document.interface`.
//!
//! At that time, a file was a document of the package, and could have a default interface. The first
//! word of a path was `pkg` for the package, `self` for the document, or a directory below `deps`.

use super::plan::Plan;
use super::same_names::{self, Functions};
use super::targets::Targets;
use crate::edit::Edit;
use crate::problem::{Kind, Problem};
use crate::syntax::{escape, Body, BodyKind, Outline, Path, Scope, Stmt, Use};
use crate::tree::File;
use rules_wit_common::Diagnostic;
use std::collections::BTreeSet;
use std::ops::Range;
use wit_parser::PackageName;

/// The present form of a path: `item`, or `ns:package/item@version`.
pub(super) fn text(package: Option<&PackageName>, item: &str) -> String {
    let Some(name) = package else {
        return escape(item);
    };
    let version = name.version.as_ref().map(|v| format!("@{v}"));
    format!(
        "{}:{}/{}{}",
        escape(&name.namespace),
        escape(&name.name),
        escape(item),
        version.unwrap_or_default()
    )
}

impl Targets<'_> {
    /// What a path with dots in a file of `unit` means: the package, if it is another one, and the
    /// interface or world. `None` if it is not in the tree.
    pub(super) fn dotted(&self, unit: usize, path: &Path) -> Option<(Option<PackageName>, String)> {
        let (first, rest) = path.dotted.split_first()?;
        let (target, rest) = match first.as_str() {
            "self" => return Some((None, path.item.clone())),
            "pkg" => (unit, rest),
            _ => match self.dependency(unit, first) {
                Some(target) => (target, rest),
                // An interface of another document, as in the first forms of these paths.
                None => (unit, path.dotted.as_slice()),
            },
        };
        let package = match target == unit {
            true => None,
            false => Some(self.tree.units[target].name.clone()?),
        };
        match rest {
            [document, item] => {
                let item = self.item(target, Some(document), item)?;
                Some((package, item))
            }
            [document] => {
                let item = self.default_of(target, document)?;
                Some((package, item))
            }
            _ => None,
        }
    }

    /// The unit of the directory `name` below `deps`, or of the package `name`.
    fn dependency(&self, unit: usize, name: &str) -> Option<usize> {
        let units = &self.tree.units;
        let own = &units[unit].dir;
        let is_dir = |dir: &std::path::Path| dir.ends_with(name);
        let below = own.join("deps").join(name);
        let beside = own.parent().map(|parent| parent.join(name));
        let vendored = |u: &&usize| {
            let dir = &units[**u].dir;
            is_dir(dir) && dir.parent().is_some_and(|p| p.ends_with("deps"))
        };
        let others: Vec<usize> = (0..units.len()).filter(|u| *u != unit).collect();
        let find = |dir: &std::path::Path| others.iter().find(|u| units[**u].dir == dir);
        let mut vendored = others.iter().filter(vendored);
        let mut named = others.iter().filter(|u| {
            let package = units[**u].name.as_ref();
            package.is_some_and(|n| n.name == name)
        });
        find(&below)
            .or_else(|| find(beside.as_ref()?))
            .or_else(|| vendored.next())
            .or_else(|| named.next())
            .copied()
    }

    /// The bodies in the document `name` of a unit.
    fn document<'a>(&'a self, unit: usize, name: &'a str) -> impl Iterator<Item = &'a Body> {
        let files = self.tree.units[unit].files.iter();
        let files = files.map(|i| &self.tree.files[*i]);
        let is_it = move |(file, _): &&(File, Outline)| {
            let stem = file.path.file_stem();
            stem.is_some_and(|stem| stem == name)
        };
        files.filter(is_it).flat_map(|(_, o)| &o.top.bodies)
    }

    /// The item in a document, or anywhere in the package: the document may have been renamed.
    fn item(&self, unit: usize, document: Option<&str>, name: &str) -> Option<String> {
        let mut here = document.into_iter().flat_map(|d| self.document(unit, d));
        if here.any(|body| body.name == name) {
            return Some(name.to_owned());
        }
        let mut all = self.tree.units[unit].files.iter().flat_map(|i| {
            let outline = &self.tree.files[*i].1;
            &outline.top.bodies
        });
        all.any(|body| body.name == name).then(|| name.to_owned())
    }

    /// The default interface of a document, the interface that is called like the document, or the
    /// only one.
    fn default_of(&self, unit: usize, document: &str) -> Option<String> {
        let bodies = || self.document(unit, document);
        let of_kind = |kind: BodyKind| {
            let mut all = bodies().filter(|b| b.kind == kind);
            let default = bodies().find(|b| b.kind == kind && b.is_default);
            match (default, all.next(), all.next()) {
                (Some(body), _, _) | (None, Some(body), None) => Some(body.name.clone()),
                _ => None,
            }
        };
        self.item(unit, None, document)
            .filter(|_| bodies().all(|b| !b.is_default))
            .or_else(|| of_kind(BodyKind::Interface))
            .or_else(|| of_kind(BodyKind::World))
            .or_else(|| self.item(unit, None, document))
    }
}

/// Rewrites the old paths and uses of a file.
pub(super) struct OldPaths<'a> {
    pub targets: &'a Targets<'a>,
    pub unit: usize,
    pub file: &'a File,
    /// The offsets at which the file lacks a semicolon, in their order.
    pub missing_semicolons: &'a [usize],
}

impl OldPaths<'_> {
    /// Adds the edits of all statements within interfaces and worlds.
    pub(super) fn edits(&self, scope: &Scope, edits: &mut Vec<Edit>, plan: &mut Plan) {
        for body in &scope.bodies {
            self.body(body, edits, plan);
        }
    }

    fn body(&self, body: &Body, edits: &mut Vec<Edit>, plan: &mut Plan) {
        let mut seen = BTreeSet::new();
        let mut renamed = BTreeSet::new();
        let functions = Functions::of(self.file, body);
        for stmt in &body.stmts {
            match stmt {
                Stmt::Use(u) => {
                    let name = |text: &str, name: &str| functions.used(text, name, &mut renamed);
                    self.use_(u, name, edits, plan);
                }
                Stmt::Path(path) => self.path(path, &mut seen, edits, plan),
                Stmt::Inline(inline) => self.body(inline, edits, plan),
                Stmt::Item { .. } => {}
            }
        }
        same_names::rename(self.file, body, &renamed, edits, &mut plan.warnings);
    }

    fn path<'s>(
        &'s self,
        path: &Path,
        seen: &mut BTreeSet<(&'s str, String)>,
        edits: &mut Vec<Edit>,
        plan: &mut Plan,
    ) {
        let is_open = self.missing_semicolons.binary_search(&path.range.end);
        let is_old = !path.dotted.is_empty() || is_open.is_ok();
        let new = self.text(path, plan);
        let label = path.label.clone().filter(|_| is_old);
        let start = label.as_ref().map_or(path.range.start, |l| l.start);
        let before = self.file.text[..start].trim_end();
        let keyword = before.rsplit(char::is_whitespace).next().unwrap_or(before);
        let is_new = seen.insert((keyword, new.clone()));
        // Of two imports of one interface, the second keeps its label: otherwise it would be lost.
        match label {
            Some(label) if is_new => edits.push(Edit::new(label.start..path.range.end, new)),
            _ if !path.dotted.is_empty() => edits.push(Edit::new(path.range.clone(), new)),
            _ => {}
        }
    }

    /// Rewrites a use. `name` returns the text for a name, from its text and the name in this scope.
    fn use_(
        &self,
        u: &Use,
        mut name: impl FnMut(&str, &str) -> String,
        edits: &mut Vec<Edit>,
        plan: &mut Plan,
    ) {
        let text = &self.file.text;
        let names: Vec<(Range<usize>, String)> = (u.names.iter().flatten())
            .map(|(range, n)| (range.clone(), name(&text[range.clone()], n)))
            .collect();
        if u.is_old && u.names.is_some() {
            let names: Vec<String> = names.into_iter().map(|(_, new)| new).collect();
            // A missing semicolon is inserted by another edit.
            let end = match text[u.range.clone()].ends_with(';') {
                true => ";",
                false => "",
            };
            let path = self.text(&u.path, plan);
            let new = format!("use {path}.{{{}}}{end}", names.join(", "));
            edits.push(Edit::new(u.range.clone(), new));
            return;
        }
        if !u.path.dotted.is_empty() {
            let new = self.text(&u.path, plan);
            edits.push(Edit::new(u.path.range.clone(), new));
        }
        let changed = names
            .into_iter()
            .filter(|(range, new)| text[range.clone()] != **new);
        edits.extend(changed.map(|(range, new)| Edit::new(range, new)));
    }

    /// The present form of a path. Refuses the unit if it is unknown.
    fn text(&self, path: &Path, plan: &mut Plan) -> String {
        let old = &self.file.text[path.range.clone()];
        if path.dotted.is_empty() {
            return old.to_owned();
        }
        match self.targets.dotted(self.unit, path) {
            Some((package, item)) => text(package.as_ref(), &item),
            None => {
                let first = path.dotted.first().map_or("", String::as_str);
                let hint = match first {
                    "pkg" | "self" => {
                        "check the spelling, or write the present form: `use interface.{name};`".to_owned()
                    }
                    _ => format!("add the package to `deps/{first}`, or write the present form: `ns:package/interface@version`"),
                };
                let d = Diagnostic::new(format!("`{old}` is not in the tree"))
                    .site(self.file.site(&path.range))
                    .hint(hint);
                let problem = Problem::new(Kind::Unresolved, d);
                plan.refused.push((self.unit, problem));
                old.to_owned()
            }
        }
    }
}
