//! Makes a relocatable object that carries its WIT world.

use super::library_worlds::{has_world, read_world, wanted};
use super::linker::{read_objects, LinkerArgs, Scratch};
use super::object::{Object, Target};
use super::object_writer::{ObjectWriter, Signature};
use rules_wit_common::{Diagnostic, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::PathBuf;
use wasmparser::SymbolFlags;
use wit_component::StringEncoding;
use wit_parser::{Resolve, WorldId};
use wit_source::Loaded;

/// What stays visible of a library, besides the exports of the worlds that its objects carry.
pub struct Visible<'a> {
    /// A world that it implements.
    pub world: Option<(Loaded, WorldId)>,
    /// Symbols of further functions.
    pub exports: &'a [String],
}

/// The symbol and the type of a function.
struct Found {
    symbol: String,
    signature: Signature,
}

/// Links objects and archives into one object, in which all other symbols are local.
pub fn static_library(
    inputs: &[PathBuf],
    visible: Visible<'_>,
    strip_debug: bool,
    linker: &LinkerArgs,
) -> Result<Vec<u8>> {
    let mut objects = Vec::new();
    for input in inputs {
        for (shown, bytes) in read_objects(input)? {
            objects.push(Object::parse(&shown, bytes)?);
        }
    }
    let exports = visible.exports;
    let names = Names::new(visible, &objects)?;
    let found = exported(&objects);
    let missing = names.required.iter().filter(|n| !found.contains_key(*n));
    let missing: Vec<&String> = missing.collect();
    if !missing.is_empty() {
        let shown: Vec<_> = missing.iter().map(|name| format!("`{name}`")).collect();
        let d = Diagnostic::new(format!("the library has no function {}", shown.join(", ")));
        return Err(if missing.iter().all(|name| exports.contains(name)) {
            d.hint("define it under this name, in Rust with `#[no_mangle] pub extern \"C\"`, or do not export it")
        } else {
            d.hint("implement the exports of the world; in Rust, with the `export!` macro of the bindings")
        }
        .into());
    }

    // The linker takes those members of an archive whose symbols are imported.
    let mut roots = ObjectWriter::default();
    let mut visible = BTreeMap::new();
    for name in names.required.iter().chain(&names.optional) {
        if let Some(Found { symbol, signature }) = found.get(name) {
            roots.import(symbol, signature.clone());
            visible.insert(symbol.clone(), name.clone());
        }
    }
    let mut scratch = Scratch::new()?;
    let mut args: Vec<OsString> = vec!["-r".into()];
    if strip_debug {
        args.push("--strip-debug".into());
    }
    let roots = scratch.write("exports of the world", &roots.finish())?;
    args.push(roots.into());
    args.extend(inputs.iter().map(|p| p.clone().into_os_string()));
    let linked = linker.run(&scratch, &args)?;

    let mut object = Object::parse("the library", linked)?;
    hide(&mut object, &visible);
    let mut bytes = object.write();
    if let Some((resolve, world)) = names.metadata {
        wit_component::embed_component_metadata(&mut bytes, &resolve, world, StringEncoding::UTF8)
            .map_err(|e| Diagnostic::new(format!("cannot write the world: {e:#}")))?;
    }
    Ok(bytes)
}

/// The names of the functions that stay visible.
struct Names {
    required: Vec<String>,
    optional: Vec<String>,
    /// The world to embed, if the objects do not carry one.
    metadata: Option<(Resolve, WorldId)>,
}

impl Names {
    fn new(visible: Visible<'_>, objects: &[Object]) -> Result<Self> {
        let mut names = Names {
            required: visible.exports.to_vec(),
            optional: Vec::new(),
            metadata: None,
        };
        let mut carried = false;
        for object in objects.iter().filter(|o| has_world(&o.bytes)) {
            let bindgen = read_world(object)?;
            names.add(&bindgen.resolve, bindgen.world);
            carried = true;
        }
        match visible.world {
            Some((loaded, world)) => {
                names.add(&loaded.resolve, world);
                names.metadata = (!carried).then_some((loaded.resolve, world));
            }
            None if !carried && visible.exports.is_empty() => {
                return Err(Diagnostic::new("the world of the library is unknown")
                    .hint("compile the bindings of a world into it, or pass `--wit` and `--world`")
                    .rule_hint("compile the bindings of a world into it, or set `wit` and `world`")
                    .into());
            }
            None => {}
        }
        let mut seen = BTreeSet::new();
        names.required.retain(|name| seen.insert(name.clone()));
        Ok(names)
    }

    fn add(&mut self, resolve: &Resolve, world: WorldId) {
        let (required, optional) = wanted(resolve, world);
        self.required.extend(required);
        self.optional.extend(optional);
    }
}

/// The functions that the objects export, by the names of exports or else of symbols.
fn exported(objects: &[Object]) -> BTreeMap<String, Found> {
    let mut out = BTreeMap::new();
    for object in objects {
        for symbol in &object.symbols {
            let (Some(name), Some(own), Some(signature)) = (
                object.exported_as(symbol),
                symbol.name.as_ref(),
                object.signature(symbol),
            ) else {
                continue;
            };
            // The linker takes the first one, too.
            out.entry(name.to_owned()).or_insert_with(|| Found {
                symbol: own.clone(),
                signature,
            });
        }
    }
    out
}

/// Makes all symbols local except those in `visible`, which get the names of the exports.
fn hide(object: &mut Object, visible: &BTreeMap<String, String>) {
    for symbol in object.symbols.iter_mut().filter(|s| s.is_defined()) {
        symbol.flags.remove(SymbolFlags::EXPORTED);
        let is_candidate = matches!(symbol.target, Target::Func(_)) && !symbol.is_local();
        let name = symbol.name.as_ref().filter(|_| is_candidate);
        match name.and_then(|name| visible.get(name)) {
            Some(name) => {
                symbol.name = Some(name.clone());
                symbol
                    .flags
                    .remove(SymbolFlags::BINDING_LOCAL | SymbolFlags::BINDING_WEAK);
            }
            None => {
                symbol.flags.remove(SymbolFlags::BINDING_WEAK);
                symbol.flags.insert(SymbolFlags::BINDING_LOCAL);
            }
        }
    }
}
