//! Plans the BUILD files: the target of each package, and its dependencies.

use super::labels::{below, normal, target_name, Label};
use super::starlark::{self, BuildFile, Call, Value};
use super::write::{self, Target};
use crate::package_graph::{Analysis, Need};
use crate::tree::Tree;
use rules_wit_common::{display_path, read_text, Diagnostic, Limit, Result, Site};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The BUILD files to write.
pub(super) struct Plan {
    pub files: Vec<NewFile>,
    /// The number of packages.
    pub packages: usize,
    pub problems: Vec<Diagnostic>,
}

/// A BUILD file, before and after.
pub(super) struct NewFile {
    pub path: PathBuf,
    pub old: Option<String>,
    pub new: String,
}

/// A Bazel package: its BUILD file, and the units that belong to it.
struct BazelPackage {
    path: PathBuf,
    /// Its directory, relative to the root of the workspace.
    package: String,
    text: Option<String>,
    parsed: BuildFile,
    units: Vec<usize>,
}

/// The packages of WASI that the rules provide.
const WASI: &[&str] = &["cli", "clocks", "filesystem", "io", "random", "sockets"];

/// Plans the BUILD files of a tree, which was read from `paths`. Fails if the tree is not in a Bazel
/// workspace, or if a BUILD file cannot be read.
pub(super) fn plan(tree: &Tree, paths: &[PathBuf]) -> Result<Plan> {
    let analysis = Analysis::of(tree);
    let (units, needs) = (analysis.counted(), analysis.needs());
    let mut bazel_packages: BTreeMap<PathBuf, BazelPackage> = BTreeMap::new();
    for unit in units {
        let dir = &tree.units[*unit].dir;
        let path = build_file(tree, dir);
        if let Some(bazel_package) = bazel_packages.get_mut(&path) {
            bazel_package.units.push(*unit);
            continue;
        }
        let bazel_package = BazelPackage::read(path.clone(), *unit, paths)?;
        bazel_packages.insert(path, bazel_package);
    }
    let mut problems = Vec::new();
    let mut labels: BTreeMap<usize, Label> = BTreeMap::new();
    let mut matched: BTreeMap<usize, usize> = BTreeMap::new();
    for bazel_package in bazel_packages.values() {
        bazel_package.label(tree, &mut labels, &mut matched, &mut problems);
    }
    let mut files = Vec::new();
    for bazel_package in bazel_packages.values() {
        if let (Some(range), Some(text)) = (&bazel_package.parsed.broken, &bazel_package.text) {
            let shown = bazel_package.shown();
            problems.push(
                Diagnostic::new(format!("syntax error in `{shown}`"))
                    .site(Site::new(&shown, text, range.clone()).label("unbalanced"))
                    .hint("fix the syntax here"),
            );
            continue;
        }
        let mut targets = Vec::new();
        for unit in bazel_package
            .units
            .iter()
            .filter(|u| labels.contains_key(u))
        {
            let own: Vec<&Need> = needs.iter().filter(|n| n.unit == *unit).collect();
            let call = matched.get(unit).copied();
            let before = problems.len();
            let deps = bazel_package.deps(&own, &labels, call, &mut problems);
            let is_partial = problems.len() > before;
            targets.push(Target {
                call,
                name: labels[unit].name.clone(),
                srcs: bazel_package.sources(tree, *unit),
                deps,
                is_partial,
            });
        }
        let file = write::apply(
            bazel_package.text.as_deref(),
            &bazel_package.parsed,
            &bazel_package.package,
            &targets,
        );
        for warning in file.warnings {
            problems.push(
                Diagnostic::warning(format!("{}: {warning}", bazel_package.shown())).hint(
                    "write it as a plain list so that it can be updated, or mark it `# keep`",
                ),
            );
        }
        files.push(NewFile {
            path: bazel_package.path.clone(),
            old: bazel_package.text.clone(),
            new: file.text,
        });
    }
    Ok(Plan {
        files,
        packages: units.len(),
        problems,
    })
}

/// The path of the BUILD file for a directory: the nearest one up to the directory that was given, or
/// a new one in the directory.
fn build_file(tree: &Tree, dir: &Path) -> PathBuf {
    let mut roots = tree.roots.iter().filter(|root| dir.starts_with(root));
    let root = roots.next().map_or(dir, PathBuf::as_path);
    for above in dir.ancestors().take_while(|a| a.starts_with(root)) {
        for name in ["BUILD.bazel", "BUILD"] {
            let file = above.join(name);
            if file.is_file() {
                return file;
            }
        }
    }
    dir.join("BUILD.bazel")
}

/// The root of the workspace of a directory.
fn workspace(dir: &Path) -> Result<PathBuf> {
    const MARKS: &[&str] = &["MODULE.bazel", "REPO.bazel", "WORKSPACE.bazel", "WORKSPACE"];
    let has_mark = |dir: &&Path| MARKS.iter().any(|m| dir.join(m).is_file());
    match dir.ancestors().find(has_mark) {
        Some(root) => Ok(root.to_owned()),
        None => Err(Diagnostic::new("the packages are not in a Bazel workspace")
            .hint("add a `MODULE.bazel` to the root of the workspace")
            .into()),
    }
}

impl BazelPackage {
    fn read(path: PathBuf, unit: usize, paths: &[PathBuf]) -> Result<Self> {
        let dir = path.parent().unwrap_or(Path::new("."));
        let root = workspace(dir)?;
        let text = match path.is_file() {
            true => Some(read_text(&path, Limit::SOURCE)?),
            false => None,
        };
        Ok(BazelPackage {
            package: below(dir, &root).unwrap_or_default(),
            parsed: starlark::parse(text.as_deref().unwrap_or_default()),
            path: as_given(&path, paths),
            text,
            units: vec![unit],
        })
    }

    fn shown(&self) -> String {
        display_path(&self.path)
    }

    fn dir(&self) -> PathBuf {
        let dir = self.path.parent().unwrap_or(Path::new("."));
        let dir = match dir.as_os_str().is_empty() {
            true => Path::new("."),
            false => dir,
        };
        dir.canonicalize().unwrap_or_else(|_| dir.to_owned())
    }

    /// The sources of a unit, relative to the BUILD file.
    fn sources(&self, tree: &Tree, unit: usize) -> Vec<String> {
        let dir = self.dir();
        let mut out: Vec<String> = (tree.units[unit].files.iter())
            .filter_map(|i| {
                let file = &tree.files[*i].0;
                below(&file.dir.join(file.path.file_name()?), &dir)
            })
            .collect();
        out.sort();
        out
    }

    fn libraries(&self) -> impl Iterator<Item = (usize, &Call)> {
        let calls = self.parsed.calls.iter().enumerate();
        calls.filter(|(_, c)| c.function == "wit_library")
    }

    /// Finds the target of each unit, the one with its sources or else with its name, or names a new
    /// one.
    fn label(
        &self,
        tree: &Tree,
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
                let srcs = self.sources(tree, *unit);
                let found = self.libraries().find(|(i, call)| {
                    let fits = match by_source {
                        true => has_source(call, &srcs),
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
        for (unit, name) in self.units.iter().zip(names) {
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
            let label = Label {
                package: self.package.clone(),
                name,
            };
            labels.insert(*unit, label);
        }
    }

    /// Names for new targets of the units: those of their directories, or longer ones if these clash.
    fn names(&self, tree: &Tree) -> Vec<String> {
        let dir = self.dir();
        let short = |unit: &usize| {
            let dir = tree.units[*unit].dir.file_name();
            target_name(&dir.map_or_else(String::new, |d| d.to_string_lossy().into_owned()))
        };
        let long = |unit: &usize| {
            let path = below(&tree.units[*unit].dir, &dir).unwrap_or_default();
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
    fn rules(&self) -> String {
        for call in self.parsed.calls.iter().filter(|c| c.function == "load") {
            if let Some(Value::Text(file)) = call.args.first().map(|a| &a.kind) {
                if let Some(prefix) = file.strip_suffix("//rules:wit.bzl") {
                    return format!("{prefix}//rules");
                }
            }
        }
        "@rules_wit//rules".to_owned()
    }

    fn deps(
        &self,
        needs: &[&Need],
        labels: &BTreeMap<usize, Label>,
        call: Option<usize>,
        problems: &mut Vec<Diagnostic>,
    ) -> Vec<String> {
        let mut out = BTreeSet::new();
        let mut reported = BTreeSet::new();
        for need in needs {
            let name = &need.wanted;
            let wasi = name.namespace == "wasi"
                && WASI.contains(&name.name.as_str())
                && name
                    .version
                    .as_ref()
                    .is_some_and(|v| (v.major, v.minor) == (0, 2));
            match need.target.filter(|unit| *unit != need.unit) {
                Some(unit) => out.extend(labels.get(&unit).map(|l| l.from(&self.package))),
                None if need.target.is_some() => {}
                None if wasi => {
                    out.insert(format!("{}/wasi:{}", self.rules(), name.name));
                }
                // The dependency may be among the kept ones.
                None if self.has_kept_deps(call) => {}
                None if reported.insert(name.clone()) => {
                    problems.push(
                        Diagnostic::new(format!("failed to resolve dependency '{}'", name.name))
                            .site(need.site.clone().label(format!("`{name}` is used here")))
                            .hint("add the package to the tree, or add its label to `deps` with a comment `# keep`"),
                    );
                }
                None => {}
            }
        }
        out.into_iter().collect()
    }

    fn has_kept_deps(&self, call: Option<usize>) -> bool {
        let deps = call.and_then(|i| self.parsed.calls.get(i)?.arg("deps"));
        deps.is_some_and(|arg| match &arg.kind {
            Value::List(list) => arg.keep || list.iter().any(|e| e.keep()),
            _ => true,
        })
    }
}

/// The path relative to one of the given paths, for messages.
fn as_given(path: &Path, given: &[PathBuf]) -> PathBuf {
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
