//! Some of the cases of `//test/differential`, without the engines that Cargo does not build.
//! `COMPONENT_BIN` names the tool where Cargo does not, `WASM3_BIN` the program of `wasm3.c`.

#[allow(dead_code)]
#[path = "../../../test/differential/main.rs"]
mod differential;

fn variable<T: std::str::FromStr>(name: &str, default: T) -> T {
    let value = std::env::var(name).ok().and_then(|n| n.parse().ok());
    value.unwrap_or(default)
}

#[test]
fn cases() {
    let bench = differential::Bench::new(None);
    let result = differential::run(&bench, variable("CASES", 20), variable("SEED", 1));
    result.unwrap_or_else(|e| panic!("{e}"));
}

#[test]
fn hosts_that_call_again() {
    let bench = differential::Bench::new(None);
    let result = differential::hosts::run(&bench, variable("CASES", 50), variable("SEED", 1));
    result.unwrap_or_else(|e| panic!("{e}"));
}

/// Copies of strings that copy nothing, and of lists that copy less.
#[test]
fn broken_copies_are_found_out() {
    for broken in [differential::Broken::Strings, differential::Broken::Lists] {
        let bench = differential::Bench::new(Some(broken));
        differential::run(&bench, 200, 1).expect_err("a difference");
    }
}
