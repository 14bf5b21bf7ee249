//! The Python package index, accessed by pip.

use crate::digest::Digest;
use crate::source::api::{Item, Published, Source};
use crate::source::client::{self, Answer, Scratch};
use crate::source_error::SourceError;
use serde_json::Value;
use std::io::Read;
use std::path::Path;
use std::process::Command;

/// The Python package index. Only wheels: pip would run the build script of a source distribution.
pub struct Pypi;

/// The compatibility tags in the name of a wheel. See PEP 425.
#[derive(Debug, PartialEq, Eq)]
struct Tags {
    python: String,
    abi: String,
    platforms: Vec<String>,
}

impl Tags {
    /// Parses `NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl`.
    fn of(file: &str) -> Option<Tags> {
        let mut parts = file.strip_suffix(".whl")?.rsplitn(4, '-');
        let (platform, abi, python) = (parts.next()?, parts.next()?, parts.next()?);
        parts.next()?;
        Some(Tags {
            python: python.split('.').next_back()?.to_owned(),
            abi: abi.split('.').next_back()?.to_owned(),
            platforms: platform.split('.').map(str::to_owned).collect(),
        })
    }

    /// The options that make pip choose such a wheel on any platform.
    fn options(&self) -> Vec<String> {
        let mut options = vec!["--only-binary=:all:".to_owned()];
        for platform in &self.platforms {
            options.extend(["--platform".to_owned(), platform.clone()]);
        }
        options.extend(["--abi".to_owned(), self.abi.clone()]);
        let split = self
            .python
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(self.python.len());
        let (implementation, version) = self.python.split_at(split);
        options.extend(["--implementation".to_owned(), implementation.to_owned()]);
        if version.len() > 1 {
            options.extend(["--python-version".to_owned(), version.to_owned()]);
        }
        options
    }
}

fn pip(directory: &Path, args: &[&str], what: &str) -> Result<Answer, SourceError> {
    let answer = client::run(
        Command::new("python3")
            .current_dir(directory)
            .args(["-m", "pip"])
            .args(args)
            .args([
                "--no-input",
                "--no-cache-dir",
                "--disable-pip-version-check",
                "--no-color",
            ]),
        what,
    )?;
    if answer.ok {
        return Ok(answer);
    }
    let (what, why) = (what.to_owned(), answer.reason());
    Err(if answer.says(&["DO NOT MATCH THE HASHES"]) {
        SourceError::Corrupt { what, why }
    } else if answer.says(&["No matching distribution found"])
        && !answer.says(&["Retrying (", "Could not fetch URL"])
    {
        SourceError::NotFound { what, why }
    } else {
        SourceError::Unreachable { what, why }
    })
}

impl Pypi {
    fn wheel<'a>(item: &'a Item, what: &str) -> Result<(&'a str, Tags), SourceError> {
        let file = item.file.as_deref().unwrap_or_default();
        match Tags::of(file) {
            Some(tags) => Ok((file, tags)),
            None => Err(SourceError::Unreachable {
                what: what.to_owned(),
                why: format!(
                    "`{file}` is not a wheel, and pip would run the build script of a source distribution"
                ),
            }),
        }
    }
}

fn spec(item: &Item) -> (String, String) {
    let spec = format!("{}=={}", item.name, item.version);
    let what = match &item.file {
        Some(file) => format!("Python package {spec} like {file}"),
        None => format!("Python package {spec}"),
    };
    (spec, what)
}

impl Source for Pypi {
    fn newest(&self, name: &str) -> Result<String, SourceError> {
        let what = format!("Python package {name}");
        let scratch = client::scratch(&what)?;
        // The newest version for any Python, not only for the installed one.
        let args = [
            "index",
            "versions",
            name,
            "--only-binary=:all:",
            "--python-version",
            "3.99",
        ];
        let answer = match pip(scratch.path(), &args, &what) {
            Err(SourceError::NotFound { .. }) => pip(scratch.path(), &args[..3], &what)?,
            answer => answer?,
        };
        let versions = answer
            .stdout
            .lines()
            .find_map(|l| l.strip_prefix("Available versions: "));
        match versions.and_then(|v| v.split(", ").next()) {
            Some(version) => Ok(version.trim().to_owned()),
            None => Err(SourceError::NotFound {
                what,
                why: "pip lists no version".to_owned(),
            }),
        }
    }

    fn published(&self, item: &Item) -> Result<Published, SourceError> {
        let (spec, what) = spec(item);
        let (_, tags) = Pypi::wheel(item, &what)?;
        let scratch = client::scratch(&what)?;
        let options = tags.options();
        let mut args = vec![
            "install",
            "--dry-run",
            "--ignore-installed",
            "--no-deps",
            "--quiet",
        ];
        args.extend(["--target", "unused", "--report", "report.json"]);
        args.extend(options.iter().map(String::as_str));
        args.push(&spec);
        pip(scratch.path(), &args, &what)?;
        let failed = |why: String| SourceError::Unreachable {
            what: what.clone(),
            why,
        };
        let report = std::fs::read_to_string(scratch.path().join("report.json"))
            .map_err(|e| failed(e.to_string()))?;
        let report: Value = serde_json::from_str(&report).map_err(|e| failed(e.to_string()))?;
        let info = report.pointer("/install/0/download_info");
        let url = info
            .and_then(|i| i.get("url"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let path = url.split(['#', '?']).next().unwrap_or_default();
        let file = path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .replace("%2B", "+");
        let digest = info
            .and_then(|i| i.pointer("/archive_info/hashes/sha256"))
            .and_then(Value::as_str);
        Ok(Published {
            file: Some(file),
            digest: digest.and_then(Digest::parse),
            ..Published::default()
        })
    }

    fn open(&self, item: &Item) -> Result<Box<dyn Read>, SourceError> {
        let (spec, what) = spec(item);
        let (file, tags) = Pypi::wheel(item, &what)?;
        let scratch = client::scratch(&what)?;
        let options = tags.options();
        let mut args = vec!["download", "--no-deps", "--quiet", "--dest", "wheels"];
        args.extend(options.iter().map(String::as_str));
        args.push(&spec);
        pip(scratch.path(), &args, &what)?;
        let path = scratch.path().join("wheels").join(file);
        Scratch::open(scratch, &path).map_err(|_| SourceError::NotFound {
            what,
            why: format!("pip did not choose {file}"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_wheels() {
        let tags = |file| Tags::of(file).map(|t| (t.python, t.abi, t.platforms.join(" ")));
        let expect = |a: &str, b: &str, c: &str| Some((a.to_owned(), b.to_owned(), c.to_owned()));
        assert_eq!(
            tags("six-1.16.0-py2.py3-none-any.whl"),
            expect("py3", "none", "any")
        );
        assert_eq!(
            tags("c_p-0.17.0-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"),
            expect("cp39", "abi3", "manylinux_2_17_x86_64 manylinux2014_x86_64")
        );
        assert_eq!(tags("x-1.tar.gz"), None);
        assert_eq!(tags("x.whl"), None);
        let options = Tags::of("x-1-cp310-abi3-win_amd64.whl").map(|t| t.options().join(" "));
        assert_eq!(
            options.as_deref(),
            Some("--only-binary=:all: --platform win_amd64 --abi abi3 --implementation cp --python-version 310")
        );
    }
}
