//! Names in lowered modules, and what is removed from them.

#[path = "support/passing.rs"]
mod passing;
#[allow(dead_code)]
mod support;

use passing::passing;
use support::{lower, OPTIONS};

#[test]
fn unreachable_functions_are_removed() {
    let text = passing(&[], "u32", "utf8", "utf8").replace(
        "(func (export \"post\")",
        "(func $unreached (result i32) (i32.const 0)) (func (export \"post\")",
    );
    let component = wat::parse_str(text).expect("wat");
    for options in OPTIONS {
        let lowered = lower(&component, options).expect("lowers");
        assert!(
            !lowered.windows(9).any(|w| w == b"unreached"),
            "{options:?}"
        );
    }
}

/// The names of a module: the kind of item, the index of the item or of its function, the index
/// within the function, and the name.
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

/// Names follow their items when indices change: here, those of the second of two components.
#[test]
fn names_follow_their_items() {
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
    for options in OPTIONS {
        let lowered = lower(&component, options).expect("lowers");
        let names = names_of(&lowered);
        let index = |what: &str, name: &str| {
            let found = names.iter().find(|(w, _, _, n)| *w == what && n == name);
            found.map(|(_, index, within, _)| (*index, *within))
        };
        let (told, _) = index("function", "told").expect("told");
        for (within, name) in [(0, "left"), (1, "right"), (2, "sum")] {
            assert_eq!(index("local", name), Some((told, within)), "{options:?}");
        }
        assert_eq!(index("local", "lost"), None);
        for (what, name) in [
            ("type", "pair-to-one"),
            ("global", "own-global"),
            ("data", "own-data"),
        ] {
            assert!(index(what, name).is_some(), "{options:?}: {name}");
        }
        // The one memory is none of the originals, and new blocks shift the numbers of labels.
        let several = options.contains(&"multi");
        assert_eq!(
            index("memory", "own-memory").is_some(),
            several,
            "{options:?}"
        );
        let label = several.then_some((told, 0));
        assert_eq!(index("label", "own-label"), label, "{options:?}");
        let tables = !options.contains(&"mvp");
        assert_eq!(index("table", "own-table").is_some(), tables, "{options:?}");
        assert_eq!(
            index("element", "own-element").is_some(),
            tables,
            "{options:?}"
        );
        // The named items are the original ones.
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
        assert_eq!(data[place as usize], b"data", "{options:?}");
        // The module imports nothing, so functions and bodies have the same indices.
        let body = &bodies[told as usize];
        let (global, _) = index("global", "own-global").expect("global");
        let reads = |op: wasmparser::Result<wasmparser::Operator<'_>>| matches!(op, Ok(wasmparser::Operator::GlobalGet { global_index }) if global_index == global);
        let operators = body.get_operators_reader().expect("a body");
        assert!(operators.into_iter().any(reads), "{options:?}");
    }
}
