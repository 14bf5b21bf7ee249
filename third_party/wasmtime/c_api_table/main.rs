//! Writes Wasmtime's C API as a table: JSON, an array with an object for each function.
//!
//! Arguments: clang, `wasmtime.h`, `conf.h`, the output. The headers are read after the preprocessor, as clang dumps their
//! syntax tree, because macros make a third of the functions.
//!
//! [`Function`](functions::Function) and [`Owner`](owners::Owner) describe the objects. A function whose subject is in no class
//! is an error: the API has a new type.

mod classes;
mod functions;
mod owners;
mod tree;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use tree::Node;

const USAGE: &str = "usage: c_api_table CLANG WASMTIME_H CONF_H OUTPUT";

/// Includes the whole API.
const SOURCE: &str = "#include <wasmtime.h>\n#include <wasmtime/component.h>\n";

/// What the headers define for readers only, and what makes it visible in the syntax tree.
const OWN: (&str, &str) = (
    "\n#define own\n",
    "\n#define own __attribute__((annotate(\"own\")))\n",
);

/// Returns the syntax tree of the headers below `root`, in which `own` is an attribute.
fn dump(clang: &Path, root: &Path, conf: &Path) -> Result<Node, String> {
    let overlay = tempfile::tempdir().map_err(|e| format!("failed to make a directory: {e}"))?;
    for name in ["wasm.h", "wasi.h"] {
        let file = root.join(name);
        let text = std::fs::read_to_string(&file)
            .map_err(|e| format!("failed to read {}: {e}", file.display()))?;
        if text.matches(OWN.0).count() != 1 {
            return Err(format!("{name} does not define `own` once"));
        }
        write(&overlay.path().join(name), &text.replace(OWN.0, OWN.1))?;
    }
    let main = overlay.path().join("api.c");
    write(&main, SOURCE)?;
    let include = conf.parent().and_then(Path::parent).unwrap_or(conf);
    let output = Command::new(clang)
        .args(["-xc", "-std=c11", "-fsyntax-only", "-fparse-all-comments"])
        .args(["-Xclang", "-ast-dump=json"])
        .args([overlay.path(), root, include].map(|folder| {
            let mut flag = OsString::from("-I");
            flag.push(folder);
            flag
        }))
        .arg(&main)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("failed to start {}: {e}", clang.display()))?;
    if !output.status.success() {
        return Err(format!("{} failed: {}", clang.display(), output.status));
    }
    serde_json::from_slice(&output.stdout)
        .map_err(|e| format!("failed to read clang's output: {e}"))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    std::fs::write(file, text).map_err(|e| format!("failed to write {}: {e}", file.display()))
}

fn run() -> Result<(), String> {
    let args: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [clang, header, conf, output] = args.as_slice() else {
        return Err(USAGE.to_owned());
    };
    let root = header.parent().unwrap_or(header);
    let tree = dump(clang, root, conf)?;
    let mut found = functions::functions(&tree, root);
    let new = classes::classify(&mut found, &tree);
    if !new.is_empty() {
        return Err(format!(
            "functions of types that are in no class: {}\n\
             hint: add the type to CLASSES in third_party/wasmtime/c_api_table/classes.rs",
            new.join(", ")
        ));
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    let mut text = serde_json::to_string_pretty(&found)
        .map_err(|e| format!("failed to write the table: {e}"))?;
    text.push('\n');
    write(output, &text)
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
