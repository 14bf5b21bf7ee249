//! `wit host-bindgen-rust`: generates Rust bindings for the host of a world.

use crate::bindings::{generate_host, rust_path, with, Generator, HostRequest};
use crate::packages::WorldArgs;
use rules_wit_common::{write_output, Result};
use std::path::PathBuf;

/// Generates Rust bindings for programs that run components of a world, as the root of a crate.
///
/// The code is what `wasmtime::component::bindgen!` of the generator's version expands to, and needs the
/// crate `wasmtime` of that version. Functions that trace need the crate `tracing` as well.
#[derive(clap::Args)]
pub struct Args {
    /// The program that generates the code: `wasmtime_bindgen`.
    #[arg(long, value_name = "PROGRAM")]
    generator: PathBuf,
    #[command(flatten)]
    world: WorldArgs,
    /// The Rust path of the bindings of an interface or type that is not generated.
    #[arg(long, value_name = "NAME=PATH", value_parser = with)]
    with: Vec<String>,
    /// Flags of imported functions: `default` or a function, and some of `async`, `trappable`, `tracing`,
    /// `verbose_tracing`, `store` and `exact`, separated by commas.
    #[arg(long, value_name = "FUNCTION=FLAGS")]
    imports: Vec<String>,
    /// Flags of exported functions.
    #[arg(long, value_name = "FUNCTION=FLAGS")]
    exports: Vec<String>,
    /// The Rust type that replaces an error type in results of imported functions, which can then trap.
    #[arg(long, value_name = "NS:PACKAGE/INTERFACE.TYPE=PATH", value_parser = with)]
    trappable_error: Vec<String>,
    /// A trait that all records, variants and enums derive.
    #[arg(long, value_name = "PATH", value_parser = rust_path)]
    additional_derive: Vec<String>,
    /// The ownership of the data in parameters of exports.
    #[arg(long, default_value = "owning", value_parser =
        ["owning", "borrowing", "borrowing-duplicate-if-necessary"])]
    ownership: String,
    /// The Rust path of the crate `wasmtime`.
    #[arg(long, value_name = "PATH", default_value = "wasmtime", value_parser = rust_path)]
    wasmtime_path: String,
    /// Use `anyhow::Result` in place of `wasmtime::Result` for imports.
    #[arg(long)]
    anyhow: bool,
    /// Require that the data of a store is `Send`.
    #[arg(long)]
    require_store_data_send: bool,
    /// Add the constant `COMPONENT_TYPE`, the encoded world.
    #[arg(long)]
    component_type: bool,
    /// The output file for the root of the crate.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    write(args).map_err(|e| e.target(args.world.label()))
}

fn write(args: &Args) -> Result<()> {
    let code = generate_host(&HostRequest {
        world: &args.world,
        generator: Generator {
            name: "wasmtime_bindgen",
            program: &args.generator,
            version: None,
        },
        with: &args.with,
        options: options(args),
    })?;
    write_output(&args.output, code.as_bytes(), false)
}

fn options(args: &Args) -> Vec<String> {
    let mut options = vec![
        format!("--ownership={}", args.ownership),
        format!("--wasmtime-path={}", args.wasmtime_path),
    ];
    for (flag, values) in [
        ("--imports", &args.imports),
        ("--exports", &args.exports),
        ("--trappable-error", &args.trappable_error),
        ("--additional-derive-attributes", &args.additional_derive),
    ] {
        options.extend(values.iter().map(|value| format!("{flag}={value}")));
    }
    for (flag, on) in [
        ("--anyhow", args.anyhow),
        ("--require-store-data-send", args.require_store_data_send),
        ("--component-type", args.component_type),
    ] {
        if on {
            options.push(flag.to_owned());
        }
    }
    options
}
