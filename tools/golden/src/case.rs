//! A case: its directives, its input, and what came of it.

use crate::archive::{Archive, Section};
use crate::command::Command;
use crate::group;
use crate::locate::{paths, tests_dir, IN_DIRECTORY};
use crate::tree::{files_below, Files, Output, Tool, Tree};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A case as its file describes it.
#[derive(Clone, Debug)]
pub struct Case {
    /// The name, without the folder.
    pub name: String,
    /// The commands, in order.
    pub commands: Vec<Command>,
    /// The input files.
    pub input: Files,
    /// The first line that the first command prints, where the case sets it.
    pub first_line: Option<String>,
    pub(crate) archive: Archive,
    pub(crate) file: PathBuf,
}

/// The input file that a section is; `None` is a section with what is expected.
fn input(section: &str) -> Option<&str> {
    let (first, rest) = section.split_once(' ').unwrap_or((section, ""));
    let expected = match first {
        "expected" => !rest.is_empty(),
        "stdout" | "stderr" => rest.is_empty() || rest.parse::<usize>().is_ok(),
        _ => false,
    };
    (!expected).then_some(section)
}

impl Case {
    /// Reads a case: `NAME.txtar`, a directory with `case.txtar`, or `GROUP.cases/NAME` for one of several in a
    /// file. An error names what is wrong in it.
    pub fn read(path: &Path) -> Result<Case, String> {
        let in_group = group::locate(path);
        let name = match in_group {
            Some((_, name)) => name.to_owned(),
            None => {
                let stem = path.file_stem().ok_or("no name")?;
                stem.to_string_lossy().into_owned()
            }
        };
        let entry = in_group.map_or(path, |(file, _)| file);
        let tests = entry.ancestors().nth(2).ok_or("no folder")?;
        let (file, mut input) = if path.is_dir() {
            let mut files = files_below(path);
            files.remove(IN_DIRECTORY);
            (path.join(IN_DIRECTORY), files)
        } else {
            (path.to_owned(), Files::new())
        };
        let archive = Archive::parse(&group::read(&file)?)?;
        let mut case = Case {
            name,
            commands: Vec::new(),
            input: Files::new(),
            first_line: None,
            archive,
            file,
        };
        for line in joined(&case.archive.comment) {
            if let Some((word, rest)) = directive(&line) {
                case.directive(word, rest, tests, &mut input)
                    .map_err(|e| format!("`{line}`: {e}"))?;
            }
        }
        if case.commands.is_empty() {
            return Err("no `# RUN:` and no `# FAIL:` line".to_owned());
        }
        for section in &case.archive.sections {
            if let Some(path) = self::input(&section.name) {
                let is_inside = Path::new(path)
                    .components()
                    .all(|c| matches!(c, std::path::Component::Normal(_)));
                if !is_inside {
                    return Err(format!("`{path}` is not a path in the case's directory"));
                }
                input.insert(path.to_owned(), section.content.clone().into_bytes());
            }
        }
        case.input = input;
        Ok(case)
    }

    /// All cases of the folder `tests/FOLDER`, sorted by name. It panics where one cannot be read.
    pub fn all(folder: &str) -> Vec<Case> {
        let found = paths(&tests_dir().join(folder));
        let found = found.unwrap_or_else(|e| panic!("{e}"));
        let read =
            |path: &PathBuf| Case::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        found.values().map(read).collect()
    }

    /// The content of a section with what is expected: `stdout`, `expected a.wit`.
    pub fn expected(&self, section: &str) -> Option<&str> {
        self.archive.get(section)
    }

    /// Writes the input files into a directory.
    pub fn write_input(&self, dir: &Path) {
        for (path, bytes) in &self.input {
            crate::tree::write(&dir.join(path), bytes);
        }
    }

    fn directive(
        &mut self,
        word: &str,
        rest: &str,
        tests: &Path,
        input: &mut Files,
    ) -> Result<(), String> {
        match word.split_once(' ').unwrap_or((word, "")) {
            ("RUN", "") => self.commands.push(Command::parse(rest, 0)?),
            ("FAIL", "") => self.commands.push(Command::parse(rest, 1)?),
            ("FAIL", code) => match code.parse() {
                Ok(code) if code > 0 && code != 101 => {
                    self.commands.push(Command::parse(rest, code)?)
                }
                _ => return Err(format!("`{code}` is not the exit code of an error")),
            },
            ("FIRST", "LINE") => self.first_line = Some(rest.to_owned()),
            ("INPUT", "") => {
                let read = || {
                    let (folder, name) = rest.split_once('/').ok_or("not FOLDER/NAME")?;
                    let found = paths(&tests.join(folder))?;
                    Case::read(found.get(name).ok_or("no such case")?)
                };
                let other: Result<Case, String> = read();
                input.extend(other.map_err(|e| format!("{rest}: {e}"))?.input);
            }
            _ => return Err(format!("unknown directive `{word}`")),
        }
        Ok(())
    }

    /// The input files in a new temporary directory.
    pub(crate) fn tree(&self, tool: &Arc<Tool>) -> Tree {
        Tree::new(&self.input, tool.clone())
    }

    /// The sections that are input, or those that are not.
    pub(crate) fn sections(&self, is_input: bool) -> impl Iterator<Item = &Section> {
        let sections = self.archive.sections.iter();
        sections.filter(move |s| input(&s.name).is_some() == is_input)
    }
}

/// The lines of a comment, those joined that a `\` continues.
fn joined(comment: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in comment.lines() {
        match (lines.last_mut(), line.strip_prefix('#')) {
            (Some(last), Some(rest)) if last.ends_with('\\') => {
                last.pop();
                last.push_str(rest.trim_start());
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// The capital letters and the text of a line `# WORDS: TEXT`.
fn directive(line: &str) -> Option<(&str, &str)> {
    let (word, rest) = line.strip_prefix("# ")?.split_once(':')?;
    let is_word = word.starts_with(|c: char| c.is_ascii_uppercase())
        && word
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == ' ');
    is_word.then(|| (word, rest.trim()))
}

/// A case whose commands have run, for a folder's check.
pub struct Done<'a> {
    /// The case.
    pub case: &'a Case,
    /// The directory, after the commands.
    pub tree: Tree,
    /// What it held before the commands.
    pub before: Files,
    /// The files that the commands created or changed.
    pub changed: Files,
    /// What each command printed.
    pub outputs: Vec<Output>,
    pub(crate) tool: Arc<Tool>,
}

impl Done<'_> {
    /// The name of the case.
    pub fn name(&self) -> &str {
        &self.case.name
    }

    /// The case's input in another directory.
    pub fn fresh(&self) -> Tree {
        self.case.tree(&self.tool)
    }

    /// A file that the commands created or changed, as text.
    pub fn text(&self, path: &str) -> String {
        let bytes = self
            .changed
            .get(path)
            .unwrap_or_else(|| panic!("{path} was not written"));
        String::from_utf8(bytes.clone()).unwrap_or_else(|e| panic!("{path}: {e}"))
    }
}
