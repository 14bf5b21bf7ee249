//! Runs components as they are and lowered, and compares what they return.
//!
//! A component passes each value through another one, with every pair of string encodings. It is
//! lowered, the module is instantiated by itself, and then made a component again, which must
//! return the same values and trap on the same calls.

mod support;

use support::{call, compare, core, lower, name_of, Host, Outcome, WAYS};
use wasmtime::component::Val;

/// Passes a value on as it is: arguments and results of more than 16 parts are in memory, where
/// they look alike.
fn passing(named: &[(&str, &str)], ty: &str, inner: &str, outer: &str) -> String {
    let mut import = String::new();
    let (mut give, mut alias, mut types) = (String::new(), String::new(), String::new());
    for (name, def) in named {
        import +=
            &format!("(type ${name}0 {def}) (export \"{name}\" (type ${name} (eq ${name}0)))\n");
        types += &format!("(type ${name} {def})\n");
        give += &format!("(export \"{name}\" (type ${name}))\n");
        alias += &format!("(alias export $in \"{name}\" (type ${name}))\n");
    }
    let tuple = format!("(tuple {ty}{})", " u32".repeat(17));
    let pages = r#"(func $page (param i32) (result i32) (i32.shl (memory.grow (i32.const 1)) (i32.const 16)))"#;
    let realloc = r#"
      (global $next (mut i32) (i32.const 1024))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $p i32)
        (local.set $p (i32.and (i32.add (global.get $next) (i32.const 15)) (i32.const -16)))
        (global.set $next (i32.add (local.get $p) (local.get 3)))
        (if (i32.gt_u (global.get $next) (i32.shl (memory.size) (i32.const 16)))
          (then (if (i32.eq (memory.grow (i32.const 4)) (i32.const -1)) (then (unreachable)))))
        (memory.copy (local.get $p) (local.get 0) (local.get 1))
        (local.get $p))"#;
    format!(
        r#"(component
  (component $giver
    (core module $m (memory (export "memory") 1) {realloc}
      (func (export "f") (param i32) (result i32) (local.get 0))
      (func (export "post") (param i32) (global.set $next (i32.const 1024))))
    (core instance $i (instantiate $m))
    {types}
    (type $f (func (param "v" {tuple}) (result {tuple})))
    (func $f (type $f) (canon lift (core func $i "f") (memory (core memory $i "memory")) (realloc (core func $i "realloc"))
      (post-return (core func $i "post")) string-encoding={inner}))
    (instance $x {give} (export "f" (func $f)))
    (export "test:t/api" (instance $x)))
  (component $taker
    (import "test:t/api" (instance $in
      {import}
      (type $f (func (param "v" {tuple}) (result {tuple})))
      (export "f" (func (type $f)))))
    {alias}
    (core module $libc (memory (export "memory") 1) {realloc}
      (global (export "next") (mut i32) (i32.const 7)))
    (core instance $libc (instantiate $libc))
    (core func $f (canon lower (func $in "f") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding={outer}))
    (core module $m
      (import "l" "memory" (memory 0))
      (import "l" "realloc" (func $realloc (param i32 i32 i32 i32) (result i32)))
      (import "l" "f" (func $f (param i32 i32)))
      {pages}
      (func (export "f") (param i32) (result i32) (local $r i32)
        (drop (call $page (i32.const 0)))
        (local.set $r (call $realloc (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 1024)))
        (call $f (local.get 0) (local.get $r))
        (local.get $r)))
    (core instance $i (instantiate $m (with "l" (instance
      (export "memory" (memory $libc "memory"))
      (export "realloc" (func $libc "realloc"))
      (export "f" (func $f))))))
    (type $g (func (param "v" {tuple}) (result {tuple})))
    (func $g (type $g) (canon lift (core func $i "f") (memory (core memory $libc "memory"))
      (realloc (core func $libc "realloc")) string-encoding={outer}))
    (instance $x {give} (export "f" (func $g)))
    (export "test:t/api" (instance $x)))
  (instance $a (instantiate $giver))
  (alias export $a "test:t/api" (instance $api))
  (instance $b (instantiate $taker (with "test:t/api" (instance $api))))
  (alias export $b "test:t/api" (instance $out))
  (export "test:t/api" (instance $out)))
"#
    )
}

/// The values, each with 17 numbers behind it, come back as they are.
fn pass(named: &[(&str, &str)], ty: &str, values: &[&str], encodings: &[(&str, &str)]) {
    for (i, (inner, outer)) in encodings.iter().enumerate() {
        let component = wat::parse_str(passing(named, ty, inner, outer)).expect(ty);
        let behind: String = (0..17).map(|i| format!(", {i}")).collect();
        let calls: Vec<String> = values
            .iter()
            .map(|v| format!("test:t/api#f(({v}{behind}))"))
            .collect();
        let calls: Vec<&str> = calls.iter().map(String::as_str).collect();
        // With many encodings, each of the ways has its turn.
        let turn = |way: usize| encodings.len() == 1 || way == 0 || way == 1 + i % (WAYS.len() - 1);
        let ways = WAYS.into_iter().enumerate().filter(|(way, _)| turn(*way));
        for (_, way) in ways {
            let lowered = lower(&component, way).unwrap_or_else(|e| panic!("{ty}: {e}"));
            core(&lowered);
            let outcomes = compare(&component, &lowered, &calls);
            for (value, outcome) in values.iter().zip(outcomes) {
                match outcome {
                    Outcome::Value(text) => {
                        assert_eq!(text, format!("({value}{behind})"), "{ty} {inner} {outer}");
                    }
                    Outcome::Trap(text) => panic!("{ty} {inner} {outer} {value} {way:?}: {text}"),
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
    // Control characters are written as escapes.
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

/// The cases in `lower/`, with the calls that are named in them.
#[test]
fn cases() {
    let mut count = 0;
    for file in support::cases() {
        let name = name_of(&file);
        let text = std::fs::read_to_string(&file).expect("read");
        let component = wat::parse_str(&text).unwrap_or_else(|e| panic!("{name}: {e}"));
        let lines = |key: &str| -> Vec<String> {
            let key = format!(";; {key}: ");
            let lines = text.lines().filter_map(|l| l.strip_prefix(&key));
            lines.map(str::to_owned).collect()
        };
        count += 1;
        let lowered = lower(&component, &[]);
        if let Some(error) = lines("error").first() {
            let text = lowered.expect_err(&name);
            assert!(text.contains(error.as_str()), "{name}: {text}");
            assert!(text.contains("hint: "), "{name}: {text}");
            continue;
        }
        let calls = lines("call");
        let (calls, expected): (Vec<&str>, Vec<&str>) = calls
            .iter()
            .map(|line| line.split_once(" -> ").expect("call -> result"))
            .unzip();
        assert!(!calls.is_empty(), "{name}");
        for way in WAYS {
            if way.contains(&"unchecked") && text.contains(";; checked") {
                continue;
            }
            let lowered = lower(&component, way);
            // What the first version cannot do at all is said so.
            if let (Err(e), true) = (&lowered, way.contains(&"mvp")) {
                let known = lines("error with mvp");
                assert!(known.iter().any(|k| e.contains(k.as_str())), "{name}: {e}");
                continue;
            }
            let lowered = lowered.unwrap_or_else(|e| panic!("{name} {way:?}: {e}"));
            let outcomes = compare(&component, &lowered, &calls);
            for ((call, expected), outcome) in calls.iter().zip(&expected).zip(outcomes) {
                let text = match outcome {
                    Outcome::Value(text) => text,
                    Outcome::Trap(_) => "trap".to_owned(),
                };
                assert_eq!(&text, expected, "{name} {way:?}: {call}");
            }
        }
    }
    assert!(count > 0);
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

#[test]
fn an_engine_that_is_too_old_is_named() {
    let component = wat::parse_str(passing(&[], "string", "utf8", "utf8")).expect("wat");
    for features in ["mvp", "wasm2"] {
        let error = lower(&component, &["--features", features]).expect_err(features);
        assert!(error.contains("more than `--features` allows"), "{error}");
    }
    lower(&component, &["--features", "wasm3"]).expect("wasm3");
}

/// What one memory cannot be a part of is refused by name, and lowered with several.
#[test]
fn memories_that_cannot_be_a_part_are_named() {
    let threads = "(memory.atomic.notify (i32.const 0) (i32.const 0))";
    for (memory, body, message) in [
        ("1 1 shared", "(memory.size)", "shared"),
        ("1", threads, "threads"),
        ("i64 1", "(i32.wrap_i64 (memory.size))", "64"),
    ] {
        let text = format!(
            r#"(component
  (core module $m (memory {memory}) (func $f (export "f") (result i32) {body}))
  (core instance $i (instantiate $m))
  (func (export "f") (result u32) (canon lift (core func $i "f"))))"#
        );
        let component = wat::parse_str(&text).expect("wat");
        let error = lower(&component, &["--memory", "single"]).expect_err(message);
        assert!(error.contains(message), "{error}");
        assert!(!error.contains("internal error"), "{error}");
        assert!(error.contains("hint: "), "{error}");
    }
}

#[test]
fn what_nothing_reaches_is_left_out() {
    let text = passing(&[], "u32", "utf8", "utf8").replace(
        "(func (export \"post\")",
        "(func $unreached (result i32) (i32.const 0)) (func (export \"post\")",
    );
    let component = wat::parse_str(text).expect("wat");
    for way in WAYS {
        let lowered = lower(&component, way).expect("lowers");
        assert!(!lowered.windows(9).any(|w| w == b"unreached"), "{way:?}");
    }
}

/// A comparison that never fails is worth nothing: a lowered module that returns something else is
/// found out.
#[test]
fn a_wrong_module_is_found_out() {
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

/// Damaged components end in an error of the input, or in a module.
#[test]
fn damaged_components_are_refused_in_good_order() {
    let component = wat::parse_str(passing(&[], "string", "utf8", "utf16")).expect("wat");
    for i in (8..component.len()).step_by(component.len() / 60 + 1) {
        let mut changed = component.clone();
        changed[i] ^= 1 << (i % 8);
        for bytes in [&component[..i], &changed] {
            if let Err(error) = lower(bytes, &[]) {
                assert!(error.starts_with("error: "), "{i}: {error}");
                assert!(!error.contains("internal error"), "{i}: {error}");
            }
        }
    }
}

/// A section of a component.
fn section(id: u8, content: &[u8]) -> Vec<u8> {
    let mut all = vec![id];
    let mut rest = content.len();
    while rest > 127 {
        all.push((rest & 127) as u8 | 128);
        rest >>= 7;
    }
    all.push(rest as u8);
    all.extend(content);
    all
}

const HEADER: &[u8] = b"\0asm\x0d\0\x01\0";

#[test]
fn deep_and_long_components_end_in_good_order() {
    let mut deep = HEADER.to_vec();
    for _ in 0..3000 {
        deep = [HEADER, &section(4, &deep)].concat();
    }
    // `(type u8)`, and 1e6 aliases of it: the same index of the component around a nested one.
    let mut aliases = vec![0xc0, 0x84, 0x3d];
    aliases.extend([3, 2, 1, 0].repeat(1_000_000));
    let inner = [HEADER, &section(6, &aliases)].concat();
    let long = [HEADER, &section(7, &[1, 0x7d]), &section(4, &inner)].concat();
    let error = lower(&deep, &[]).expect_err("deep");
    assert!(
        error.starts_with("error: ") && error.contains("hint: "),
        "{error}"
    );
    for bytes in [deep, long] {
        if let Err(error) = lower(&bytes, &[]) {
            assert!(!error.contains("internal error"), "{error}");
        }
    }
}

/// A resource that the component exports: made, lent and given back by the host, and dropped.
#[test]
fn resources_of_the_component_in_the_hands_of_the_host() {
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
        // Taken by the component, which drops it.
        assert_eq!(host.values(consume, &one), Some(vec![Val::U32(1)]));
        assert_eq!(host.values(count, &[]), Some(vec![Val::U32(1)]));
        // Dropped by the host.
        host.drop(&two[0]);
        assert_eq!(host.values(count, &[]), Some(vec![Val::U32(2)]));
        let three = host.values(make, &[Val::U32(3)]).expect("three");
        assert_eq!(host.values(get, &three), Some(vec![Val::U32(30)]));
        // What was given away is gone.
        assert_eq!(host.values(get, &one), None);
    }
}

/// The names of a module: what has one, its number, for what is in a function the number there, and
/// the name.
fn names_of(module: &[u8]) -> Vec<(&'static str, u32, u32, String)> {
    use wasmparser::{KnownCustom, Name, NameMap, Parser, Payload};
    let mut all = Vec::new();
    let mut add = |what, function, map: NameMap<'_>| {
        for name in map {
            let name = name.expect("a name");
            let (index, within) = match function {
                Some(function) => (function, name.index),
                None => (name.index, 0),
            };
            all.push((what, index, within, name.name.to_owned()));
        }
    };
    for payload in Parser::new(0).parse_all(module) {
        let Payload::CustomSection(section) = payload.expect("a module") else {
            continue;
        };
        let KnownCustom::Name(section) = section.as_known() else {
            continue;
        };
        for part in section {
            match part.expect("names") {
                Name::Function(map) => add("function", None, map),
                Name::Type(map) => add("type", None, map),
                Name::Table(map) => add("table", None, map),
                Name::Memory(map) => add("memory", None, map),
                Name::Global(map) => add("global", None, map),
                Name::Element(map) => add("element", None, map),
                Name::Data(map) => add("data", None, map),
                Name::Local(functions) => {
                    for function in functions {
                        let function = function.expect("a function");
                        add("local", Some(function.index), function.names);
                    }
                }
                Name::Label(functions) => {
                    for function in functions {
                        let function = function.expect("a function");
                        add("label", Some(function.index), function.names);
                    }
                }
                _ => {}
            }
        }
    }
    all
}

/// Names go where what they name goes, as the second of two components has other numbers in the end.
#[test]
fn names_survive() {
    let module = "
      (type $pair-to-one (func (param i32 i32) (result i32)))
      (memory $own-memory 1)
      (table $own-table 1 funcref)
      (elem $own-element (table $own-table) (i32.const 0) func $told)
      (data $own-data (memory $own-memory) (i32.const 8) \"data\")
      (global $own-global (mut i32) (i32.const 5))
      (func $unreached (param $lost i32))
      (func $told (type $pair-to-one) (param $left i32) (param $right i32) (result i32)
        (local $sum i32)
        (block $own-label
          (local.set $sum (i32.add (local.get $left) (local.get $right)))
          (br_if $own-label (local.get $sum))
          (global.set $own-global (i32.load8_u (local.get $left))))
        (i32.add (local.get $sum) (global.get $own-global)))
      (func (export \"f\") (param i32) (result i32)
        (call_indirect $own-table (type $pair-to-one) (local.get 0) (local.get 0) (i32.const 0)))";
    let text = passing(&[], "u32", "utf8", "utf8").replacen(
        "(component",
        &format!(
            "(component
               (component $earlier
                 (core module $m (memory 1) (data $other-data (i32.const 0) \"other\")
                   (func $other (export \"f\") (result i32) (i32.load (i32.const 0))))
                 (core instance $i (instantiate $m))
                 (func (export \"f\") (result u32) (canon lift (core func $i \"f\"))))
               (instance $earlier (instantiate $earlier))
               (export \"earlier\" (func $earlier \"f\"))
               (component $named
                 (core module $m {module})
                 (core instance $i (instantiate $m))
                 (func (export \"f\") (param \"n\" u32) (result u32) (canon lift (core func $i \"f\"))))
               (instance $named (instantiate $named))
               (export \"named\" (func $named \"f\"))"
        ),
        1,
    );
    let component = wat::parse_str(text).expect("wat");
    for way in WAYS {
        let lowered = lower(&component, way).expect("lowers");
        let names = names_of(&lowered);
        let index = |what: &str, name: &str| {
            let found = names.iter().find(|(w, _, _, n)| *w == what && n == name);
            found.map(|(_, index, within, _)| (*index, *within))
        };
        let (told, _) = index("function", "told").expect("told");
        for (within, name) in [(0, "left"), (1, "right"), (2, "sum")] {
            assert_eq!(index("local", name), Some((told, within)), "{way:?}");
        }
        assert_eq!(index("local", "lost"), None);
        for (what, name) in [
            ("type", "pair-to-one"),
            ("global", "own-global"),
            ("data", "own-data"),
        ] {
            assert!(index(what, name).is_some(), "{way:?}: {name}");
        }
        // One of several is none of them, and blocks are counted anew.
        let several = way.contains(&"multi");
        assert_eq!(index("memory", "own-memory").is_some(), several, "{way:?}");
        let label = several.then_some((told, 0));
        assert_eq!(index("label", "own-label"), label, "{way:?}");
        let tables = !way.contains(&"mvp");
        assert_eq!(index("table", "own-table").is_some(), tables, "{way:?}");
        assert_eq!(index("element", "own-element").is_some(), tables, "{way:?}");
        // What has the name is what had it.
        let mut bodies = Vec::new();
        let mut data = Vec::new();
        for payload in wasmparser::Parser::new(0).parse_all(&lowered) {
            match payload.expect("a module") {
                wasmparser::Payload::CodeSectionEntry(body) => bodies.push(body),
                wasmparser::Payload::DataSection(all) => {
                    data = all.into_iter().flatten().map(|d| d.data).collect();
                }
                _ => {}
            }
        }
        let (place, _) = index("data", "own-data").expect("data");
        assert_eq!(data[place as usize], b"data", "{way:?}");
        // Nothing is imported.
        let body = &bodies[told as usize];
        let (global, _) = index("global", "own-global").expect("global");
        let reads = |op: wasmparser::Result<wasmparser::Operator<'_>>| matches!(op, Ok(wasmparser::Operator::GlobalGet { global_index }) if global_index == global);
        let operators = body.get_operators_reader().expect("a body");
        assert!(operators.into_iter().any(reads), "{way:?}");
    }
}
