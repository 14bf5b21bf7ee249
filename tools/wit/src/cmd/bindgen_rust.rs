//! `wit bindgen-rust`: generates the Rust bindings of a world, as the root of a crate.

use crate::bindings::{
    create_directory_of, generate, is_rust_path, module_files, rust_path, with, Generator, Request,
};
use crate::packages::PackageArgs;
use rules_wit_common::{Outputs, Result};
use std::path::PathBuf;

/// Generates the Rust bindings of a world, as the root of a crate.
///
/// The crate depends only on the runtime at `--runtime-path`. A component crate implements the traits
/// of the bindings, and ends with `bindings::export!(Type);`.
///
/// The program `--generator` generates the code. It must accept the command line of `wit-bindgen rust`;
/// any version works. Its input is the world with its dependencies, as one document.
#[derive(clap::Args)]
pub struct Args {
    /// The program that generates the code: `wit-bindgen`.
    #[arg(long, value_name = "PROGRAM", overrides_with = "generator")]
    generator: PathBuf,
    /// The required version of the generator [default: any].
    #[arg(long, value_name = "VERSION")]
    generator_version: Option<String>,
    #[command(flatten)]
    source: PackageArgs,
    /// The world: `world` or `ns:package/world@version`.
    #[arg(long, required_unless_present = "package")]
    world: Option<String>,
    /// Generate imports of all interfaces of the package instead of a world. The crate omits the
    /// custom section with the component type, which the crate of a world contains.
    #[arg(long, conflicts_with = "world")]
    package: bool,
    /// The description of a crate with bindings of other packages, written by `--output-crate`. Its
    /// types are used instead of generated again.
    #[arg(long = "crate", value_name = "FILE")]
    crates: Vec<PathBuf>,
    /// The name of the generated crate.
    #[arg(long, value_name = "NAME", requires = "output_crate", value_parser = crate_name)]
    crate_name: Option<String>,
    /// The output file for a description of the crate, for the option `--crate`.
    #[arg(long, value_name = "FILE", requires = "crate_name")]
    output_crate: Option<PathBuf>,
    /// The output file for the root of the crate.
    #[arg(
        short,
        long,
        value_name = "FILE",
        required_unless_present = "output_tree"
    )]
    output: Option<PathBuf>,
    /// The output directory for the crate as a tree of files, one for each module.
    #[arg(long, value_name = "DIRECTORY", conflicts_with = "no_format")]
    output_tree: Option<PathBuf>,
    /// The ownership of the data in parameters of imports.
    #[arg(long, default_value = "owning", value_parser =
        ["owning", "borrowing", "borrowing-duplicate-if-necessary"])]
    ownership: String,
    /// A trait that all records, variants and enums derive.
    #[arg(long, value_name = "PATH", value_parser = rust_path)]
    additional_derive: Vec<String>,
    /// The Rust path of an interface or type that is not generated, or `generate`.
    #[arg(long, value_name = "NAME=PATH", value_parser = with)]
    with: Vec<String>,
    /// Generate interfaces that `--with` does not name. The default.
    #[arg(long, overrides_with = "no_generate_all")]
    generate_all: bool,
    /// Fail unless `--with` names every interface of other packages.
    #[arg(long)]
    no_generate_all: bool,
    /// A function to leave out.
    #[arg(long, value_name = "FUNCTION")]
    skip: Vec<String>,
    /// The Rust path of the runtime.
    #[arg(long, default_value = "wit_bindgen::rt", value_parser = rust_path, value_name = "PATH")]
    runtime_path: String,
    /// The module of the bindings for `export!` without `with_types_in`.
    #[arg(long, default_value = "$crate", value_name = "PATH")]
    default_bindings_module: String,
    /// Gate code that requires `std` with `cfg(feature = "std")`.
    #[arg(long)]
    std_feature: bool,
    /// Use `&[u8]` for strings in parameters of imports.
    #[arg(long)]
    raw_strings: bool,
    /// A suffix for the name of the custom section with the world's type.
    #[arg(long, value_name = "SUFFIX")]
    type_section_suffix: Option<String>,
    /// Omit the function that makes a linker keep the custom section.
    #[arg(long)]
    disable_custom_section: bool,
    /// Disable the workaround that runs constructors only once.
    #[arg(long)]
    disable_run_ctors_once_workaround: bool,
    /// `async` functions to bind synchronously: `all`, a function, `import:...` or `export:...`.
    #[arg(long, value_name = "FILTER")]
    sync: Vec<String>,
    /// Fail if the world has async functions, futures or streams, because the runtime does not support them.
    #[arg(long)]
    no_async: bool,
    /// Another option of the generator, as on its command line.
    #[arg(long, value_name = "--OPTION[=VALUE]", allow_hyphen_values = true, value_parser = option)]
    generator_option: Vec<String>,
    /// Format the code. The default.
    #[arg(long, overrides_with = "no_format")]
    format: bool,
    /// Do not format the code, which is faster.
    #[arg(long)]
    no_format: bool,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    write(args).map_err(|e| e.target(args.source.label()))
}

fn write(args: &Args) -> Result<()> {
    let sync = args.sync.iter().map(|value| format!("--sync={value}"));
    let options_of_interfaces = sync.chain(args.generator_option.iter().cloned());
    let bindings = generate(Request {
        package: &args.source,
        world: args.world.as_deref(),
        crates: &args.crates,
        crate_name: args.crate_name.as_deref(),
        generator: Generator {
            name: "wit-bindgen",
            program: &args.generator,
            version: args.generator_version.as_deref(),
        },
        has_async: !args.no_async,
        options: options(args),
        with: &args.with,
        options_of_interfaces: options_of_interfaces.collect(),
    })?;
    let description = bindings
        .description
        .map(|description| description.to_json());
    let mut outputs = Outputs::default();
    if let (Some(description), Some(file)) = (&description, &args.output_crate) {
        outputs.text(file, description)?;
    }
    let modules = match args.output_tree {
        Some(_) => module_files(&bindings.code),
        None => Vec::new(),
    };
    if let Some(dir) = &args.output_tree {
        for (path, text) in &modules {
            let file = dir.join(path);
            create_directory_of(&file)?;
            outputs.text(&file, text)?;
        }
    }
    if let Some(file) = &args.output {
        outputs.text(file, &bindings.code)?;
    }
    outputs.commit()
}

/// The options of the generator, except those that name interfaces.
fn options(args: &Args) -> Vec<String> {
    let mut options = vec![
        "--ownership".to_owned(),
        args.ownership.clone(),
        "--runtime-path".to_owned(),
        args.runtime_path.clone(),
        "--default-bindings-module".to_owned(),
        args.default_bindings_module.clone(),
        "--pub-export-macro".to_owned(),
        // Users of a crate expect all types that its world names.
        "--generate-unused-types".to_owned(),
    ];
    for (flag, on) in [
        ("--format", !args.no_format),
        ("--std-feature", args.std_feature),
        ("--raw-strings", args.raw_strings),
        ("--generate-all", !args.no_generate_all),
        (
            "--disable-run-ctors-once-workaround",
            args.disable_run_ctors_once_workaround,
        ),
        (
            "--disable-custom-section-link-helpers",
            args.disable_custom_section,
        ),
    ] {
        if on {
            options.push(flag.to_owned());
        }
    }
    for (flag, values) in [
        ("--skip", &args.skip),
        ("--additional-derive-attributes", &args.additional_derive),
    ] {
        options.extend(values.iter().map(|value| format!("{flag}={value}")));
    }
    options.extend(
        args.type_section_suffix
            .iter()
            .map(|suffix| format!("--type-section-suffix={suffix}")),
    );
    options
}

/// Parses an option of the generator. Rejects those that this tool sets: the output and the world.
fn option(text: &str) -> Result<String, String> {
    let name = text.split('=').next().unwrap_or_default();
    let own = [
        "--out-dir",
        "--world",
        "--features",
        "--all-features",
        "--check",
        "--help",
        "--version",
    ];
    if !text.starts_with("--") || own.contains(&name) || text.contains('\n') {
        return Err(
            "expected `--option` or `--option=value`, an option of the generator that this tool does not set".to_owned(),
        );
    }
    Ok(text.to_owned())
}

/// Parses the name of a crate.
fn crate_name(text: &str) -> Result<String, String> {
    match is_rust_path(text) && !text.contains([':', '#']) {
        true => Ok(text.to_owned()),
        false => Err("expected the name of a crate such as `some_crate`".to_owned()),
    }
}
