//! Runs a program that generates bindings: `wit-bindgen`, or one with its command line.

use rules_wit_common::{display_path, Diagnostic, Failure, Result};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use walkdir::WalkDir;

/// Generated files: path relative to the output directory, with `/`, -> text.
pub type Files = BTreeMap<String, String>;

/// Why a generator failed.
pub struct Failed {
    /// Its message, in one line.
    pub message: String,
    /// Whether it panicked.
    pub is_panic: bool,
}

/// A generator, and its declared version.
pub struct Generator<'a> {
    /// The name in messages.
    pub name: &'a str,
    /// The program.
    pub program: &'a Path,
    /// Its version, which is checked before each run.
    pub version: Option<&'a str>,
}

impl Generator<'_> {
    /// Generates the code of a world, with the subcommand of a language.
    ///
    /// `document` is the package of the world with its dependencies; `options` are all options but
    /// the document, the world and the output. The inner error is that of the generator.
    pub fn run(
        &self,
        language: &str,
        document: &str,
        world: &str,
        options: &[String],
    ) -> Result<std::result::Result<Files, Failed>> {
        self.check_version()?;
        let scratch = tempfile::tempdir().map_err(|e| environment("create a directory", &e))?;
        let wit = scratch.path().join("world.wit");
        let out = scratch.path().join("out");
        fs::write(&wit, document).map_err(|e| environment("write the document", &e))?;
        let output = self.output(
            Command::new(self.program)
                .arg(language)
                .arg(&wit)
                .args(["--world", world, "--all-features", "--out-dir"])
                .arg(&out)
                .args(options.iter().map(|option| self.spelled(option))),
        )?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            if let Some(option) = stderr
                .strip_prefix("error: unexpected argument '")
                .and_then(|rest| rest.split('\'').next())
            {
                return Err(self.unknown_option(option));
            }
            return Ok(Err(failed(&stderr)));
        }
        let files = read_files(&out).map_err(|e| environment("read the generated code", &e))?;
        match files.is_empty() {
            true => Err(Diagnostic::new(format!("{} wrote no file", self.name())).into()),
            false => Ok(Ok(files)),
        }
    }

    /// An option as this version spells it. Before 0.63, `--async` listed functions to bind asynchronously,
    /// and `-` before a name made it synchronous.
    fn spelled(&self, option: &str) -> String {
        match option.strip_prefix("--sync=") {
            Some(filter) if self.is_before(0, 63) => format!("--async=-{filter}"),
            _ => option.to_owned(),
        }
    }

    /// Whether the declared version is older than a release.
    fn is_before(&self, major: u64, minor: u64) -> bool {
        let version = self.version.and_then(|v| semver::Version::parse(v).ok());
        version.is_some_and(|v| (v.major, v.minor) < (major, minor))
    }

    fn check_version(&self) -> Result<()> {
        let Some(wanted) = self.version else {
            return Ok(());
        };
        let output = self.output(Command::new(self.program).arg("--version"))?;
        let said = String::from_utf8_lossy(&output.stdout);
        let found = said
            .split_whitespace()
            .nth(1)
            .unwrap_or("of unknown version");
        if found == wanted {
            return Ok(());
        }
        Err(Diagnostic::new(format!(
            "`{}` is {} {found}, but declared as {wanted}",
            display_path(self.program),
            self.name
        ))
        .hint("correct `--generator-version`")
        .rule_hint("correct the `version` of the tool or toolchain")
        .into())
    }

    fn output(&self, command: &mut Command) -> Result<Output> {
        command.output().map_err(|e| {
            Diagnostic::environment(format!("cannot run `{}`: {e}", display_path(self.program)))
                .hint(format!(
                    "pass a program with the command line of `{}`",
                    self.name
                ))
                .into()
        })
    }

    fn unknown_option(&self, option: &str) -> Failure {
        Diagnostic::new(format!("{} does not support `{option}`", self.name()))
            .hint("remove the option, or use a generator that supports it")
            .rule_hint("remove the attribute that sets it, or use a generator that supports it")
            .into()
    }

    fn name(&self) -> String {
        match self.version {
            Some(version) => format!("{} {version}", self.name),
            None => format!("`{}`", display_path(self.program)),
        }
    }
}

fn read_files(directory: &Path) -> std::io::Result<Files> {
    let mut files = Files::new();
    for entry in WalkDir::new(directory) {
        let entry = entry?;
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(directory).unwrap_or(entry.path());
            let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
            files.insert(parts.join("/"), fs::read_to_string(entry.path())?);
        }
    }
    Ok(files)
}

/// The first line of an error message, without `error:`; of a panic, the reason.
fn failed(stderr: &str) -> Failed {
    let mut lines = stderr.lines().filter(|l| !l.trim().is_empty());
    let mut line = lines
        .next()
        .unwrap_or("the generator failed without a message");
    let is_panic = line.starts_with("thread ") && line.contains(" panicked at ");
    if is_panic {
        // Older compilers wrote the reason in the same line: `panicked at 'reason', file`.
        line = match line.split('\'').nth(3) {
            Some(reason) => reason,
            None => lines
                .next()
                .unwrap_or("the generator panicked without a message"),
        };
    }
    let line = line.strip_prefix("error: ").unwrap_or(line);
    let message = line.strip_prefix("Error: ").unwrap_or(line).to_owned();
    Failed { message, is_panic }
}

fn environment(what: &str, error: &std::io::Error) -> Failure {
    Diagnostic::environment(format!("failed to {what}: {error}")).into()
}

#[cfg(test)]
mod tests {
    use super::failed;

    #[test]
    fn reasons() {
        for (stderr, expected) in [
            ("\nerror: no world\nmore", "no world"),
            ("Error: no world", "no world"),
            ("", "the generator failed without a message"),
            (
                "\nthread 'main' (5460) panicked at a/lib.rs:206:35:\nthe reason\nstack backtrace:\n",
                "the reason",
            ),
            ("thread 'main' panicked at 'the reason', a/lib.rs:2", "the reason"),
        ] {
            let failed = failed(stderr);
            assert_eq!(failed.message, expected);
            assert_eq!(failed.is_panic, stderr.contains("panicked"));
        }
    }
}
