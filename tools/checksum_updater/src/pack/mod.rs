//! Release archives: programs, the libc that they need, and an entry of the registry.

mod glibc;
mod tar;

use crate::digest::Hashes;
use crate::registry::{self, Tool};
use flate2::{Compression, GzBuilder};
use rules_wit_common::{Diagnostic, Failure, Result};
use serde_json::{json, Map, Value};
use std::io::Write;

pub use tar::{Entry, Kind};

/// The file of an archive that describes it.
const METADATA: &str = "metadata.json";

/// The operating system in a gzip header that stands for an unknown one.
const UNKNOWN_SYSTEM: u8 = 255;

/// What to pack.
pub struct Request<'a> {
    /// The registry file of the tool, whose `release` has the names.
    pub tool: &'a Tool,
    /// The version of the release.
    pub version: &'a str,
    /// The platform of the programs.
    pub platform: &'a str,
    /// The end of the archive's name.
    pub url_suffix: &'a str,
    /// The files of the archive.
    pub entries: Vec<Entry>,
}

/// An archive with its names.
pub struct Packed {
    /// The name of the archive.
    pub asset: String,
    /// The archive.
    pub bytes: Vec<u8>,
    /// A registry file with this archive as its only one.
    pub index: String,
}

/// Makes a `.tar.gz`. Equal requests result in equal bytes: entries are sorted, times and owners fixed.
///
/// Errors: a tool without names of releases, other kinds of archives, and names that do not fit.
pub fn pack(request: Request) -> Result<Packed> {
    let Request {
        tool,
        version,
        platform,
        url_suffix,
        mut entries,
    } = request;
    let Some(stem) = url_suffix.strip_suffix(".tar.gz") else {
        let title = format!("cannot make an archive `{url_suffix}`");
        return Err(Diagnostic::usage(title)
            .hint("pass a suffix that ends with `.tar.gz`")
            .into());
    };
    let release = tool.file.release.as_ref();
    let Some((release, binary)) = release.and_then(|r| Some((r, r.binary.as_ref()?))) else {
        let title = format!("{} has no `release` with `binary`", tool.shown);
        return Err(Diagnostic::new(title)
            .site(tool.site(&["tool_name"]))
            .hint("add the path of a program in the archive")
            .into());
    };
    let fill = |template: &str| {
        let windows = platform.starts_with("windows_");
        template
            .replace("{version}", version)
            .replace("{url_suffix}", url_suffix)
            .replace("{stem}", stem)
            .replace("{exe}", if windows { ".exe" } else { "" })
            .replace("{bin}", if windows { "" } else { "bin/" })
    };
    let program = fill(binary);
    let (folder, name) = program.rsplit_once('/').unwrap_or(("", &program));
    let named = |e: &Entry| e.name == name && e.kind == Kind::Program;
    if !entries.iter().any(named) {
        let title = format!("no program `{name}`, which {} names", tool.shown);
        return Err(Diagnostic::usage(title)
            .hint(format!("pass `--program {name}=FILE`"))
            .into());
    }
    entries.push(Entry {
        name: METADATA.to_owned(),
        kind: Kind::Data,
        content: metadata(version, platform, &entries)?,
    });
    let bytes = gzip(&tar::archive(folder, entries)?)
        .map_err(|e| Diagnostic::environment(format!("failed to compress the archive: {e}")))?;
    let published = json!({
        "sha256": sha256(&bytes)?,
        "url_suffix": url_suffix,
        "verified": true,
    });
    Ok(Packed {
        asset: fill(&release.asset),
        index: index(tool, version, json!({ platform: published }))?,
        bytes,
    })
}

/// Describes an archive: the hashes of its programs and the libc that they need.
fn metadata(version: &str, platform: &str, entries: &[Entry]) -> Result<Vec<u8>> {
    let mut programs = Map::new();
    for entry in entries.iter().filter(|e| e.kind == Kind::Program) {
        programs.insert(entry.name.clone(), sha256(&entry.content)?.into());
    }
    let glibc = entries
        .iter()
        .filter_map(|e| glibc::needed(&e.content))
        .max();
    let mut described = json!({
        "platform": platform,
        "programs": programs,
        "version": version,
    });
    if let (Some((major, minor)), Value::Object(map)) = (glibc, &mut described) {
        map.insert("libc".to_owned(), format!("glibc {major}.{minor}").into());
    }
    described.sort_all_objects();
    let mut text = serde_json::to_string_pretty(&described).unwrap_or_default();
    text.push('\n');
    Ok(text.into_bytes())
}

/// The text of a registry file of the tool with one version.
fn index(tool: &Tool, version: &str, platforms: Value) -> Result<String> {
    let mut tree = tool.tree().clone();
    tree.insert("latest_version".to_owned(), version.into());
    tree.insert(
        "versions".to_owned(),
        json!({ version: { "platforms": platforms } }),
    );
    let mut text = serde_json::to_string_pretty(&tree).unwrap_or_default();
    text.push('\n');
    let index = Tool::parse(&tool.path, &tool.shown, text)?;
    match Failure::from_all(registry::check(&index)) {
        Some(failure) => Err(failure),
        None => Ok(index.text),
    }
}

fn sha256(bytes: &[u8]) -> Result<String> {
    let hashes = Hashes::of(bytes)
        .map_err(|e| Diagnostic::environment(format!("failed to hash the archive: {e}")))?;
    Ok(hashes.sha256().text().to_owned())
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .operating_system(UNKNOWN_SYSTEM)
        .write(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}
