//! `component plug`: fills imports of one component with exports of others.

use crate::plug::{plug, Input};
use rules_wit_common::{print_diagnostics, write_output, Failure, Result};
use std::io::Write;
use std::path::PathBuf;

/// Fills imports of one component, the socket, with exports of others, the plugs.
///
/// An import is filled by a plug that exports it, or a semver-compatible version of it, with the same
/// type: preferably the version of the import, then a newer one, then an older one; of several plugs
/// the first. Imports of plugs are filled by other plugs in the same way, except where two plugs would
/// need each other. The result imports what no plug exports, and exports what the socket exports.
///
/// A middleware is a plug that imports what it exports. `plug a.wasm --plug b.wasm --plug c.wasm`, where
/// a and b are such, makes the chain in which a calls b, and b calls c: middleware is called in the
/// order of the command line, and what it calls last is the last plug. A plug may be there several
/// times; each is an instance of its own.
///
/// Warns of plugs that are not used, and of exports that have the name of an import, but not its type.
/// It is an error if nothing is plugged, or if two plugs fit an import and one of them has no other
/// use.
#[derive(clap::Args)]
pub struct Args {
    /// The socket.
    socket: PathBuf,
    /// A plug.
    #[arg(long = "plug", value_name = "FILE", required = true)]
    plugs: Vec<PathBuf>,
    /// Warnings are errors.
    #[arg(long)]
    strict: bool,
    /// Print which export fills which import, and why others do not.
    #[arg(long)]
    verbose: bool,
    /// The output file; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the Bazel target, for errors.
    #[arg(long)]
    label: Option<String>,
    /// The label of the socket, for errors.
    #[arg(long)]
    socket_label: Option<String>,
    /// The labels of the plugs in their order, for errors.
    #[arg(long = "plug-label", value_name = "LABEL")]
    plug_labels: Vec<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    let socket = Input {
        path: &args.socket,
        label: args.socket_label.as_deref(),
    };
    let plugs = args.plugs.iter().enumerate().map(|(i, path)| Input {
        path,
        label: args.plug_labels.get(i).map(String::as_str),
    });
    let label = args.label.as_deref();
    let plugged = plug(&socket, plugs, args.strict).map_err(|e| e.target(label))?;
    if let Some(warnings) = Failure::from_all(plugged.warnings) {
        print_diagnostics(&warnings.target(label));
    }
    if args.verbose {
        for line in plugged.report {
            // A closed standard error cannot be reported anywhere.
            let _ = writeln!(std::io::stderr(), "{line}");
        }
    }
    write_output(&args.output, &plugged.component, true).map_err(|e| e.target(label))
}
