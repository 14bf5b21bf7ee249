//! Launched tools: the command line in a file beside the executable.
//!
//! A rule links a tool under the name of a target and writes `<executable>.args` beside it. The file
//! holds arguments in the `shell` format of Bazel's parameter files: one per line, quoted if needed.
//! `rlocation:PATH` at the start of an argument, up to the end or `::`, stands for the file with the
//! runfiles path `PATH`; arguments after `--` are kept. The arguments of the user follow.
//!
//! The path of the executable is taken from `argv[0]` as it is. Its symlinks are not resolved, because
//! they lead away from the target.

use crate::diagnostic::Diagnostic;
use crate::failure::Result;
use crate::files::{display_path, read_text, Limit};
use crate::runfiles::Runfiles;
use crate::site::Site;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Returns the file with the arguments of the executable `argv0`, if there is one. An `argv0` without a
/// slash was found on `PATH` and is not launched.
pub fn args_file(argv0: &OsStr) -> Option<PathBuf> {
    if !argv0.to_string_lossy().contains(['/', '\\']) {
        return None;
    }
    let file = beside(argv0, ".args");
    file.is_file().then_some(file)
}

/// The folder in which a launched tool runs: the main repository in its runfiles. `None` in a test,
/// which starts there, and where the runfiles are only listed in a manifest.
pub fn directory(argv0: &OsStr) -> Option<PathBuf> {
    let directory = beside(argv0, ".runfiles").join("_main");
    directory.is_dir().then_some(directory)
}

/// Reads the arguments in `file`, with absolute paths in place of runfiles paths.
///
/// Errors: a malformed file, and runfiles that are missing.
pub fn read_args(argv0: &OsStr, file: &Path) -> Result<Vec<OsString>> {
    let args = split(&display_path(file), &read_text(file, Limit::PARAMS)?)?;
    let executable = absolute(Path::new(argv0))?;
    let runfiles = Runfiles::new(&executable);
    let is_label = |arg: &String| arg == "--label";
    let label = args.iter().skip_while(|a| !is_label(a)).nth(1).cloned();
    let mut last = false;
    let resolved: Result<Vec<OsString>> = args
        .into_iter()
        .map(|arg| {
            last |= arg == "--";
            match arg.strip_prefix("rlocation:") {
                Some(path) if !last => resolve(path, &runfiles),
                _ => Ok(arg.into()),
            }
        })
        .collect();
    resolved.map_err(|e| e.target(label.as_deref()))
}

/// Replaces the runfiles path at the start of an argument.
fn resolve(arg: &str, runfiles: &Runfiles) -> Result<OsString> {
    let (path, rest) = match arg.find("::") {
        Some(at) => arg.split_at(at),
        None => (arg, ""),
    };
    let mut found = absolute(&runfiles.find(path)?)?.into_os_string();
    found.push(rest);
    Ok(found)
}

fn beside(argv0: &OsStr, extension: &str) -> PathBuf {
    let mut path = argv0.to_owned();
    path.push(extension);
    PathBuf::from(path)
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|e| {
        Diagnostic::environment(format!("cannot find the current directory: {e}")).into()
    })
}

/// Splits the text of the file `shown` into arguments. Within a line, `'...'` quotes anything, and `\`
/// quotes the next character.
fn split(shown: &str, text: &str) -> Result<Vec<String>> {
    let mut args = Vec::new();
    let mut arg: Option<String> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        let mut push = |text: &str| arg.get_or_insert_default().push_str(text);
        match c {
            '\n' => args.extend(arg.take()),
            '\r' => {}
            '\'' => {
                let Some((quoted, tail)) = rest.split_once('\'') else {
                    let at = text.len() - rest.len() - 1;
                    let title = format!("`{shown}` is malformed: a quote is not closed");
                    return Err(Diagnostic::new(title)
                        .site(Site::new(shown, text, at..at + 1))
                        .hint("build the target again: its rule writes this file")
                        .into());
                };
                push(quoted);
                rest = tail;
            }
            '\\' => {
                let end = rest.chars().next().map_or(0, char::len_utf8);
                push(&rest[..end]);
                rest = &rest[end..];
            }
            c => push(c.encode_utf8(&mut [0; 4])),
        }
    }
    args.extend(arg);
    Ok(args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_split_as_bazel_quotes_them() {
        for (text, args) in [
            ("", &[][..]),
            ("run\n--label\n//x:y\n", &["run", "--label", "//x:y"]),
            ("run", &["run"]),
            ("''\n'a b'\n", &["", "a b"]),
            ("'it'\\''s'\n'a\n\nb'\n", &["it's", "a\n\nb"]),
            ("a\r\n'\r\n'\r\n", &["a", "\r\n"]),
            ("\n\n'é'é\n", &["éé"]),
            ("a\\", &["a"]),
        ] {
            assert_eq!(split("f", text).expect(text), args, "{text:?}");
        }
        let error = split("f", "a\n'b\n").expect_err("not closed");
        let text = error.render(false);
        assert!(text.contains("a quote is not closed"), "{text}");
        assert!(text.contains("--> f:2:1"), "{text}");
    }

    #[test]
    fn every_character_stays_in_its_argument() {
        let more = ['\u{85}', '\u{e9}', '\u{2028}', '\u{1f980}'];
        for c in (0..=0x7f_u8).map(char::from).chain(more) {
            let arg = format!("{c}a{c}");
            // Bazel quotes arguments with anything but letters, digits and `@%-_+:,./`.
            let quoted = format!("first\n'{}'\nlast\n", arg.replace('\'', "'\\''"));
            let found = split("f", &quoted).expect("splits");
            assert_eq!(found, ["first", &arg, "last"], "{c:?}");
        }
    }

    #[test]
    fn runfiles_become_absolute_paths() {
        let dir = tempfile::tempdir().expect("tempdir");
        let at = |path: &str| dir.path().join(path);
        std::fs::create_dir_all(at("x.runfiles/_main/d")).expect("directories");
        let argv0 = at("x").into_os_string();
        assert_eq!(args_file(&argv0), None);
        let write = |text: &str| std::fs::write(at("x.args"), text).expect("write");
        write("rlocation:_main/d\n--dir\nrlocation:_main/d::/g:ro\n--e=rlocation:x\n--\nrlocation:x\n");
        let file = args_file(&argv0).expect("is launched");
        assert_eq!(args_file(OsStr::new("x")), None);
        assert_eq!(directory(&argv0), Some(at("x.runfiles/_main")));
        let mut expected: Vec<OsString> = ["", "--dir", "", "--e=rlocation:x", "--", "rlocation:x"]
            .map(OsString::from)
            .to_vec();
        let found = at("x.runfiles/_main/d").into_os_string();
        expected[0].push(&found);
        expected[2].push(&found);
        expected[2].push("::/g:ro");
        assert_eq!(read_args(&argv0, &file).expect("found"), expected);

        write("run\n--label\n//x:y\nrlocation:_main/e\n");
        let error = read_args(&argv0, &file).expect_err("missing").render(false);
        let first = "error: //x:y: `_main/e` is not in the runfiles\n";
        assert!(error.starts_with(first), "{error}");
    }
}
