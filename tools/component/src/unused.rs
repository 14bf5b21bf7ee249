//! Removes from shared libraries what neither another library nor the world reaches.
//!
//! A library exports all that its sources do not hide, as a linker cannot know who will use it. Here, all
//! libraries are known. The convention for them:
//! <https://github.com/WebAssembly/tool-conventions/blob/main/DynamicLinking.md>.

use crate::module::{gc, section, with_exports, Keep};
use crate::place::{parse, Input, Parsed};
use rules_wit_common::{Diagnostic, Result};
use std::collections::BTreeSet;
use wasm_encoder::{Module, RawSection};
use wasmparser::{Parser, Payload};
use wit_parser::{WorldItem, WorldKey};

/// A shared library.
pub struct Library {
    /// The name by which others refer to it.
    pub name: String,
    /// The module.
    pub bytes: Vec<u8>,
    /// Whether programs can look up its symbols, so that all of them stay.
    pub open: bool,
}

/// Exports with these prefixes are for the linker, the encoder and adapters.
const FOR_TOOLS: [&str; 5] = ["__wasm_", "_initialize", "_start", "asyncify_", "cabi_"];

/// Removes functions and variables' symbols that are unreachable. `wanted` has names that must stay.
///
/// Addresses that a library has in its data, as those in tables of functions, count as reachable. Debug
/// information goes too, as it refers to offsets in the code. Fails if a library is not valid.
pub fn remove(libraries: &mut [Library], wanted: &BTreeSet<String>) -> Result<()> {
    let mut wanted_always = wanted.clone();
    let mut names = Vec::new();
    for library in libraries.iter() {
        wanted_always.extend(world_functions(library)?);
        names.push(Names::of(library)?);
    }
    // Without a function, a library may no longer need one of another library.
    loop {
        let mut wanted = wanted_always.clone();
        wanted.extend(names.iter().flat_map(|names| &names.imports).cloned());
        let mut changed = false;
        for (library, names) in libraries.iter_mut().zip(&mut names) {
            if library.open || names.exports.iter().all(|name| stays(name, &wanted)) {
                continue;
            }
            library.bytes = without_unused(library, &wanted)?;
            *names = Names::of(library)?;
            changed = true;
        }
        if !changed {
            return Ok(());
        }
    }
}

/// The names of the functions that the world of a library exports.
fn world_functions(library: &Library) -> Result<Vec<String>> {
    let (_, metadata) = wit_component::metadata::decode(&library.bytes)
        .map_err(|e| internal(&library.name, &e.to_string()))?;
    let Some(world) = metadata.resolve.worlds.get(metadata.world) else {
        return Ok(Vec::new());
    };
    let names = world
        .exports
        .iter()
        .filter_map(|(key, item)| match (key, item) {
            (WorldKey::Name(name), WorldItem::Function(_)) => Some(name.clone()),
            _ => None,
        });
    Ok(names.collect())
}

fn read(library: &Library) -> Input<'_> {
    Input {
        shown: library.name.clone(),
        bytes: &library.bytes,
    }
}

/// The names of what a library takes from other libraries or the world, and of what it has for them.
struct Names {
    imports: Vec<String>,
    exports: Vec<String>,
}

impl Names {
    fn of(library: &Library) -> Result<Self> {
        let input = read(library);
        let module = parse(&input)?.module;
        let imports = module.imports.iter().map(|i| i.name.to_owned());
        let exports = module.exports.keys().map(|name| (*name).to_owned());
        Ok(Self {
            imports: imports.collect(),
            exports: exports.collect(),
        })
    }
}

/// Whether an export of a library stays.
fn stays(name: &str, wanted: &BTreeSet<String>) -> bool {
    // All other names are those of the component model, such as `demo:p/log@1.0.0#level`.
    let is_symbol = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'.'));
    !is_symbol || FOR_TOOLS.iter().any(|prefix| name.starts_with(prefix)) || wanted.contains(name)
}

/// A library without exports that nobody wants, and without what only they reach.
fn without_unused(library: &Library, wanted: &BTreeSet<String>) -> Result<Vec<u8>> {
    let input = read(library);
    let parsed = parse(&input)?;
    let failed = |message: String| internal(&library.name, &message);
    let hidden = with_exports(&library.bytes, |exports| {
        exports.retain(|export| stays(export.name, wanted));
    })
    .map_err(|e| failed(e.message().to_owned()))?;
    let keep = Keep {
        imports: false,
        data_count: parsed.data_count,
    };
    let (module, _) = gc(&hidden, keep).map_err(|e| failed(e.to_string()))?;
    Ok(with_custom_sections(&module, &parsed, &library.bytes)
        .map_err(|e| failed(e.message().to_owned()))?)
}

/// Adds the custom sections of the original: `dylink.0`, which comes first, and others that still hold.
fn with_custom_sections(
    module: &[u8],
    parsed: &Parsed<'_>,
    original: &[u8],
) -> wasmparser::Result<Vec<u8>> {
    let mut out = Module::new();
    for payload in Parser::new(0).parse_all(original) {
        let payload = payload?;
        if matches!(&payload, Payload::CustomSection(s) if s.name() == "dylink.0") {
            if let Some((id, data)) = section(original, &payload) {
                out.section(&RawSection { id, data });
            }
        }
    }
    for payload in Parser::new(0).parse_all(module) {
        if let Some((id, data)) = section(module, &payload?) {
            out.section(&RawSection { id, data });
        }
    }
    for (name, data) in &parsed.custom {
        out.section(&wasm_encoder::CustomSection {
            name: (*name).into(),
            data: (*data).into(),
        });
    }
    Ok(out.finish())
}

fn internal(name: &str, message: &str) -> Diagnostic {
    Diagnostic::new(format!(
        "cannot remove what is unused from `{name}`: {message}"
    ))
    .hint("rebuild the library; if the error persists, link without `--remove-unused`")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::module::Module;

    /// `used` is called by the other library, and `unused` alone calls `helper` there.
    const FIRST: &str = "(module (@dylink.0 (mem-info (memory 4 2)) (needed \"second\"))
      (import \"env\" \"memory\" (memory 1))
      (import \"env\" \"__memory_base\" (global $base i32))
      (import \"env\" \"helper\" (func $helper))
      (func (export \"used\") (result i32) (i32.load (global.get $base)))
      (func (export \"unused\") (call $helper))
      (func (export \"__wasm_call_ctors\"))
      (func (export \"demo:p/log@1.0.0#level\") (result i32) (i32.const 1))
      (data (global.get $base) \"abcd\")
      (@custom \"producers\" \"\\00\"))";
    const SECOND: &str = "(module (@dylink.0 (mem-info))
      (import \"env\" \"used\" (func $used (result i32)))
      (func (export \"helper\"))
      (func (export \"cabi_post_run\") (drop (call $used))))";

    fn libraries(open: bool) -> [Library; 2] {
        [("first", FIRST, open), ("second", SECOND, false)].map(|(name, text, open)| Library {
            name: name.to_owned(),
            bytes: wat::parse_str(text).expect("wat"),
            open,
        })
    }

    fn exports(libraries: &[Library]) -> Vec<Vec<String>> {
        let names = |library: &Library| {
            wasmparser::validate(&library.bytes).expect("valid");
            let module = Module::new(&library.bytes).expect("a module");
            module
                .exports
                .keys()
                .map(|name| (*name).to_owned())
                .collect()
        };
        libraries.iter().map(names).collect()
    }

    #[test]
    fn what_only_unused_functions_reach_goes_too() {
        let mut libraries = libraries(false);
        remove(&mut libraries, &BTreeSet::new()).expect("libraries");
        let first = ["__wasm_call_ctors", "demo:p/log@1.0.0#level", "used"];
        assert_eq!(exports(&libraries), [&first[..], &["cabi_post_run"]]);
        let module = Module::new(&libraries[0].bytes).expect("a module");
        assert!(module.imports.iter().all(|i| i.name != "helper"));
        assert_eq!(module.data.len(), 1);
    }

    #[test]
    fn custom_sections_stay() {
        let mut libraries = libraries(false);
        remove(&mut libraries, &BTreeSet::new()).expect("libraries");
        let sections = Parser::new(0).parse_all(&libraries[0].bytes);
        let sections = sections.filter_map(|payload| match payload.expect("valid") {
            Payload::CustomSection(s) => Some(s.name().to_owned()),
            _ => None,
        });
        assert_eq!(
            sections.collect::<Vec<_>>(),
            ["dylink.0", "name", "producers"]
        );
    }

    #[test]
    fn open_libraries_and_wanted_names_stay() {
        let mut open = libraries(true);
        remove(&mut open, &BTreeSet::new()).expect("libraries");
        assert_eq!(exports(&open)[1], ["cabi_post_run", "helper"]);
        assert_eq!(open[0].bytes, libraries(true)[0].bytes);

        let mut wanted = libraries(false);
        remove(&mut wanted, &BTreeSet::from(["helper".to_owned()])).expect("libraries");
        assert_eq!(exports(&wanted)[1], ["cabi_post_run", "helper"]);
    }
}
