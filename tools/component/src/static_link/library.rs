//! `component static-library`: an object that says in WIT what it has and wants.

use super::glue::{Glue, Signature};
use super::linker::{read_objects, LinkerArgs, Scratch};
use super::object::{Object, Target};
use super::worlds::{has_world, read_world, wanted};
use crate::named_world::NamedWorld;
use rules_wit_common::{write_output, Diagnostic, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use wasmparser::SymbolFlags;
use wit_component::StringEncoding;

/// Makes one relocatable object of what a compiler wrote.
///
/// Of its symbols only those are left visible that its world exports; so libraries of any language
/// or compiler, each with a standard library of its own, can be linked together. Memory they take
/// from `malloc`, which stays open until `component static-link`.
#[derive(clap::Args)]
pub struct Args {
    /// Objects and archives.
    #[arg(required = true)]
    inputs: Vec<PathBuf>,
    /// Where to write the object; `-` is the standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// The label of the target that the object belongs to.
    #[arg(long)]
    label: Option<String>,
    #[command(flatten)]
    world: NamedWorld,
    /// A further function that stays visible, such as `malloc`.
    #[arg(long = "export", value_name = "SYMBOL")]
    exports: Vec<String>,
    /// Leave out debug information.
    #[arg(long)]
    strip_debug: bool,
    #[command(flatten)]
    linker: LinkerArgs,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    library(args).map_err(|e| e.target(args.label.as_deref()))
}

/// A function that some object defines: its symbol, and its type.
struct Found {
    symbol: String,
    signature: Signature,
}

fn library(args: &Args) -> Result<()> {
    let mut objects = Vec::new();
    for input in &args.inputs {
        for (shown, bytes) in read_objects(input)? {
            objects.push(Object::parse(&shown, bytes)?);
        }
    }
    let (required, optional, metadata) = names(args, &objects)?;
    let found = exported(&objects);
    let missing: Vec<&str> = required
        .iter()
        .filter(|name| !found.contains_key(*name))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        return Err(Diagnostic::new(format!(
            "the library has no function {}",
            missing
                .iter()
                .map(|m| format!("`{m}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ))
        .hint("implement what the world exports: in Rust with the macro `export!` of the bindings")
        .into());
    }

    // Objects of an archive are linked where somebody wants a symbol of theirs.
    let mut roots = Glue::default();
    let mut visible = BTreeMap::new();
    for name in required.iter().chain(&optional) {
        if let Some(Found { symbol, signature }) = found.get(name) {
            roots.import(symbol, signature.clone());
            visible.insert(symbol.clone(), name.clone());
        }
    }
    let mut scratch = Scratch::new()?;
    let mut command = vec!["-r".into()];
    if args.strip_debug {
        command.push("--strip-debug".into());
    }
    command.push(
        scratch
            .write("what the world exports", &roots.finish())?
            .into(),
    );
    command.extend(args.inputs.iter().map(|p| p.clone().into_os_string()));
    let linked = args.linker.run(&scratch, &command)?;

    let mut object = Object::parse("the library", linked)?;
    hide(&mut object, &visible);
    let mut bytes = object.write();
    if let Some((resolve, world)) = metadata {
        wit_component::embed_component_metadata(&mut bytes, &resolve, world, StringEncoding::UTF8)
            .map_err(|e| Diagnostic::new(format!("cannot write the world: {e:#}")))?;
    }
    write_output(&args.output, &bytes, true)
}

type World = (wit_parser::Resolve, wit_parser::WorldId);

/// What must be visible, what may be, and the world if the objects do not have it.
fn names(args: &Args, objects: &[Object]) -> Result<(Vec<String>, Vec<String>, Option<World>)> {
    let mut required = args.exports.clone();
    let mut optional = Vec::new();
    let mut add = |(must, may): (Vec<String>, Vec<String>)| {
        required.extend(must);
        optional.extend(may);
    };
    let mut described = false;
    for object in objects.iter().filter(|o| has_world(&o.bytes)) {
        let bindgen = read_world(object)?;
        add(wanted(&bindgen.resolve, bindgen.world));
        described = true;
    }
    let mut metadata = None;
    match args.world.load(args.label.as_deref())? {
        Some((loaded, world)) => {
            add(wanted(&loaded.resolve, world));
            metadata = (!described).then_some((loaded.resolve, world));
        }
        None if !described && args.exports.is_empty() => {
            return Err(
                Diagnostic::new("nothing says what the world of the library is")
                    .hint("compile the bindings of a world into it, or give `--wit` and `--world`")
                    .into(),
            );
        }
        None => {}
    }
    let mut seen = BTreeSet::new();
    required.retain(|name| seen.insert(name.clone()));
    Ok((required, optional, metadata))
}

/// What the objects export: by the names that were given for that, else by those of symbols.
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
            // The first one is the one that the linker takes.
            out.entry(name.to_owned()).or_insert_with(|| Found {
                symbol: own.clone(),
                signature,
            });
        }
    }
    out
}

/// Makes all symbols local but those that are named, which get the names that the world has.
fn hide(object: &mut Object, visible: &BTreeMap<String, String>) {
    for symbol in object.symbols.iter_mut().filter(|s| s.is_defined()) {
        symbol.flags.remove(SymbolFlags::EXPORTED);
        let may = matches!(symbol.target, Target::Func(_)) && !symbol.is_local();
        let name = symbol.name.as_ref().filter(|_| may);
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
