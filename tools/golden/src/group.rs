//! Several cases in one file: `tests/FOLDER/GROUP.cases`, each after a line `=== NAME ===`.
//!
//! The path of such a case is that of the file, and below it the name of the case.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

/// The end of the names of these files.
pub(crate) const SUFFIX: &str = ".cases";

/// Cases of one file may be recorded at the same time.
static WRITES: Mutex<()> = Mutex::new(());

/// The cases of a file, in its order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group(Vec<(String, String)>);

fn marker(line: &str) -> Option<&str> {
    line.strip_prefix("=== ")?.strip_suffix(" ===")
}

impl Group {
    /// Reads a file with several cases.
    pub(crate) fn read(file: &Path) -> Result<Group, String> {
        Group::parse(&read_file(file)?).map_err(|e| format!("{}: {e}", file.display()))
    }

    fn parse(text: &str) -> Result<Group, String> {
        let mut cases: Vec<(String, String)> = Vec::new();
        for line in text.split_inclusive('\n') {
            if let Some(name) = marker(line.trim_end()) {
                if name.is_empty() || name.contains('/') {
                    return Err(format!("`{name}` is not the name of a case"));
                }
                if cases.iter().any(|(other, _)| other == name) {
                    return Err(format!("two cases `{name}`"));
                }
                cases.push((name.to_owned(), String::new()));
            } else if let Some((_, case)) = cases.last_mut() {
                case.push_str(line);
            } else {
                return Err("the first line must be `=== NAME ===`".to_owned());
            }
        }
        Ok(Group(cases))
    }

    /// The names of the cases.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }

    fn case(&mut self, name: &str) -> Result<&mut String, String> {
        let found = self.0.iter_mut().find(|(other, _)| other == name);
        found
            .map(|(_, text)| text)
            .ok_or_else(|| format!("no case `{name}`"))
    }

    fn format(&self) -> String {
        let case = |(name, text): &(String, String)| format!("=== {name} ===\n{text}");
        self.0.iter().map(case).collect()
    }
}

/// The file and the name of a case that is one of several in a file.
pub(crate) fn locate(path: &Path) -> Option<(&Path, &str)> {
    let file = path.parent()?;
    let is_group = file.to_str()?.ends_with(SUFFIX) && file.is_file();
    is_group.then_some((file, path.file_name()?.to_str()?))
}

fn read_file(file: &Path) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))
}

/// Reads the text of a case.
pub(crate) fn read(path: &Path) -> Result<String, String> {
    match locate(path) {
        Some((file, name)) => Group::read(file)?.case(name).cloned(),
        None => read_file(path),
    }
}

/// Replaces the text of a case.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), String> {
    let save = |file: &Path, text: &str| {
        std::fs::write(file, text).map_err(|e| format!("{}: {e}", file.display()))
    };
    let Some((file, name)) = locate(path) else {
        return save(path, text);
    };
    if text.lines().any(|line| marker(line).is_some()) {
        return Err(format!(
            "`{name}` has a line like `=== x ===`: give it a file of its own"
        ));
    }
    let _guard = WRITES.lock().unwrap_or_else(PoisonError::into_inner);
    let mut group = Group::read(file)?;
    *group.case(name)? = text.to_owned();
    save(file, &group.format())
}

#[cfg(test)]
mod tests {
    use super::{read, write, Group};

    const TEXT: &str = "=== a-0.x ===\n# RUN: x\n-- f --\n==\n=== b ===\n# FAIL: y\n";

    #[test]
    fn cases_are_read_and_replaced() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("all.cases");
        std::fs::write(&file, TEXT).expect("written");
        assert_eq!(
            read(&file.join("a-0.x")).as_deref(),
            Ok("# RUN: x\n-- f --\n==\n")
        );
        assert_eq!(read(&file.join("b")).as_deref(), Ok("# FAIL: y\n"));
        read(&file.join("c")).expect_err("no such case");
        write(&file.join("a-0.x"), "# RUN: z\n").expect("written");
        assert_eq!(
            std::fs::read_to_string(&file).expect("read"),
            "=== a-0.x ===\n# RUN: z\n=== b ===\n# FAIL: y\n"
        );
        write(&file.join("b"), "=== c ===\n").expect_err("a marker");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, expected) in [
            ("# RUN: x\n=== a ===\n", "the first line must be"),
            ("=== a ===\n=== b ===\n=== a ===\n", "two cases `a`"),
            ("=== a/b ===\n", "`a/b` is not the name"),
        ] {
            let error = Group::parse(text).expect_err(expected);
            assert!(error.contains(expected), "{error}");
        }
        let group = Group::parse(TEXT).expect("parsed");
        assert_eq!(group.format(), TEXT);
        assert_eq!(group.names().collect::<Vec<_>>(), ["a-0.x", "b"]);
    }
}
