//! Bazel packages: a BUILD file, the WIT packages that belong to it, and the names of their targets.

use super::labels::{
    below, file_label, normal, target_name, unnameable_file, unnameable_package, Label, Unnameable,
};
use super::starlark::{self, BuildFile, Call, Value};
use crate::tree::Tree;
use rules_wit_common::{display_path, read_text, Diagnostic, Limit, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A Bazel package: its BUILD file, and the units that belong to it.
pub(super) struct BazelPackage {
    /// The path of the BUILD file, as given.
    pub path: PathBuf,
    /// Its directory, with symbolic links resolved.
    dir: PathBuf,
    /// Its directory, relative to the root of the workspace.
    pub package: String,
    /// The text of the BUILD file, if there is one.
    pub text: Option<String>,
    pub parsed: BuildFile,
    pub units: Vec<usize>,
}

/// The path of the BUILD file for a directory: the nearest one up to the directory that was given, or
/// a new one in the directory.
pub(super) fn build_file(tree: &Tree, dir: &Path) -> PathBuf {
    let mut roots = tree.roots.iter().filter(|root| dir.starts_with(root));
    let root = roots.next().map_or(dir, PathBuf::as_path);
    for above in dir.ancestors().take_while(|a| a.starts_with(root)) {
        for name in ["BUILD.bazel", "BUILD"] {
            let file = above.join(name);
            // A link to nothing is there too; a directory has nothing to do with Bazel.
            if file.symlink_metadata().is_ok() && !file.is_dir() {
                return file;
            }
        }
    }
    dir.join("BUILD.bazel")
}

/// The root of the workspace of a directory: `given`, or the nearest directory above with a file that
/// marks it.
pub(super) fn workspace(dir: &Path, given: Option<&Path>) -> Result<PathBuf> {
    const MARKS: &[&str] = &["MODULE.bazel", "REPO.bazel", "WORKSPACE.bazel", "WORKSPACE"];
    if let Some(root) = given {
        let shown = display_path(root);
        let root = root.canonicalize().map_err(|e| {
            let reason = rules_wit_common::reason(&e);
            Diagnostic::environment(format!("cannot read `{shown}`: {reason}"))
                .hint("pass the root of the workspace to `--root`")
        })?;
        if dir.starts_with(&root) {
            return Ok(root);
        }
        return Err(
            Diagnostic::new(format!("the packages are not below the root `{shown}`"))
                .hint("pass a directory above them to `--root`")
                .into(),
        );
    }
    let has_mark = |dir: &&Path| MARKS.iter().any(|m| dir.join(m).is_file());
    match dir.ancestors().find(has_mark) {
        Some(root) => Ok(root.to_owned()),
        None => Err(Diagnostic::new("the packages are not in a Bazel workspace")
            .hint("add a `MODULE.bazel` to the root of the workspace, or pass its root to `--root`")
            .into()),
    }
}

impl BazelPackage {
    /// Reads a BUILD file at `path`, or prepares a new one. `root` is the root of the workspace, if it
    /// was given; `paths` are the paths of the tree.
    ///
    /// Fails if there is no workspace, or if the file cannot be read. The inner error is that of a
    /// directory that no label can name.
    pub fn read(
        path: &Path,
        root: Option<&Path>,
        paths: &[PathBuf],
    ) -> Result<std::result::Result<Self, Diagnostic>> {
        let dir = path.parent().unwrap_or(Path::new("."));
        let root = workspace(dir, root)?;
        let package = dir.strip_prefix(&root).unwrap_or(Path::new(""));
        if let Some(found) = unnameable_package(package) {
            return Ok(Err(cannot_name(
                &as_given(&root.join(&found.path), paths),
                &found,
            )));
        }
        let text = match path.symlink_metadata() {
            Ok(_) if path.is_file() => Some(read_text(path, Limit::SOURCE)?),
            Ok(_) => {
                let shown = display_path(&as_given(path, paths));
                let d = Diagnostic::new(format!("cannot read `{shown}`: not a regular file"));
                return Ok(Err(d.hint("replace it with a BUILD file")));
            }
            Err(_) => None,
        };
        Ok(Ok(BazelPackage {
            package: below(dir, &root).unwrap_or_default(),
            parsed: starlark::parse(text.as_deref().unwrap_or_default()),
            path: as_given(path, paths),
            dir: dir.to_owned(),
            text,
            units: Vec::new(),
        }))
    }

    /// The path of the BUILD file, for messages.
    pub fn shown(&self) -> String {
        display_path(&self.path)
    }

    /// The labels of the sources of a unit. Fails if one of them cannot be named.
    pub fn sources(
        &self,
        tree: &Tree,
        unit: usize,
    ) -> std::result::Result<Vec<String>, Box<Diagnostic>> {
        let mut out = Vec::new();
        for i in &tree.units[unit].files {
            let file = &tree.files[*i].0;
            let real = file.real();
            let path = real.strip_prefix(&self.dir).unwrap_or(&real);
            if let Some(found) = unnameable_file(path) {
                // The same number of names behind it, in the path as given.
                let behind = path.components().count() - found.path.components().count();
                let at = file.path.ancestors().nth(behind);
                return Err(cannot_name(at.unwrap_or(&file.path), &found).into());
            }
            out.extend(below(&real, &self.dir).map(file_label));
        }
        out.sort();
        Ok(out)
    }

    fn libraries(&self) -> impl Iterator<Item = (usize, &Call)> {
        let calls = self.parsed.libraries().into_iter();
        calls.filter_map(|i| Some((i, self.parsed.calls.get(i)?)))
    }

    /// Finds the target of each unit, the one with its sources or else with its name, or names a new
    /// one. `sources` are the sources of each unit.
    pub fn label(
        &self,
        tree: &Tree,
        sources: &BTreeMap<usize, Vec<String>>,
        labels: &mut BTreeMap<usize, Label>,
        matched: &mut BTreeMap<usize, usize>,
        problems: &mut Vec<Diagnostic>,
    ) {
        let names = self.names(tree);
        let mut taken = BTreeSet::new();
        let has_source = |call: &Call, srcs: &[String]| match call.arg("srcs").map(|a| &a.kind) {
            Some(Value::List(list)) => list.iter().any(|e| {
                let file = normal(&e.text, "");
                srcs.iter().any(|s| normal(s, "") == file)
            }),
            _ => false,
        };
        for by_source in [true, false] {
            for (unit, name) in self.units.iter().zip(&names) {
                if matched.contains_key(unit) {
                    continue;
                }
                let srcs = sources.get(unit).map(Vec::as_slice).unwrap_or_default();
                let found = self.libraries().find(|(i, call)| {
                    let fits = match by_source {
                        true => has_source(call, srcs),
                        false => call.text("name") == Some(name),
                    };
                    fits && call.text("name").is_some() && !taken.contains(i)
                });
                if let Some((i, call)) = found {
                    taken.insert(i);
                    matched.insert(*unit, i);
                    labels.insert(
                        *unit,
                        Label {
                            package: self.package.clone(),
                            name: call.text("name").unwrap_or_default().to_owned(),
                        },
                    );
                }
            }
        }
        let mut others: BTreeSet<String> = self.parsed.calls.iter().filter_map(name).collect();
        for (unit, mut name) in self.units.iter().zip(names) {
            if labels.contains_key(unit) {
                continue;
            }
            if self.parsed.has_hidden {
                let dir = tree.shown_dir(*unit);
                problems.push(
                    Diagnostic::warning(format!(
                        "{}: no target for `{dir}` was found or added",
                        self.shown()
                    ))
                    .note("the target may come from a comprehension or macro in this file that calls `wit_library`")
                    .hint("write each target as a call of `wit_library` so that it can be updated"),
                );
                continue;
            }
            // Another rule may have a target of this name.
            while !others.insert(name.clone()) {
                name.push_str("_wit");
            }
            let label = Label {
                package: self.package.clone(),
                name,
            };
            labels.insert(*unit, label);
        }
    }

    /// Names for new targets of the units: those of their directories, or longer ones if these clash.
    fn names(&self, tree: &Tree) -> Vec<String> {
        let short = |unit: &usize| {
            let dir = tree.units[*unit].dir.file_name();
            target_name(&dir.map_or_else(String::new, |d| d.to_string_lossy().into_owned()))
        };
        let long = |unit: &usize| {
            let path = below(&tree.units[*unit].dir, &self.dir).unwrap_or_default();
            match path.is_empty() {
                true => short(unit),
                false => target_name(&path),
            }
        };
        let own = |unit: &usize| match &tree.units[*unit].name {
            Some(name) => target_name(&name.name),
            None => short(unit),
        };
        let full = |unit: &usize| match &tree.units[*unit].name {
            Some(name) => target_name(&name.to_string()),
            None => long(unit),
        };
        let namings: [&dyn Fn(&usize) -> String; 4] = [&short, &long, &own, &full];
        let mut out: Vec<String> = vec![String::new(); self.units.len()];
        for naming in namings {
            let clashes = |name: &String| out.iter().filter(|n| *n == name).count() > 1;
            let again: Vec<usize> = (0..out.len())
                .filter(|i| out[*i].is_empty() || clashes(&out[*i]))
                .collect();
            for i in again {
                out[i] = naming(&self.units[i]);
            }
        }
        out
    }

    /// The prefix of the labels of the rules.
    pub fn rules(&self) -> String {
        for call in self.parsed.calls.iter().filter(|c| c.function == "load") {
            if let Some(Value::Text(file)) = call.args.first().map(|a| &a.kind) {
                if let Some(prefix) = file.strip_suffix("//rules:wit.bzl") {
                    return format!("{prefix}//rules");
                }
            }
        }
        "@rules_wit//rules".to_owned()
    }

    /// Whether the dependencies of a target may include any that are not in the tree.
    pub fn has_kept_deps(&self, call: Option<usize>) -> bool {
        let deps = call.and_then(|i| self.parsed.calls.get(i)?.arg("deps"));
        deps.is_some_and(|arg| match &arg.kind {
            Value::List(list) => arg.keep || list.iter().any(|e| e.keep()),
            _ => true,
        })
    }
}

fn name(call: &Call) -> Option<String> {
    call.text("name").map(str::to_owned)
}

/// The error of a file or directory that labels cannot name.
fn cannot_name(path: &Path, found: &Unnameable) -> Diagnostic {
    let (shown, reason) = (display_path(path), &found.reason);
    Diagnostic::new(format!(
        "cannot write a label for `{}`: Bazel does not allow {reason} in labels",
        shown.escape_debug()
    ))
    .hint(format!("rename it, for example to `{}`", found.better))
}

/// The path relative to one of the given paths, for messages.
pub(super) fn as_given(path: &Path, given: &[PathBuf]) -> PathBuf {
    for root in given {
        let Ok(real) = root.canonicalize() else {
            continue;
        };
        if let Ok(rest) = path.strip_prefix(&real) {
            return match root.as_os_str() == "." {
                true => rest.to_owned(),
                false => root.join(rest),
            };
        }
    }
    path.to_owned()
}
