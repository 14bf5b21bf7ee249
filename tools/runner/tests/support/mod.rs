//! Assembles components and runs the tool in a temporary directory.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The directory with `components` and `golden`.
pub fn data() -> PathBuf {
    golden::tests_dir()
}

/// The tool: `RUNNER_BIN`, or the binary that cargo built.
pub fn runner() -> PathBuf {
    let path = std::env::var_os("RUNNER_BIN")
        .map(PathBuf::from)
        .or_else(|| option_env!("CARGO_BIN_EXE_runner").map(PathBuf::from))
        .expect("RUNNER_BIN is not set");
    // Absolute, because tests link to it from other directories.
    std::fs::canonicalize(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A temporary directory for one run of the tool.
pub struct Sandbox {
    directory: tempfile::TempDir,
}

impl Sandbox {
    /// Creates a directory with the assembled components of `tests/components`.
    pub fn new() -> Self {
        let sandbox = Sandbox {
            directory: tempfile::tempdir().expect("a temporary directory"),
        };
        for entry in list(&data().join("components")) {
            sandbox.assemble(&entry, "");
        }
        sandbox
    }

    /// The path of `name` in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        // Without links, as the tool prints it.
        let root = std::fs::canonicalize(self.directory.path()).expect("it exists");
        root.join(name)
    }

    /// Writes a file in the directory, and creates its parents.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("has a parent")).expect("directories");
        std::fs::write(&path, bytes).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        path
    }

    /// Assembles the text at `source` as `directory/<stem>.wasm`.
    pub fn assemble(&self, source: &Path, directory: &str) {
        let bytes = wat::parse_file(source).unwrap_or_else(|e| panic!("{e}"));
        let stem = source.file_stem().expect("a stem").to_string_lossy();
        self.write(&format!("{directory}{stem}.wasm"), bytes);
    }

    /// Creates `bin/program`, a link to the tool, with its first arguments beside it and the components in
    /// its runfiles.
    pub fn launchable(&self, args: &str) -> PathBuf {
        self.write("bin/program.args", args);
        for entry in list(&data().join("components")) {
            self.assemble(&entry, "bin/program.runfiles/_main/");
        }
        let program = self.path("bin/program");
        #[cfg(unix)]
        std::os::unix::fs::symlink(runner(), &program).expect("a link");
        #[cfg(not(unix))]
        std::fs::copy(runner(), &program).expect("a copy");
        program
    }

    /// The command `program` in this directory, with an empty environment.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.path(""))
            .env_clear()
            .env("NO_COLOR", "1")
            .stdin(Stdio::null());
        if let Some(root) = std::env::var_os("SYSTEMROOT") {
            command.env("SYSTEMROOT", root);
        }
        command
    }

    /// The text of a stream, with paths and durations replaced.
    pub fn normal(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes);
        let root = self.path("").display().to_string();
        let text = text.replace(root.trim_end_matches('/'), "{cwd}");
        let lines = text
            .split('\n')
            .map(|line| match line.strip_suffix(" ms)") {
                Some(rest) => format!(
                    "{}N ms)",
                    rest.trim_end_matches(|c: char| c.is_ascii_digit())
                ),
                None => line.to_owned(),
            });
        lines.collect::<Vec<_>>().join("\n")
    }
}

/// The entries of a directory, sorted.
pub fn list(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory)
        .unwrap_or_else(|e| panic!("{}: {e}", directory.display()))
        .map(|entry| entry.expect("an entry").path());
    let mut entries: Vec<PathBuf> = entries.collect();
    entries.sort();
    entries
}

/// The exit code, or -1 if there is none.
pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap_or(-1)
}
