//! Command-line arguments that name a world.

use crate::error::{catch, causes, NO_WIT};
use rules_wit_common::{display_path, read_bytes, Diagnostic, Limit, Result};
use std::path::{Path, PathBuf};
use wit_component::DecodedWasm;
use wit_parser::WorldId;
use wit_source::{parse, parse_packages, select_world, Features, Loaded, Sources};

/// A world and its packages.
#[derive(clap::Args)]
pub struct NamedWorld {
    /// The package of the world, in normal form.
    #[arg(long, value_name = "FILE", requires = "world")]
    wit: Option<PathBuf>,
    /// A package that it depends on, in normal form.
    #[arg(long = "dep", value_name = "FILE", requires = "wit")]
    deps: Vec<PathBuf>,
    /// The locations of the items of a package, as `wit resolve` writes them, for errors.
    #[arg(long, value_name = "FILE", requires = "wit")]
    spans: Vec<PathBuf>,
    /// The world: `world` or `ns:package/world@version`.
    #[arg(long, requires = "wit")]
    world: Option<String>,
    /// A feature whose `@unstable` items are included.
    #[arg(long = "feature", value_name = "NAME", requires = "wit")]
    features: Vec<String>,
}

impl NamedWorld {
    /// Whether one is named.
    pub fn is_given(&self) -> bool {
        self.wit.is_some()
    }

    /// Reads the packages and finds the world in them. `None` if no world is named.
    pub fn load(&self, label: Option<&str>) -> Result<Option<(Loaded, WorldId)>> {
        let (Some(wit), Some(world)) = (&self.wit, &self.world) else {
            return Ok(None);
        };
        let features = Features::Only(self.features.clone());
        let parsed = parse(label, std::slice::from_ref(wit), &self.deps)?;
        let loaded = parsed.locate(&self.spans)?.resolve(&features)?;
        let world = select_world(&loaded, label, world)?;
        Ok(Some((loaded, world)))
    }
}

/// The world that a command generates code for.
#[derive(clap::Args)]
pub struct WorldSource {
    /// The package of the world: a WIT file, a directory with WIT files, whose dependencies may be
    /// in `deps`, or an encoded package.
    #[arg(long, value_name = "PATH")]
    wit: PathBuf,
    /// A package that it depends on: a WIT file.
    #[arg(long = "dep", value_name = "FILE")]
    deps: Vec<PathBuf>,
    /// The locations of the items of a package, as `wit resolve` writes them, for errors.
    #[arg(long, value_name = "FILE")]
    spans: Vec<PathBuf>,
    /// The world: `world` or `ns:package/world@version`. Default: the only world of the package.
    #[arg(short, long)]
    world: Option<String>,
    /// Features whose `@unstable` items are included.
    #[arg(
        long = "feature",
        alias = "features",
        value_name = "NAME",
        value_delimiter = ','
    )]
    features: Vec<String>,
    /// Include the `@unstable` items of all features.
    #[arg(long)]
    all_features: bool,
}

impl WorldSource {
    /// Reads the packages and finds the world in them.
    pub fn load(&self, label: Option<&str>) -> Result<(Loaded, WorldId)> {
        let features = match self.all_features {
            true => Features::All,
            false => Features::Only(self.features.clone()),
        };
        let loaded = match self.wit.is_dir() {
            true => {
                let (srcs, mut deps) = wit_files(&self.wit)?;
                deps.extend(self.deps.iter().map(|dep| vec![dep.clone()]));
                parse_packages(label, &srcs, deps)?.resolve(&features)?
            }
            false => match self.decode()? {
                Some(loaded) => loaded,
                None => parse(label, std::slice::from_ref(&self.wit), &self.deps)?
                    .locate(&self.spans)?
                    .resolve(&features)?,
            },
        };
        let world = match &self.world {
            Some(name) => select_world(&loaded, label, name)?,
            None => only_world(&loaded, label)?,
        };
        Ok((loaded, world))
    }

    /// Decodes an encoded package. `None` if the file is text.
    fn decode(&self) -> Result<Option<Loaded>> {
        let bytes = read_bytes(&self.wit, Limit::BINARY)?;
        if !bytes.starts_with(b"\0asm") {
            return Ok(None);
        }
        let shown = display_path(&self.wit);
        let why = match catch(|| wit_component::decode(&bytes)) {
            Some(Ok(DecodedWasm::WitPackage(resolve, main))) => {
                return Ok(Some(Loaded {
                    resolve,
                    main,
                    sources: Sources::default(),
                }))
            }
            Some(Ok(DecodedWasm::Component(..))) => "it is a component".to_owned(),
            Some(Err(e)) => causes(e.as_ref()).join(": "),
            None => NO_WIT.to_owned(),
        };
        Err(
            Diagnostic::new(format!("`{shown}` is not an encoded WIT package: {why}"))
                .hint("pass WIT, or a package that `wit encode` wrote")
                .into(),
        )
    }
}

/// The WIT files of a directory, and those of each package in its `deps`.
fn wit_files(directory: &Path) -> Result<(Vec<PathBuf>, Vec<Vec<PathBuf>>)> {
    let mut deps = Vec::new();
    let below = directory.join("deps");
    if below.is_dir() {
        for entry in entries(&below)? {
            match entry.is_dir() {
                true => deps.push(only_wit(entries(&entry)?)),
                false => deps.push(only_wit(vec![entry])),
            }
        }
        deps.retain(|files| !files.is_empty());
    }
    Ok((only_wit(entries(directory)?), deps))
}

fn only_wit(mut files: Vec<PathBuf>) -> Vec<PathBuf> {
    files.retain(|file| file.extension().is_some_and(|e| e == "wit") && !file.is_dir());
    files
}

/// The entries of a directory, sorted.
fn entries(directory: &Path) -> Result<Vec<PathBuf>> {
    let read = || -> std::io::Result<Vec<PathBuf>> {
        let entries = std::fs::read_dir(directory)?;
        let mut all: Vec<PathBuf> = entries
            .map(|entry| Ok(entry?.path()))
            .collect::<std::io::Result<_>>()?;
        all.sort();
        Ok(all)
    };
    read().map_err(|e| {
        let shown = display_path(directory);
        Diagnostic::environment(format!("cannot read the directory `{shown}`: {e}")).into()
    })
}

fn only_world(loaded: &Loaded, label: Option<&str>) -> Result<WorldId> {
    let package = &loaded.resolve.packages[loaded.main];
    let mut worlds = package.worlds.iter();
    if let (Some((_, world)), None) = (worlds.next(), worlds.next()) {
        return Ok(*world);
    }
    let names: Vec<&str> = package.worlds.keys().map(String::as_str).collect();
    let d = match names.is_empty() {
        true => Diagnostic::new(format!("package `{}` has no world", package.name))
            .hint("add a world to the package"),
        false => Diagnostic::new(format!("package `{}` has several worlds", package.name))
            .note(format!("its worlds:\n  {}", names.join("\n  ")))
            .hint("name one with `--world`")
            .rule_hint("name one in `world`"),
    };
    Err(d.target(label).into())
}
