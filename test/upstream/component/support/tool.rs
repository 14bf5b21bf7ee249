//! Runs our tool as a program.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The result of a run.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// Exit code 0, with the standard output.
    Done(String),
    /// Exit code 1, with the error.
    Rejected(String),
    /// An internal error, a panic, or another exit code.
    Broken(String),
}

impl Outcome {
    /// The output, or the error.
    pub fn result(self) -> Result<String, String> {
        match self {
            Outcome::Done(text) => Ok(text),
            Outcome::Rejected(text) | Outcome::Broken(text) => Err(text),
        }
    }
}

/// The versions of the libraries, which they write into their output.
#[derive(Clone, Copy)]
pub struct Versions<'a> {
    pub wit_component: &'a str,
    pub wac: &'a str,
}

/// The tool and its working directory.
pub struct Tool<'a> {
    pub program: &'a Path,
    pub dir: &'a Path,
}

impl Tool<'_> {
    /// Runs a subcommand.
    pub fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Outcome {
        let output = Command::new(self.program)
            .args(args)
            .current_dir(self.dir)
            .env("NO_COLOR", "1")
            .env_remove("BUILD_WORKING_DIRECTORY")
            .env_remove("BUILD_WORKSPACE_DIRECTORY")
            .output()
            .expect("the program runs");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let shown = || {
            let args: Vec<_> = args.iter().map(|a| a.as_ref().to_string_lossy()).collect();
            format!(
                "`{}` ended with {}: {stderr}",
                args.join(" "),
                output.status
            )
        };
        match output.status.code() {
            Some(0) => Outcome::Done(String::from_utf8_lossy(&output.stdout).into_owned()),
            Some(1) if !stderr.contains("internal error") => Outcome::Rejected(stderr),
            _ => Outcome::Broken(shown()),
        }
    }

    /// Runs a subcommand with `-o out` and returns that file.
    pub fn make<S: AsRef<OsStr>>(&self, args: &[S], out: &str) -> Result<Vec<u8>, String> {
        let mut all: Vec<&OsStr> = args.iter().map(AsRef::as_ref).collect();
        all.extend(["-o".as_ref(), OsStr::new(out)]);
        self.run(&all).result()?;
        Ok(self.read(out))
    }

    /// The path of a file in the directory.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Reads a file in the directory.
    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    /// Writes a file into the directory.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a directory");
        std::fs::write(path, bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
    }
}
