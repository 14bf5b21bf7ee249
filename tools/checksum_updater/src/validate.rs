//! `validate`: the registry against its rules, and against what the sources have.

use crate::check::{check, source_name};
use crate::digest::{Digest, Hashes};
use crate::registry::{self, Tool};
use crate::source::{Item, Source, SourceError, Sources};
use rules_wit_common::{exit, write_output, write_source_file, Diagnostic, Failure, Result};
use std::path::Path;

/// Checks the registry: its form, and by downloading everything again.
///
/// An entry that cannot be reached is listed, and has to say `"verified": false`.
#[derive(clap::Args)]
pub struct Args {
    /// The tool; without it, all.
    tool: Option<String>,
    /// Downloads nothing.
    #[arg(long, conflicts_with = "write")]
    offline: bool,
    /// Sets `"verified": true` where the download agrees.
    #[arg(long)]
    write: bool,
}

/// One hash in a file.
struct Entry {
    /// The keys that lead to the object with the hash.
    keys: Vec<String>,
    /// The key of the hash.
    hash: &'static str,
    expected: String,
    verified: bool,
    what: String,
    item: Item,
    source: Option<registry::PackageSource>,
}

/// What the downloads said.
#[derive(Default)]
struct Count {
    agreed: usize,
    unreachable: usize,
    wrong: usize,
}

/// Runs `validate`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let mut problems = Vec::new();
    let mut tools = Vec::new();
    for path in registry::paths(root)? {
        let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned());
        if args.tool.is_some() && args.tool != stem {
            continue;
        }
        match Tool::read(root, &path) {
            Ok(tool) => {
                problems.extend(check(&tool));
                tools.push(tool);
            }
            Err(failure) => problems.extend(failure),
        }
    }
    if let (Some(name), true) = (&args.tool, tools.is_empty() && problems.is_empty()) {
        registry::read(root, Some(name))?;
    }
    if let Some(failure) = Failure::from_all(problems) {
        return Err(failure);
    }
    let entries: usize = tools.iter().map(|t| entries(t).len()).sum();
    let mut text = format!(
        "{} files and {entries} entries are well-formed\n",
        tools.len()
    );
    let mut problems = Vec::new();
    if !args.offline {
        let sources = Sources::new();
        let mut count = Count::default();
        for tool in tools {
            let new = online(&tool, &sources, &mut count, &mut problems);
            if args.write && new.render() != tool.text {
                write_source_file(&tool.path, new.render().as_bytes())?;
                eprintln!("wrote {}", tool.shown);
            }
        }
        text.push_str(&format!(
            "{} agree with what was downloaded, {} do not, {} are unreachable\n",
            count.agreed, count.wrong, count.unreachable
        ));
    }
    write_output(Path::new("-"), text.as_bytes(), false)?;
    // What is wrong weighs more than what cannot be reached.
    problems.sort_by_key(|p| Failure::from(Diagnostic::clone(p)).exit_code() != exit::INPUT);
    Failure::from_all(problems).map_or(Ok(()), Err)
}

/// Downloads every entry of a tool. Gives the tool with `verified` set where it agreed.
fn online(
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
                eprintln!("agrees {}", entry.what);
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
                    Diagnostic::new(format!("{}:{}: {} has another hash", tool.shown, site.line(), entry.what))
                        .site(site.label("does not agree with the download"))
                        .note(format!("expected {}\ngot      {got}", entry.expected))
                        .hint("find out which of the two is wrong: a typing mistake, or a file that was published anew"),
                );
            }
            Err(e) if e.is_unreachable() => {
                count.unreachable += 1;
                eprintln!("unreachable {}: {}", entry.what, e.why());
                if entry.verified {
                    let title = format!(
                        "{} says that it was verified, and cannot be reached: {}",
                        entry.what,
                        e.why()
                    );
                    problems.push(
                        Diagnostic::environment(title).site(site("verified")).hint(
                            "run it where the network reaches it, or write \"verified\": false",
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
                why: "the file does not say how releases are named".to_owned(),
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

fn entries(tool: &Tool) -> Vec<Entry> {
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
                what: format!("{} {name} {}", source_name(package.source), package.version),
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
