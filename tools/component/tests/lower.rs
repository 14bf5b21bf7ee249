//! Runs components as they are and lowered, and compares what they return.
//!
//! A component passes each value through another one, with every pair of string encodings. It is
//! lowered, and the module is instantiated by itself. Then a component is made of the module again,
//! which must return the same values and trap on the same calls.

#[path = "support/passing.rs"]
mod passing;
mod support;

use passing::passing;
use support::{call, compare, core, lower, Host, Outcome, OPTIONS};
use wasmtime::component::Val;

/// Checks that each of the values, followed by 17 numbers, is returned unchanged.
fn pass(named: &[(&str, &str)], ty: &str, values: &[&str], encodings: &[(&str, &str)]) {
    for (i, (inner, outer)) in encodings.iter().enumerate() {
        let component = wat::parse_str(passing(named, ty, inner, outer)).expect(ty);
        let behind: String = (0..17).map(|i| format!(", {i}")).collect();
        let calls: Vec<String> = values
            .iter()
            .map(|v| format!("test:t/api#f(({v}{behind}))"))
            .collect();
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        // With many encodings, each pair is tried with the first options and with one of the
        // others.
        let other = 1 + i % (OPTIONS.len() - 1);
        for (n, options) in OPTIONS.into_iter().enumerate() {
            if encodings.len() > 1 && n != 0 && n != other {
                continue;
            }
            let lowered = lower(&component, options).unwrap_or_else(|e| panic!("{ty}: {e}"));
            core(&lowered);
            let outcomes = compare(&component, &lowered, &calls);
            for (value, outcome) in values.iter().zip(outcomes) {
                match outcome {
                    Outcome::Value(text) => {
                        assert_eq!(text, format!("({value}{behind})"), "{ty} {inner} {outer}");
                    }
                    Outcome::Trap(text) => {
                        panic!("{ty} {inner} {outer} {value} {options:?}: {text}")
                    }
                }
            }
        }
    }
}

const UTF8: &[(&str, &str)] = &[("utf8", "utf8")];

#[test]
fn strings_of_every_encoding() {
    let encodings = ["utf8", "utf16", "latin1+utf16"];
    let pairs: Vec<(&str, &str)> = encodings
        .iter()
        .flat_map(|a| encodings.iter().map(move |b| (*a, *b)))
        .collect();
    let long = format!("\"{}\u{20ac}\"", "a\u{e9}".repeat(200));
    let values = [
        "\"\"",
        "\"Hello, World!\"",
        "\"Gr\u{fc}\u{df}e\"",
        "\"caf\u{e9} \u{20ac} \u{1f980} end\"",
        "\"\u{1f980}\"",
        "\"\u{d7ff}\u{e000}\u{ffff}\u{10000}\u{10ffff}\u{7f}\u{80}\u{7ff}\u{800}\"",
        long.as_str(),
    ];
    // Control characters are returned as escapes.
    let values: Vec<&str> = values
        .into_iter()
        .filter(|v| !v.contains('\u{7f}'))
        .collect();
    pass(&[], "string", &values, &pairs);
}

#[test]
fn numbers_lists_and_structures() {
    pass(&[], "s64", &["-9223372036854775808"], UTF8);
    pass(&[], "char", &["'x'", "'\u{1f980}'"], UTF8);
    pass(&[], "f64", &["1.5", "-inf"], UTF8);
    pass(&[], "(list u8)", &["[]", "[1, 2, 255]"], UTF8);
    pass(
        &[],
        "(list (list string))",
        &["[[], [\"a\", \"b\"], [\"\"]]"],
        UTF8,
    );
    pass(
        &[],
        "(option (list u16))",
        &["none", "some([1, 65535])"],
        UTF8,
    );
    pass(
        &[],
        "(result u64 (error string))",
        &["ok(7)", "err(\"no\")"],
        UTF8,
    );
    pass(
        &[],
        "(option (option (tuple bool s8)))",
        &["some(some((true, -1)))", "some(none)"],
        UTF8,
    );
}

#[test]
fn records_variants_and_flags() {
    let point = &[(
        "point",
        "(record (field \"x\" s32) (field \"name\" string))",
    )][..];
    pass(
        point,
        "(list $point)",
        &["[{x: -1, name: \"a\"}, {x: 2, name: \"\"}]"],
        UTF8,
    );
    let shape = &[(
        "shape",
        "(variant (case \"none-at-all\") (case \"round\" f32) (case \"word\" string))",
    )][..];
    pass(
        shape,
        "(list $shape)",
        &["[none-at-all, round(0.5), word(\"w\")]"],
        UTF8,
    );
    let flags = &[("mode", "(flags \"read\" \"write\" \"run\")")][..];
    pass(flags, "(list $mode)", &["[{}, {read, run}]"], UTF8);
    let color = &[("color", "(enum \"red\" \"green\")")][..];
    pass(color, "(option $color)", &["some(green)", "none"], UTF8);
}

#[test]
fn the_same_bytes_each_time_and_one_core_module() {
    let component = wat::parse_str(passing(&[], "string", "utf8", "utf16")).expect("wat");
    let first = lower(&component, &[]).expect("lowers");
    assert_eq!(&first[..8], b"\0asm\x01\0\0\0");
    for _ in 0..3 {
        assert!(lower(&component, &[]).expect("lowers") == first);
    }
}

/// The comparison detects a lowered module that returns something else.
#[test]
fn a_wrong_module_is_detected() {
    let component = wat::parse_str(passing(&[], "u32", "utf8", "utf8")).expect("wat");
    let other = passing(&[], "u32", "utf8", "utf8").replace(
        "(result i32) (local.get 0))",
        "(result i32) (i32.store (local.get 0) (i32.const 9)) (local.get 0))",
    );
    let other = lower(&wat::parse_str(other).expect("wat"), &[]).expect("lowers");
    let behind: String = (0..17).map(|i| format!(", {i}")).collect();
    let text = format!("test:t/api#f((1{behind}))");
    let (mut a, mut b) = (Host::component(&component), Host::lowered(&other));
    assert_ne!(call(&mut a, &text), call(&mut b, &text));
}

/// The host creates, lends, returns and drops resources that the component exports.
#[test]
fn the_host_uses_exported_resources() {
    let text = std::fs::read_to_string(support::fixture("exported-resource.wat")).expect("read");
    let component = wat::parse_str(text).expect("wat");
    let lowered = lower(&component, &[]).expect("lowers");
    for mut host in [Host::component(&component), Host::lowered(&lowered)] {
        let make = "test:t/api#[constructor]r";
        let get = "test:t/api#[method]r.get";
        let consume = "test:t/api#[static]r.consume";
        let count = "test:t/api#dropped";
        let one = host.values(make, &[Val::U32(1)]).expect("one");
        let two = host.values(make, &[Val::U32(2)]).expect("two");
        assert_eq!(host.values(get, &one), Some(vec![Val::U32(10)]));
        assert_eq!(host.values(get, &two), Some(vec![Val::U32(20)]));
        // Passed to the component, which drops it.
        assert_eq!(host.values(consume, &one), Some(vec![Val::U32(1)]));
        assert_eq!(host.values(count, &[]), Some(vec![Val::U32(1)]));
        // Dropped by the host.
        host.drop(&two[0]);
        assert_eq!(host.values(count, &[]), Some(vec![Val::U32(2)]));
        let three = host.values(make, &[Val::U32(3)]).expect("three");
        assert_eq!(host.values(get, &three), Some(vec![Val::U32(30)]));
        // The handle that was passed is gone.
        assert_eq!(host.values(get, &one), None);
    }
}

/// The host passes its own resources to exported functions, outside of interfaces and in one.
#[test]
fn exported_functions_use_resources_of_the_host() {
    let text = std::fs::read_to_string(support::fixture("host-resource.wat")).expect("read");
    let component = wat::parse_str(text).expect("wat");
    for options in OPTIONS {
        let lowered = lower(&component, options).expect("lowers");
        for prefix in ["", "test:t/api#"] {
            for mut host in [Host::component(&component), Host::lowered(&lowered)] {
                let name = |name: &str| format!("{prefix}{name}");
                let made = host.values(&name("make"), &[Val::U32(7)]).expect("made");
                // A borrowed handle is the first one in the callee, and is usable again after it.
                for _ in 0..3 {
                    let lent = host.values(&name("lend"), &made);
                    assert_eq!(lent, Some(vec![Val::U32(1_000_107)]), "{options:?}");
                }
                let taken = host.values(&name("take"), &made);
                assert_eq!(taken, Some(vec![Val::U32(107)]), "{options:?}");
                assert_eq!(host.log(), ["drop 7"], "{options:?}");
                // A borrowed handle that is kept.
                let made = host.values(&name("make"), &[Val::U32(8)]).expect("made");
                assert_eq!(host.values(&name("hold"), &made), None, "{options:?}");
            }
        }
    }
}
