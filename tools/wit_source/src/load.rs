//! Parsing and resolving.

use crate::comments::blank;
use crate::header::package_name;
use crate::{diagnose, LABEL_PREFIX};
use rules_wit_common::{display_path, read_text, Diagnostic, Limit, Result, Site};
use std::collections::BTreeMap;
use std::path::PathBuf;
use wit_parser::{
    PackageId, Resolve, SourceMap, Span, Stability, UnresolvedPackageGroup, WorldItem,
};

/// The most bytes of WIT that one run reads.
const TOTAL: u64 = 256 << 20;

/// Which `@unstable` items exist.
#[derive(Clone, Debug)]
pub enum Features {
    /// All of them.
    All,
    /// Those of these features.
    Only(Vec<String>),
}

impl Features {
    /// Nothing yet, with the features on.
    pub(crate) fn open(&self) -> Resolve {
        let mut resolve = Resolve::new();
        match self {
            Features::All => resolve.all_features = true,
            Features::Only(names) => resolve.features.extend(names.iter().cloned()),
        }
        resolve
    }
}

/// The texts that were read, by the path under which the parser knows them.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub(crate) texts: BTreeMap<String, String>,
    /// The paths of each package: the main one first.
    pub(crate) groups: Vec<Vec<String>>,
    pub(crate) labels: BTreeMap<String, String>,
}

impl Sources {
    fn read(&mut self, files: &[PathBuf]) -> Result<()> {
        let mut group = Vec::new();
        for file in files {
            let path = display_path(file);
            if self.texts.contains_key(&path) {
                continue;
            }
            let text = read_text(file, Limit::SOURCE)?;
            if let Some(label) = text
                .lines()
                .next()
                .and_then(|l| l.strip_prefix(LABEL_PREFIX))
            {
                self.labels.insert(path.clone(), label.trim().to_owned());
            }
            self.texts.insert(path.clone(), text);
            group.push(path);
        }
        let total: u64 = self.texts.values().map(|t| t.len() as u64).sum();
        if total > TOTAL {
            return Err(Diagnostic::new(format!(
                "the WIT sources are larger than the limit of {} MiB",
                TOTAL >> 20
            ))
            .hint("split the package")
            .into());
        }
        if !group.is_empty() {
            group.sort();
            self.groups.push(group);
        }
        Ok(())
    }

    pub(crate) fn source_map(&self, group: usize) -> SourceMap {
        let mut map = SourceMap::new();
        for path in self.groups.get(group).into_iter().flatten() {
            map.push_str(path, blank(self.text(path)));
        }
        map
    }

    /// The text of a file.
    pub fn text(&self, path: &str) -> &str {
        self.texts.get(path).map_or("", String::as_str)
    }

    /// The label of the target that a file comes from, where it is known.
    pub fn label(&self, path: &str) -> Option<&str> {
        self.labels.get(path).map(String::as_str)
    }

    /// The header of the main package, where it has one.
    pub fn header(&self) -> Option<Site> {
        self.main_files().iter().find_map(|path| {
            let text = self.text(path);
            Some(Site::new(path, text, package_name(text)?))
        })
    }

    /// The label of the target that provides a package to the main one.
    pub fn provider(&self, package: &str) -> Option<&str> {
        let mut files = self.groups.iter().skip(1).flatten();
        let file = files.find(|path| {
            let text = self.text(path);
            package_name(text).is_some_and(|range| &text[range] == package)
        });
        self.label(file?)
    }

    /// The files of the main package.
    pub(crate) fn main_files(&self) -> &[String] {
        self.groups.first().map_or(&[], Vec::as_slice)
    }

    /// All packages again, unresolved: for the wording of errors.
    pub(crate) fn parse_all(&self) -> Vec<UnresolvedPackageGroup> {
        (0..self.groups.len())
            .filter_map(|i| self.source_map(i).parse().ok())
            .collect()
    }

    /// The file, and the site in it, that `span` stands for.
    pub fn site(&self, map: &SourceMap, span: Span) -> Option<(String, Site)> {
        let location = map.resolve_span(span)?;
        let site = Site::new(location.path, self.text(location.path), location.range);
        Some((location.path.to_owned(), site))
    }
}

/// A main package that has been parsed, with its dependencies read but not resolved.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The main package, and packages nested in its sources.
    pub group: UnresolvedPackageGroup,
    /// The packages that it may use, each with those nested in it, in the order in which they were given.
    pub deps: Vec<UnresolvedPackageGroup>,
    /// All texts.
    pub sources: Sources,
    label: Option<String>,
}

/// A main package that has been resolved.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Everything that is known.
    pub resolve: Resolve,
    /// The main package.
    pub main: PackageId,
    /// All texts.
    pub sources: Sources,
}

/// Reads `srcs`, which together are one package, and `deps`, each a whole package.
pub fn parse(label: Option<&str>, srcs: &[PathBuf], deps: &[PathBuf]) -> Result<Parsed> {
    if srcs.is_empty() {
        return Err(Diagnostic::new("a WIT package without sources")
            .target(label)
            .hint("add at least one `.wit` file to `srcs`")
            .into());
    }
    let mut sources = Sources::default();
    sources.read(srcs).map_err(|e| e.target(label))?;
    if let Some(label) = label {
        for path in sources.main_files().to_vec() {
            sources.labels.insert(path, label.to_owned());
        }
    }
    for dep in deps {
        sources
            .read(std::slice::from_ref(dep))
            .map_err(|e| e.target(label))?;
    }
    let group = parse_group(label, &sources, 0)?;
    let deps = (1..sources.groups.len())
        .map(|i| parse_group(label, &sources, i))
        .collect::<Result<_>>()?;
    Ok(Parsed {
        group,
        deps,
        sources,
        label: label.map(str::to_owned),
    })
}

fn parse_group(
    label: Option<&str>,
    sources: &Sources,
    group: usize,
) -> Result<UnresolvedPackageGroup> {
    let parsed = sources.source_map(group).parse();
    parsed.map_err(|(map, e)| diagnose::parse_error(label, sources, &map, e.kind()))
}

impl Parsed {
    /// Resolves the package against its dependencies.
    pub fn resolve(self, features: &Features) -> Result<Loaded> {
        let Parsed {
            mut group,
            mut deps,
            sources,
            label,
        } = self;
        let label = label.as_deref();
        let mut resolve = features.open();
        drop_closed_uses(&mut group, features);
        for dep in &mut deps {
            drop_closed_uses(dep, features);
        }
        match resolve.push_groups(group, deps) {
            Ok(main) => Ok(Loaded {
                resolve,
                main,
                sources,
            }),
            Err(e) => Err(diagnose::resolve_error(
                label,
                &sources,
                &resolve.source_map,
                e.kind(),
            )),
        }
    }
}

/// Takes the types out of worlds whose gate is closed. The resolver does so with all other items,
/// but for these it looks up the type first, and fails.
pub(crate) fn drop_closed_uses(group: &mut UnresolvedPackageGroup, features: &Features) {
    let Features::Only(open) = features else {
        return;
    };
    for package in std::iter::once(&mut group.main).chain(&mut group.nested) {
        let types = &package.types;
        for (_, world) in package.worlds.iter_mut() {
            world.imports.retain(|_, item| match item {
                WorldItem::Type { id, .. } => match &types[*id].stability {
                    Stability::Unstable { feature, .. } => open.contains(feature),
                    _ => true,
                },
                _ => true,
            });
        }
    }
}
