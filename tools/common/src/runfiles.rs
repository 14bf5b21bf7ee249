//! Finds runfiles by directory or manifest, from the environment or beside the executable.

use crate::diagnostic::Diagnostic;
use crate::failure::Result;
use crate::files::{read_text, Limit};
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// The candidates for the location of runfiles.
pub struct Runfiles {
    directories: Vec<PathBuf>,
    manifests: Vec<PathBuf>,
}

impl Runfiles {
    /// Returns the candidates for the executable `argv0`, an absolute path with symlinks: the runfiles
    /// are beside the link.
    pub fn new(argv0: &Path) -> Self {
        let variable = |name| {
            std::env::var_os(name)
                .filter(|v| !v.is_empty())
                .map(PathBuf::from)
        };
        let beside = |extension: &str| {
            let mut name = argv0.as_os_str().to_owned();
            name.push(extension);
            PathBuf::from(name)
        };
        let enclosing = argv0
            .ancestors()
            .find(|a| a.extension().is_some_and(|e| e == "runfiles"))
            .map(Path::to_path_buf);
        let directories = [
            variable("RUNFILES_DIR"),
            variable("TEST_SRCDIR"),
            Some(beside(".runfiles")),
            enclosing,
        ];
        let manifests = [
            variable("RUNFILES_MANIFEST_FILE"),
            Some(beside(".runfiles_manifest")),
        ];
        Runfiles {
            directories: directories.into_iter().flatten().collect(),
            manifests: manifests.into_iter().flatten().collect(),
        }
    }

    /// Finds the file or directory with the runfiles path `path`, such as `_main/x/y.wasm`.
    ///
    /// The first candidate that has it wins: variables may come from a parent process with other
    /// runfiles. Errors: a path that leaves the runfiles, and a missing file.
    pub fn find(&self, path: &str) -> Result<PathBuf> {
        let plain = Path::new(path)
            .components()
            .all(|c| matches!(c, Component::Normal(_)));
        if path.is_empty() || !plain {
            return Err(Diagnostic::new(format!(
                "`{path}` is not a runfiles path: it must be relative and without `..`"
            ))
            .into());
        }
        if let Some(found) = self
            .directories
            .iter()
            .map(|d| d.join(path))
            .find(|f| f.exists())
        {
            return Ok(found);
        }
        for manifest in self.manifests.iter().filter(|m| m.is_file()) {
            let text = read_text(manifest, Limit::BINARY)?;
            if let Some(found) = in_manifest(&text, path).filter(|f| f.exists()) {
                return Ok(found);
            }
        }
        Err(
            Diagnostic::environment(format!("`{path}` is not in the runfiles"))
                .hint("run the program with `bazel run` or `bazel test`, or set RUNFILES_DIR")
                .into(),
        )
    }
}

/// Looks up `path` in a manifest, which may list it, a directory above it, or only files below it.
fn in_manifest(text: &str, path: &str) -> Option<PathBuf> {
    let entries: BTreeMap<String, String> = text.lines().filter_map(manifest_entry).collect();
    let mut prefix = path;
    loop {
        if let Some(real) = entries.get(prefix).filter(|r| !r.is_empty()) {
            let rest = path[prefix.len()..].trim_start_matches('/');
            let real = PathBuf::from(real);
            return Some(if rest.is_empty() {
                real
            } else {
                real.join(rest)
            });
        }
        match prefix.rfind('/') {
            Some(slash) => prefix = &prefix[..slash],
            None => break,
        }
    }
    let below = format!("{path}/");
    let (listed, real) = entries.range(below.clone()..).next()?;
    let rest = listed.strip_prefix(&below)?;
    let directory = real.strip_suffix(rest)?.strip_suffix('/')?;
    Some(PathBuf::from(directory))
}

/// Parses the line `PATH REAL-PATH`; a leading space means that spaces, newlines and backslashes are
/// escaped.
fn manifest_entry(line: &str) -> Option<(String, String)> {
    match line.strip_prefix(' ') {
        Some(escaped) => {
            let (path, real) = escaped.split_once(' ')?;
            let path = path.replace("\\s", " ");
            Some((unescape(&path), unescape(real)))
        }
        None => {
            let (path, real) = line.split_once(' ')?;
            Some((path.to_owned(), real.to_owned()))
        }
    }
}

fn unescape(text: &str) -> String {
    text.replace("\\n", "\n").replace("\\b", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests() {
        let text = "_main/a.wasm /real/a.wasm\n_main/dir /real/tree\n_main/src/x/f /s/src/x/f\n \
                    _main/a\\sb /real/a b\\bc\n_main/empty \n";
        let find = |path| in_manifest(text, path).map(|p| p.display().to_string());
        assert_eq!(find("_main/a.wasm").as_deref(), Some("/real/a.wasm"));
        assert_eq!(find("_main/dir").as_deref(), Some("/real/tree"));
        assert_eq!(find("_main/dir/x/y").as_deref(), Some("/real/tree/x/y"));
        assert_eq!(find("_main/src").as_deref(), Some("/s/src"));
        assert_eq!(find("_main/src/x").as_deref(), Some("/s/src/x"));
        assert_eq!(find("_main/a b").as_deref(), Some("/real/a b\\c"));
        for missing in ["_main/di", "_main/empty", "x", "_main/a.wasmx"] {
            assert_eq!(find(missing), None, "{missing}");
        }
    }

    #[test]
    fn paths_do_not_escape() {
        let runfiles = Runfiles::new(Path::new("/nowhere/x"));
        for wrong in ["", "/etc", "../x", "a/../../x", "./x"] {
            let e = runfiles.find(wrong).expect_err(wrong);
            assert_eq!(e.exit_code(), crate::exit::INPUT, "{wrong}");
        }
        let e = runfiles.find("_main/x").expect_err("missing");
        assert_eq!(e.exit_code(), crate::exit::ENVIRONMENT);
    }
}
