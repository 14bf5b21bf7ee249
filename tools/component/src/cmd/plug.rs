//! `component plug`: fills imports of one component with exports of others.

use crate::plug::{plug, Input};
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Fills imports of one component, the socket, with exports of others, the plugs.
///
/// Each import of the socket is filled by the first plug that exports it or a semver-compatible
/// version of it. Then imports of plugs are filled by other plugs in the same way, except where two
/// plugs would need each other. The result imports what no plug exports, and exports what the
/// socket exports. Each plug must be used.
#[derive(clap::Args)]
pub struct Args {
    /// The socket.
    socket: PathBuf,
    /// A plug.
    #[arg(long = "plug", value_name = "FILE", required = true)]
    plugs: Vec<PathBuf>,
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
    plug(&socket, plugs)
        .and_then(|bytes| write_output(&args.output, &bytes, true))
        .map_err(|e| e.target(args.label.as_deref()))
}
