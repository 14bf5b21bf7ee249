//! Runs `wasm-ld`, and reads its inputs: objects and archives.

use rules_wit_common::{display_path, read_bytes, reason, Diagnostic, Limit, Result};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The linker.
#[derive(clap::Args)]
pub struct LinkerArgs {
    /// LLVM's linker for WebAssembly: `wasm-ld`, or Rust's `rust-lld`.
    #[arg(long, value_name = "PROGRAM", default_value = "wasm-ld")]
    linker: PathBuf,
}

/// A temporary directory for the inputs and the output of the linker.
pub struct Scratch {
    dir: TempDir,
    /// The paths of the inputs, and their names in messages.
    names: Vec<(String, String)>,
}

impl Scratch {
    /// Creates an empty directory, which is removed on drop.
    pub fn new() -> Result<Self> {
        let made = tempfile::tempdir();
        let dir = made.map_err(|e| environment("create a directory", &e))?;
        let names = Vec::new();
        Ok(Scratch { dir, names })
    }

    /// Writes an object, which messages call `shown`; returns its path.
    pub fn write(&mut self, shown: &str, bytes: &[u8]) -> Result<PathBuf> {
        let path = self.dir.path().join(format!("{}.o", self.names.len()));
        std::fs::write(&path, bytes).map_err(|e| environment("write a file", &e))?;
        self.names
            .push((path.to_string_lossy().into_owned(), shown.to_owned()));
        Ok(path)
    }
}

impl LinkerArgs {
    /// Runs the linker; returns its output. The error has its messages.
    pub fn run(&self, scratch: &Scratch, args: &[OsString]) -> Result<Vec<u8>> {
        let out = scratch.dir.path().join("out.wasm");
        let mut command = Command::new(&self.linker);
        let name = self
            .linker
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy();
        if name.ends_with("lld") {
            command.args(["-flavor", "wasm"]);
        }
        // One thread makes messages deterministic, and suffices.
        let output = command
            .args(["--threads=1", "-o"])
            .arg(&out)
            .args(args)
            .output()
            .map_err(|e| {
                environment(&format!("run `{}`", display_path(&self.linker)), &e)
                    .hint("install LLVM's `wasm-ld`, or name it with `--linker`")
                    .rule_hint("register a toolchain of the type `wasm_ld_toolchain_type`")
            })?;
        if output.status.success() {
            return Ok(
                std::fs::read(&out).map_err(|e| environment("read the linker's output", &e))?
            );
        }
        let mut stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        for (path, shown) in &scratch.names {
            stderr = stderr.replace(path, shown);
        }
        let lines: Vec<&str> = stderr
            .lines()
            .map(|line| line.split_once("error: ").map_or(line, |(_, rest)| rest))
            .filter(|line| !line.trim().is_empty())
            .collect();
        let first = lines.first().copied().unwrap_or("the linker failed");
        let mut d = Diagnostic::new(format!("cannot link: {first}"));
        let rest = lines.get(1..).unwrap_or_default().join("\n");
        if !rest.is_empty() {
            d = d.note(rest);
        }
        if stderr.contains("undefined symbol") {
            d = d.hint(
                "compile the definition of the symbol into the library, or export it from an allocator",
            );
        }
        Err(d.into())
    }
}

/// Reads the objects in a file, an object or an archive, and their names in errors.
pub fn read_objects(path: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let bytes = read_bytes(path, Limit::BINARY)?;
    let shown = display_path(path);
    if wasmparser::Parser::is_core_wasm(&bytes) {
        return Ok(vec![(shown, bytes)]);
    }
    let Some(members) = bytes.strip_prefix(b"!<arch>\n") else {
        return Err(Diagnostic::new(format!(
            "`{shown}` is neither an object nor an archive of objects"
        ))
        .hint("pass the output of a WebAssembly compiler: `.o` or `.a`")
        .into());
    };
    archive(members)
        .map(|members| {
            members
                .into_iter()
                .filter(|data| wasmparser::Parser::is_core_wasm(data))
                .enumerate()
                .map(|(i, data)| (format!("{shown}({i})"), data.to_vec()))
                .collect()
        })
        .ok_or_else(|| {
            Diagnostic::new(format!("`{shown}` is not a valid archive"))
                .hint("rebuild it")
                .into()
        })
}

/// The members of an archive after its magic string. A header has 60 bytes, with the size at 48..58
/// in decimal; members are aligned to 2 bytes. `None` if the archive is invalid.
pub fn archive(mut rest: &[u8]) -> Option<Vec<&[u8]>> {
    let mut out = Vec::new();
    while !rest.is_empty() {
        let (head, after) = rest.split_at_checked(60)?;
        let size = std::str::from_utf8(head.get(48..58)?).ok()?.trim_end();
        let (data, after) = after.split_at_checked(size.parse().ok()?)?;
        out.push(data);
        rest = after.get(data.len() % 2..).unwrap_or_default();
    }
    Some(out)
}

fn environment(what: &str, e: &std::io::Error) -> Diagnostic {
    Diagnostic::environment(format!("cannot {what}: {}", reason(e)))
}
