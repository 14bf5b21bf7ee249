//! `wit closure` and `wit encode`: a package with all that it uses, as one document or as binary.

use crate::packages::{document, Packages};
use rules_wit_common::{write_output, Diagnostic, Result};
use std::collections::BTreeSet;
use std::path::PathBuf;
use wit_parser::{PackageId, Resolve};
use wit_source::Features;

/// What both commands are given.
#[derive(clap::Args)]
struct Source {
    /// A directory with packages at any depth, a `.wit` file, or an encoded package.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// A package that is used: a file or directory.
    #[arg(long = "dep", value_name = "PATH")]
    deps: Vec<PathBuf>,
    /// The package that is meant, where it is not the only one that no other uses: `ns:name` or
    /// `ns:name@version`.
    #[arg(long, value_name = "PACKAGE")]
    package: Option<String>,
    /// A feature whose `@unstable` items are in it.
    #[arg(long = "feature", value_name = "NAME", value_delimiter = ',')]
    features: Vec<String>,
    /// All `@unstable` items are in it.
    #[arg(long, conflicts_with = "features")]
    all_features: bool,
    /// Where to write it; `-` is the standard output.
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
}

/// Writes a package and all that it uses as one WIT document.
///
/// The package comes first; those that it uses follow as `package ns:name { ... }`. So the document
/// means by itself what the tree means. What is behind a closed gate is not in it.
///
/// Exits with 0 if all is well, 1 if the packages do not hold together, 2 for a wrong command line, 3
/// if something cannot be read or written.
#[derive(clap::Args)]
pub struct ClosureArgs {
    #[command(flatten)]
    source: Source,
}

/// Writes a package and all that it uses as a WebAssembly binary.
///
/// This is the form in which registries keep WIT packages.
///
/// Exits with 0 if all is well, 1 if the packages do not hold together, 2 for a wrong command line, 3
/// if something cannot be read or written.
#[derive(clap::Args)]
pub struct EncodeArgs {
    #[command(flatten)]
    source: Source,
}

/// Runs `wit closure`.
pub fn run(args: &ClosureArgs) -> Result<()> {
    let (packages, main) = args.source.read()?;
    let text = document(&packages.resolve, main)
        .map_err(|e| failed(&packages.resolve, main, "write", &e))?;
    write_output(&args.source.out, text.as_bytes(), false)
}

/// Runs `wit encode`.
pub fn encode(args: &EncodeArgs) -> Result<()> {
    let (packages, main) = args.source.read()?;
    let bytes = wit_component::encode(&packages.resolve, main)
        .map_err(|e| failed(&packages.resolve, main, "encode", &e))?;
    write_output(&args.source.out, &bytes, true)
}

fn failed(resolve: &Resolve, main: PackageId, what: &str, e: &anyhow::Error) -> Diagnostic {
    let name = &resolve.packages[main].name;
    let reason = format!("{e:#}");
    let reason = reason.lines().next().unwrap_or_default();
    Diagnostic::new(format!("cannot {what} package `{name}`: {reason}"))
        .hint("take the item out of the package")
}

impl Source {
    fn read(&self) -> Result<(Packages, PackageId)> {
        let features = match self.all_features {
            true => Features::All,
            false => Features::Only(self.features.clone()),
        };
        let packages = Packages::read(&self.paths, &self.deps, &features)?;
        let main = self.select(&packages)?;
        Ok((packages, main))
    }

    /// The package that is named, or the only one that no other uses.
    fn select(&self, packages: &Packages) -> Result<PackageId> {
        let resolve = &packages.resolve;
        let candidates: Vec<PackageId> = match &self.package {
            Some(wanted) => {
                let is_wanted = |id: &PackageId| {
                    let name = &resolve.packages[*id].name;
                    name.to_string() == *wanted
                        || format!("{}:{}", name.namespace, name.name) == *wanted
                };
                let all = resolve.packages.iter().map(|(id, _)| id);
                all.filter(is_wanted).collect()
            }
            None => {
                let used: BTreeSet<usize> = (packages.own.iter())
                    .flat_map(|id| resolve.package_direct_deps(*id))
                    .map(|id| id.index())
                    .collect();
                let own = packages.own.iter().copied();
                own.filter(|id| !used.contains(&id.index())).collect()
            }
        };
        if let [one] = candidates.as_slice() {
            return Ok(*one);
        }
        let list = |ids: &mut dyn Iterator<Item = PackageId>| {
            let mut names: Vec<String> = ids
                .map(|id| format!("\n  {}", resolve.packages[id].name))
                .collect();
            names.sort();
            names.concat()
        };
        let (title, shown) = match &self.package {
            Some(wanted) if candidates.is_empty() => (
                format!("there is no package `{wanted}`"),
                list(&mut packages.own.iter().copied()),
            ),
            Some(wanted) => (
                format!("there are several packages `{wanted}`"),
                list(&mut candidates.iter().copied()),
            ),
            None => (
                "it is open which package is meant".to_owned(),
                list(&mut candidates.iter().copied()),
            ),
        };
        Err(Diagnostic::new(title)
            .note(format!("packages:{shown}"))
            .hint("name it by `--package`")
            .into())
    }
}
