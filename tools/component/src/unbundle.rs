//! `component unbundle`: core modules out of a component, which imports them then.

use crate::input::{features, read_component, validate};
use rules_wit_common::{display_path, write_file, write_output, Diagnostic, Failure, Result};
use std::collections::HashMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use wasm_encoder::reencode::{Error, Reencode, ReencodeComponent, RoundtripReencoder};
use wasm_encoder::{
    Alias, Component, ComponentAliasSection, ComponentImportSection, ComponentOuterAliasKind,
    ComponentSectionId, ComponentTypeRef, CoreTypeSection, EntityType, ModuleType, RawSection,
};
use wasmparser::types::{CoreTypeId, EntityType as Validated, Types};
use wasmparser::{CompositeInnerType, Parser, Payload, ValidPayload, Validator};

/// Takes the core modules out of a component.
///
/// Writes each module that is larger than the threshold to a file `unbundled-moduleN.wasm` in the
/// directory, in the order of the component, and `component.wasm`, the component that imports them
/// by those names. So hosts can compile modules once that several components have, and tools for
/// modules can work on them. Names, numbers and threshold are those of `wasm-tools component
/// unbundle`. Prints the files with their sizes.
#[derive(clap::Args)]
pub struct Args {
    /// The component.
    component: PathBuf,
    /// The directory to write to.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// The size in bytes up to which modules stay in the component.
    #[arg(long, value_name = "BYTES", default_value_t = 10 << 10)]
    threshold: usize,
    /// The label of the target that the files belong to.
    #[arg(long)]
    label: Option<String>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<()> {
    unbundle(args).map_err(|e| e.target(args.label.as_deref()))
}

fn unbundle(args: &Args) -> Result<()> {
    let bytes = read_component(&args.component)?;
    validate(&args.component, &bytes)?;
    let unbundled = Unbundled::of(&bytes, args.threshold)
        .map_err(|e| -> Failure { refused(&args.component, &e).into() })?;

    std::fs::create_dir_all(&args.output).map_err(|e| {
        let shown = display_path(&args.output);
        Diagnostic::environment(format!("cannot make the directory `{shown}`: {e}"))
    })?;
    let mut summary = String::new();
    let mut write = |name: &str, bytes: &[u8]| -> Result<()> {
        let path = args.output.join(name);
        write_file(&path, bytes)?;
        let _ = writeln!(summary, "{} {}", display_path(&path), bytes.len());
        Ok(())
    };
    for (n, module) in unbundled.modules.iter().enumerate() {
        write(&format!("{}.wasm", import_name(n)), module)?;
    }
    // It comes last: where it is, the others are.
    write("component.wasm", &unbundled.component)?;
    write_output(Path::new("-"), summary.as_bytes(), false)
}

fn refused(path: &Path, problem: &str) -> Diagnostic {
    Diagnostic::new(format!(
        "cannot take the modules out of `{}`: {problem}",
        display_path(path)
    ))
    .hint("leave small modules in with a larger `--threshold`, or build without that proposal")
}

fn import_name(n: usize) -> String {
    format!("unbundled-module{n}")
}

/// A component and what was taken out of it.
struct Unbundled<'a> {
    modules: Vec<&'a [u8]>,
    component: Vec<u8>,
}

impl<'a> Unbundled<'a> {
    fn of(bytes: &'a [u8], threshold: usize) -> Result<Self, String> {
        let mut taken = Vec::new();
        let mut modules = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload.map_err(|e| e.to_string())?;
            let Payload::ModuleSection {
                unchecked_range, ..
            } = payload
            else {
                continue;
            };
            let module = usize::try_from(unchecked_range.start)
                .ok()
                .zip(usize::try_from(unchecked_range.end).ok())
                .and_then(|(start, end)| bytes.get(start..end))
                .ok_or("a module is cut short")?;
            taken.push(module.len() > threshold);
            if module.len() > threshold {
                modules.push(module);
            }
        }

        let mut types = FunctionTypes::default();
        let mut imports = ComponentImportSection::new();
        for (n, module) in modules.iter().enumerate() {
            let ty = module_type(module, &mut types).map_err(|e| format!("module {n}: {e}"))?;
            let index = types.section.len();
            types.section.ty().module(&ty);
            imports.import(import_name(n).as_str(), ComponentTypeRef::Module(index));
        }
        let mut component = Component::new();
        component.section(&types.section);
        component.section(&imports);
        Shifted {
            types: types.section.len(),
            modules: imports.len(),
            depth: 0,
            taken: taken.into_iter(),
            next: 0,
        }
        .parse_component(&mut component, Parser::new(0), bytes)
        .map_err(|e| e.to_string())?;
        Ok(Unbundled {
            modules,
            component: component.finish(),
        })
    }
}

const UNSPEAKABLE: &str =
    "what it imports or exports has a type that cannot be written in an import of the module";

fn unspeakable(_: Error) -> String {
    UNSPEAKABLE.to_owned()
}

/// The types of functions that the types of modules share, once each, and behind them those.
#[derive(Default)]
struct FunctionTypes {
    section: CoreTypeSection,
    known: HashMap<(Vec<wasm_encoder::ValType>, Vec<wasm_encoder::ValType>), u32>,
}

impl FunctionTypes {
    fn index(&mut self, id: CoreTypeId, types: &Types) -> Result<u32, String> {
        let ty = &types[id];
        let CompositeInnerType::Func(func) = &ty.composite_type.inner else {
            return Err(UNSPEAKABLE.to_owned());
        };
        // A type of a group is another one than the same type alone.
        let all = types.as_ref();
        let alone = all.rec_group_elements(all.rec_group_id_of(id)).len() == 1;
        if !alone || !ty.is_final || ty.supertype_idx.is_some() || ty.composite_type.shared {
            return Err(UNSPEAKABLE.to_owned());
        }
        let values = |types: &[wasmparser::ValType]| {
            let types = types.iter().map(|ty| RoundtripReencoder.val_type(*ty));
            types.collect::<Result<Vec<_>, _>>()
        };
        let params = values(func.params()).map_err(unspeakable)?;
        let results = values(func.results()).map_err(unspeakable)?;
        let section = &mut self.section;
        let index = self.known.entry((params, results)).or_insert_with_key(|k| {
            let index = section.len();
            let (params, results) = k.clone();
            section.ty().core().function(params, results);
            index
        });
        Ok(*index)
    }
}

/// What a module imports and exports, as a type for the import of the module.
fn module_type(module: &[u8], functions: &mut FunctionTypes) -> Result<ModuleType, String> {
    let mut validator = Validator::new_with_features(features());
    let mut types = None;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload.map_err(|e| e.to_string())?;
        // The bodies of functions have been validated with the component.
        if let ValidPayload::End(end) = validator.payload(&payload).map_err(|e| e.to_string())? {
            types = Some(end);
        }
    }
    let types = types.ok_or("it has no end")?;
    let mut writer = TypeWriter {
        functions,
        types: &types,
        aliases: HashMap::new(),
        module: ModuleType::new(),
    };
    let all = types.as_ref();
    for (module, name, ty) in all.core_imports().into_iter().flatten() {
        let ty = writer.entity(ty)?;
        writer.module.import(module, name, ty);
    }
    for (name, ty) in all.core_exports().into_iter().flatten() {
        let ty = writer.entity(ty)?;
        writer.module.export(name, ty);
    }
    Ok(writer.module)
}

struct TypeWriter<'a> {
    functions: &'a mut FunctionTypes,
    types: &'a Types,
    /// The module type's own number of each shared type.
    aliases: HashMap<u32, u32>,
    module: ModuleType,
}

impl TypeWriter<'_> {
    fn function(&mut self, id: CoreTypeId) -> Result<u32, String> {
        let outer = self.functions.index(id, self.types)?;
        if let Some(index) = self.aliases.get(&outer) {
            return Ok(*index);
        }
        let index = self.module.type_count();
        self.module.alias_outer_core_type(1, outer);
        self.aliases.insert(outer, index);
        Ok(index)
    }

    fn entity(&mut self, ty: Validated) -> Result<EntityType, String> {
        Ok(match ty {
            Validated::Func(id) => EntityType::Function(self.function(id)?),
            Validated::FuncExact(id) => EntityType::FunctionExact(self.function(id)?),
            Validated::Table(ty) => {
                EntityType::Table(RoundtripReencoder.table_type(ty).map_err(unspeakable)?)
            }
            Validated::Memory(ty) => {
                EntityType::Memory(RoundtripReencoder.memory_type(ty).map_err(unspeakable)?)
            }
            Validated::Global(ty) => {
                EntityType::Global(RoundtripReencoder.global_type(ty).map_err(unspeakable)?)
            }
            Validated::Tag(id) => EntityType::Tag(wasm_encoder::TagType {
                kind: wasm_encoder::TagKind::Exception,
                func_type_idx: self.function(id)?,
            }),
        })
    }
}

/// The component behind the new types and imports, which push the numbers of its own up.
struct Shifted {
    types: u32,
    modules: u32,
    /// How many components deep we are.
    depth: u32,
    /// Which modules were taken out, in the order of the component.
    taken: std::vec::IntoIter<bool>,
    /// The number of the next one that was.
    next: u32,
}

impl Reencode for Shifted {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error<Self::Error>> {
        self.outer_type_index(0, index)
    }
}

impl ReencodeComponent for Shifted {
    fn outer_type_index(&mut self, count: u32, index: u32) -> Result<u32, Error<Self::Error>> {
        Ok(index + if count == self.depth { self.types } else { 0 })
    }

    fn module_index(&mut self, index: u32) -> u32 {
        self.outer_module_index(0, index)
    }

    fn outer_module_index(&mut self, count: u32, index: u32) -> u32 {
        index + if count == self.depth { self.modules } else { 0 }
    }

    fn push_depth(&mut self) {
        self.depth += 1;
    }

    fn pop_depth(&mut self) {
        self.depth -= 1;
    }

    fn parse_component_submodule(
        &mut self,
        component: &mut Component,
        _parser: Parser,
        module: &[u8],
    ) -> Result<(), Error<Self::Error>> {
        if self.taken.next() != Some(true) {
            component.section(&RawSection {
                id: ComponentSectionId::CoreModule as u8,
                data: module,
            });
            return Ok(());
        }
        let mut aliases = ComponentAliasSection::new();
        aliases.alias(Alias::Outer {
            kind: ComponentOuterAliasKind::CoreModule,
            count: self.depth,
            index: self.next,
        });
        self.next += 1;
        component.section(&aliases);
        Ok(())
    }
}
