//! Reads a tree of WIT packages: every `.wit` file, encoded package in `deps` and manifest below some
//! directories.

mod encoded;
mod file;
mod scan;

#[cfg(test)]
pub use encoded::decoded_texts;
pub use file::File;

use crate::syntax::{Outline, Scope};
use rules_wit_common::{display_path, Diagnostic, Result, Site};
use scan::Scan;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::{Path, PathBuf};
use wit_parser::PackageName;

/// The files of one package, with the packages nested in them.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The name in its header.
    pub name: Option<PackageName>,
    /// The number of the file with the header, and the range of the name there.
    pub header: Option<(usize, Range<usize>)>,
    /// Its directory, with symbolic links resolved.
    pub dir: PathBuf,
    /// The numbers of its files.
    pub files: Vec<usize>,
}

/// The packages and manifests below some directories.
#[derive(Clone, Debug, Default)]
pub struct Tree {
    /// The directories that were given, with symbolic links resolved.
    pub roots: Vec<PathBuf>,
    /// The sources, each with its outline.
    pub files: Vec<(File, Outline)>,
    /// The manifests and lock files.
    pub manifests: Vec<File>,
    /// The packages.
    pub units: Vec<Unit>,
    /// The errors of files that could not be read.
    pub unreadable: Vec<Diagnostic>,
    /// The number of files of the tree itself; the others are dependencies.
    own_files: usize,
}

impl Tree {
    /// Reads all files below `paths`.
    pub fn read(paths: &[PathBuf]) -> Result<Self> {
        Self::read_with(paths, &[])
    }

    /// Reads all files below `paths`, and the sources below `deps` as dependencies.
    ///
    /// Fails if a path does not exist, if there is no WIT file, or if the tree is too large.
    /// Errors of single files are in `unreadable`.
    pub fn read_with(paths: &[PathBuf], deps: &[PathBuf]) -> Result<Self> {
        let own = Scan::of(paths)?;
        let mut tree = Tree {
            own_files: own.files.len(),
            roots: own.roots,
            files: own.files,
            manifests: own.manifests,
            units: Vec::new(),
            unreadable: own.unreadable,
        };
        if !deps.is_empty() {
            let mut others = Scan::of(deps)?;
            let own: BTreeSet<PathBuf> = tree.files.iter().map(|(f, _)| f.real()).collect();
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

    /// Whether a unit is a dependency from outside of the tree.
    pub fn is_foreign(&self, unit: usize) -> bool {
        self.units[unit].files.iter().all(|i| *i >= self.own_files)
    }

    /// The same tree with other texts for some files.
    pub fn with_texts(&self, texts: &BTreeMap<usize, String>) -> Self {
        let mut tree = self.clone();
        for (file, text) in texts {
            if let Some((file, outline)) = tree.files.get_mut(*file) {
                *outline = Outline::new(text);
                file.set_text(text.clone());
            }
        }
        tree.group();
        tree
    }

    /// Groups the files into packages. The files of a directory are one package, unless their
    /// headers name several; then each header starts its own. Each file in `deps` is a package.
    fn group(&mut self) {
        let mut dirs: BTreeMap<(&Path, bool, Option<usize>), Vec<usize>> = BTreeMap::new();
        for (i, (file, _)) in self.files.iter().enumerate() {
            let is_foreign = i >= self.own_files;
            let key = (&*file.dir, is_foreign, file.is_alone.then_some(i));
            dirs.entry(key).or_default().push(i);
        }
        let mut units = Vec::new();
        for ((dir, ..), files) in dirs {
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

    /// The packages in the files of `unit`: the number of the file, the name, and the items.
    pub fn scopes(&self, unit: usize) -> impl Iterator<Item = (usize, PackageName, &Scope)> {
        let unit = &self.units[unit];
        unit.files.iter().flat_map(move |i| {
            let outline = &self.files[*i].1;
            let main = unit.name.clone().map(|name| (*i, name, &outline.top));
            let nested = outline.nested.iter().map(|(n, s)| (*i, n.name.clone(), s));
            main.into_iter().chain(nested)
        })
    }

    /// The site at which a package of this name is declared in `unit`.
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

    /// The directory of `unit`, for messages.
    pub fn shown_dir(&self, unit: usize) -> String {
        let file = self.units[unit].files.first().map(|i| &self.files[*i].0);
        match file.and_then(|f| f.shown.rsplit_once('/')) {
            Some((dir, _)) => dir.to_owned(),
            None => ".".to_owned(),
        }
    }

    /// How many directories `deps`, where tools put fetched packages, the unit is in: 0 for a package
    /// of the tree itself, more than 1 for a dependency that is nested in another one.
    pub fn level(&self, unit: usize) -> usize {
        let files = self.units[unit].files.iter();
        files.map(|i| self.files[*i].0.level).min().unwrap_or(0)
    }

    /// Whether the unit was decoded from an encoded package.
    pub fn is_decoded(&self, unit: usize) -> bool {
        let mut files = self.units[unit].files.iter();
        files.any(|i| self.files[*i].0.is_decoded)
    }

    /// Whether the sources of the unit are not those of the tree: the unit was decoded, or a link leads
    /// out of the directories that were given.
    pub fn is_elsewhere(&self, unit: usize) -> bool {
        let dir = &self.units[unit].dir;
        self.is_decoded(unit) || !self.roots.iter().any(|root| dir.starts_with(root))
    }

    /// The error of writing a file that is outside of the directories that were given, because it or a
    /// directory above it is a link.
    pub fn leads_out(&self, path: &Path) -> Option<Diagnostic> {
        let real = match path.symlink_metadata() {
            Ok(_) => path.canonicalize(),
            Err(_) => match path.parent() {
                Some(dir) if !dir.as_os_str().is_empty() => dir.canonicalize(),
                _ => Path::new(".").canonicalize(),
            },
        };
        let is_inside = |real: &PathBuf| self.roots.iter().any(|root| real.starts_with(root));
        let shown = display_path(path);
        let title = match real {
            Ok(real) if is_inside(&real) => return None,
            Ok(real) => {
                let real = display_path(&real);
                format!("cannot write `{shown}`: a link leads out of the tree, to `{real}`")
            }
            Err(_) => format!("cannot write `{shown}`: it is a link to nothing"),
        };
        Some(
            Diagnostic::new(title)
                .hint("replace the link, or pass the directory of its target too"),
        )
    }

    /// The paths, for messages, and the texts of the files of a unit.
    pub fn named_texts(&self, unit: usize) -> impl Iterator<Item = (String, String)> + '_ {
        let files = self.units[unit].files.iter().map(|i| &self.files[*i].0);
        files.map(|file| (file.shown.clone(), file.text.clone()))
    }
}
