//! Builds the entry of a version: the tool's other versions say which files it has, and the
//! downloads give their digests.

use crate::digest::{Digest, Hashes};
use crate::registry::{Package, PackageSource, Tool, VersionEntry};
use crate::source::{Item, Published, Source, Sources};
use crate::source_error::SourceError;
use crate::version;
use rules_wit_common::Diagnostic;
use serde_json::{Map, Value};

/// The result of [`collect`].
pub struct Collected {
    /// The entry, if at least one file was downloaded.
    pub entry: Option<Map<String, Value>>,
    /// The files that are missing or that have another digest than expected.
    pub problems: Vec<Diagnostic>,
    /// The digests that were replaced: file, old and new digest.
    pub replaced: Vec<String>,
}

/// Whether a source of the tool lists versions. A plain folder of archives does not.
pub fn has_list(tool: &Tool) -> bool {
    let release = tool.file.release.as_ref();
    release.is_some_and(|r| r.base_url.is_none()) || with_packages(tool, None).is_some()
}

/// Returns the newest version that the sources of a tool list.
pub fn newest(tool: &Tool, sources: &Sources) -> Result<String, Vec<Diagnostic>> {
    let file = &tool.file;
    let mut known = Vec::new();
    let mut problems: Vec<Diagnostic> = Vec::new();
    let mut take = |result: Result<String, SourceError>| match result {
        Ok(version) => known.push(version),
        Err(e) => problems.push(e.into()),
    };
    if let Some(release) = &file.release {
        take(
            sources
                .releases(&file.github_repo, release)
                .newest(&file.github_repo),
        );
    }
    // A package with the same version as the tool lists the versions of the tool.
    let main = with_packages(tool, None).and_then(|(version, entry)| {
        let leads = |p: &&Package| p.version == *version;
        let named = |p: &&Package| p.version == *version && p.name.ends_with(&file.tool_name);
        let packages = &entry.packages;
        packages
            .iter()
            .find(named)
            .or_else(|| packages.iter().find(leads))
    });
    if let Some(package) = main {
        take(sources.packages(package.source).newest(&package.name));
    }
    if let Some(version) = version::highest(known.iter().map(String::as_str)) {
        return Ok(version.to_owned());
    }
    if problems.is_empty() {
        let error = Diagnostic::new(format!(
            "no source lists the versions of {}",
            file.tool_name
        ));
        let hint = format!(
            "pass a version: bazel run //tools/checksum_updater -- update {} VERSION",
            file.tool_name
        );
        problems.push(error.hint(hint));
    }
    Err(problems)
}

/// Downloads and hashes the files of `version`.
pub fn collect(tool: &Tool, version: &str, sources: &Sources, allow_changed: bool) -> Collected {
    let mut collector = Collector {
        tool,
        version,
        allow_changed,
        found: false,
        collected: Collected {
            entry: None,
            problems: Vec::new(),
            replaced: Vec::new(),
        },
    };
    let mut entry = tool.version(version).cloned().unwrap_or_default();
    let archives = collector.archives(sources, &mut entry);
    entry.insert("platforms".to_owned(), Value::Object(archives));
    let packages = collector.packages(sources);
    if !packages.is_empty() {
        entry.insert("packages".to_owned(), Value::Array(packages));
    }
    if collector.found {
        let mut entry = Value::Object(entry);
        entry.sort_all_objects();
        collector.collected.entry = entry.as_object().cloned();
    } else if collector.collected.problems.is_empty() {
        let name = &tool.file.tool_name;
        let error = Diagnostic::new(format!(
            "{} has no version with release archives or packages",
            tool.shown
        ));
        let hint = format!("write the first entry of {name} by hand; later entries follow it");
        collector.collected.problems.push(error.hint(hint));
    }
    collector.collected
}

struct Collector<'a> {
    tool: &'a Tool,
    version: &'a str,
    allow_changed: bool,
    found: bool,
    collected: Collected,
}

impl Collector<'_> {
    fn archives(
        &mut self,
        sources: &Sources,
        entry: &mut Map<String, Value>,
    ) -> Map<String, Value> {
        let file = &self.tool.file;
        let model = model(self.tool, self.version, |v| !v.platforms.is_empty());
        let (Some(release), Some((of, model))) = (&file.release, model) else {
            return Map::new();
        };
        let releases = sources.releases(&file.github_repo, release);
        let mut archives = Map::new();
        for (platform, archive) in &model.platforms {
            let path = ["versions", of, "platforms", platform];
            let mut object = self.tool.object(&path);
            let suffix = archive.url_suffix.replace(of, self.version);
            let item = Item {
                name: releases.asset(self.version, &suffix),
                version: self.version.to_owned(),
                file: None,
            };
            let old = (of == self.version)
                .then(|| Digest::parse(&archive.sha256))
                .flatten();
            let what = format!("{} {} {platform}", file.tool_name, self.version);
            match self.hash(&releases, &item, Hashes::sha256, old, &what) {
                Some((published, digest)) => {
                    object.insert("sha256".to_owned(), digest.text().into());
                    object.insert("url_suffix".to_owned(), suffix.into());
                    object.insert("verified".to_owned(), true.into());
                    if let Some(date) = published
                        .date
                        .filter(|_| !entry.contains_key("release_date"))
                    {
                        entry.insert("release_date".to_owned(), date.into());
                    }
                }
                None if of == self.version => {}
                None => continue,
            }
            archives.insert(platform.clone(), Value::Object(object));
        }
        archives
    }

    fn packages(&mut self, sources: &Sources) -> Vec<Value> {
        let model = with_packages(self.tool, Some(self.version));
        let Some((of, model)) = model else {
            return Vec::new();
        };
        let mut packages = Vec::new();
        for (i, package) in model.packages.iter().enumerate() {
            let index = i.to_string();
            let mut object = self.tool.object(&["versions", of, "packages", &index]);
            let source = sources.packages(package.source);
            let same = of == self.version;
            let wanted = match version_of(of, &package.version, self.version) {
                Some(version) => version,
                None => match source.newest(&package.name) {
                    Ok(version) => version,
                    Err(e) => {
                        self.collected.problems.push(e.into());
                        continue;
                    }
                },
            };
            let mut item = Item {
                name: package.name.clone(),
                version: wanted,
                file: package.file.clone(),
            };
            if !same {
                item.file = item
                    .file
                    .map(|f| f.replace(&package.version, &item.version));
            }
            let old = Digest::parse(package.digest().1).filter(|_| same);
            let what = format!("{} {} {}", package.source.name(), item.name, item.version);
            let of_hashes = match package.source {
                PackageSource::Npm => Hashes::integrity,
                _ => Hashes::sha256,
            };
            match self.hash(source, &item, of_hashes, old, &what) {
                Some((published, digest)) => {
                    object.insert("version".to_owned(), item.version.into());
                    object.insert(package.digest().0.to_owned(), digest.text().into());
                    if let Some(file) = published.file.filter(|_| package.file.is_some()) {
                        object.insert("file".to_owned(), file.into());
                    }
                    object.insert("verified".to_owned(), true.into());
                }
                None if same => {}
                None => continue,
            }
            packages.push(Value::Object(object));
        }
        packages.sort_by_cached_key(|p| {
            let text = |key| {
                p.get(key)
                    .and_then(Value::as_str)
                    .unwrap_or_default()
                    .to_owned()
            };
            (text("source"), text("name"), text("file"))
        });
        packages
    }

    /// Downloads and hashes a file, and compares the digest with the published one and with `old`, the
    /// one in the entry. Returns `None` if it differs or cannot be computed; the problem is recorded.
    fn hash(
        &mut self,
        source: &dyn Source,
        item: &Item,
        kind: fn(&Hashes) -> &Digest,
        old: Option<Digest>,
        what: &str,
    ) -> Option<(Published, Digest)> {
        let attempt = || -> Result<(Published, Hashes), SourceError> {
            let published = source.published(item)?;
            let mut item = item.clone();
            if published.file.is_some() {
                item.file.clone_from(&published.file);
            }
            let reader = source.open(&item)?;
            let hashes = Hashes::of(reader).map_err(|e| SourceError::Unreachable {
                what: what.to_owned(),
                why: e.to_string(),
            })?;
            Ok((published, hashes))
        };
        let (published, hashes) = match attempt() {
            Ok(got) => got,
            Err(e) => {
                // A host that is down is one problem, not one for each file.
                let problem = Diagnostic::from(e);
                if !self.collected.problems.contains(&problem) {
                    self.collected.problems.push(problem);
                }
                return None;
            }
        };
        if let Some(promised) = &published.digest {
            let got = hashes.like(promised);
            if got != promised {
                self.collected.problems.push(
                    Diagnostic::new(format!(
                        "the download of {what} does not have the published hash"
                    ))
                    .note(format!("published {promised}\ngot       {got}"))
                    .hint("do not use it; contact the publisher"),
                );
                return None;
            }
        }
        let digest = kind(&hashes).clone();
        if let Some(old) = old.filter(|old| *old != digest) {
            let change = format!("{what}: {old} -> {digest}");
            if !self.allow_changed {
                let name = &self.tool.file.tool_name;
                self.collected.problems.push(
                    Diagnostic::new(format!("{what} does not have the hash in {}", self.tool.shown))
                        .note(format!("expected {old}\ngot      {digest}"))
                        .hint(format!(
                            "find out why it was republished, then: bazel run //tools/checksum_updater -- update {name} {} --allow-changed",
                            self.version
                        )),
                );
                return None;
            }
            self.collected.replaced.push(change);
        }
        self.found = true;
        eprintln!("hashed {what}, {} bytes", hashes.size);
        Some((published, digest))
    }
}

/// Returns the version whose entry is the model: `version` itself, or the newest that `fits`.
fn model<'a>(
    tool: &'a Tool,
    version: &str,
    fits: impl Fn(&VersionEntry) -> bool,
) -> Option<(&'a str, &'a VersionEntry)> {
    let versions = &tool.file.versions;
    let own = versions.get_key_value(version).filter(|(_, v)| fits(v));
    own.or_else(|| versions.iter().find(|(_, v)| fits(v)))
        .map(|(k, v)| (k.as_str(), v))
}

fn with_packages<'a>(tool: &'a Tool, version: Option<&str>) -> Option<(&'a str, &'a VersionEntry)> {
    model(tool, version.unwrap_or_default(), |v| {
        !v.packages.is_empty()
    })
}

/// Returns the version of a package in release `new` that has version `package` in release `old`;
/// `None` if its versions are unrelated to the releases.
fn version_of(old: &str, package: &str, new: &str) -> Option<String> {
    if old == new {
        Some(package.to_owned())
    } else if package == old {
        Some(new.to_owned())
    } else if version::of_crates(old).as_deref() == Some(package) {
        version::of_crates(new)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::version_of;

    #[test]
    fn versions_of_packages() {
        let of = |old, package, new| version_of(old, package, new);
        assert_eq!(of("0.98.0", "0.98.0", "0.99.7").as_deref(), Some("0.99.7"));
        assert_eq!(
            of("1.998.1", "0.998.1", "1.999.7").as_deref(),
            Some("0.999.7")
        );
        assert_eq!(of("1.998.1", "0.3.0", "1.998.1").as_deref(), Some("0.3.0"));
        assert_eq!(of("1.17.0", "0.8.2", "1.18.0"), None);
    }
}
