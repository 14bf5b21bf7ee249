//! Machine code: it runs, and code that is not what the user compiled, or that does not fit, is an error.

#[allow(dead_code)] // Other tests use more of it.
mod support;

use sha2::Digest;
use std::process::Output;
use support::{code, Sandbox};

/// Compiles `calls.wasm` to `calls.cwasm` with these options.
fn precompiled(options: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    let fixed = [
        "precompile",
        "calls.wasm",
        "-o",
        "calls.cwasm",
        "--output-sha256",
        "sha256",
    ];
    let output = run(&sandbox, &[&fixed, options].concat());
    assert_eq!(code(&output), 0, "{}", sandbox.normal(&output.stderr));
    sandbox
}

fn run(sandbox: &Sandbox, args: &[&str]) -> Output {
    let mut command = sandbox.command(&support::runner());
    command.args(args).output().expect("the tool runs")
}

/// Calls a function of `calls.cwasm`, trusting the digest in the file `sha256`. Returns the exit code, the
/// output and the first line of the errors.
fn invoke(sandbox: &Sandbox, call: &str) -> (i32, String, String) {
    let output = run(
        sandbox,
        &["invoke", "--precompiled", "sha256", "calls.cwasm", call],
    );
    let stderr = sandbox.normal(&output.stderr);
    let first = stderr.lines().next().unwrap_or_default().to_owned();
    (code(&output), sandbox.normal(&output.stdout), first)
}

fn read(sandbox: &Sandbox) -> Vec<u8> {
    std::fs::read(sandbox.path("calls.cwasm")).expect("the code")
}

/// Replaces the code, and the digest that the user trusts.
fn replace(sandbox: &Sandbox, bytes: &[u8]) {
    sandbox.write("calls.cwasm", bytes);
    let hex: String = sha2::Sha256::digest(bytes)
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    sandbox.write("sha256", hex);
}

/// A triple of the machine's architecture and another operating system.
fn other_system() -> String {
    let system = match std::env::consts::OS {
        "windows" => "unknown-linux-gnu",
        _ => "pc-windows-msvc",
    };
    format!("{}-{system}", std::env::consts::ARCH)
}

#[test]
fn code_runs() {
    for options in [&[][..], &["--no-gc"]] {
        let sandbox = precompiled(options);
        let greeting = (0, "\"Hello, World!\"\n".to_owned(), String::new());
        assert_eq!(
            invoke(&sandbox, "greet(\"World\")"),
            greeting,
            "{options:?}"
        );
        let (status, _, error) = invoke(&sandbox, "boom()");
        assert_eq!(status, 134, "{error}");
    }
}

#[test]
fn code_without_trust_is_not_loaded() {
    let sandbox = precompiled(&[]);
    let output = run(&sandbox, &["invoke", "calls.cwasm", "greet(\"World\")"]);
    assert_eq!(code(&output), 1);
    let expected = "error: `calls.cwasm` is machine code, which is not loaded unless it is trusted\n\
                    hint: pass the component that it was compiled from, or its SHA-256 with `--precompiled`\n";
    assert_eq!(sandbox.normal(&output.stderr), expected);
    sandbox.write("sha256", "no digest");
    let (status, _, error) = invoke(&sandbox, "greet(\"World\")");
    assert_eq!(
        (status, error.as_str()),
        (1, "error: `sha256` does not begin with a SHA-256")
    );
}

#[test]
fn changed_code_is_not_loaded() {
    let sandbox = precompiled(&[]);
    let whole = read(&sandbox);
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    for bytes in [
        &whole[..whole.len() / 2],
        &flipped,
        b"",
        b"\0asm\x0d\0\x01\0",
    ] {
        sandbox.write("calls.cwasm", bytes);
        let (status, stdout, error) = invoke(&sandbox, "greet(\"World\")");
        assert_eq!((status, stdout.as_str()), (1, ""), "{error}");
        assert!(
            error.starts_with("error: the SHA-256 of `calls.cwasm` is "),
            "{error}"
        );
    }
}

/// Also if somebody trusts the wrong file, what is recognizably no code for this engine is an error.
#[test]
fn other_files_are_errors() {
    let sandbox = precompiled(&[]);
    let whole = read(&sandbox);
    let program = std::fs::read(support::runner()).expect("the tool");
    let component = std::fs::read(sandbox.path("calls.wasm")).expect("the component");
    let cases: [&[u8]; 6] = [
        b"",
        b"\x7fELF",
        &whole[..64],
        &whole[..whole.len() / 2],
        &program,
        &component,
    ];
    for bytes in cases {
        replace(&sandbox, bytes);
        let (status, stdout, error) = invoke(&sandbox, "greet(\"World\")");
        assert_eq!(
            (status, stdout.as_str()),
            (1, ""),
            "{} bytes: {error}",
            bytes.len()
        );
        assert!(
            error.starts_with("error: cannot load the machine code `calls.cwasm`: "),
            "{error}"
        );
    }
}

#[test]
fn other_versions_are_errors() {
    let sandbox = precompiled(&[]);
    let mut bytes = read(&sandbox);
    // The section begins with the version of its format, and the length and digits of Wasmtime's.
    let major = wasmtime_environ::VERSION
        .split('.')
        .next()
        .expect("a version");
    let start = [&[0, major.len() as u8], major.as_bytes()].concat();
    let at: Vec<usize> = (0..bytes.len() - start.len())
        .filter(|at| bytes[*at..].starts_with(&start))
        .collect();
    for at in at {
        bytes[at + 2] = b'1';
    }
    replace(&sandbox, &bytes);
    let (status, _, error) = invoke(&sandbox, "greet(\"World\")");
    assert_eq!(status, 1);
    assert!(error.contains("incompatible version '1"), "{error}");
}

#[test]
fn other_settings_are_errors() {
    let system = other_system();
    for (options, expected) in [
        (
            &["--epochs"][..],
            "with epoch interruption but it is not enabled for the host",
        ),
        (
            &["--fuel"],
            "with fuel support but it is not enabled for the host",
        ),
        (&["--target", &system], "compiled for operating system"),
    ] {
        let sandbox = precompiled(options);
        let (status, _, error) = invoke(&sandbox, "greet(\"World\")");
        assert_eq!(status, 1);
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn unknown_targets_are_errors() {
    let sandbox = Sandbox::new();
    for target in ["", "nothing", "s390x-unknown-linux-gnu"] {
        let args = [
            "precompile",
            "calls.wasm",
            "-o",
            "calls.cwasm",
            "--target",
            target,
        ];
        let output = run(&sandbox, &args);
        let stderr = sandbox.normal(&output.stderr);
        assert_eq!(code(&output), 1, "{stderr}");
        assert!(
            stderr.starts_with(&format!("error: cannot compile for `{target}`: ")),
            "{stderr}"
        );
        assert!(!sandbox.path("calls.cwasm").exists());
    }
}
