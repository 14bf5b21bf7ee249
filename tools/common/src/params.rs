//! Parameter files: `@FILE` arguments, which Bazel uses for long command lines.

use crate::failure::Result;
use crate::files::{read_text, Limit};
use std::ffi::OsString;
use std::path::Path;

/// Replaces each `@FILE` after the first argument with the lines of `FILE`, one argument per line.
///
/// Labels such as `@@repo//pkg:name` also start with `@`: arguments that start with `@@` or contain
/// `//` are kept, and so are all arguments after `--`. `@` inside a file has no meaning.
pub fn expand_params(args: impl IntoIterator<Item = OsString>) -> Result<Vec<OsString>> {
    let mut out = Vec::new();
    let mut last = false;
    for (i, arg) in args.into_iter().enumerate() {
        last |= arg == "--";
        let file = match arg.to_str().and_then(|a| a.strip_prefix('@')) {
            Some(f)
                if i > 0 && !last && !f.is_empty() && !f.starts_with('@') && !f.contains("//") =>
            {
                f
            }
            _ => {
                out.push(arg);
                continue;
            }
        };
        let text = read_text(Path::new(file), Limit::PARAMS)?;
        out.extend(text.lines().map(OsString::from));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(args: &[&str]) -> Vec<String> {
        expand_params(args.iter().map(OsString::from))
            .expect("expands")
            .into_iter()
            .map(|a| a.to_string_lossy().into_owned())
            .collect()
    }

    #[test]
    fn lines_of_a_file_become_arguments() {
        let dir = tempfile::tempdir().expect("tempdir");
        let file = dir.path().join("p");
        std::fs::write(&file, "--label\n@@r//a:b\n--x=1 2\n@not-read\n").expect("write");
        let arg = format!("@{}", file.display());
        assert_eq!(
            expand(&["tool", &arg, "last"]),
            [
                "tool",
                "--label",
                "@@r//a:b",
                "--x=1 2",
                "@not-read",
                "last"
            ]
        );
    }

    #[test]
    fn labels_are_not_files() {
        assert_eq!(
            expand(&["t", "@@r//a:b", "@r//a", "@"]),
            ["t", "@@r//a:b", "@r//a", "@"]
        );
    }

    #[test]
    fn arguments_after_two_dashes_are_kept() {
        assert_eq!(expand(&["t", "--", "@nowhere"]), ["t", "--", "@nowhere"]);
    }

    #[test]
    fn a_missing_file_is_named() {
        let e = expand_params(["t", "@nowhere"].map(OsString::from)).expect_err("missing");
        assert!(e.render(false).contains("nowhere"), "{}", e.render(false));
        assert_eq!(e.exit_code(), crate::exit::ENVIRONMENT);
    }
}
