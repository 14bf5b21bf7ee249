//! `component unbundle`: moves core modules out of a component, which then imports them.

use crate::input::{read_component, validate};
use crate::unbundle::{import_name, Unbundled};
use rules_wit_common::{display_path, write_stdout, Diagnostic, Failure, Outputs, Result};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Moves core modules out of a component, which then imports them.
///
/// Writes modules that are larger than the threshold to `unbundled-moduleN.wasm` in the directory,
/// in the order of the component, and the component that imports them by those names to
/// `component.wasm`. Hosts can then compile a module of several components once, and tools for
/// modules can process them. The names, numbers and threshold are those of `wasm-tools component
/// unbundle`. Prints the files and their sizes.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// The output directory.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// The largest size of modules that stay in the component.
    #[arg(long, value_name = "BYTES", default_value_t = 10 << 10)]
    threshold: usize,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    unbundle(args).map_err(|e| e.target(args.label.as_deref()))
}

fn unbundle(args: &Args) -> Result<()> {
    let bytes = read_component(&args.component)?;
    validate(&args.component, &bytes)?;
    let unbundled = Unbundled::of(&bytes, args.threshold)
        .map_err(|e| -> Failure { refused(&args.component, &e).into() })?;

    std::fs::create_dir_all(&args.output).map_err(|e| {
        let shown = display_path(&args.output);
        Diagnostic::environment(format!("cannot create the directory `{shown}`: {e}"))
    })?;
    let mut summary = String::new();
    let mut outputs = Outputs::default();
    let modules = unbundled.modules.iter().enumerate();
    let modules = modules.map(|(n, module)| (format!("{}.wasm", import_name(n)), *module));
    // The component is last, so that the modules exist if it does.
    for (name, bytes) in modules.chain([("component.wasm".to_owned(), &unbundled.component[..])]) {
        let path = args.output.join(name);
        outputs.binary(&path, bytes)?;
        let _ = writeln!(summary, "{} {}", display_path(&path), bytes.len());
    }
    outputs.commit()?;
    write_stdout(&summary)
}

fn refused(path: &Path, problem: &str) -> Diagnostic {
    Diagnostic::new(format!(
        "cannot unbundle `{}`: {problem}",
        display_path(path)
    ))
    .hint("keep small modules in the component with a larger `--threshold`, or build without that proposal")
}
