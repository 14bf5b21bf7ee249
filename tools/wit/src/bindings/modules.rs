//! Splits generated code into a tree of files, one for each module.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Splits `code`, the formatted root of a crate, into `lib.rs` and a file for each public module, with
/// their paths and texts.
///
/// The module `airssys::core_types::types` is `airssys/core_types/types.rs`. `imports.rs` re-exports the
/// imports of the world; its exports are below `exports.rs`, as in the code.
pub fn files(code: &str) -> Vec<(PathBuf, String)> {
    let lines: Vec<&str> = code.lines().collect();
    let mut files = Vec::new();
    let mut root = split(&lines, 0, Path::new(""), &mut files);
    let imports = imports(&root);
    if !imports.is_empty() {
        root.push_str("pub mod imports;\n");
        let text = format!("//! What the world imports.\n\n{imports}");
        files.push((PathBuf::from("imports.rs"), text));
    }
    files.push((PathBuf::from("lib.rs"), root));
    files
}

/// Moves the public modules in the lines of a module at `path` to `files`, and returns the rest, without
/// its indentation of `indent` columns.
fn split(lines: &[&str], indent: usize, path: &Path, files: &mut Vec<(PathBuf, String)>) -> String {
    let mut out = String::new();
    let mut rest = lines.iter().enumerate();
    while let Some((at, line)) = rest.next() {
        let text = line.get(indent..).unwrap_or_default();
        if let Some(name) = opened(text) {
            let end = lines[at..].iter().position(|l| is_end(l, indent));
            let end = end.map_or(lines.len(), |n| at + n);
            let file = path.join(name);
            let inner = split(&lines[at + 1..end], indent + 4, &file, files);
            files.push((file.with_extension("rs"), inner));
            out.push_str(&format!("pub mod {name};\n"));
            while rest.next().is_some_and(|(n, _)| n < end) {}
            continue;
        }
        push(&mut out, line, indent);
        // The custom section is a literal of many lines with any content.
        if text.ends_with("= *b\"\\") {
            for (_, line) in rest.by_ref() {
                out.push_str(line);
                out.push('\n');
                if line.ends_with("\";") {
                    break;
                }
            }
        }
    }
    out
}

/// The name of the module that starts on a line. It becomes part of a path.
fn opened(text: &str) -> Option<&str> {
    let name = text.strip_prefix("pub mod ")?.strip_suffix(" {")?;
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    (!name.is_empty() && name.chars().all(is_word)).then_some(name)
}

fn is_end(line: &str, indent: usize) -> bool {
    line.strip_suffix('}')
        .is_some_and(|margin| margin.len() == indent && margin.bytes().all(|b| b == b' '))
}

fn push(out: &mut String, line: &str, indent: usize) {
    let margin = line.bytes().take(indent).take_while(|b| *b == b' ').count();
    out.push_str(&line[margin..]);
    out.push('\n');
}

/// Re-exports of the items of the root that are imports: all modules but `exports`, and functions.
fn imports(root: &str) -> String {
    let mut out = BTreeSet::new();
    for line in root.lines() {
        let module = line
            .strip_prefix("pub mod ")
            .and_then(|l| l.strip_suffix(';'));
        let function = ["pub fn ", "pub async fn "]
            .iter()
            .find_map(|prefix| line.strip_prefix(prefix)?.split(['(', '<']).next());
        let name = module.or(function);
        if let Some(name) = name.filter(|n| *n != "exports" && !n.starts_with('_')) {
            out.insert(format!("pub use super::{name};\n"));
        }
    }
    out.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::{imports, split};
    use std::path::Path;

    #[test]
    fn modules_become_files() {
        let code = "\
//! Root.
/// One.
#[allow(dead_code)]
pub mod a {
    /// Inner.
    pub mod b {
        pub fn f() {
            if true {}
        }
    }
    pub struct S {
        x: u8,
    }
}
mod _rt {
    pub use x;
}
pub fn log() {}
pub static T: [u8; 1] = *b\"\\
pub mod c {
}\";
pub mod exports {
    pub mod a {}
}";
        let lines: Vec<&str> = code.lines().collect();
        let mut files = Vec::new();
        let root = split(&lines, 0, Path::new(""), &mut files);
        let names: Vec<_> = files.iter().map(|(p, _)| p.display().to_string()).collect();
        assert_eq!(names, ["a/b.rs", "a.rs", "exports.rs"]);
        assert_eq!(files[0].1, "pub fn f() {\n    if true {}\n}\n");
        assert_eq!(
            files[1].1,
            "/// Inner.\npub mod b;\npub struct S {\n    x: u8,\n}\n"
        );
        assert_eq!(files[2].1, "pub mod a {}\n");
        assert!(
            root.starts_with("//! Root.\n/// One.\n#[allow(dead_code)]\npub mod a;\nmod _rt {\n")
        );
        assert!(root.contains("*b\"\\\npub mod c {\n}\";\npub mod exports;\n"));
        assert_eq!(imports(&root), "pub use super::a;\npub use super::log;\n");
    }
}
