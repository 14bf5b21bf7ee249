//! Runs hosts that call the components again, on all engines.

use super::reenter::{compare, Script, COMPONENT};
use super::{host_composed, host_lowered, Bench};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};

/// Runs `count` hosts; the error is the smallest failing case.
pub fn run(bench: &Bench, count: u32, seed: u64) -> Result<(), String> {
    let bytes = wat::parse_str(COMPONENT).expect("a component");
    let file = bench.dir.path().join("reenter.wasm");
    std::fs::write(&file, &bytes).expect("written");
    let component = wasmtime::component::Component::new(&bench.compiler, &bytes);
    let component = component.expect("a component");
    let multi = bench.lower(&file, "multi.wasm", &["--memory", "multi"]);
    let options = ["--memory", "single", "--features", "mvp"];
    let single = bench.lower(&file, "single.wasm", &options);
    let modules = [&multi, &single].map(|bytes| {
        let compiled = wasmtime::Module::new(&bench.compiler, bytes).expect("compiles");
        let interpreted = wasmi::Module::new(&bench.interpreter, bytes).expect("reads");
        (compiled, interpreted)
    });
    let config = Config {
        cases: count,
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..Config::default()
    };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let tapes = prop::collection::vec(any::<u32>(), 0..300);
    let result = runner.run(&tapes, |tape| {
        let composed = host_composed::run(&bench.compiler, &component, Script::new(&tape));
        for (i, (compiled, interpreted)) in modules.iter().enumerate() {
            let memory = ["several memories", "one memory"][i];
            let script = || Script::new(&tape);
            let on_wasmtime = host_lowered::compiled(&bench.compiler, compiled, script());
            let on_wasmi = host_lowered::interpreted(&bench.interpreter, interpreted, script());
            for (engine, lowered) in [("wasmtime", on_wasmtime), ("wasmi", on_wasmi)] {
                compare(&composed, &lowered)
                    .map_err(|e| TestCaseError::fail(format!("{memory} on {engine}: {e}")))?;
            }
        }
        Ok(())
    });
    result.map_err(|e| match e {
        TestError::Fail(why, tape) => format!("{why}\n{tape:?}"),
        TestError::Abort(why) => format!("{why}"),
    })
}
