//! Runs the program that generates Rust bindings: `wit-bindgen`, or one with its command line.

use rules_wit_common::{display_path, Diagnostic, Failure, Result};
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A generator, and its declared version.
pub struct Generator<'a> {
    /// The program.
    pub program: &'a Path,
    /// Its version, which is checked before each run.
    pub version: Option<&'a str>,
}

impl Generator<'_> {
    /// Generates the code of a world.
    ///
    /// `document` is the package of the world with its dependencies; `options` are all options but
    /// the document, the world and the output. The inner error is the message of the generator, in
    /// one line.
    pub fn run(
        &self,
        document: &str,
        world: &str,
        options: &[String],
    ) -> Result<std::result::Result<String, String>> {
        self.check_version()?;
        let scratch = tempfile::tempdir().map_err(|e| environment("create a directory", &e))?;
        let wit = scratch.path().join("world.wit");
        let out = scratch.path().join("out");
        fs::write(&wit, document).map_err(|e| environment("write the document", &e))?;
        let output = self.output(
            Command::new(self.program)
                .arg("rust")
                .arg(&wit)
                .args(["--world", world, "--all-features", "--out-dir"])
                .arg(&out)
                .args(options),
        )?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr);
            if let Some(option) = stderr
                .strip_prefix("error: unexpected argument '")
                .and_then(|rest| rest.split('\'').next())
            {
                return Err(self.unknown_option(option));
            }
            return Ok(Err(first_line(&stderr)));
        }
        let file = fs::read_dir(&out)
            .ok()
            .and_then(|mut files| files.next()?.ok())
            .ok_or_else(|| Diagnostic::new(format!("{} wrote no file", self.name())))?;
        let code = fs::read_to_string(file.path())
            .map_err(|e| environment("read the generated code", &e))?;
        Ok(Ok(code))
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
            "`{}` is wit-bindgen {found}, but declared as {wanted}",
            display_path(self.program)
        ))
        .hint("correct `--generator-version`")
        .rule_hint("correct the `version` of the tool or toolchain")
        .into())
    }

    fn output(&self, command: &mut Command) -> Result<Output> {
        command.output().map_err(|e| {
            Diagnostic::environment(format!("cannot run `{}`: {e}", display_path(self.program)))
                .hint("pass a program with the command line of `wit-bindgen`")
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
            Some(version) => format!("wit-bindgen {version}"),
            None => format!("`{}`", display_path(self.program)),
        }
    }
}

/// The first line of an error message, without `error:`; of a panic, the reason.
fn first_line(stderr: &str) -> String {
    let mut lines = stderr.lines().filter(|l| !l.trim().is_empty());
    let mut line = lines
        .next()
        .unwrap_or("the generator failed without a message");
    if line.starts_with("thread ") && line.contains(" panicked at ") {
        // Older compilers wrote the reason in the same line: `panicked at 'reason', file`.
        line = match line.split('\'').nth(3) {
            Some(reason) => reason,
            None => lines
                .next()
                .unwrap_or("the generator panicked without a message"),
        };
    }
    let line = line.strip_prefix("error: ").unwrap_or(line);
    line.strip_prefix("Error: ").unwrap_or(line).to_owned()
}

fn environment(what: &str, error: &std::io::Error) -> Failure {
    Diagnostic::environment(format!("failed to {what}: {error}")).into()
}

#[cfg(test)]
mod tests {
    use super::first_line;

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
            assert_eq!(first_line(stderr), expected);
        }
    }
}
