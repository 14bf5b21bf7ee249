//! The places of findings in sources, where a package is compared in its normal form.

use super::finding::Finding;
use crate::spans::Spans;
use rules_wit_common::{read_text, Limit, Result, Site};
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Where the items of some packages stand in their sources.
#[derive(Default)]
pub(super) struct Sources {
    /// By the names of findings: without versions.
    items: BTreeMap<String, (String, usize, usize)>,
    texts: BTreeMap<String, String>,
}

impl Sources {
    /// Reads files that `wit resolve --out-spans` wrote, and the sources that they speak of, as far
    /// as they are there.
    pub fn read(files: &[PathBuf]) -> Result<Self> {
        let mut sources = Sources::default();
        for file in files {
            for item in Spans::read(file)?.items {
                if !sources.texts.contains_key(&item.file) {
                    let text = read_text(Path::new(&item.file), Limit::SOURCE);
                    let text = text.unwrap_or_default();
                    sources.texts.insert(item.file.clone(), text);
                }
                let place = (item.file, item.line, item.col);
                sources.items.insert(without_version(&item.path), place);
            }
        }
        Ok(sources)
    }

    /// The place of what `finding` is about, or of what that is in.
    pub fn site(&self, finding: &Finding) -> Option<Site> {
        let item = finding.item.as_str();
        if let Some(place) = self.items.get(item) {
            return self.at(place, None);
        }
        let (outer, name) = item.rsplit_once(['.', '#'])?;
        let place = match self.items.get(outer) {
            Some(place) => place,
            None => self.items.get(outer.split_once('#')?.0)?,
        };
        self.at(place, name.rsplit('/').next())
    }

    /// The place, or that of the word `name` behind it.
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
