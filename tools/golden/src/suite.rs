//! A tool's folders of cases, as named tests.

use crate::case::Case;
use crate::expect;
use crate::folder::Folder;
use crate::group;
use crate::locate::{entries, paths, tests_dir, IN_DIRECTORY};
use crate::tree::{Tool, Tree};
use libtest_mimic::{Arguments, Trial};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

/// A further test of each case of a folder.
#[derive(Clone)]
struct Over {
    name: &'static str,
    folder: &'static str,
    test: fn(&Case, &Tree),
}

/// The cases of a tool.
pub struct Suite {
    pub(crate) tool: Tool,
    root: PathBuf,
    folders: Vec<Folder>,
    over: Vec<Over>,
}

impl Suite {
    /// The cases of a tool. `cargo_bin` is its program under Cargo, `$TOOL_BIN` elsewhere.
    pub fn new(tool: &str, cargo_bin: Option<&str>) -> Suite {
        let variable = format!("{}_BIN", tool.to_uppercase());
        let path = std::env::var_os(&variable)
            .map(PathBuf::from)
            .or(cargo_bin.map(PathBuf::from));
        let path = path.unwrap_or_else(|| panic!("{variable} is not set"));
        Suite::of(tool, &path, tests_dir())
    }

    pub(crate) fn of(tool: &str, path: &Path, root: PathBuf) -> Suite {
        let path = path
            .canonicalize()
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let (env, variables) = (Vec::new(), Vec::new());
        let tool = Tool {
            name: tool.to_owned(),
            path,
            env,
            variables,
            normalize: None,
            setup: None,
        };
        Suite {
            tool,
            root,
            folders: Vec::new(),
            over: Vec::new(),
        }
    }

    /// Adds a folder.
    pub fn folder(mut self, folder: Folder) -> Suite {
        self.folders.push(folder);
        self
    }

    /// Adds the tests `TOOL::NAME::CASE` for the cases of a folder. Each gets the case and its input in a directory.
    pub fn over(
        mut self,
        name: &'static str,
        folder: &'static str,
        test: fn(&Case, &Tree),
    ) -> Suite {
        self.over.push(Over { name, folder, test });
        self
    }

    /// Sets an environment variable for all commands, which otherwise see `NO_COLOR=1` alone.
    pub fn env(mut self, name: &str, value: impl Into<std::ffi::OsString>) -> Suite {
        self.tool.env.push((name.to_owned(), value.into()));
        self
    }

    /// Defines `{NAME}` in commands and in what is expected.
    pub fn variable(mut self, name: &str, value: impl Into<String>) -> Suite {
        self.tool.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Replaces in what is printed and written what differs between runs.
    pub fn normalize(mut self, normalize: fn(&str) -> String) -> Suite {
        self.tool.normalize = Some(normalize);
        self
    }

    /// Runs in each directory, after the case's input is there.
    pub fn setup(mut self, setup: fn(&Tree)) -> Suite {
        self.tool.setup = Some(setup);
        self
    }

    /// Runs the cases that the command line and Bazel's variables choose.
    pub fn main(self) -> ExitCode {
        let mut args = Arguments::from_args();
        if args.filter.is_none() {
            args.filter = std::env::var("TESTBRIDGE_TEST_ONLY").ok();
        }
        let shards = shard(|name| std::env::var(name).ok());
        let bless = std::env::var_os("BLESS").is_some_and(|value| !value.is_empty());
        match shards.and_then(|shard| Ok((shard, self.trials(bless)?))) {
            Ok((shard, trials)) => libtest_mimic::run(&args, part(trials, shard)).exit_code(),
            Err(error) => {
                eprintln!("error: {error}");
                ExitCode::FAILURE
            }
        }
    }

    /// All tests, sorted by name; an error names a folder or file that is none of the cases.
    pub(crate) fn trials(self, bless: bool) -> Result<Vec<Trial>, String> {
        let cases = cases(&self.root, &self.folders)?;
        let tool = Arc::new(self.tool);
        let mut trials = Vec::new();
        for (folder, paths) in self.folders.iter().zip(cases) {
            for (name, path) in paths {
                for over in self.over.iter().filter(|over| over.folder == folder.name) {
                    let name = format!("{}::{}::{name}", tool.name, over.name);
                    let (tool, test, path) = (tool.clone(), over.test, path.clone());
                    let trial = move || run_over(&path, test, &tool).map_err(Into::into);
                    trials.push(Trial::test(name, trial));
                }
                let (tool, folder) = (tool.clone(), folder.clone());
                let name = format!("{}::{}::{name}", tool.name, folder.name);
                let trial = move || expect::run(&path, &folder, &tool, bless).map_err(Into::into);
                trials.push(Trial::test(name, trial));
            }
        }
        trials.sort_by(|a, b| a.name().cmp(b.name()));
        Ok(trials)
    }
}

/// Runs a further test of a case.
pub(crate) fn run_over(
    path: &Path,
    test: fn(&Case, &Tree),
    tool: &Arc<Tool>,
) -> Result<(), String> {
    let case = Case::read(path)?;
    test(&case, &case.tree(tool));
    Ok(())
}

/// The cases of each folder, by name.
fn cases(root: &Path, folders: &[Folder]) -> Result<Vec<BTreeMap<String, PathBuf>>, String> {
    for (name, path) in entries(root)? {
        let is_case = |(name, path): &(String, PathBuf)| {
            name.ends_with(".txtar")
                || name.ends_with(group::SUFFIX)
                || path.join(IN_DIRECTORY).exists()
        };
        let has_cases = path.is_dir() && entries(&path)?.iter().any(is_case);
        if has_cases && !folders.iter().any(|folder| folder.name == name) {
            return Err(format!(
                "the test does not name the folder `{name}`, which has cases"
            ));
        }
    }
    folders
        .iter()
        .map(|folder| paths(&root.join(folder.name)))
        .collect()
}

/// A shard: its index and how many there are.
pub(crate) type Shard = Option<(usize, usize)>;

/// The shard that Bazel's variables choose. Tells Bazel that sharding is supported.
pub(crate) fn shard(variable: impl Fn(&str) -> Option<String>) -> Result<Shard, String> {
    let number = |name: &str| {
        variable(name)
            .map(|text| text.parse::<usize>().map_err(|e| format!("{name}: {e}")))
            .transpose()
    };
    let Some(total) = number("TEST_TOTAL_SHARDS")? else {
        return Ok(None);
    };
    let index = number("TEST_SHARD_INDEX")?.ok_or("TEST_SHARD_INDEX is not set")?;
    if index >= total {
        return Err(format!(
            "TEST_SHARD_INDEX is {index}, TEST_TOTAL_SHARDS {total}"
        ));
    }
    if let Some(file) = variable("TEST_SHARD_STATUS_FILE") {
        std::fs::write(&file, "").map_err(|e| format!("{file}: {e}"))?;
    }
    Ok(Some((index, total)))
}

/// The elements of one shard.
pub(crate) fn part<T>(all: Vec<T>, shard: Shard) -> Vec<T> {
    let Some((index, total)) = shard else {
        return all;
    };
    all.into_iter()
        .enumerate()
        .filter(|(i, _)| i % total == index)
        .map(|(_, element)| element)
        .collect()
}
