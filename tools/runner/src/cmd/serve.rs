//! `runner serve`: serves a component that handles HTTP requests.

use crate::guest_args::GuestArgs;
use crate::host::Binary;
use crate::http::serve::{serve, ServeArgs};
use rules_wit_common::Result;
use std::path::PathBuf;

/// Serves a component that exports `wasi:http/incoming-handler@0.2` or `wasi:http/handler@0.3`.
#[derive(clap::Args)]
#[command(args_override_self = true)]
pub struct Args {
    /// The component
    component: PathBuf,

    #[command(flatten)]
    serve: ServeArgs,

    #[command(flatten)]
    guest: GuestArgs,

    /// Loads machine code that `runner precompile` wrote, if its SHA-256 is this: 64 digits, or a file that begins with
    /// them. Wasmtime trusts such code
    #[arg(long, value_name = "SHA256")]
    precompiled: Option<String>,

    /// The label of the Bazel target, for errors
    #[arg(long)]
    label: Option<String>,
}

/// Serves until a signal arrives.
pub fn run(args: Args) -> Result<u8> {
    let setup = args.guest.setup(Vec::new());
    let served = || {
        serve(
            Binary::read(&args.component, args.precompiled.as_deref())?,
            setup,
            args.serve,
        )
    };
    served().map_err(|e| e.target(args.label.as_deref()))
}
