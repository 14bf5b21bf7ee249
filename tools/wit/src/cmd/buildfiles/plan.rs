//! Plans the BUILD files: the target of each package, and its dependencies.

use super::bazel_package::{as_given, build_file, BazelPackage};
use super::elsewhere;
use super::labels::Label;
use super::wasi::{provided, Provided};
use super::write::{self, Target};
use crate::package_graph::{Analysis, Need};
use crate::tree::Tree;
use rules_wit_common::{Diagnostic, Result, Site};
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

/// The Bazel packages of a tree, and the targets of its units.
struct Targets<'t> {
    tree: &'t Tree,
    /// By the paths of their BUILD files.
    packages: BTreeMap<PathBuf, BazelPackage>,
    /// The labels of the sources of each unit; none for a unit that cannot have a target.
    sources: BTreeMap<usize, Vec<String>>,
    labels: BTreeMap<usize, Label>,
    /// The numbers of the calls in the BUILD files.
    calls: BTreeMap<usize, usize>,
}

/// Plans the BUILD files of a tree, which was read from `paths`. `root` is the root of the workspace, if
/// it was given. Fails if the tree is not in a Bazel workspace, or if a BUILD file cannot be read.
pub(super) fn plan(tree: &Tree, paths: &[PathBuf], root: Option<&Path>) -> Result<Plan> {
    let analysis = Analysis::of(tree).without_conflicts()?;
    let (units, needs) = (analysis.counted(), analysis.needs());
    let mut problems = Vec::new();
    let targets = Targets::of(tree, units, paths, root, &mut problems)?;
    let mut files = Vec::new();
    for bazel_package in targets.packages.values() {
        files.extend(targets.file(bazel_package, &needs, &mut problems));
    }
    Ok(Plan {
        files,
        packages: units.len(),
        problems,
    })
}

impl<'t> Targets<'t> {
    /// Finds or names the targets of units.
    fn of(
        tree: &'t Tree,
        units: &[usize],
        paths: &[PathBuf],
        root: Option<&Path>,
        problems: &mut Vec<Diagnostic>,
    ) -> Result<Self> {
        let mut targets = Targets {
            tree,
            packages: BTreeMap::new(),
            sources: BTreeMap::new(),
            labels: BTreeMap::new(),
            calls: BTreeMap::new(),
        };
        // The BUILD files without a Bazel package, which have been reported.
        let mut refused: BTreeSet<PathBuf> = BTreeSet::new();
        for unit in units {
            let is_elsewhere = tree.is_elsewhere(*unit);
            if is_elsewhere {
                if let Err(problem) = elsewhere::check(tree, *unit, root) {
                    problems.extend(problem.map(|d| *d));
                    continue;
                }
            }
            let path = build_file(tree, &tree.units[*unit].dir);
            if refused.contains(&path) {
                continue;
            }
            if !targets.packages.contains_key(&path) {
                let leads_out = match is_elsewhere && !path.is_symlink() {
                    true => None,
                    false => tree.leads_out(&as_given(&path, paths)),
                };
                let read = match leads_out {
                    Some(d) => Err(d),
                    None => BazelPackage::read(&path, root, paths)?,
                };
                match read {
                    Ok(bazel_package) => {
                        targets.packages.insert(path.clone(), bazel_package);
                    }
                    Err(d) => {
                        problems.push(d);
                        refused.insert(path);
                        continue;
                    }
                }
            }
            if let Some(bazel_package) = targets.packages.get_mut(&path) {
                match bazel_package.sources(tree, *unit) {
                    Ok(sources) => {
                        bazel_package.units.push(*unit);
                        targets.sources.insert(*unit, sources);
                    }
                    Err(d) => problems.push(*d),
                }
            }
        }
        for bazel_package in targets.packages.values() {
            bazel_package.label(
                tree,
                &targets.sources,
                &mut targets.labels,
                &mut targets.calls,
                problems,
            );
        }
        Ok(targets)
    }

    /// The new text of a BUILD file. `None` if the file has a syntax error.
    fn file(
        &self,
        bazel_package: &BazelPackage,
        needs: &[Need],
        problems: &mut Vec<Diagnostic>,
    ) -> Option<NewFile> {
        let shown = bazel_package.shown();
        if let (Some(range), Some(text)) = (&bazel_package.parsed.broken, &bazel_package.text) {
            problems.push(
                Diagnostic::new(format!("syntax error in `{shown}`"))
                    .site(Site::new(&shown, text, range.clone()))
                    .hint("fix the syntax here"),
            );
            return None;
        }
        let mut targets = Vec::new();
        for unit in &bazel_package.units {
            let (Some(label), Some(srcs)) = (self.labels.get(unit), self.sources.get(unit)) else {
                continue;
            };
            let own: Vec<&Need> = needs.iter().filter(|n| n.unit == *unit).collect();
            let call = self.calls.get(unit).copied();
            let (deps, is_partial) = self.deps(bazel_package, &own, call, problems);
            targets.push(Target {
                call,
                name: label.name.clone(),
                srcs: srcs.clone(),
                deps,
                is_partial,
            });
        }
        if targets.is_empty() && bazel_package.text.is_none() {
            return None;
        }
        let file = write::apply(
            bazel_package.text.as_deref(),
            &bazel_package.parsed,
            &bazel_package.package,
            &targets,
        );
        let Some(file) = file else {
            problems.push(
                Diagnostic::new(format!("syntax error in `{shown}`"))
                    .hint("run `buildifier` on it to see where"),
            );
            return None;
        };
        for warning in file.warnings {
            problems.push(
                Diagnostic::warning(format!("{shown}: {warning}")).hint(
                    "write it as a plain list so that it can be updated, or mark it `# keep`",
                ),
            );
        }
        Some(NewFile {
            path: bazel_package.path.clone(),
            old: bazel_package.text.clone(),
            new: file.text,
        })
    }

    /// The labels of the dependencies of a unit, and whether some are unknown.
    fn deps(
        &self,
        bazel_package: &BazelPackage,
        needs: &[&Need],
        call: Option<usize>,
        problems: &mut Vec<Diagnostic>,
    ) -> (Vec<String>, bool) {
        let mut out = BTreeSet::new();
        let mut reported = BTreeSet::new();
        let mut is_partial = false;
        for need in needs {
            let name = &need.wanted;
            // Without a version, the manifest or the tree decides.
            let is_wanted =
                |unit: &usize| name.version.is_none() || self.tree.packages(*unit).contains(name);
            match need.target.filter(is_wanted) {
                Some(unit) if unit == need.unit => continue,
                Some(unit) => {
                    // A package without a label has been reported.
                    let label = self.labels.get(&unit);
                    is_partial |= label.is_none();
                    out.extend(label.map(|l| l.from(&bazel_package.package)));
                    continue;
                }
                None => {}
            }
            let provided = provided(name);
            if let Some(Provided::Target(target)) = &provided {
                out.insert(format!("{}/wasi:{target}", bazel_package.rules()));
                continue;
            }
            // The dependency may be among the kept ones.
            if bazel_package.has_kept_deps(call) {
                continue;
            }
            is_partial = true;
            if reported.insert(name.clone()) {
                problems.push(unknown(need, provided));
            }
        }
        (out.into_iter().collect(), is_partial)
    }
}

/// The error of a package that is neither in the tree nor provided by the rules.
fn unknown(need: &Need, provided: Option<Provided>) -> Diagnostic {
    let name = &need.wanted;
    let (title, hint) = match provided {
        Some(Provided::Versions(versions)) => {
            let versions = versions.join(" or ");
            (
                format!("package `{name}` is not in the tree, and the rules have version {versions} of it"),
                format!("use version {versions}, or add `{name}` to the tree, for example with `wkg wit fetch`"),
            )
        }
        _ => (
            format!("failed to resolve dependency '{}'", name.name),
            "add the package to the tree, or add its label to `deps` with a comment `# keep`"
                .to_owned(),
        ),
    };
    let site = need.site.clone().label(format!("`{name}` is used here"));
    Diagnostic::new(title).site(site).hint(hint)
}
