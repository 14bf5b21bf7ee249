//! `checksum_updater pack`: makes a release archive.

use crate::pack::{pack, Entry, Kind, Request};
use crate::registry::Tool;
use rules_wit_common::{display_path, read_bytes, read_text, Diagnostic, Limit, Outputs, Result};
use std::path::{Path, PathBuf};

/// Makes a release archive of programs, and a registry file with its hash.
///
/// Equal programs result in equal bytes. The archive also has a file `metadata.json`, with the hashes of
/// the programs and the version of glibc that they need.
#[derive(clap::Args)]
pub struct Args {
    /// The registry file of the tool, whose `release` has the names.
    #[arg(long, value_name = "FILE")]
    tool: PathBuf,
    /// The version of the release.
    #[arg(long)]
    version: String,
    /// The platform of the programs, such as `linux_amd64`.
    #[arg(long)]
    platform: String,
    /// The end of the archive's name.
    #[arg(long, value_name = "SUFFIX")]
    url_suffix: String,
    /// A program, with its name in the archive. `.exe` is appended for Windows.
    #[arg(long = "program", value_name = "NAME=FILE", required = true)]
    programs: Vec<String>,
    /// Another file, with its name in the archive.
    #[arg(long = "file", value_name = "NAME=FILE")]
    files: Vec<String>,
    /// The archive to write. Its name must be that of the release.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// The registry file to write.
    #[arg(long, value_name = "FILE")]
    index: PathBuf,
}

/// Runs `pack`.
pub fn run(args: &Args) -> Result<()> {
    let tool = Tool::parse(
        &args.tool,
        &display_path(&args.tool),
        read_text(&args.tool, Limit::SOURCE)?,
    )?;
    let exe = match args.platform.starts_with("windows_") {
        true => ".exe",
        false => "",
    };
    let mut entries = Vec::new();
    for (list, kind, suffix) in [
        (&args.programs, Kind::Program, exe),
        (&args.files, Kind::Data, ""),
    ] {
        for text in list {
            let (name, path) = text.split_once('=').ok_or_else(|| {
                Diagnostic::usage(format!("`{text}` is not NAME=FILE"))
                    .hint("write, for example, wit=bazel-bin/tools/wit/wit")
            })?;
            entries.push(Entry {
                name: format!("{name}{suffix}"),
                kind,
                content: read_bytes(Path::new(path), Limit::BINARY)?,
            });
        }
    }
    let packed = pack(Request {
        tool: &tool,
        version: &args.version,
        platform: &args.platform,
        url_suffix: &args.url_suffix,
        entries,
    })?;
    let name = args.output.file_name().unwrap_or_default();
    if name != packed.asset.as_str() {
        let title = format!(
            "the archive is called `{}`, but the release has `{}`",
            name.to_string_lossy(),
            packed.asset
        );
        let hint = format!("rename the output, or change `asset` in {}", tool.shown);
        return Err(Diagnostic::usage(title).hint(hint).into());
    }
    let mut outputs = Outputs::default();
    outputs.binary(&args.output, &packed.bytes)?;
    outputs.text(&args.index, &packed.index)?;
    outputs.commit()
}
