//! `wit check`: whether the packages of a tree fit together.

mod cycles;
mod entries;
mod graph;
mod json;
mod packages;
mod uses;

pub use entries::is_local_name;
pub use graph::exact;

use crate::tree::Tree;
use rules_wit_common::{tell, write_output, Diagnostic, Failure, Result, Severity, Site};
use std::path::{Path, PathBuf};
use wit_parser::PackageName;

/// Checks that all WIT packages below some directories fit together.
///
/// Reads every `.wit` file, and the manifests beside them: `deps.toml` (with `[dependencies]`, or in
/// wit-deps' form) and `wkg.toml`, with their lock files. Tells all problems in one run: syntax
/// errors, dependencies that are missing or have another version, cycles, packages that exist twice
/// or lie in several directories, uses that the manifest does not name, and names that do not exist.
/// A dependency that nothing uses is a warning.
///
/// Exits with 0 if there is no error, 1 if there is one, 2 for a wrong command line, 3 if something
/// cannot be read.
#[derive(clap::Args)]
pub struct Args {
    /// A directory with packages, at any depth, or a `.wit` file.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A file or directory with packages that are used, such as those of WASI, and not checked.
    #[arg(long = "dep", value_name = "PATH")]
    deps: Vec<PathBuf>,
    /// Write what was found to the standard output as JSON.
    #[arg(long)]
    json: bool,
}

/// What a problem is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// A file or directory cannot be read.
    Unreadable,
    /// A file does not parse.
    Syntax,
    /// No file of a directory has a `package` header.
    NoHeader,
    /// A package that is used or declared is not in the tree.
    MissingDependency,
    /// Packages that depend on each other.
    Cycle,
    /// A package is there, but with another version.
    VersionMismatch,
    /// WIT uses a package that the manifest does not name.
    UndeclaredUse,
    /// The manifest names a package that the WIT does not use.
    UnusedDependency,
    /// A package is defined more than once.
    DuplicatePackage,
    /// The files of a package lie in several directories.
    SplitPackage,
    /// A key in a manifest that nobody reads.
    UnknownKey,
    /// Anything else that is wrong with a manifest.
    Manifest,
    /// A path that leads out of the directories that are checked.
    PathLeavesTree,
    /// A name that does not exist, or something else that only shows between packages.
    Unresolved,
}

/// Something that is wrong.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What it is about.
    pub kind: Kind,
    /// What it says.
    pub diagnostic: Diagnostic,
}

impl Problem {
    /// A problem.
    pub fn new(kind: Kind, diagnostic: Diagnostic) -> Self {
        Problem { kind, diagnostic }
    }

    fn place(&self) -> Option<(&str, usize, usize)> {
        let site = self.diagnostic.sites().first()?;
        Some((site.path(), site.line(), site.column()))
    }
}

/// What a check found.
#[derive(Debug, Default)]
pub struct Report {
    /// The packages, by name.
    pub packages: Vec<Package>,
    /// The number of interfaces that have a name.
    pub interfaces: usize,
    /// The number of worlds.
    pub worlds: usize,
    /// The problems, in the order of files and lines.
    pub problems: Vec<Problem>,
}

/// A package that was found.
#[derive(Debug, serde::Serialize)]
pub struct Package {
    /// Its name with the version.
    pub name: String,
    /// Its files.
    pub files: Vec<String>,
    /// The packages that it uses, by their names with versions.
    pub uses: Vec<String>,
}

/// Checks a tree.
pub fn check(tree: &Tree) -> Report {
    let mut problems: Vec<Problem> = tree
        .unreadable
        .iter()
        .map(|d| Problem::new(Kind::Unreadable, d.clone()))
        .collect();
    let (counts, mut bad) = packages::select(tree, &mut problems);
    let mut graph = graph::Graph::new(tree, &counts);
    entries::read(&mut graph, &mut problems);
    uses::compare(&mut graph, &mut bad, &mut problems);
    cycles::find(&graph, &mut bad, &mut problems);
    problems.extend(packages::resolve(&graph, bad).into_iter().map(|(_, p)| p));
    problems.sort_by(|a, b| a.place().cmp(&b.place()));
    let (interfaces, worlds) = graph.counts();
    Report {
        packages: graph.packages(),
        interfaces,
        worlds,
        problems,
    }
}

/// What is wrong within the packages of a tree, each by the number of its unit: what does not parse,
/// and, where all that a package uses is there, what does not resolve.
pub fn within(tree: &Tree) -> Vec<(usize, Problem)> {
    let mut ignored = Vec::new();
    let (counts, mut bad) = packages::select(tree, &mut ignored);
    let mut graph = graph::Graph::new(tree, &counts);
    entries::read(&mut graph, &mut ignored);
    uses::compare(&mut graph, &mut bad, &mut ignored);
    cycles::find(&graph, &mut bad, &mut ignored);
    packages::resolve(&graph, bad)
}

/// The units that count: of several copies of a package one.
pub fn counted(tree: &Tree) -> Vec<usize> {
    let counting = counting_units(tree);
    let all = counting.iter().enumerate();
    all.filter(|(i, unit)| i == *unit).map(|(i, _)| i).collect()
}

/// A package that another one names.
#[derive(Debug)]
pub struct Need {
    /// The unit that names it.
    pub unit: usize,
    /// What it names.
    pub wanted: PackageName,
    /// The unit that is meant, if the tree has it.
    pub target: Option<usize>,
    /// Where.
    pub site: Site,
}

/// The units of a tree that count, and what they need of each other and of others.
pub fn needs(tree: &Tree) -> (Vec<usize>, Vec<Need>) {
    let mut ignored = Vec::new();
    let (counts, mut bad) = packages::select(tree, &mut ignored);
    let mut graph = graph::Graph::new(tree, &counts);
    entries::read(&mut graph, &mut ignored);
    uses::compare(&mut graph, &mut bad, &mut ignored);
    let needs = graph.edges.iter().map(|edge| Need {
        unit: edge.unit,
        wanted: graph::exact(&edge.to),
        target: (edge.target.as_ref()).and_then(|t| graph.by_name.get(t).copied()),
        site: graph.site(edge),
    });
    (graph.units.clone(), needs.collect())
}

/// For each unit the one that counts: itself, or that which it is a copy of.
pub fn counting_units(tree: &Tree) -> Vec<usize> {
    packages::select(tree, &mut Vec::new()).0
}

/// For each unit those that its manifests name.
pub fn declared_units(tree: &Tree) -> Vec<(usize, Vec<usize>)> {
    let mut graph = graph::Graph::new(tree, &(0..tree.units.len()).collect::<Vec<_>>());
    entries::read(&mut graph, &mut Vec::new());
    let mut out = Vec::new();
    for declared in &graph.declared {
        let targets: Vec<usize> = declared
            .targets
            .iter()
            .flatten()
            .flatten()
            .copied()
            .collect();
        out.extend(declared.homes.iter().map(|home| (*home, targets.clone())));
    }
    out
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let tree = match Tree::read_with(&args.paths, &args.deps) {
        Ok(tree) => tree,
        Err(e) if args.json => {
            let report = Report {
                problems: e
                    .clone()
                    .diagnostics()
                    .into_iter()
                    .map(|d| Problem::new(Kind::Unreadable, d))
                    .collect(),
                ..Report::default()
            };
            write_output(Path::new("-"), json::text(&report).as_bytes(), false)?;
            return Err(e.told());
        }
        Err(e) => return Err(e),
    };
    let report = check(&tree);
    if args.json {
        write_output(Path::new("-"), json::text(&report).as_bytes(), false)?;
    }
    let is_error = |p: &Problem| p.diagnostic.severity() == Severity::Error;
    let failed = report.problems.iter().any(is_error);
    let all = report.problems.into_iter().map(|p| p.diagnostic).collect();
    match Failure::from_all(all) {
        Some(all) if failed && args.json => return Err(all.told()),
        Some(all) if failed => return Err(all),
        Some(warnings) if !args.json => tell(&warnings),
        _ => {}
    }
    if args.json {
        return Ok(());
    }
    let line = format!(
        "ok: {}, {}, {}\n",
        count(report.packages.len(), "package"),
        count(report.interfaces, "interface"),
        count(report.worlds, "world")
    );
    write_output(Path::new("-"), line.as_bytes(), false)
}

/// `1 world`, `2 worlds`.
pub fn count(n: usize, what: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{n} {what}{plural}")
}
