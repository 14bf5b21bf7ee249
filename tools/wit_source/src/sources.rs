//! The texts of packages, and the targets that they come from.

use crate::comments::blank;
use crate::declarations::Declarations;
use crate::header::package_name;
use rules_wit_common::{display_path, read_text, Diagnostic, Limit, Result, Site};
use std::collections::BTreeMap;
use std::path::PathBuf;
use wit_parser::{SourceMap, Span, UnresolvedPackageGroup};

/// The start of the first line of a package in normal form, which names its Bazel target.
pub const LABEL_PREFIX: &str = "// label: ";

/// The maximum total size of the WIT sources of one run, in bytes.
const TOTAL: u64 = 256 << 20;

/// The texts that were read, by the path under which the parser knows them.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    texts: BTreeMap<String, String>,
    /// The paths of each package; the main package is the first.
    groups: Vec<Vec<String>>,
    labels: BTreeMap<String, String>,
    /// Where the items of packages in normal form are declared.
    pub(crate) declarations: Declarations,
}

impl Sources {
    /// Reads the files of one package. Skips files that were read before, and adds no package if
    /// no file is left.
    pub(crate) fn read(&mut self, files: &[PathBuf]) -> Result<()> {
        let mut group = Vec::new();
        for file in files {
            let path = display_path(file);
            if self.texts.contains_key(&path) {
                continue;
            }
            let text = read_text(file, Limit::SOURCE)?;
            self.insert(path.clone(), text);
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

    /// Adds one package, by the paths and texts of its files, and returns its number.
    pub(crate) fn add(&mut self, files: impl IntoIterator<Item = (String, String)>) -> usize {
        let mut group = Vec::new();
        for (path, text) in files {
            self.insert(path.clone(), text);
            group.push(path);
        }
        group.sort();
        self.groups.push(group);
        self.groups.len() - 1
    }

    fn insert(&mut self, path: String, text: String) {
        let first = text.lines().next();
        if let Some(label) = first.and_then(|line| line.strip_prefix(LABEL_PREFIX)) {
            self.labels.insert(path.clone(), label.trim().to_owned());
        }
        self.texts.insert(path, text);
    }

    /// Sets the label of the files of the main package.
    pub(crate) fn set_main_label(&mut self, label: &str) {
        for path in self.main_files().to_vec() {
            self.labels.insert(path, label.to_owned());
        }
    }

    /// One package alone.
    pub(crate) fn only(&self, package: usize) -> Sources {
        let mut out = Sources::default();
        let paths = self.groups.get(package).into_iter().flatten();
        out.add(paths.map(|p| (p.clone(), self.text(p).to_owned())));
        out
    }

    /// The number of packages.
    pub(crate) fn package_count(&self) -> usize {
        self.groups.len()
    }

    /// The files of a package, as the parser takes them: without comments that are no
    /// documentation.
    pub(crate) fn source_map(&self, package: usize) -> SourceMap {
        let mut map = SourceMap::new();
        for path in self.groups.get(package).into_iter().flatten() {
            map.push_str(path, blank(self.text(path)));
        }
        map
    }

    /// The text of a file; empty for an unknown path.
    pub fn text(&self, path: &str) -> &str {
        self.texts.get(path).map_or("", String::as_str)
    }

    /// The label of the target that provides a file, if known.
    pub fn label(&self, path: &str) -> Option<&str> {
        self.labels.get(path).map(String::as_str)
    }

    /// The site of the `package` header of the main package, if it has one.
    pub fn header(&self) -> Option<Site> {
        self.main_files().iter().find_map(|path| {
            let text = self.text(path);
            Some(Site::new(path, text, package_name(text)?))
        })
    }

    /// The label of the target that provides the dependency `package`, a name with its version.
    pub fn provider(&self, package: &str) -> Option<&str> {
        let mut files = self.groups.iter().skip(1).flatten();
        let file = files.find(|path| {
            let text = self.text(path);
            package_name(text).is_some_and(|range| &text[range] == package)
        });
        self.label(file?)
    }

    /// The paths of the files of the main package.
    pub(crate) fn main_files(&self) -> &[String] {
        self.groups.first().map_or(&[], Vec::as_slice)
    }

    /// Parses all packages again, for error messages. Leaves out packages with errors.
    pub(crate) fn parse_all(&self) -> Vec<UnresolvedPackageGroup> {
        (0..self.groups.len())
            .filter_map(|i| self.source_map(i).parse().ok())
            .collect()
    }

    /// The path of a span of `map`, and its site: in the sources of the target, if that is known.
    pub fn site(&self, map: &SourceMap, span: Span) -> Option<(String, Site)> {
        let location = map.resolve_span(span)?;
        let (path, text) = (location.path, self.text(location.path));
        let declared = self.declarations.site(path, text, location.range.start);
        let site = declared.unwrap_or_else(|| Site::new(path, text, location.range));
        Some((path.to_owned(), site))
    }
}
