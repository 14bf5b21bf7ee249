//! Serving a component: the options, and the start.

use crate::host::{Binary, Mode, Setup};
use crate::http::log;
use crate::http::options::Options;
use crate::http::server;
use crate::http::service::Service;
use clap::Parser;
use rules_wit_common::Result;

/// The options of a server.
#[derive(clap::Args)]
pub struct ServeArgs {
    /// The address; port 0 takes a free port. The first line of the output is `listening on http://ADDRESS`
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080", value_parser = parse_address)]
    addr: String,

    #[command(flatten)]
    options: Options,

    /// The most open connections; others wait
    #[arg(long, value_name = "N", default_value = "1000", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    max_connections: u32,

    /// Logs failures only
    #[arg(long)]
    quiet: bool,
}

/// The options behind the component of `runner run`.
#[derive(Parser)]
#[command(name = "run COMPONENT --", args_override_self = true)]
struct Trailing {
    #[command(flatten)]
    serve: ServeArgs,
}

/// Serves a component with these arguments. Exits the process if they are no options of a server.
pub fn serve_with(binary: Binary, setup: Setup, args: &[String]) -> Result<u8> {
    let args = std::iter::once("").chain(args.iter().map(String::as_str));
    match Trailing::try_parse_from(args) {
        Ok(Trailing { serve: args }) => serve(binary, setup, args),
        Err(e) => e.exit(),
    }
}

/// Serves a component until a signal arrives.
pub fn serve(binary: Binary, setup: Setup, args: ServeArgs) -> Result<u8> {
    let program = binary.compile(Mode::Server, setup.features)?;
    let log = log::to_stderr();
    let service = Service::new(program, setup, args.options, log, args.quiet)?;
    server::run(&service, &args.addr, args.max_connections)
}

fn parse_address(text: &str) -> std::result::Result<String, String> {
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok() => {
            Ok(text.to_owned())
        }
        _ => Err("expected HOST:PORT, such as 127.0.0.1:8080".to_owned()),
    }
}
