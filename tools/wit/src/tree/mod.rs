//! A tree of WIT packages: every `.wit` file and manifest below some directories.

mod scan;

use crate::text::{Outline, Scope};
use rules_wit_common::{Diagnostic, Result, Site};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use wit_parser::PackageName;

/// A file as it was read.
#[derive(Clone, Debug)]
pub struct File {
    /// The path as the user knows it.
    pub shown: String,
    /// The path.
    pub path: PathBuf,
    /// Its directory, without links.
    pub dir: PathBuf,
    /// Its text.
    pub text: String,
}

impl File {
    /// The path without links.
    fn real(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default();
        self.dir.join(name)
    }

    /// A place in the file.
    pub fn site(&self, range: &Range<usize>) -> Site {
        Site::new(&self.shown, &self.text, range.clone())
    }
}

/// Files that together are one package, with the packages nested in them.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The name in its header.
    pub name: Option<PackageName>,
    /// The file with the header and its place there.
    pub header: Option<(usize, Range<usize>)>,
    /// Its directory, without links.
    pub dir: PathBuf,
    /// The numbers of its files.
    pub files: Vec<usize>,
}

/// All that was found.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The directories that were given, without links.
    pub roots: Vec<PathBuf>,
    /// The sources, each with its outline.
    pub files: Vec<(File, Outline)>,
    /// The manifests and lock files.
    pub manifests: Vec<File>,
    /// The packages.
    pub units: Vec<Unit>,
    /// Files that could not be read.
    pub unreadable: Vec<Diagnostic>,
    /// How many of the sources are of the tree itself; the rest is there to be used.
    own_files: usize,
}

impl Tree {
    /// Reads all below `paths`.
    pub fn read(paths: &[PathBuf]) -> Result<Self> {
        Self::read_with(paths, &[])
    }

    /// Reads all below `paths`, and the sources below `deps` for those to use.
    pub fn read_with(paths: &[PathBuf], deps: &[PathBuf]) -> Result<Self> {
        let mut tree = Tree::default();
        scan::scan(paths, &mut tree)?;
        tree.own_files = tree.files.len();
        if !deps.is_empty() {
            let mut others = Tree::default();
            scan::scan(deps, &mut others)?;
            let own: std::collections::BTreeSet<PathBuf> =
                tree.files.iter().map(|(f, _)| f.real()).collect();
            others.files.retain(|(f, _)| !own.contains(&f.real()));
            tree.files.extend(others.files);
            tree.roots.extend(others.roots);
            tree.unreadable.extend(others.unreadable);
        }
        tree.group();
        Ok(tree)
    }

    /// A tree of files in memory.
    #[cfg(test)]
    pub fn from_files(root: PathBuf, files: Vec<(File, Outline)>, manifests: Vec<File>) -> Self {
        let mut tree = Tree {
            roots: vec![root],
            own_files: files.len(),
            files,
            manifests,
            ..Tree::default()
        };
        tree.group();
        tree
    }

    /// Whether a unit is only there to be used.
    pub fn is_foreign(&self, unit: usize) -> bool {
        self.units[unit].files.iter().all(|i| *i >= self.own_files)
    }

    /// The same tree with other texts for some files.
    pub fn with_texts(&self, texts: &BTreeMap<usize, String>) -> Self {
        let mut tree = self.clone();
        for (file, text) in texts {
            if let Some((file, outline)) = tree.files.get_mut(*file) {
                *outline = Outline::new(text);
                file.text.clone_from(text);
            }
        }
        tree.group();
        tree
    }

    /// Makes packages of the files. The files of a directory are one package, unless their headers
    /// name several; then each header begins its own.
    fn group(&mut self) {
        let mut dirs: BTreeMap<&Path, Vec<usize>> = BTreeMap::new();
        for (i, (file, _)) in self.files.iter().enumerate() {
            dirs.entry(&file.dir).or_default().push(i);
        }
        let mut units = Vec::new();
        for (dir, files) in dirs {
            let mut named: BTreeMap<PackageName, Unit> = BTreeMap::new();
            let mut bare = Vec::new();
            for i in files {
                let outline = &self.files[i].1;
                match &outline.header {
                    Some(header) => {
                        let unit = named.entry(header.name.clone()).or_insert_with(|| Unit {
                            name: Some(header.name.clone()),
                            header: Some((i, header.range.clone())),
                            dir: dir.to_owned(),
                            files: Vec::new(),
                        });
                        unit.files.push(i);
                    }
                    None => bare.push(i),
                }
            }
            let mut named: Vec<Unit> = named.into_values().collect();
            match (named.as_mut_slice(), bare.is_empty()) {
                (_, true) => {}
                ([one], false) => {
                    one.files.extend(bare);
                    one.files.sort_unstable();
                }
                (_, false) => units.push(Unit {
                    name: None,
                    header: None,
                    dir: dir.to_owned(),
                    files: bare,
                }),
            }
            units.extend(named);
        }
        units.sort_by(|a, b| a.files.cmp(&b.files));
        self.units = units;
    }

    /// The packages that `unit` declares: itself and those nested in it.
    pub fn packages(&self, unit: usize) -> Vec<PackageName> {
        let mut out: Vec<PackageName> = self.scopes(unit).map(|(_, name, _)| name).collect();
        out.extend(self.units[unit].name.clone());
        out.sort();
        out.dedup();
        out
    }

    /// What stands in the files of `unit`: the file, the package, and what it holds.
    pub fn scopes(&self, unit: usize) -> impl Iterator<Item = (usize, PackageName, &Scope)> {
        let unit = &self.units[unit];
        unit.files.iter().flat_map(move |i| {
            let outline = &self.files[*i].1;
            let main = unit.name.clone().map(|name| (*i, name, &outline.top));
            let nested = outline.nested.iter().map(|(n, s)| (*i, n.name.clone(), s));
            main.into_iter().chain(nested)
        })
    }

    /// The place where a package of this name is declared in `unit`.
    pub fn declared(&self, unit: usize, name: &PackageName) -> Option<Site> {
        let u = &self.units[unit];
        if let (true, Some((file, range))) = (u.name.as_ref() == Some(name), &u.header) {
            return Some(self.files[*file].0.site(range));
        }
        u.files.iter().find_map(|i| {
            let (file, outline) = &self.files[*i];
            let (name, _) = outline.nested.iter().find(|(n, _)| n.name == *name)?;
            Some(file.site(&name.range))
        })
    }

    /// The directory of `unit`, as the user knows it.
    pub fn shown_dir(&self, unit: usize) -> String {
        let file = self.units[unit].files.first().map(|i| &self.files[*i].0);
        match file.and_then(|f| f.shown.rsplit_once('/')) {
            Some((dir, _)) => dir.to_owned(),
            None => ".".to_owned(),
        }
    }

    /// Whether the unit was put where tools that fetch packages put them.
    pub fn is_vendored(&self, unit: usize) -> bool {
        self.units[unit]
            .dir
            .components()
            .any(|c| c.as_os_str() == "deps")
    }

    /// The same, by the directories below those that were given alone.
    pub fn is_vendored_below(&self, unit: usize) -> bool {
        let dir = &self.units[unit].dir;
        let root = self.roots.iter().find(|root| dir.starts_with(root));
        let below = root.and_then(|root| dir.strip_prefix(root).ok());
        below.is_some_and(|dir| dir.components().any(|c| c.as_os_str() == "deps"))
    }

    /// The texts of a unit, for comparing.
    pub fn texts(&self, unit: usize) -> Vec<&str> {
        let files = self.units[unit].files.iter();
        let mut texts: Vec<&str> = files.map(|i| self.files[*i].0.text.as_str()).collect();
        texts.sort_unstable();
        texts
    }
}
