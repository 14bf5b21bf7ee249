//! The golden tests of `wit`: the cases in the folders beside this one, and what holds in all of them.
//!
//! `WIT_BIN` names the binary where Cargo does not, `WIT_BINDGEN_BIN` the bindings generator of the
//! newest version, and `WASMTIME_BINDGEN_BIN` that of Wasmtime.

mod bindgen_rust;
mod breaking;
mod buildfiles;
mod check;
mod closure;
mod docs;
mod fix;
mod graph;
mod resolve;

use golden::{Folder, Suite};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let wit_bindgen = Generator::new("wit-bindgen", "WIT_BINDGEN_BIN");
    let wasmtime_bindgen = Generator::new("wasmtime-bindgen", "WASMTIME_BINDGEN_BIN");
    Suite::new("wit", option_env!("CARGO_BIN_EXE_wit"))
        .variable("wit-bindgen", wit_bindgen.path())
        .variable("wasmtime-bindgen", wasmtime_bindgen.path())
        .folder(Folder::new("bindgen-moonbit").unlisted(&["out.json", "out.wit"]))
        .folder(
            Folder::new("bindgen-rust")
                .check(bindgen_rust::check)
                .unlisted(&["dep.rs", "out-", "out.json", "out.wit"]),
        )
        .folder(Folder::new("bindgen-js-types").unlisted(&["out.json", "out.wit"]))
        .folder(Folder::new("breaking").check(breaking::check))
        .folder(Folder::new("buildfiles").check(buildfiles::check))
        .folder(Folder::new("check").check(check::check))
        .folder(Folder::new("closure").check(closure::check))
        .folder(
            Folder::new("docs")
                .derive(docs::main_element)
                .check(docs::check)
                .unlisted(&["page.html"]),
        )
        .folder(Folder::new("fix").check(fix::check))
        .folder(Folder::new("graph"))
        .folder(Folder::new("host-bindgen-c").unlisted(&["out.json", "out.wit"]))
        .folder(Folder::new("host-bindgen-moonbit").unlisted(&["out.json", "out.wit"]))
        .folder(Folder::new("host-bindgen-rust").unlisted(&["out.json", "out.wit"]))
        .folder(Folder::new("packages").unlisted(&["in/deps/", "out", "page.html"]))
        .folder(
            Folder::new("resolve")
                .check(resolve::check)
                .unlisted(&["out-"]),
        )
        .over("docs-of-check", "check", docs::tree)
        .over("graph-of-check", "check", graph::picture)
        .main()
}

/// A bindings generator by a path that the tool prints as it is. Paths of Bazel's outputs are printed
/// without the start.
struct Generator {
    dir: tempfile::TempDir,
    name: &'static str,
}

impl Generator {
    fn new(name: &'static str, variable: &str) -> Generator {
        let dir = tempfile::tempdir().expect("a temporary directory");
        if let Some(file) = std::env::var_os(variable) {
            let file = Path::new(&file).canonicalize().expect(variable);
            #[cfg(unix)]
            std::os::unix::fs::symlink(file, dir.path().join(name)).expect("a link");
            #[cfg(not(unix))]
            std::fs::copy(file, dir.path().join(name)).expect("a copy");
        }
        Generator { dir, name }
    }

    fn path(&self) -> String {
        self.dir.path().join(self.name).display().to_string()
    }
}

/// The lines of a text that begin with one of these.
fn count(text: &str, prefixes: &[&str]) -> usize {
    let matches = |line: &&str| prefixes.iter().any(|prefix| line.starts_with(prefix));
    text.lines().filter(matches).count()
}

/// The values of an option in a command.
fn values(args: &[String], option: &str) -> Vec<String> {
    let pairs = args.windows(2).filter(|pair| pair[0] == option);
    pairs.map(|pair| pair[1].clone()).collect()
}
