//! Passes values through two components, composed on a component engine and lowered to one module
//! on core engines: results and traps must be the same. Then hosts call a component again while it
//! waits for them.
//!
//! Types, values and corrupted bytes are generated from a seed. A failing case is shrunk before
//! it is printed.

mod abi;
mod engines;
mod handles;
mod host_composed;
mod host_lowered;
pub mod hosts;
mod instance;
mod pair;
mod reenter;
mod types;
mod values;
mod wasm3;

use engines::{Compiled, Composed, Interpreted, Lowered, Pass};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use types::{types, Ty};
use wasm3::Process;

/// A case: a type, the string encodings of both components, and calls.
#[derive(Clone, Debug)]
struct Case {
    ty: Ty,
    encodings: (usize, usize),
    calls: Vec<Call>,
}

/// The value that is passed, as numbers for `Ty::value`, and the corrupted byte.
#[derive(Clone, Debug)]
struct Call {
    tape: Vec<u32>,
    spoil: Option<u32>,
}

fn cases() -> impl Strategy<Value = Case> {
    let tape = prop::collection::vec(any::<u32>(), 0..60);
    let call = (tape, prop::option::weighted(0.3, any::<u32>()));
    let calls = prop::collection::vec(call.prop_map(|(tape, spoil)| Call { tape, spoil }), 1..6);
    (types(), (0..3usize, 0..3usize), calls).prop_map(|(ty, encodings, calls)| Case {
        ty,
        encodings,
        calls,
    })
}

const UNCHECKED: &str = "one memory, unchecked, on wasmi";

/// The copies between memories that are broken on purpose.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// Copies of strings.
    Strings,
    /// Bulk copies of lists.
    Lists,
}

/// The tool and the engines that the cases run on.
pub struct Bench {
    tool: PathBuf,
    wasm3: Option<PathBuf>,
    compiler: wasmtime::Engine,
    interpreter: wasmi::Engine,
    dir: tempfile::TempDir,
    /// If set, these copies are broken on purpose.
    broken: Option<Broken>,
}

impl Bench {
    /// Finds the programs that environment variables name.
    pub fn new(broken: Option<Broken>) -> Self {
        let program = |name: &str| {
            let path = std::env::var_os(name).map(PathBuf::from)?;
            Some(
                path.canonicalize()
                    .unwrap_or_else(|e| panic!("{name}: {e}")),
            )
        };
        Bench {
            tool: program("COMPONENT_BIN").expect("COMPONENT_BIN names the tool"),
            wasm3: program("WASM3_BIN"),
            compiler: engines::compiler(),
            interpreter: wasmi::Engine::default(),
            dir: tempfile::tempdir().expect("a directory"),
            broken,
        }
    }

    fn lower(&self, component: &Path, name: &str, options: &[&str]) -> Vec<u8> {
        let out = self.dir.path().join(name);
        let output = Command::new(&self.tool)
            .arg("lower")
            .arg(component)
            .arg("-o")
            .arg(&out)
            .args(options)
            .output()
            .expect("the tool runs");
        let text = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        std::fs::read(out).expect("the module")
    }

    /// Runs a case; the error describes the difference.
    fn run(&self, case: &Case) -> Result<(), String> {
        let (inner, outer) = case.encodings;
        let (inner, outer) = (pair::ENCODINGS[inner], pair::ENCODINGS[outer]);
        let text = match case.ty.has_handles() {
            true => handles::handles(&case.ty, inner, outer),
            false => pair::pair(&case.ty, inner, outer),
        };
        let bytes = wat::parse_str(&text).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let component = wasmtime::component::Component::new(&self.compiler, &bytes);
        let component = component.unwrap_or_else(|e| panic!("{e:?}\n{text}"));
        let file = self.dir.path().join("pair.wasm");
        std::fs::write(&file, &bytes).expect("written");
        let mut multi = self.lower(&file, "multi.wasm", &["--memory", "multi"]);
        if let Some(broken) = self.broken {
            break_copies(broken, &mut multi);
        }
        let options = ["--memory", "single", "--features", "mvp"];
        let single = self.lower(&file, "single.wasm", &options);
        let options = [
            "--memory",
            "single",
            "--bounds",
            "unchecked",
            "--features",
            "mvp",
        ];
        let unchecked = self.lower(&file, "unchecked.wasm", &options);
        let compile =
            |bytes: &[u8]| wasmtime::Module::new(&self.compiler, bytes).expect("compiles");
        let read = |bytes: &[u8]| wasmi::Module::new(&self.interpreter, bytes).expect("reads");
        let compiled = [compile(&multi), compile(&single)];
        let interpreted = [read(&multi), read(&single)];
        let unchecked = read(&unchecked);
        let start = || -> Vec<(String, Box<dyn Pass>)> {
            let mut all: Vec<(String, Box<dyn Pass>)> = Vec::new();
            let composed = Composed::new(&self.compiler, &component);
            all.push(("composed".to_owned(), Box::new(composed)));
            for (i, memory) in ["several memories", "one memory"].into_iter().enumerate() {
                let module = Compiled::new(&self.compiler, &compiled[i]);
                let name = format!("{memory} on wasmtime");
                all.push((name, Box::new(Lowered(Box::new(module)))));
                let module = Interpreted::new(&self.interpreter, &interpreted[i]);
                let name = format!("{memory} on wasmi");
                all.push((name, Box::new(Lowered(Box::new(module)))));
            }
            let module = Interpreted::new(&self.interpreter, &unchecked);
            all.push((UNCHECKED.to_owned(), Box::new(Lowered(Box::new(module)))));
            if let Some(program) = &self.wasm3 {
                let module = Process::new(program, &self.dir.path().join("single.wasm"));
                let name = "one memory on wasm3".to_owned();
                all.push((name, Box::new(Lowered(Box::new(module)))));
            }
            all
        };
        let mut all = start();
        for (number, call) in case.calls.iter().enumerate() {
            let value = case.ty.value(&mut call.tape.iter().copied());
            let mut first = None;
            for (name, engine) in &mut all {
                // Without bounds checks, a trap may become any result.
                if name == UNCHECKED && matches!(first, Some((Err(_), _))) {
                    continue;
                }
                let spoiled = match call.spoil {
                    Some(at) => engine.spoil(at),
                    None => Ok(()),
                };
                let result = spoiled.and_then(|()| engine.pass(&case.ty, &value));
                let seen = match (&result, case.ty.has_handles()) {
                    (Ok(_), true) => Some(engine.check()),
                    _ => None,
                };
                match &first {
                    None => {
                        if call.spoil.is_none() && result.as_ref() != Ok(&value) {
                            return Err(format!("{name}: returned {result:?} for {value:?}"));
                        }
                        first = Some((result, seen));
                    }
                    Some((first, first_seen)) => {
                        if *first_seen != seen {
                            return Err(format!(
                                "checksums of the resources of {value:?}\n  composed: {first_seen:?}\n  {name}: {seen:?}"
                            ));
                        }
                        let same = match (first, &result) {
                            (Err(_), Err(_)) => true,
                            (Ok(a), Ok(b)) => a == b || has_nan(a) && has_nan(b),
                            _ => false,
                        };
                        if !same {
                            return Err(format!(
                                "call {number} of {value:?}\n  composed: {first:?}\n  {name}: {result:?}"
                            ));
                        }
                    }
                }
            }
            // The state of an instance after a trap is unspecified.
            if matches!(first, Some((Err(_), _))) {
                all = start();
            }
        }
        Ok(())
    }
}

/// Whether a value contains a NaN, whose payload may differ.
fn has_nan(value: &types::Value) -> bool {
    use types::Value;
    match value {
        Value::F32(n) => f32::from_bits(*n).is_nan(),
        Value::F64(n) => f64::from_bits(*n).is_nan(),
        Value::List(all) | Value::Fields(all) => all.iter().any(has_nan),
        Value::Case(_, inner) => inner.as_deref().is_some_and(has_nan),
        _ => false,
    }
}

/// Makes copies between memories copy nothing, or too little.
fn break_copies(broken: Broken, module: &mut [u8]) {
    // `memory.copy TO FROM` after `local.get N` or `i32.mul`.
    for at in 0..module.len().saturating_sub(6) {
        if let [first, second, 0xfc, 0x0a, to, from] = module[at..at + 6] {
            match broken {
                _ if to == from => {}
                // `i32.const 0`
                Broken::Strings if first == 0x20 => {
                    module[at..at + 2].copy_from_slice(&[0x41, 0]);
                }
                // `i32.and`
                Broken::Lists if second == 0x6c => module[at + 1] = 0x71,
                _ => {}
            }
        }
    }
}

/// Runs `count` cases; the error is the smallest failing case.
pub fn run(bench: &Bench, count: u32, seed: u64) -> Result<(), String> {
    let config = Config {
        cases: count,
        failure_persistence: None,
        // An expected failure need not be shrunk much.
        max_shrink_iters: if bench.broken.is_some() { 20 } else { 400 },
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let result = runner.run(&cases(), |case| {
        bench.run(&case).map_err(TestCaseError::fail)
    });
    result.map_err(|e| match e {
        TestError::Fail(why, case) => format!("{why}\n{case:#?}"),
        TestError::Abort(why) => format!("{why}"),
    })
}

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let (mut count, mut seed, mut broken) = (500, 1, None);
    while let Some(arg) = args.next() {
        let value = args.next().unwrap_or_default();
        let number = value.parse().ok();
        match (arg.as_str(), number) {
            ("--cases", Some(n)) => count = n as u32,
            ("--seed", Some(n)) => seed = n,
            ("--broken", _) if value == "strings" => broken = Some(Broken::Strings),
            ("--broken", _) if value == "lists" => broken = Some(Broken::Lists),
            _ => {
                eprintln!("usage: differential [--cases N] [--seed N] [--broken strings|lists]");
                return 2.into();
            }
        }
    }
    let bench = Bench::new(broken);
    let result = run(&bench, count, seed).and_then(|()| match broken {
        None => hosts::run(&bench, count, seed),
        Some(_) => Ok(()),
    });
    match (result, broken.is_some()) {
        (Ok(()), false) => println!("{count} cases, seed {seed}: all engines agree"),
        (Err(e), false) => {
            eprintln!("error: seed {seed}: {e}");
            return 1.into();
        }
        (Err(e), true) => println!("detected: {e}"),
        (Ok(()), true) => {
            eprintln!("error: the broken copies were not detected in {count} cases");
            return 1.into();
        }
    }
    0.into()
}
