//! Runs scripts of upstream's test suite of the component model, with this program's engine and host.

mod page;
mod values;

use crate::call::describe;
use crate::features::{self, BASELINE};
use crate::guest_args::GuestArgs;
use crate::host::{Binary, Host, Mode, Program, Setup, Stdio};
use crate::{maps, refusal};
use clap::Parser;
use std::collections::HashMap;
use std::rc::Rc;
use values::{argument, result};
use wasmtime::component::{Instance, Val};
use wasmtime::Store;
use wasmtime_environ::wasmparser::WasmFeatures;
use wasmtime_wasi::runtime::in_tokio;
use wast::parser::{parse, ParseBuffer};
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke};

/// The result of a script.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    /// The directives that passed.
    passed: usize,
    /// The features that its components need, besides those that are always on.
    features: WasmFeatures,
    /// The first directive that failed: its line, and why.
    failure: Option<(usize, String)>,
}

/// A component, or why there is none.
type Made<T> = Result<T, String>;

/// A script while it runs.
struct Script {
    setup: Setup,
    scratch: tempfile::TempDir,
    /// Components by their names.
    definitions: HashMap<String, Rc<Program>>,
    current: Option<(Store<Host>, Instance)>,
    /// The features that are needed.
    needed: WasmFeatures,
}

/// Runs a script with the features that it needs.
fn run(text: &str) -> Ran {
    let first = run_with(text, BASELINE);
    match first.features.is_empty() {
        true => first,
        false => Ran {
            features: first.features,
            ..run_with(text, BASELINE.union(first.features))
        },
    }
}

/// Runs a script with some features on, and finds which others it needs.
fn run_with(text: &str, enabled: WasmFeatures) -> Ran {
    let mut ran = Ran::new();
    let buffer = match ParseBuffer::new(text) {
        Ok(buffer) => buffer,
        Err(e) => return ran.failed(e.span().linecol_in(text).0, &e.message()),
    };
    let directives = match parse::<Wast<'_>>(&buffer) {
        Ok(wast) => wast.directives,
        Err(e) => return ran.failed(e.span().linecol_in(text).0, &e.message()),
    };
    let mut script = Script::new(enabled);
    for directive in directives {
        let line = directive.span().linecol_in(text).0;
        match script.directive(directive) {
            Ok(()) => ran.passed += 1,
            // The rest is run too, to find the features that it needs.
            Err(e) if ran.failure.is_none() => ran.failure = Some((line + 1, e)),
            Err(_) => {}
        }
    }
    ran.features = script.needed;
    ran
}

impl Ran {
    fn new() -> Self {
        Ran {
            passed: 0,
            features: WasmFeatures::empty(),
            failure: None,
        }
    }

    fn failed(mut self, line: usize, why: &str) -> Self {
        self.failure = Some((line + 1, why.to_owned()));
        self
    }
}

/// The options of the program for the environment of a guest.
#[derive(Parser)]
struct Options {
    #[command(flatten)]
    guest: GuestArgs,
}

impl Script {
    fn new(enabled: WasmFeatures) -> Self {
        let options = Options::parse_from(["runner"]);
        let mut setup = options.guest.setup(Vec::new());
        setup.features = enabled;
        Script {
            setup,
            scratch: tempfile::tempdir().expect("a directory"),
            definitions: HashMap::new(),
            current: None,
            needed: WasmFeatures::empty(),
        }
    }

    fn directive(&mut self, directive: WastDirective<'_>) -> Made<()> {
        match directive {
            WastDirective::Module(mut wat) => {
                let name = wat.name().map(|id| id.name().to_owned());
                let bytes = self.encode(&mut wat)?;
                let program = Rc::new(self.compile(&bytes)?);
                self.definitions.extend(name.zip(Some(Rc::clone(&program))));
                self.instantiate(&program)
            }
            WastDirective::ModuleDefinition(mut wat) => {
                let name = wat.name().map(|id| id.name().to_owned());
                let bytes = self.encode(&mut wat)?;
                let program = Rc::new(self.compile(&bytes)?);
                self.definitions.insert(name.unwrap_or_default(), program);
                Ok(())
            }
            WastDirective::ModuleInstance { module, .. } => {
                let name = module.map_or("", |id| id.name());
                let program = self.definitions.get(name).cloned();
                let program = program.ok_or_else(|| format!("no component `{name}`"))?;
                self.instantiate(&program)
            }
            WastDirective::Invoke(call) => self.invoke(&call)?.map(drop),
            WastDirective::AssertReturn { exec, results, .. } => {
                let values = self.execute(exec)??;
                let expected: Vec<Val> = results.iter().map(result).collect::<Made<_>>()?;
                match values == expected {
                    true => Ok(()),
                    false => Err(format!("returned {values:?}, not {expected:?}")),
                }
            }
            WastDirective::AssertTrap { exec, message, .. } => match self.execute(exec)? {
                Ok(values) => Err(format!("returned {values:?} in place of a trap")),
                Err(e) => contains(&e, message),
            },
            WastDirective::AssertInvalid {
                mut module,
                message,
                ..
            }
            | WastDirective::AssertMalformed {
                mut module,
                message,
                ..
            } => {
                let made = module.encode().map_err(|e| e.to_string());
                match made.and_then(|bytes| self.compile(&bytes).map(drop)) {
                    Ok(()) => Err("accepted an invalid component".to_owned()),
                    Err(e) => contains(&e, message),
                }
            }
            _ => Err("a directive that this test does not know".to_owned()),
        }
    }

    fn encode(&mut self, wat: &mut QuoteWat<'_>) -> Made<Vec<u8>> {
        let bytes = wat.encode().map_err(|e| e.to_string())?;
        let required = refusal::required(&bytes, self.setup.features);
        self.needed |= required.intersection(features::optional());
        Ok(bytes)
    }

    /// Compiles a component as the program does, from a file.
    fn compile(&self, bytes: &[u8]) -> Made<Program> {
        let path = self.scratch.path().join("script.wasm");
        std::fs::write(&path, bytes).expect("the directory is writable");
        let binary = Binary::read(&path, None);
        let compiled = binary.and_then(|b| b.compile(Mode::Calls, self.setup.features));
        compiled.map_err(|e| {
            let all = e.diagnostics();
            let titles: Vec<&str> = all.iter().map(|d| d.title()).collect();
            titles.join("; ")
        })
    }

    fn instantiate(&mut self, program: &Program) -> Made<()> {
        self.current = None;
        let mut store = match program.store(&self.setup, Stdio::Inherit) {
            Ok(store) => store,
            Err(_) => return Err("no store".to_owned()),
        };
        let instance = in_tokio(program.instantiate(&mut store));
        self.current = Some((store, instance.map_err(|e| describe(&e, None))?));
        Ok(())
    }

    /// Calls a function of the current instance. The outer error is that of the script.
    fn invoke(&mut self, call: &WastInvoke<'_>) -> Made<Made<Vec<Val>>> {
        let arguments: Vec<Val> = call.args.iter().map(argument).collect::<Made<_>>()?;
        let (store, instance) = self.current.as_mut().ok_or("there is no instance")?;
        let function = instance.get_func(&mut *store, call.name);
        let function = function.ok_or_else(|| format!("no function `{}`", call.name))?;
        let mut results = vec![Val::Bool(false); function.ty(&*store).results().len()];
        let called = in_tokio(function.call_async(&mut *store, &arguments, &mut results));
        Ok(match called {
            Ok(()) => Ok(results.into_iter().map(maps::sorted).collect()),
            Err(e) => Err(describe(&e, None)),
        })
    }

    fn execute(&mut self, exec: WastExecute<'_>) -> Made<Made<Vec<Val>>> {
        match exec {
            WastExecute::Invoke(call) => self.invoke(&call),
            WastExecute::Wat(wat) => {
                let bytes = self.encode(&mut QuoteWat::Wat(wat))?;
                let program = self.compile(&bytes)?;
                Ok(self.instantiate(&program).map(|()| Vec::new()))
            }
            WastExecute::Get { .. } => Err("components have no globals".to_owned()),
        }
    }
}

fn contains(error: &str, message: &str) -> Made<()> {
    match error.contains(message) {
        true => Ok(()),
        false => Err(format!("the error is not `{message}`: {error}")),
    }
}

#[test]
fn scripts_are_run() {
    let answer = "(component definition $a
        (core module $m
          (global $n (mut i32) (i32.const 0))
          (func (export \"next\") (result i32)
            (global.set $n (i32.add (global.get $n) (i32.const 1))) (global.get $n))
          (func (export \"boom\") unreachable))
        (core instance $i (instantiate $m))
        (func (export \"next\") (result u32) (canon lift (core func $i \"next\")))
        (func (export \"boom\") (canon lift (core func $i \"boom\"))))
      (component instance $i $a)\n";
    let of = |directives: &str| {
        let ran = run(&format!("{answer}{directives}"));
        (ran.passed, ran.failure.map(|(_, why)| why))
    };
    let next = |n: u32| format!("(assert_return (invoke \"next\") (u32.const {n}))");
    // An instance keeps its state.
    assert_eq!(of(&(next(1) + &next(2))), (4, None));
    assert_eq!(
        of(&(next(1) + "(component instance $i $a)" + &next(1))),
        (5, None)
    );
    assert_eq!(
        of(&next(2)),
        (2, Some("returned [U32(1)], not [U32(2)]".to_owned()))
    );
    assert_eq!(
        of("(assert_trap (invoke \"boom\") \"unreachable\")"),
        (3, None)
    );
    for wrong in [
        "(assert_trap (invoke \"boom\") \"deadlock\")",
        "(assert_trap (invoke \"next\") \"unreachable\")",
        "(invoke \"boom\")",
        "(invoke \"gone\")",
        "(component instance $i $b)",
        "(assert_invalid (component) \"\")",
        "(assert_return (invoke \"next\" (f32.const 0)))",
    ] {
        let (passed, failure) = of(wrong);
        assert!(
            passed <= 2 && failure.is_some(),
            "{wrong}: {passed} {failure:?}"
        );
    }
    let ran = run("(component (import \"f\" (func (param \"x\" error-context))))");
    assert_eq!(ran.features, WasmFeatures::CM_ERROR_CONTEXT);
}
