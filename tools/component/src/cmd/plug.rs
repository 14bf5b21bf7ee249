//! `component plug`: fills imports of one component with exports of others.

use crate::plug::{plug, Input};
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Plugs components into the imports of another, the socket.
///
/// For each import of the socket the plugs are asked in their order; the first that exports it, or
/// a version that is compatible by semver, is taken. Then the imports of the plugs that are still
/// open are filled in the same way by the other plugs, unless two would need each other. What
/// nobody exports stays an import; the result exports what the socket exports. Each plug must be of
/// use.
#[derive(clap::Args)]
pub struct Args {
    /// The component with imports to fill.
    socket: PathBuf,
    /// A component to fill them with.
    #[arg(long = "plug", value_name = "FILE", required = true)]
    plugs: Vec<PathBuf>,
    /// Where to write the component; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the target that the result belongs to.
    #[arg(long)]
    label: Option<String>,
    /// The label of the socket's target.
    #[arg(long)]
    socket_label: Option<String>,
    /// The label of each plug's target, in their order.
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
