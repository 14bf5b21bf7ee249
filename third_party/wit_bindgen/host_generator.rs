//! `wasmtime_bindgen rust`: generates what `wasmtime::component::bindgen!` expands to, as a file.
//!
//! The options are those of the macro. The names of the command line are those of `wit-bindgen`, so
//! that the tool `wit` runs both in the same way.

use clap::{Args, Parser, Subcommand};
use std::collections::HashMap;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use wasmtime_internal_wit_bindgen::{
    FunctionConfig, FunctionFilter, FunctionFlags, Opts, Ownership, TrappableError,
};
use wit_parser::Resolve;

#[derive(Parser)]
#[command(name = "wasmtime_bindgen")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Generates Rust bindings for hosts.
    Rust(RustArgs),
}

#[derive(Args)]
struct RustArgs {
    /// The WIT file, or the directory with the package, whose dependencies are in `deps`.
    wit: PathBuf,
    /// The name of the world. Required if the package has several.
    #[arg(long)]
    world: Option<String>,
    /// The directory to write the bindings to.
    #[arg(long, default_value = ".")]
    out_dir: PathBuf,
    /// Enables all features of `@unstable` items.
    #[arg(long)]
    all_features: bool,
    /// The Rust path of existing bindings of an interface or type.
    #[arg(long, value_name = "NAME=PATH", value_parser = pair)]
    with: Vec<(String, String)>,
    /// The flags of imported functions: a function, or `default`, and flags such as `async,trappable`.
    #[arg(long, value_name = "FUNCTION=FLAGS", value_parser = rule)]
    imports: Vec<(String, FunctionFlags)>,
    /// The flags of exported functions.
    #[arg(long, value_name = "FUNCTION=FLAGS", value_parser = rule)]
    exports: Vec<(String, FunctionFlags)>,
    /// The Rust type that replaces an error type, `ns:package/interface.type`, in results of imports.
    #[arg(long, value_name = "TYPE=PATH", value_parser = pair)]
    trappable_error: Vec<(String, String)>,
    /// A trait that all records, variants and enums derive.
    #[arg(long, value_name = "PATH")]
    additional_derive_attributes: Vec<String>,
    /// The ownership of the data in parameters of exports.
    #[arg(long, default_value = "owning", value_parser = ownership)]
    ownership: Ownership,
    /// The Rust path of the crate `wasmtime`.
    #[arg(long, value_name = "PATH")]
    wasmtime_path: Option<String>,
    /// Use `anyhow::Result` in place of `wasmtime::Result` for imports.
    #[arg(long)]
    anyhow: bool,
    /// Require that the data of a store is `Send`.
    #[arg(long)]
    require_store_data_send: bool,
    /// Add a constant with the encoded world.
    #[arg(long)]
    component_type: bool,
}

/// The names of flags, as in the macro.
const FLAGS: [(&str, FunctionFlags); 6] = [
    ("async", FunctionFlags::ASYNC),
    ("exact", FunctionFlags::EXACT),
    ("store", FunctionFlags::STORE),
    ("tracing", FunctionFlags::TRACING),
    ("trappable", FunctionFlags::TRAPPABLE),
    ("verbose_tracing", FunctionFlags::VERBOSE_TRACING),
];

fn main() -> ExitCode {
    let Command::Rust(args) = Cli::parse().command;
    match generate(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn generate(args: RustArgs) -> Result<(), Box<dyn Error>> {
    let mut resolve = Resolve {
        all_features: args.all_features,
        ..Resolve::default()
    };
    let (package, _) = resolve.push_path(&args.wit)?;
    let world = resolve.select_world(&[package], args.world.as_deref())?;
    let options = Opts {
        with: args.with.into_iter().collect::<HashMap<_, _>>(),
        imports: functions(args.imports),
        exports: functions(args.exports),
        trappable_error_type: (args.trappable_error.into_iter())
            .map(|(wit_path, rust_type_name)| TrappableError {
                wit_path,
                rust_type_name,
            })
            .collect(),
        additional_derive_attributes: args.additional_derive_attributes,
        ownership: args.ownership,
        wasmtime_crate: args.wasmtime_path,
        anyhow: args.anyhow,
        require_store_data_send: args.require_store_data_send,
        include_component_type: args.component_type,
        ..Opts::default()
    };
    let name = format!("{}.rs", resolve.worlds[world].name.replace('-', "_"));
    let code = options.generate(&mut resolve, world)?;
    std::fs::create_dir_all(&args.out_dir)?;
    let path = args.out_dir.join(name);
    std::fs::write(&path, code.trim_end().to_owned() + "\n")
        .map_err(|e| format!("{}: {e}", path.display()))?;
    Ok(())
}

fn functions(rules: Vec<(String, FunctionFlags)>) -> FunctionConfig {
    let mut config = FunctionConfig::new();
    for (function, flags) in rules {
        let filter = match function.as_str() {
            "default" => FunctionFilter::Default,
            _ => FunctionFilter::Name(function),
        };
        config.push(filter, flags);
    }
    config
}

/// Parses `NAME=VALUE`.
fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("expected `NAME=VALUE`")?;
    Ok((name.to_owned(), value.to_owned()))
}

/// Parses `FUNCTION=FLAG,FLAG`.
fn rule(text: &str) -> Result<(String, FunctionFlags), String> {
    let (function, names) = pair(text)?;
    let mut flags = FunctionFlags::empty();
    for name in names.split(',').filter(|name| !name.is_empty()) {
        let known = FLAGS.iter().find(|(known, _)| *known == name);
        let (_, flag) = known.ok_or_else(|| {
            let all: Vec<&str> = FLAGS.iter().map(|(name, _)| *name).collect();
            format!("unknown flag `{name}`; known flags: {}", all.join(", "))
        })?;
        flags |= *flag;
    }
    Ok((function, flags))
}

fn ownership(text: &str) -> Result<Ownership, String> {
    Ok(match text {
        "owning" => Ownership::Owning,
        "borrowing" => Ownership::Borrowing {
            duplicate_if_necessary: false,
        },
        "borrowing-duplicate-if-necessary" => Ownership::Borrowing {
            duplicate_if_necessary: true,
        },
        _ => {
            return Err("expected owning, borrowing or borrowing-duplicate-if-necessary".to_owned())
        }
    })
}
