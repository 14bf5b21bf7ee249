//! Lowers pairs of components around arbitrary modules and compares results and traps with the
//! composed pair; then lowers damaged pairs, which must end in an error or in a module.
//!
//! `FUZZ_CASES` sets the number of pairs, `FUZZ_SEED` the first seed. Each pair has a seed of its
//! own, which the output names.

#[path = "support/fuzz/mod.rs"]
mod fuzz;
#[allow(dead_code)]
mod support;

use fuzz::{Callee, Composed, Lowered, Pair, Random, Signature};
use support::lower;
use wasmtime::component::Component;
use wasmtime::{Engine, Module, Val};

/// The options that each pair is lowered with.
const OPTIONS: [&[&str]; 4] = [
    &["--memory", "multi", "--features", "wasm3"],
    &["--memory", "single"],
    &["--memory", "single", "--features", "mvp"],
    &["--memory", "single", "--bounds", "unchecked"],
];

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// How often each outcome was seen, to notice a test that compares nothing.
#[derive(Debug, Default)]
struct Seen {
    lowered: u32,
    refused: u32,
    values: u32,
    traps: u32,
}

/// Compares calls of one pair.
fn compare(engine: &Engine, pair: &Pair, random: &mut Random, seen: &mut Seen) {
    // `None` for modules with `externref`: this engine is built without it.
    let component = Component::new(engine, &pair.component).ok();
    for options in OPTIONS {
        let lowered = match lower(&pair.component, options) {
            Ok(lowered) => lowered,
            Err(error) => {
                assert!(error.starts_with("error: "), "{options:?}: {error}");
                assert!(!error.contains("internal error"), "{options:?}: {error}");
                assert!(error.contains("hint: "), "{options:?}: {error}");
                seen.refused += 1;
                continue;
            }
        };
        let Some(component) = &component else {
            continue;
        };
        seen.lowered += 1;
        // Without bounds checks, a trap may become any result.
        let checked = !options.contains(&"unchecked");
        let module = Module::new(engine, &lowered).expect("a module");
        let fresh = || {
            (
                Composed::new(engine, component),
                Lowered::new(engine, &module),
            )
        };
        let mut both = fresh();
        for _ in 0..12 {
            let (Some(a), Some(b)) = &mut both else {
                let failed = (both.0.is_none(), both.1.is_none());
                if checked || failed.1 {
                    assert_eq!(failed.0, failed.1, "{options:?}: instantiation");
                }
                break;
            };
            let (name, Signature(params, result)) =
                &pair.functions[random.below(pair.functions.len() as u64) as usize];
            let args: Vec<Val> = params.iter().map(|ty| ty.val(random.value())).collect();
            let expected = a.call(name, &args, result.is_some());
            if !checked && expected.is_err() {
                break;
            }
            let outcome = b.call(name, &args, result.is_some());
            assert_eq!(expected, outcome, "{options:?}: {name}{args:?}");
            if expected.is_ok() {
                for sum in ["sum-a", "sum-b"] {
                    let (left, right) = (a.call(sum, &[], true), b.call(sum, &[], true));
                    assert_eq!(left, right, "{options:?}: {sum} after {name}{args:?}");
                }
            }
            match expected {
                Ok(_) => seen.values += 1,
                // The state of an instance after a trap is unspecified.
                Err(()) => {
                    seen.traps += 1;
                    both = fresh();
                }
            }
        }
    }
}

#[test]
fn arbitrary_modules_behave_the_same_when_lowered() {
    let cases = variable("FUZZ_CASES").unwrap_or(100);
    let first = variable("FUZZ_SEED").unwrap_or(1);
    let mut config = wasmtime::Config::new();
    config.cranelift_opt_level(wasmtime::OptLevel::None);
    config.wasm_backtrace_max_frames(None);
    let engine = Engine::new(&config).expect("an engine");
    let mut seen = Seen::default();
    for seed in first..first + cases {
        println!("FUZZ_CASES=1 FUZZ_SEED={seed}");
        let mut random = Random(seed << 32);
        if let Some(pair) = Pair::random(&mut random) {
            compare(&engine, &pair, &mut random, &mut seen);
        }
    }
    println!("{seen:?}");
    // A small sample may be refused altogether.
    if cases >= 20 {
        assert!(u64::from(seen.lowered) > cases, "{seen:?}");
        assert!(u64::from(seen.values) > cases, "{seen:?}");
        assert!(seen.traps > 0, "{seen:?}");
    }
}

#[test]
fn damaged_pairs_are_lowered_or_refused() {
    let cases = variable("FUZZ_CASES").unwrap_or(150);
    let first = variable("FUZZ_SEED").unwrap_or(1);
    for seed in first..first + cases {
        println!("FUZZ_CASES=1 FUZZ_SEED={seed}");
        let mut random = Random(seed << 32);
        let Some(pair) = Pair::random(&mut random) else {
            continue;
        };
        let mut bytes = pair.component;
        for _ in 0..=random.below(3) {
            let at = 8 + random.below(bytes.len() as u64 - 8) as usize;
            match random.below(4) {
                0 => bytes[at] ^= 1 << random.below(8),
                1 => bytes[at] = random.next() as u8,
                2 => {
                    bytes.remove(at);
                }
                _ => bytes.insert(at, random.next() as u8),
            }
        }
        if random.below(8) == 0 {
            bytes.truncate(8 + random.below(bytes.len() as u64 - 8) as usize);
        }
        let options = OPTIONS[random.below(OPTIONS.len() as u64) as usize];
        if let Err(error) = lower(&bytes, options) {
            assert!(error.starts_with("error: "), "{options:?}: {error}");
            assert!(!error.contains("internal error"), "{options:?}: {error}");
        }
    }
}
