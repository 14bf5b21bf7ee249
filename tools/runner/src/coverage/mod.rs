//! Coverage of instrumented guests, for `bazel coverage`.
//!
//! See `tools/test/collect_coverage.sh` of Bazel for the protocol, `llvm-cov export` for how the report is made, and
//! `rules/runtime/coverage` for the guest's side.

mod lcov;
mod memory;
mod profile;

use memory::{Creator, Profiles};
use rules_wit_common::{
    display_path, print_diagnostics, read_text, write_file, Diagnostic, Limit, Result,
};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use wasmtime::MemoryCreator;
use wasmtime_environ::wasmparser::{Parser, Payload};

/// The section of a module with which `llvm-cov` finds the lines of a counter.
const MAPPING: &str = "__llvm_covmap";

/// What Bazel asks a test for.
pub struct Coverage {
    /// Where reports are written.
    directory: PathBuf,
    /// Where the report of the test is written, if Bazel merges none.
    output: Option<PathBuf>,
    /// Where intermediate files are written.
    scratch: PathBuf,
    /// The directory that the files of the manifest are in.
    root: PathBuf,
    /// The instrumented sources, and the programs that make reports.
    manifest: Vec<String>,
    profiles: Arc<Profiles>,
}

impl Coverage {
    /// Returns what Bazel asks for, if the test runs under `bazel coverage`. Error: no manifest.
    pub fn from_env() -> Result<Option<Self>> {
        let path = |name| {
            std::env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        let (Some(directory), Some(manifest)) = (path("COVERAGE_DIR"), path("COVERAGE_MANIFEST"))
        else {
            return Ok(None);
        };
        let manifest = read_text(&manifest, Limit::PARAMS)?;
        Ok(Some(Coverage {
            output: path("COVERAGE_OUTPUT_FILE").filter(|_| path("LCOV_MERGER").is_none()),
            scratch: path("TEST_TMPDIR").unwrap_or_else(|| directory.clone()),
            root: path("ROOT").unwrap_or_default(),
            manifest: manifest.lines().map(str::to_owned).collect(),
            profiles: Arc::default(),
            directory,
        }))
    }

    /// Returns the memories that guests must have.
    pub fn memories(&self) -> Arc<dyn MemoryCreator> {
        Arc::new(Creator(Arc::clone(&self.profiles)))
    }

    /// Writes the report of the guests that are no more. Errors: a profile in a format that is not known, a failure of LLVM's
    /// programs, and of the file system.
    pub fn finish(&self, component: &[u8]) -> Result<()> {
        let mut profiles = Vec::new();
        for profile in self.profiles.take() {
            let profile = profile.map_err(|why| {
                Diagnostic::environment(format!("cannot read the coverage of a guest: {why}"))
                    .hint("use a Rust toolchain with such an LLVM, or the newest runner")
            })?;
            let file = self
                .scratch
                .join(format!("guest-{}.profraw", profiles.len()));
            write_file(&file, &profile)?;
            profiles.push(file);
        }
        if profiles.is_empty() {
            return Ok(());
        }
        let [Some(profdata), Some(cov)] =
            ["llvm-profdata", "llvm-cov"].map(|name| self.program(name))
        else {
            let warning = Diagnostic::warning("no coverage of guests is reported")
                .hint("use a Rust toolchain with `llvm_cov` and `llvm_profdata`");
            print_diagnostics(&warning.into());
            return Ok(());
        };

        let merged = self.scratch.join("guests.profdata");
        let mut merge: Vec<OsString> = vec!["merge".into(), "-o".into(), (&merged).into()];
        merge.extend(profiles.iter().map(OsString::from));
        self.run(&profdata, &merge)?;

        let mut export: Vec<OsString> = vec!["export".into(), "-format=lcov".into()];
        export.extend(["-instr-profile".into(), merged.into()]);
        for (n, module) in instrumented(component).into_iter().enumerate() {
            let file = self.scratch.join(format!("guest-{n}.wasm"));
            write_file(&file, module)?;
            export.extend(["-object".into(), file.into()]);
        }
        let report = self.run(&cov, &export)?;
        let report = lcov::only(&String::from_utf8_lossy(&report), &self.manifest);
        write_file(&self.directory.join("guests.dat"), report.as_bytes())?;
        match &self.output {
            Some(file) => write_file(file, report.as_bytes()),
            None => Ok(()),
        }
    }

    /// Finds a program in the manifest.
    fn program(&self, name: &str) -> Option<PathBuf> {
        let mut files = self.manifest.iter().map(Path::new);
        let file = files.find(|f| f.file_stem().is_some_and(|stem| stem == name))?;
        Some(self.root.join(file))
    }

    /// Runs a program, and returns its output.
    fn run(&self, program: &Path, arguments: &[OsString]) -> Result<Vec<u8>> {
        let failed = |why: String| {
            Diagnostic::environment(format!("failed to run `{}`", display_path(program)))
                .note(why)
                .hint("use the LLVM programs of the same Rust toolchain")
        };
        let output = Command::new(program)
            .args(arguments)
            .output()
            .map_err(|e| failed(e.to_string()))?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()).into()),
        }
    }
}

/// Returns the instrumented modules of a component and of those that it contains.
fn instrumented(component: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    let mut within = Vec::new();
    // What cannot be parsed would not have been compiled.
    for payload in Parser::new(0)
        .parse_all(component)
        .map_while(std::result::Result::ok)
    {
        match payload {
            Payload::ModuleSection {
                unchecked_range, ..
            }
            | Payload::ComponentSection {
                unchecked_range, ..
            } => within.push(unchecked_range),
            Payload::CustomSection(section) if section.name() == MAPPING => {
                let module = within
                    .last()
                    .map(|range| range.start as usize..range.end as usize);
                found.extend(module.and_then(|range| component.get(range)));
            }
            Payload::End(_) => drop(within.pop()),
            _ => {}
        }
    }
    found
}
