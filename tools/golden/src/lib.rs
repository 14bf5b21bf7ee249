//! Runs golden tests: each case is a named test that compares what a tool prints and writes with
//! what is recorded.
//!
//! # A case
//!
//! A case is one text file, `tests/FOLDER/NAME.txtar`, in the [archive format] of Go's tests: a
//! comment, then sections that begin with a line `-- NAME --`. It is the test `TOOL::FOLDER::NAME`.
//!
//! ```text
//! A package that nothing provides.
//! # FAIL: wit check .
//! # FIRST LINE: error: failed to resolve dependency 'b'
//! -- a/a.wit --
//! package t:a;
//! interface i { use t:b/j.{x}; }
//! -- stderr --
//! error: failed to resolve dependency 'b'
//! ...
//! ```
//!
//! The comment holds directives:
//!
//! | line | meaning |
//! |---|---|
//! | `# RUN: wit check .` | Runs the tool, which must exit with 0. Several lines run in order. |
//! | `# FAIL: wit check .` | The tool must exit with 1; with another code for `# FAIL 3: wit check .` |
//! | `# FIRST LINE: error: ...` | The first line that the first command prints. `BLESS=1` never changes it. |
//! | `# INPUT: check/cycle` | Adds the input files of another case. |
//!
//! A command is split like in a shell: `'...'` and `"..."` quote, `NAME=VALUE` before the program
//! sets a variable, `< FILE` at the end is its standard input, and a `\` at the end of the line
//! continues it on the next `#` line. The program is the tool, or a path in the case's directory.
//! `{cwd}` stands for that directory, here and in what is expected; a test may define more such
//! names (see [`Suite::variable`]).
//!
//! | section | meaning |
//! |---|---|
//! | `-- PATH --` | An input file. |
//! | `-- stdout --`, `-- stderr --` | What the first command prints; nothing where the section is missing. |
//! | `-- stdout 2 --`, `-- stderr 2 --` | What the second command prints, and so on. |
//! | `-- expected PATH --` | A file that the commands create or change. |
//!
//! Every file that the commands create or change must have its section, except those that the
//! folder leaves
//! [unlisted](Folder::unlisted). `(no newline)` behind a section's name says that its last line does not end with a newline,
//! `(crlf)` that all lines end with CR LF: `-- a.wit (crlf) --`.
//!
//! Cases that differ little are in one file, `tests/FOLDER/GROUP.cases`, each after a line `=== NAME ===`.
//!
//! Input that is not such text (binary files, mixed line ends, lines that look like section
//! markers) or that something else reads too needs a directory: `tests/FOLDER/NAME/case.txtar`,
//! with the other files of the directory as further input. What needs file modes or links is a Rust
//! test: the runfiles of Bazel keep neither.
//!
//! [archive format]: https://pkg.go.dev/golang.org/x/tools/txtar
//!
//! # Running
//!
//! `cargo test -p wit --test golden` runs all cases of a tool in parallel, `... -- breaking` those
//! with `breaking` in their names. `BLESS=1` rewrites what is expected, except exit codes and first
//! lines. Bazel's `--test_filter` and sharding work as well.
//!
//! # A tool's test
//!
//! `tests/golden/main.rs` lists the folders, and for each what must hold in all of its cases beyond
//! what they record:
//!
//! ```no_run
//! use golden::{Done, Folder, Suite};
//!
//! /// Fixing twice changes nothing.
//! fn fixed(done: &Done) {
//!     let before = done.tree.files();
//!     done.tree.run(&["fix", "."]);
//!     assert_eq!(before, done.tree.files());
//! }
//!
//! fn main() -> std::process::ExitCode {
//!     Suite::new("wit", option_env!("CARGO_BIN_EXE_wit"))
//!         .folder(Folder::new("check"))
//!         .folder(Folder::new("fix").check(fixed))
//!         .main()
//! }
//! ```

mod archive;
mod case;
mod command;
mod expect;
mod folder;
mod group;
mod locate;
mod suite;
mod tree;
mod versions;

#[cfg(test)]
mod tests;

pub use archive::{Archive, Section};
pub use case::{Case, Done};
pub use command::Command;
pub use folder::Folder;
pub use locate::tests_dir;
pub use suite::Suite;
pub use tree::{files_below, Files, Output, Tree};
pub use versions::check_versions;
