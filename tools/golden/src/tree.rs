//! A case's files in a temporary directory, and running the tool there.

use crate::command::Command;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::sync::Arc;

/// Files by their paths, with `/` between the parts.
pub type Files = BTreeMap<String, Vec<u8>>;

/// All files below a directory; links to directories are followed.
pub fn files_below(dir: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![(dir.to_owned(), String::new())];
    while let Some((dir, prefix)) = open.pop() {
        let entries = fs::read_dir(&dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        for entry in entries {
            let entry = entry.expect("an entry");
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.path().is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else {
                let bytes = fs::read(entry.path()).unwrap_or_else(|e| panic!("{name}: {e}"));
                files.insert(name, bytes);
            }
        }
    }
    files
}

/// Writes a file, and the directories above it.
pub(crate) fn write(file: &Path, bytes: impl AsRef<[u8]>) {
    let parent = file.parent().expect("a parent");
    fs::create_dir_all(parent)
        .and_then(|()| fs::write(file, bytes))
        .unwrap_or_else(|e| panic!("{}: {e}", file.display()));
}

/// What a command printed, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit code; -1 after a signal.
    pub code: i32,
    /// The standard output, with the names of variables in place of their values.
    pub stdout: String,
    /// The standard error, with the names of variables in place of their values.
    pub stderr: String,
}

impl Output {
    /// The exit code and both streams as one text, for messages.
    pub fn text(&self) -> String {
        format!("exit {}\n{}{}", self.code, self.stdout, self.stderr)
    }
}

/// The tool that a suite tests.
pub(crate) struct Tool {
    pub name: String,
    pub path: PathBuf,
    pub env: Vec<(String, std::ffi::OsString)>,
    /// Names in `{}` and their values.
    pub variables: Vec<(String, String)>,
    pub normalize: Option<fn(&str) -> String>,
    pub setup: Option<fn(&Tree)>,
}

/// A temporary directory with a case's input.
pub struct Tree {
    _dir: tempfile::TempDir,
    root: PathBuf,
    tool: Arc<Tool>,
}

impl Tree {
    /// Writes the files into a new directory, then runs the suite's set-up.
    pub(crate) fn new(files: &Files, tool: Arc<Tool>) -> Tree {
        let dir = tempfile::tempdir().expect("a temporary directory");
        // Resolved, to be the prefix of what the tool prints.
        let root = dir
            .path()
            .canonicalize()
            .expect("the temporary directory exists");
        let tree = Tree {
            _dir: dir,
            root,
            tool,
        };
        for (path, bytes) in files {
            tree.write(path, bytes);
        }
        if let Some(setup) = tree.tool.setup {
            setup(&tree);
        }
        tree
    }

    /// The directory.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// What the directory holds now.
    pub fn files(&self) -> Files {
        files_below(&self.root)
    }

    /// The text of a file in it.
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
    }

    /// Writes a file, and the directories above it.
    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        write(&self.root.join(path), bytes);
    }

    /// The path of the tool.
    pub fn tool(&self) -> &Path {
        &self.tool.path
    }

    /// Runs the tool in the directory.
    pub fn run<S: AsRef<str>>(&self, args: &[S]) -> Output {
        self.execute(&Command {
            env: Vec::new(),
            program: self.tool.name.clone(),
            args: args.iter().map(|a| a.as_ref().to_owned()).collect(),
            stdin: None,
            code: 0,
        })
    }

    /// Runs a command of a case in the directory.
    pub fn execute(&self, command: &Command) -> Output {
        let program = match &command.program {
            name if *name == self.tool.name => self.tool.path.clone(),
            name if name.contains('/') => self.root.join(name),
            name => panic!("`{name}` is neither `{}` nor a path", self.tool.name),
        };
        let stdin = match &command.stdin {
            Some(path) => Stdio::from(
                fs::File::open(self.root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}")),
            ),
            None => Stdio::null(),
        };
        let output = process::Command::new(&program)
            .args(command.args.iter().map(|arg| self.expand(arg)))
            .env_clear()
            .env("NO_COLOR", "1")
            .envs(self.tool.env.iter().map(|(name, value)| (name, value)))
            .envs(
                command
                    .env
                    .iter()
                    .map(|(name, value)| (name, self.expand(value))),
            )
            .current_dir(&self.root)
            .stdin(stdin)
            .output()
            .unwrap_or_else(|e| panic!("{}: {e}", program.display()));
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: self.normal(&output.stdout),
            stderr: self.normal(&output.stderr),
        }
    }

    fn variables(&self) -> impl Iterator<Item = (String, String)> + '_ {
        let cwd = ("{cwd}".to_owned(), self.root.display().to_string());
        std::iter::once(cwd).chain(
            self.tool
                .variables
                .iter()
                .map(|(n, v)| (format!("{{{n}}}"), v.clone())),
        )
    }

    fn expand(&self, text: &str) -> String {
        self.variables()
            .fold(text.to_owned(), |text, (name, value)| {
                text.replace(&name, &value)
            })
    }

    /// Replaces what differs between runs and machines.
    pub(crate) fn normal(&self, bytes: &[u8]) -> String {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let text = self
            .variables()
            .fold(text, |text, (name, value)| text.replace(&value, &name));
        self.tool
            .normalize
            .map_or(text.clone(), |normalize| normalize(&text))
    }
}
