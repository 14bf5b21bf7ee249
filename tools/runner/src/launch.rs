//! The launch mode: a rule links this executable under a target's name, and puts a file
//! `<name>.launch.json` beside it that says what to do. It needs no shell and no generated code.
//!
//! The executable's path is taken as given in `argv[0]`: its symlinks are not resolved, since they
//! lead out of the target's directory.

use crate::command;
use crate::expectation::{Case, Expectation};
use crate::guest_args::{parse_dir, DEFAULT_MAX_MEMORY};
use crate::host::{Mount, Program, Setup};
use crate::json::parse_json;
use crate::runfiles::Runfiles;
use crate::suite::{self, Suite};
use rules_wit_common::{read_text, Diagnostic, Limit, Result};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// The version of the file's format.
const VERSION: u32 = 1;

/// What a launch file says.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LaunchSpec {
    /// Always [`VERSION`].
    version: u32,
    /// The target's label, for messages.
    label: String,
    kind: Kind,
    /// The runfiles path of the component.
    component: String,
    /// The guest's first arguments.
    #[serde(default)]
    args: Vec<String>,
    /// The guest's environment.
    #[serde(default)]
    env: BTreeMap<String, String>,
    /// Guest path to host path: a path, with `:ro` at its end for reading only, or `rlocation:`
    /// and a runfiles path, always for reading only.
    #[serde(default)]
    dirs: BTreeMap<String, String>,
    /// Whether arguments are paths of the host that the guest may read.
    #[serde(default)]
    open_args: bool,
    /// The most linear memory in bytes.
    #[serde(default)]
    max_memory: Option<u64>,
    /// As in [`Expectation`], whose fields stand here beside the others.
    #[serde(default)]
    cases: Option<Vec<Case>>,
    #[serde(default)]
    stdout: Option<String>,
    #[serde(default)]
    stderr_contains: Option<String>,
    #[serde(default)]
    exit_code: Option<i32>,
    #[serde(default)]
    trap: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    Run,
    Test,
}

/// The launch file of the executable `argv0`, where there is one. Paths stay as they are: an
/// `argv0` without a slash was found on the `PATH` and has none.
pub fn launch_file(argv0: &OsStr) -> Option<PathBuf> {
    let text = argv0.to_string_lossy();
    if !text.contains(['/', std::path::MAIN_SEPARATOR]) {
        return None;
    }
    let mut file = argv0.to_owned();
    file.push(".launch.json");
    let file = PathBuf::from(file);
    file.is_file().then_some(file)
}

/// Does what the launch file says, with the arguments of the command line.
pub fn launch(file: &Path, args: Vec<OsString>) -> Result<u8> {
    let text = read_text(file, Limit::PARAMS)?;
    let hint = "build the target again: its rule writes this file";
    let spec: LaunchSpec = parse_json(file, &text, hint)?;
    let label = spec.label.clone();
    execute(file, spec, args).map_err(|e| e.target(Some(&label)))
}

fn execute(file: &Path, spec: LaunchSpec, args: Vec<OsString>) -> Result<u8> {
    if spec.version != VERSION {
        return Err(Diagnostic::new(format!(
            "the launch file has version {}, this runner knows {VERSION}",
            spec.version
        ))
        .hint("build the target and the runner from the same version of rules_wit")
        .into());
    }
    let runfiles = Runfiles::new(&executable(file)?);
    let base = match std::env::var_os("BUILD_WORKING_DIRECTORY") {
        Some(dir) if !dir.is_empty() => PathBuf::from(dir),
        _ => std::env::current_dir()
            .map_err(|e| Diagnostic::environment(format!("no current directory: {e}")))?,
    };

    let mut guest_args = spec.args;
    let calls = spec.cases.as_ref().is_some_and(|c| !c.is_empty());
    let expectation = Expectation {
        cases: spec.cases,
        stdout: spec.stdout,
        stderr_contains: spec.stderr_contains,
        exit_code: spec.exit_code,
        trap: spec.trap,
    };
    for arg in args {
        guest_args.push(arg.into_string().map_err(|arg| {
            Diagnostic::usage(format!(
                "the argument `{}` is not UTF-8 text",
                arg.to_string_lossy()
            ))
        })?);
    }
    let mut mounts = Vec::new();
    for (guest, host) in &spec.dirs {
        mounts.push(mount(guest, host, &base, &runfiles)?);
    }
    if spec.open_args {
        for arg in &mut guest_args {
            open_arg(arg, &base, &mut mounts);
        }
    }
    let setup = Setup {
        args: guest_args,
        env: spec.env.into_iter().collect(),
        mounts,
        max_memory: spec.max_memory.unwrap_or(DEFAULT_MAX_MEMORY),
    };
    let component = runfiles.find(&spec.component)?;
    let load = || -> Result<Program> {
        let mut program = Program::load(&component)?;
        // Where the runfiles are is of no interest.
        program.name.clone_from(&spec.component);
        Ok(program)
    };
    match spec.kind {
        Kind::Run if calls => Err(Diagnostic::new("a program to run has no `cases`").into()),
        Kind::Run => command::run(&load()?, &setup),
        Kind::Test => suite::run(Suite {
            plan: expectation.plan()?,
            name: spec.label,
            program: load()?,
            setup,
        }),
    }
}

/// The executable's path: the launch file's without `.launch.json`. It is only made absolute,
/// without a look at the file system.
fn executable(file: &Path) -> Result<PathBuf> {
    let stem = file.with_extension("").with_extension("");
    std::path::absolute(stem)
        .map_err(|e| Diagnostic::environment(format!("no current directory: {e}")).into())
}

fn mount(guest: &str, host: &str, base: &Path, runfiles: &Runfiles) -> Result<Mount> {
    if let Some(path) = host.strip_prefix("rlocation:") {
        return Ok(Mount {
            host: runfiles.find(path)?,
            guest: guest.to_owned(),
            read_only: true,
        });
    }
    let mut mount = parse_dir(host)
        .map_err(|_| Diagnostic::new(format!("`dirs`: `{host}` is no directory")))?;
    mount.host = base.join(mount.host);
    mount.guest = guest.to_owned();
    Ok(mount)
}

/// Makes an argument that is no option an absolute path, and lets the guest read the directory that
/// it names or that holds the file it names. A path that does not exist is for the guest to report.
fn open_arg(arg: &mut String, base: &Path, mounts: &mut Vec<Mount>) {
    if arg.is_empty() || arg.starts_with('-') {
        return;
    }
    let Ok(path) = std::path::absolute(base.join(&*arg)) else {
        return;
    };
    let directory = match path.metadata() {
        Ok(m) if m.is_dir() => Some(path.as_path()),
        Ok(_) => path.parent(),
        Err(_) => None,
    };
    let Some(text) = path.to_str() else { return };
    if let Some(guest) = directory.and_then(Path::to_str) {
        let mount = Mount {
            host: PathBuf::from(guest),
            guest: guest.to_owned(),
            read_only: true,
        };
        if !mounts.iter().any(|m| m.guest == mount.guest) {
            mounts.push(mount);
        }
    }
    *arg = text.to_owned();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_decides() {
        let dir = std::env::temp_dir().join(format!("launch-{}", std::process::id()));
        std::fs::create_dir_all(&dir).expect("directory");
        std::fs::write(dir.join("x.y.launch.json"), "{}").expect("file");
        let there = dir.join("x.y");
        let file = launch_file(there.as_os_str()).expect("is there");
        assert_eq!(executable(&file).expect("absolute"), there);
        assert!(launch_file(dir.join("x").as_os_str()).is_none());
        assert!(launch_file(OsStr::new("x.y")).is_none());
        std::fs::remove_dir_all(&dir).expect("removed");
    }

    #[test]
    fn options_and_missing_files_open_nothing() {
        let base = std::env::temp_dir();
        let mut mounts = Vec::new();
        for (arg, expected) in [("-x", "-x".to_owned()), ("", String::new())] {
            let mut arg = arg.to_owned();
            open_arg(&mut arg, &base, &mut mounts);
            assert_eq!(arg, expected);
        }
        let mut arg = "is/not/there".to_owned();
        open_arg(&mut arg, &base, &mut mounts);
        assert_eq!(arg, base.join("is/not/there").display().to_string());
        assert!(mounts.is_empty());
    }
}
