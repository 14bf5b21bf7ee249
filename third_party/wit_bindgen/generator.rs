//! `wit-bindgen rust` or `wit-bindgen moonbit`: generates bindings, with the command line of upstream's program.
//!
//! Bazel compiles this file once for each version of upstream's libraries for Rust, and with `--cfg moonbit` for MoonBit.

use clap::{Args, Parser, Subcommand};
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use wit_bindgen_core::wit_parser::{Resolve, WorldId};
use wit_bindgen_core::Files;
#[allow(unused_imports)] // In some versions `generate` is a method of this trait.
use wit_bindgen_core::WorldGenerator;

#[cfg(moonbit)]
use wit_bindgen_moonbit::Opts;
#[cfg(not(moonbit))]
use wit_bindgen_rust::Opts;

#[derive(Parser)]
#[command(name = "wit-bindgen", version = VERSION)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// The version of the libraries, which the build sets.
const VERSION: &str = match option_env!("WIT_BINDGEN_VERSION") {
    Some(version) => version,
    None => "unknown",
};

#[derive(Subcommand)]
enum Command {
    /// Generates bindings.
    #[cfg_attr(moonbit, command(name = "moonbit"))]
    #[cfg_attr(not(moonbit), command(name = "rust"))]
    Generate(Box<GenerateArgs>),
}

#[derive(Args)]
struct GenerateArgs {
    /// The WIT file, or the directory with the package, whose dependencies are in `deps`.
    wit: PathBuf,
    /// The name of the world. Required if the package has several.
    #[arg(long, short)]
    world: Option<String>,
    /// The directory to write the bindings to.
    #[arg(long, default_value = ".")]
    out_dir: PathBuf,
    /// Enables all features of `@unstable` items.
    #[arg(long)]
    all_features: bool,
    /// Enables these features of `@unstable` items.
    #[arg(long, value_delimiter = ',')]
    features: Vec<String>,
    #[command(flatten)]
    opts: Opts,
}

fn main() -> ExitCode {
    let Command::Generate(args) = Cli::parse().command;
    match generate(*args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e}");
            ExitCode::FAILURE
        }
    }
}

fn generate(args: GenerateArgs) -> Result<(), Box<dyn Error>> {
    let mut resolve = Resolve {
        all_features: args.all_features,
        ..Resolve::default()
    };
    resolve.features.extend(args.features);
    let (package, _) = resolve.push_path(&args.wit)?;
    let worlds = &resolve.packages[package].worlds;
    let world = match &args.world {
        Some(name) => worlds
            .get(name.as_str())
            .ok_or_else(|| format!("no world named `{name}` in package"))?,
        None if worlds.len() == 1 => &worlds[0],
        None => {
            return Err(format!("{} worlds in package: one must be named", worlds.len()).into())
        }
    };
    let world: WorldId = *world;
    let mut files = Files::default();
    args.opts
        .build()
        .generate(&mut resolve, world, &mut files)?;
    for (name, text) in files.iter() {
        if !name.split('/').all(|part| is_name(part)) {
            return Err(format!("invalid name of a generated file: `{name}`").into());
        }
        let path = args.out_dir.join(name);
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        std::fs::write(&path, text).map_err(|e| format!("{}: {e}", path.display()))?;
    }
    Ok(())
}

/// Whether a part of a path names a file or directory below the current one.
fn is_name(part: &str) -> bool {
    !matches!(part, "" | "." | "..")
}
