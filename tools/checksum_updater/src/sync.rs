//! `sync`: everything that is generated from the versions and from the registry.

use crate::stray::{text_of, Strays};
use crate::template::{self, SUFFIX};
use crate::tool_versions::{self, Versions};
use crate::{literals, locks, registry, starlark, tree};
use rules_wit_common::{
    read_bytes, read_text, write_source_file, Diagnostic, Failure, Limit, Result, Site,
};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

/// What mends every difference.
const COMMAND: &str = "bazel run //tools/checksum_updater -- sync";

/// Writes what is generated from toolchains/tool_versions.bzl and checksums/tools.
///
/// These are the files beside a template, the literals in MODULE.bazel and the like, lock files,
/// the BUILD files of crates, and the registry as Starlark.
#[derive(clap::Args)]
pub struct Args {
    /// Writes nothing; fails where something is not up to date, or a version stands where it should
    /// not.
    #[arg(long)]
    check: bool,
}

/// A file that is generated, wholly or in parts.
struct Generated {
    path: String,
    /// What it has to be.
    text: String,
    /// What it is.
    current: Option<String>,
    /// What says so.
    source: String,
}

/// Runs `sync`.
pub fn run(root: &Path, args: &Args) -> Result<()> {
    let versions = Versions::read(root)?;
    let files = tree::files(root)?;
    let mut generated = templates(root, &files, &versions)?;
    generated.extend(data(root, &files)?);
    if args.check {
        return compare(root, &files, &versions, &generated);
    }
    for file in files_with_literals(&files) {
        let text = read_text(&root.join(file), Limit::SOURCE)?;
        let found = literals::find(file, &text, &versions)?;
        generated.push(Generated {
            path: file.to_owned(),
            text: literals::replace(&text, &found),
            current: Some(text),
            source: tool_versions::PATH.to_owned(),
        });
    }
    let mut written = 0;
    for file in &generated {
        if file.current.as_deref() != Some(&file.text) {
            write_source_file(&root.join(&file.path), file.text.as_bytes())?;
            println!("wrote {}", file.path);
            written += 1;
        }
    }
    for workspace in locks::workspaces(&files) {
        if locks::behind(root, workspace)?.is_some() {
            locks::complete(root, workspace)?;
            println!("wrote {workspace}/Cargo.lock");
            written += 1;
        }
    }
    if !locks::overlays_are_current(root) {
        eprintln!("writing the BUILD files of the crates, which takes some minutes");
        locks::write_overlays(root)?;
        written += 1;
    }
    if written == 0 {
        println!("everything is up to date");
    }
    Ok(())
}

/// The files that are written from templates.
fn templates(root: &Path, files: &[String], versions: &Versions) -> Result<Vec<Generated>> {
    let mut generated = Vec::new();
    let mut problems = Vec::new();
    for template in files {
        let Some(path) = rendered(template) else {
            continue;
        };
        let text = read_text(&root.join(template), Limit::SOURCE)?;
        match template::render(template, &text, versions) {
            Ok(text) => generated.push(Generated {
                path: path.to_owned(),
                text,
                current: current(root, path)?,
                source: format!("{template} with {}", tool_versions::PATH),
            }),
            Err(failure) => problems.extend(failure),
        }
    }
    Failure::from_all(problems).map_or(Ok(generated), Err)
}

/// What a template is written to. Those of tests are theirs.
fn rendered(template: &str) -> Option<&str> {
    template
        .strip_suffix(SUFFIX)
        .filter(|_| !template.split('/').any(|d| d == "tests"))
}

/// The registry as Starlark, where there is a registry.
fn data(root: &Path, files: &[String]) -> Result<Option<Generated>> {
    let directory = format!("{}/", registry::DIRECTORY);
    if !files.iter().any(|f| f.starts_with(&directory)) {
        return Ok(None);
    }
    Ok(Some(Generated {
        path: starlark::PATH.to_owned(),
        text: starlark::render(&registry::read(root, None)?),
        current: current(root, starlark::PATH)?,
        source: registry::DIRECTORY.to_owned(),
    }))
}

fn current(root: &Path, path: &str) -> Result<Option<String>> {
    let path = root.join(path);
    path.exists()
        .then(|| read_text(&path, Limit::SOURCE))
        .transpose()
}

fn files_with_literals(files: &[String]) -> impl Iterator<Item = &'static str> + '_ {
    literals::files()
        .into_iter()
        .filter(|f| files.iter().any(|g| g == f))
}

/// Everything that is not up to date, and every stray version.
fn compare(
    root: &Path,
    files: &[String],
    versions: &Versions,
    generated: &[Generated],
) -> Result<()> {
    let mut problems: Vec<Diagnostic> = generated.iter().filter_map(difference).collect();
    let outputs: BTreeSet<&str> = generated.iter().map(|g| g.path.as_str()).collect();
    let strays = Strays::new(versions);
    let with_literals: Vec<&str> = files_with_literals(files).collect();
    for path in files {
        let Ok(bytes) = read_bytes(&root.join(path), Limit::SOURCE) else {
            continue; // Larger than any text that is written here.
        };
        let Some(text) = text_of(&bytes) else {
            continue;
        };
        let mut known: Vec<Range<usize>> = Vec::new();
        if with_literals.contains(&path.as_str()) {
            match literals::find(path, text, versions) {
                Ok(literals) => {
                    for found in literals {
                        problems.extend(wrong(path, text, &found));
                        known.push(found.range);
                    }
                }
                Err(failure) => {
                    problems.extend(failure);
                    continue;
                }
            }
        }
        problems.extend(strays.find(path, text, outputs.contains(path.as_str()), &known));
    }
    for workspace in locks::workspaces(files) {
        if let Some((name, version)) = locks::behind(root, workspace)? {
            let title = format!("{workspace}/Cargo.lock does not have {name} {version}, which {workspace}/Cargo.toml asks for");
            problems.push(Diagnostic::new(title).hint(COMMAND));
        }
    }
    if !locks::overlays_are_current(root) {
        let title = "the BUILD files of the crates are not those of the lock files";
        problems.push(Diagnostic::new(title).hint(COMMAND));
    }
    match Failure::from_all(problems) {
        Some(failure) => Err(failure),
        None => {
            println!(
                "everything is up to date, {} files are generated",
                generated.len()
            );
            Ok(())
        }
    }
}

/// A literal that is not what `TOOL_VERSIONS` says.
fn wrong(path: &str, text: &str, found: &literals::Found) -> Option<Diagnostic> {
    let (expected, at) = &found.expected;
    let has = &text[found.range.clone()];
    let site = Site::new(path, text, found.range.clone());
    let home = tool_versions::PATH;
    (has != expected).then(|| {
        let tool = &found.tool;
        Diagnostic::new(format!(
            "{path}:{}: {tool} is {has}, {home}:{at} says {expected}",
            site.line()
        ))
        .site(site)
        .hint(COMMAND)
    })
}

/// The first line in which a file is not what it should be.
fn difference(file: &Generated) -> Option<Diagnostic> {
    let Generated {
        path,
        text,
        current,
        source,
    } = file;
    let Some(current) = current else {
        return Some(
            Diagnostic::new(format!(
                "there is no {path}, which is written from {source}"
            ))
            .hint(COMMAND),
        );
    };
    if current == text {
        return None;
    }
    let pairs = current.lines().zip(text.lines());
    let same = pairs.take_while(|(a, b)| a == b).count();
    let line = |of: &str| match of.lines().nth(same) {
        Some(line) => format!("`{}`", line.trim()),
        None => "the end of the file".to_owned(),
    };
    let title = format!(
        "{path}:{} has {}, {source} says {}",
        same + 1,
        line(current),
        line(text)
    );
    Some(Diagnostic::new(title).hint(COMMAND))
}
