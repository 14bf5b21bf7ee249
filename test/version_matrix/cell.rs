//! Measures one cell of the matrix: generates, compiles, encodes, plugs and runs the two guests of a case.
//!
//! A failure is a result, which is recorded with the first line of its error; the exit code is 0. The exit code is 1 if the
//! cell could not be measured.

use clap::Parser;
use serde::Serialize;
use std::error::Error;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

#[derive(Parser)]
struct Args {
    /// The version of the generator.
    #[arg(long)]
    generator: String,
    /// `official`, `embedded`, or the version of a runtime crate other than the generator's.
    #[arg(long)]
    runtime: String,
    /// The version of wit-component.
    #[arg(long)]
    encoder: String,
    /// The name of the case.
    #[arg(long)]
    case: String,
    /// The packages of both worlds, `provider` and `user`.
    #[arg(long)]
    wit: PathBuf,
    /// The guest that exports the interface.
    #[arg(long)]
    provider: PathBuf,
    /// The guest that imports it and exports `run`.
    #[arg(long)]
    user: PathBuf,
    /// The expected result of `run`, as WAVE.
    #[arg(long)]
    expected: PathBuf,
    /// A flag with which the generator runs directly, instead of through `wit bindgen-rust`.
    #[arg(long, allow_hyphen_values = true)]
    bare_flag: Vec<String>,
    #[arg(long)]
    wit_tool: PathBuf,
    #[arg(long)]
    generator_tool: PathBuf,
    #[arg(long)]
    encoder_tool: PathBuf,
    #[arg(long)]
    component_tool: PathBuf,
    #[arg(long)]
    runner_tool: PathBuf,
    #[arg(long)]
    rustc: PathBuf,
    /// A flag of rustc, for both guests.
    #[arg(long, allow_hyphen_values = true)]
    rustc_flag: Vec<String>,
    /// The runtime crate.
    #[arg(long)]
    runtime_crate: PathBuf,
    /// A directory with dependencies of the runtime crate.
    #[arg(long)]
    crate_dir: Vec<PathBuf>,
    /// The file for the result.
    #[arg(long)]
    out: PathBuf,
}

/// The result: a row of the matrix, as compared by the tests.
#[derive(Serialize)]
struct Cell<'a> {
    generator: &'a str,
    runtime: &'a str,
    encoder: &'a str,
    case: &'a str,
    result: &'a str,
    error: Option<String>,
}

/// The first line of a cell's error.
struct Fails(String);

fn main() -> ExitCode {
    let args = Args::parse();
    match measure(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: failed to measure the cell: {e}");
            ExitCode::FAILURE
        }
    }
}

fn measure(args: &Args) -> Result<(), Box<dyn Error>> {
    let scratch = tempfile::tempdir()?;
    let error = match run(args, scratch.path())? {
        Ok(()) => None,
        Err(Fails(line)) => Some(line),
    };
    let cell = Cell {
        generator: &args.generator,
        runtime: &args.runtime,
        encoder: &args.encoder,
        case: &args.case,
        result: if error.is_none() { "works" } else { "fails" },
        error,
    };
    Ok(fs::write(&args.out, serde_json::to_string(&cell)? + "\n")?)
}

type Outcome<T> = Result<Result<T, Fails>, Box<dyn Error>>;

fn run(args: &Args, scratch: &Path) -> Outcome<()> {
    for (world, source) in [("provider", &args.provider), ("user", &args.user)] {
        if let Err(fails) = guest(args, scratch, world, source)? {
            return Ok(Err(fails));
        }
    }
    let composed = scratch.join("composed.wasm");
    let plug = start(
        Command::new(&args.component_tool)
            .arg("plug")
            .arg(scratch.join("user.component"))
            .arg("--plug")
            .arg(scratch.join("provider.component"))
            .arg("-o")
            .arg(&composed),
    )?;
    if let Err(fails) = plug {
        return Ok(Err(fails));
    }
    let got = match start(
        Command::new(&args.runner_tool)
            .arg("invoke")
            .arg(&composed)
            .arg("run()"),
    )? {
        Ok(got) => got,
        Err(fails) => return Ok(Err(fails)),
    };
    let expected = fs::read_to_string(&args.expected)?;
    if got.trim() == expected.trim() {
        return Ok(Ok(()));
    }
    Ok(Err(Fails(format!(
        "error: `run` returned {} in place of {}",
        got.trim(),
        expected.trim()
    ))))
}

fn guest(args: &Args, scratch: &Path, world: &str, source: &Path) -> Outcome<()> {
    let bindings = scratch.join(format!("{world}.rs"));
    let dir = scratch.join(world);
    fs::create_dir(&dir)?;
    let library = dir.join("libbindings.rlib");
    let module = scratch.join(format!("{world}.wasm"));
    let component = scratch.join(format!("{world}.component"));
    let externs = |name: &str, path: &Path| format!("--extern={name}={}", path.display());

    let mut generate = if !args.bare_flag.is_empty() {
        let mut command = Command::new(&args.generator_tool);
        command
            .arg("rust")
            .arg(&args.wit)
            .args(["--world", world, "--out-dir"])
            .arg(scratch)
            .args(&args.bare_flag);
        command
    } else {
        let mut command = Command::new(&args.wit_tool);
        command
            .arg("bindgen-rust")
            .arg("--wit")
            .arg(&args.wit)
            .args([
                "--world",
                world,
                "--generator-version",
                &args.generator,
                "--generator",
            ])
            .arg(&args.generator_tool)
            .arg("--output")
            .arg(&bindings);
        command
    };
    let mut compile_bindings = rustc(args, "rlib", "bindings", &bindings, &library);
    compile_bindings.arg(externs("wit_bindgen", &args.runtime_crate));
    let mut compile_guest = rustc(args, "cdylib", world, source, &module);
    compile_guest
        .args(["-Cstrip=debuginfo", "-L"])
        .arg(&dir)
        .arg(externs("bindings", &library))
        .arg(externs("wit_bindgen", &args.runtime_crate));
    let mut encode = Command::new(&args.encoder_tool);
    encode.arg(&module).arg(&component);

    for step in [
        &mut generate,
        &mut compile_bindings,
        &mut compile_guest,
        &mut encode,
    ] {
        if let Err(fails) = start(step)? {
            return Ok(Err(fails));
        }
    }
    Ok(Ok(()))
}

fn rustc(args: &Args, kind: &str, name: &str, source: &Path, out: &Path) -> Command {
    let mut command = Command::new(&args.rustc);
    command
        .args([
            "--edition=2021",
            "--cap-lints=allow",
            "--crate-type",
            kind,
            "--crate-name",
            name,
        ])
        .args(&args.rustc_flag)
        .arg("-o")
        .arg(out)
        .arg(source);
    for dir in &args.crate_dir {
        command.arg(format!("-Ldependency={}", dir.display()));
    }
    if let Some(dir) = args.runtime_crate.parent() {
        command.arg(format!("-Ldependency={}", dir.display()));
    }
    command
}

/// Runs a step; returns its output, or the first line of its error.
fn start(command: &mut Command) -> Outcome<String> {
    let output = command
        .output()
        .map_err(|e| format!("{}: {e}", Path::new(command.get_program()).display()))?;
    if output.status.success() {
        return Ok(Ok(String::from_utf8_lossy(&output.stdout).into_owned()));
    }
    let text = String::from_utf8_lossy(&output.stderr);
    let line = first_error(&text);
    // The names of scratch directories vary.
    let name = |arg: &OsStr| {
        Path::new(arg)
            .parent()
            .and_then(Path::to_str)
            .map(|dir| format!("{dir}/"))
    };
    let line = command
        .get_args()
        .filter_map(name)
        .filter(|dir| dir.len() > 1)
        .fold(line, |line, dir| line.replace(&dir, ""));
    Ok(Err(Fails(line)))
}

/// Returns the first line with an error. For linker errors that is the linker's, as rustc's contains absolute paths.
fn first_error(text: &str) -> String {
    let linker = |line: &str| {
        line.split_once("-ld: error: ")
            .or(line.split_once("lld: error: "))
            .map(|(_, rest)| rest.to_owned())
    };
    let line = text
        .lines()
        .find(|line| line.starts_with("error"))
        .or_else(|| text.lines().next())
        .unwrap_or("error: failed without a message");
    match text.lines().find_map(linker) {
        Some(message) if line.starts_with("error: linking") => {
            format!("error: the linker says: {message}")
        }
        _ => line.to_owned(),
    }
}
