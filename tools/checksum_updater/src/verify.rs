//! Compares the registry with the files that the sources have.

use crate::digest::{Digest, Hashes};
use crate::registry::{PackageSource, Tool};
use crate::source::{Item, Source, Sources};
use crate::source_error::SourceError;
use rules_wit_common::Diagnostic;

/// A hash in a file of the registry.
pub struct Entry {
    /// The path of the object with the hash.
    keys: Vec<String>,
    /// The key of the hash.
    hash: &'static str,
    expected: String,
    verified: bool,
    what: String,
    item: Item,
    source: Option<PackageSource>,
}

/// The number of entries by result.
#[derive(Default)]
pub struct Count {
    /// The hashes that are those of the downloads.
    pub agreed: usize,
    /// The files that cannot be reached.
    pub unreachable: usize,
    /// The other hashes.
    pub wrong: usize,
}

/// Downloads every entry of a tool and compares its hash. Returns the tool with `verified` set where
/// the hash agrees.
pub fn verify(
    tool: &Tool,
    sources: &Sources,
    count: &mut Count,
    problems: &mut Vec<Diagnostic>,
) -> Tool {
    let mut new = tool.clone();
    for entry in entries(tool) {
        let keys = |last: &'static str| -> Vec<String> {
            entry
                .keys
                .iter()
                .cloned()
                .chain([last.to_owned()])
                .collect()
        };
        let site = |last| tool.site(&keys(last).iter().map(String::as_str).collect::<Vec<_>>());
        match download(tool, &entry, sources) {
            Ok(got) if got.text() == entry.expected => {
                count.agreed += 1;
                eprintln!("matches {}", entry.what);
                new.set(
                    &keys("verified")
                        .iter()
                        .map(String::as_str)
                        .collect::<Vec<_>>(),
                    true,
                );
            }
            Ok(got) => {
                count.wrong += 1;
                let site = site(entry.hash);
                problems.push(
                    Diagnostic::new(format!("{}:{}: {} has a different hash", tool.shown, site.line(), entry.what))
                        .site(site.label("differs from the download"))
                        .note(format!("expected {}\ngot      {got}", entry.expected))
                        .hint("find out which is wrong: the file may have a typo, or the download was republished"),
                );
            }
            Err(e) if e.is_unreachable() => {
                count.unreachable += 1;
                eprintln!("unreachable {}: {}", entry.what, e.why());
                if entry.verified {
                    let title = format!(
                        "{} is marked as verified, but cannot be reached: {}",
                        entry.what,
                        e.why()
                    );
                    problems.push(
                        Diagnostic::environment(title).site(site("verified")).hint(
                            "run this with access to the network, or write \"verified\": false",
                        ),
                    );
                }
            }
            Err(e) => {
                count.wrong += 1;
                problems.push(Diagnostic::from(e).site(site(entry.hash)));
            }
        }
    }
    new
}

fn download(
    tool: &Tool,
    entry: &Entry,
    sources: &Sources,
) -> std::result::Result<Digest, SourceError> {
    let reader = match (entry.source, &tool.file.release) {
        (Some(source), _) => sources.packages(source).open(&entry.item)?,
        (None, Some(release)) => sources
            .releases(&tool.file.github_repo, release)
            .open(&entry.item)?,
        (None, None) => {
            return Err(SourceError::NotFound {
                what: entry.what.clone(),
                why: "the file has no `release`".to_owned(),
            })
        }
    };
    let hashes = Hashes::of(reader).map_err(|e| SourceError::Unreachable {
        what: entry.what.clone(),
        why: e.to_string(),
    })?;
    Ok(match entry.hash {
        "integrity" => hashes.integrity().clone(),
        _ => hashes.sha256().clone(),
    })
}

pub fn entries(tool: &Tool) -> Vec<Entry> {
    let file = &tool.file;
    let mut entries = Vec::new();
    for (version, of) in &file.versions {
        for (platform, archive) in &of.platforms {
            let asset = file.release.as_ref().map(|r| {
                r.asset
                    .replace("{version}", version)
                    .replace("{url_suffix}", &archive.url_suffix)
            });
            entries.push(Entry {
                keys: ["versions", version, "platforms", platform]
                    .map(str::to_owned)
                    .to_vec(),
                hash: "sha256",
                expected: archive.sha256.clone(),
                verified: archive.verified,
                what: format!("{} {version} {platform}", file.tool_name),
                item: Item {
                    name: asset.unwrap_or_default(),
                    version: version.clone(),
                    file: None,
                },
                source: None,
            });
        }
        for (i, package) in of.packages.iter().enumerate() {
            let (hash, expected) = package.digest();
            let name = package.file.as_ref().unwrap_or(&package.name);
            entries.push(Entry {
                keys: ["versions", version, "packages", &i.to_string()]
                    .map(str::to_owned)
                    .to_vec(),
                hash,
                expected: expected.to_owned(),
                verified: package.verified,
                what: format!("{} {name} {}", package.source.name(), package.version),
                item: Item {
                    name: package.name.clone(),
                    version: package.version.clone(),
                    file: package.file.clone(),
                },
                source: Some(package.source),
            });
        }
    }
    entries
}
