//! Finds the sites of findings in sources, for packages that are compared in normal form.

use super::finding::Finding;
use rules_wit_common::{read_text, Limit, Result, Site};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use wit_source::spans::Spans;

/// The locations of items in their sources.
#[derive(Default)]
pub(super) struct Locations {
    /// The file, line and column of each item, by its path in findings.
    items: BTreeMap<String, (String, usize, usize)>,
    texts: BTreeMap<String, String>,
}

impl Locations {
    /// Reads span files that `wit resolve` wrote, and the sources that they name, if they exist.
    pub fn read(files: &[PathBuf]) -> Result<Self> {
        let mut locations = Locations::default();
        for file in files {
            for item in Spans::read(file)?.items {
                if !locations.texts.contains_key(&item.file) {
                    let text = read_text(Path::new(&item.file), Limit::SOURCE);
                    let text = text.unwrap_or_default();
                    locations.texts.insert(item.file.clone(), text);
                }
                let location = (item.file, item.line, item.col);
                locations
                    .items
                    .insert(without_version(&item.path), location);
            }
        }
        Ok(locations)
    }

    /// The site of the item of a finding, or of its parent.
    pub fn site(&self, finding: &Finding) -> Option<Site> {
        let item = finding.item.as_str();
        if let Some(location) = self.items.get(item) {
            return self.at(location, None);
        }
        let (outer, name) = item.rsplit_once(['.', '#'])?;
        let location = match self.items.get(outer) {
            Some(location) => location,
            None => self.items.get(outer.split_once('#')?.0)?,
        };
        self.at(location, name.rsplit('/').next())
    }

    /// The site of a location, or of the first word `name` after it.
    fn at(&self, (file, line, col): &(String, usize, usize), name: Option<&str>) -> Option<Site> {
        let text = self.texts.get(file).filter(|t| !t.is_empty())?;
        let before = text.split_inclusive('\n').take(line.saturating_sub(1));
        let start = before.map(str::len).sum::<usize>() + col.saturating_sub(1);
        let rest = text.get(start..)?;
        let range = match name.and_then(|name| word(rest, name)) {
            Some(range) => start + range.start..start + range.end,
            None => start..start + rest.find(|c: char| !is_word(c)).unwrap_or(rest.len()),
        };
        Some(Site::new(file.as_str(), text, range))
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '-'
}

fn word(text: &str, name: &str) -> Option<Range<usize>> {
    let mut found = text.match_indices(name).map(|(i, _)| i..i + name.len());
    found.find(|range| {
        let before = text.get(..range.start).and_then(|t| t.chars().next_back());
        let after = text.get(range.end..).and_then(|t| t.chars().next());
        !name.is_empty() && !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// `ns:package/item#name` of `ns:package/item@1.0.0#name`.
fn without_version(path: &str) -> String {
    let (item, member) = match path.split_once('#') {
        Some((item, member)) => (item, Some(member)),
        None => (path, None),
    };
    let item = item.split_once('@').map_or(item, |(item, _)| item);
    match member {
        Some(member) => format!("{item}#{member}"),
        None => item.to_owned(),
    }
}
