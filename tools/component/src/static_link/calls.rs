//! Connects imports of libraries with the exports of others.

use super::argument_copy::{core, ArgumentCopy, COPY};
use super::compat::{same_functions, unfit};
use super::library_worlds::{functions, Worlds};
use super::linked_world::LinkedWorld;
use super::object::{Import, Object};
use super::object_writer::{Code, ObjectWriter, Signature};
use super::provided::{Export, Provided};
use rules_wit_common::{Diagnostic, Failure, Result};
use std::collections::BTreeSet;
use wasm_encoder::{BlockType, Instruction as I, ValType};
use wasmparser::SymbolFlags;
use wit_parser::abi::{AbiVariant, WasmSignature};
use wit_parser::{Function, Type};

/// The function that converts between handles and representations, which are the same between
/// libraries.
const SAME: &str = "static_link_same";
/// The destructor of resources without one.
const NOTHING: &str = "static_link_nothing";

/// Connects imports with exports.
pub struct Calls<'a> {
    worlds: &'a Worlds,
    provided: &'a Provided,
    world: &'a LinkedWorld,
    copies: ArgumentCopy<'a>,
}

/// An import, and the export that satisfies it.
struct Edge<'a> {
    import: &'a Import,
    /// The name of the exported interface or function.
    name: &'a str,
    export: &'a Export,
}

impl<'a> Calls<'a> {
    /// Computes the layouts of all types.
    pub fn new(worlds: &'a Worlds, provided: &'a Provided, world: &'a LinkedWorld) -> Self {
        Calls {
            worlds,
            provided,
            world,
            copies: ArgumentCopy::new(&worlds.resolve),
        }
    }

    /// Renames the symbols of satisfied imports to those of the exports, or of generated functions
    /// in between.
    pub fn connect(&self, objects: &mut [Object], writer: &mut ObjectWriter) -> Result<()> {
        let symbols: Vec<BTreeSet<String>> = objects
            .iter()
            .map(|o| o.defined().map(str::to_owned).collect())
            .collect();
        let mut problems = Vec::new();
        for (library, object) in objects.iter_mut().enumerate() {
            let mut names = Vec::new();
            for (index, symbol) in object.symbols.iter().enumerate() {
                let Some(import) = object.import(symbol) else {
                    continue;
                };
                match self.target(library, &object.shown, import, &symbols, writer) {
                    Ok(Some(name)) => names.push((index, name)),
                    Ok(None) => {}
                    Err(failure) => problems.extend(failure.diagnostics()),
                }
            }
            // Each symbol name must be unique within an object.
            let mut taken: BTreeSet<String> = object
                .symbols
                .iter()
                .filter(|s| !s.is_local())
                .filter_map(|s| object.name(s).map(str::to_owned))
                .collect();
            for (index, mut name) in names {
                let signature = object.symbols.get(index).and_then(|s| object.signature(s));
                if let (false, Some(signature)) = (taken.insert(name.clone()), signature) {
                    name = forward(&name, library, index, signature, writer);
                }
                if let Some(symbol) = object.symbols.get_mut(index) {
                    symbol.name = Some(name);
                    symbol.flags.insert(SymbolFlags::EXPLICIT_NAME);
                }
            }
        }
        Failure::from_all(problems).map_or(Ok(()), Err)
    }

    /// The symbol that satisfies an import of a library, if another library exports it.
    fn target(
        &self,
        library: usize,
        shown: &str,
        import: &Import,
        symbols: &[BTreeSet<String>],
        writer: &mut ObjectWriter,
    ) -> Result<Option<String>> {
        if let Some(module) = import.module.strip_prefix("[export]") {
            // The library's own resource, which the host manages if it is exported.
            if self.world.exports.contains(module) {
                return Ok(None);
            }
            return Ok(own_resource(module, import, &symbols[library], writer));
        }
        let Some(edge) = self.edge(library, import) else {
            return Ok(None);
        };
        let of = &symbols[edge.export.library];
        if let Some(resource) = import.field.strip_prefix("[resource-drop]") {
            let destructor = format!("{}#[dtor]{resource}", edge.name);
            return Ok(Some(destructor_or_nothing(destructor, of, writer)));
        }
        let refuse = |why: String, hint: &str| -> Failure {
            Diagnostic::new(format!(
                "cannot link `{}` of `{}`, which `{shown}` imports: {why}",
                import.field, import.module
            ))
            .hint(hint.to_owned())
            .into()
        };
        const COMPONENTS: &str = "link the two as components, and use `component lower`";
        // An intrinsic for asynchronous tasks. If it is still imported after linking, that is an
        // error.
        let (Some(wanted), Some(given)) = (self.wanted(library, import), self.given(&edge, import))
        else {
            return Ok(None);
        };
        if wanted.kind.is_async() || given.kind.is_async() {
            return Err(refuse("it is async".to_owned(), COMPONENTS));
        }
        let resolve = &self.worlds.resolve;
        let signature = |f: &Function, variant| resolve.wasm_signature(variant, f);
        let outer = signature(wanted, AbiVariant::GuestImport);
        let inner = signature(given, AbiVariant::GuestExport);
        if !same_functions(resolve, wanted, given) {
            return Err(refuse(
                format!(
                    "its type differs from that of the exported function of `{}`",
                    edge.name
                ),
                "build both libraries with the same WIT packages",
            ));
        }
        for ty in given.params.iter().map(|p| &p.ty).chain(&given.result) {
            if let Some(why) = unfit(resolve, &self.copies, ty, &edge.export.key) {
                return Err(refuse(why, COMPONENTS));
            }
        }
        let export = match edge.import.module.as_str() {
            "$root" => given.name.clone(),
            _ => format!("{}#{}", edge.name, given.name),
        };
        let params: Vec<Type> = given.params.iter().map(|p| p.ty).collect();
        let plain = !outer.indirect_params
            && !outer.retptr
            && !params.iter().any(|ty| self.copies.has_buffers(ty));
        if plain {
            return Ok(Some(export));
        }
        let name = format!("static_link {export}");
        if !writer.has(&name) {
            // If the callee would free the result after the call, the caller takes ownership
            // without a copy. Otherwise the result stays the callee's, and is copied.
            let moves = of.contains(&format!("cabi_post_{export}"));
            self.call(
                &name,
                &export,
                given,
                &params,
                (&outer, &inner),
                moves,
                writer,
            );
        }
        Ok(Some(name))
    }

    fn edge<'b>(&'b self, library: usize, import: &'b Import) -> Option<Edge<'b>> {
        let name = match import.module.as_str() {
            "$root" => import.field.as_str(),
            module => module,
        };
        let (name, export) = self.provided.find(library, name)?;
        Some(Edge {
            import,
            name,
            export,
        })
    }

    /// The imported function, in the world of the library.
    fn wanted(&self, library: usize, import: &Import) -> Option<&Function> {
        let resolve = &self.worlds.resolve;
        let world = (*self.worlds.worlds.get(library)?)?;
        functions(resolve, &resolve.worlds[world].imports)
            .into_iter()
            .find(|item| item.module == import.module && item.func.name == import.field)
            .map(|item| item.func)
    }

    /// The exported function, in the world of its library.
    fn given(&self, edge: &Edge, import: &Import) -> Option<&Function> {
        let resolve = &self.worlds.resolve;
        let world = (*self.worlds.worlds.get(edge.export.library)?)?;
        let item = resolve.worlds[world]
            .exports
            .get_key_value(&edge.export.key)?;
        functions(resolve, [item])
            .into_iter()
            .find(|item| item.func.name == import.field)
            .map(|item| item.func)
    }

    /// Writes the function `name` of the import's type, which calls the export with copied
    /// arguments.
    #[allow(clippy::too_many_arguments)]
    fn call(
        &self,
        name: &str,
        export: &str,
        func: &Function,
        params: &[Type],
        (outer, inner): (&WasmSignature, &WasmSignature),
        moves: bool,
        writer: &mut ObjectWriter,
    ) {
        let cores = |s: &WasmSignature| {
            let types = |types: &[_]| types.iter().map(|ty| core(*ty)).collect::<Vec<_>>();
            (types(&s.params), types(&s.results))
        };
        writer.import(export, cores(inner));
        let mut code = Code::new(outer.params.len());
        if outer.indirect_params {
            // The callee frees the block with its parameters.
            let (size, align, offsets) = self.copies.params(params);
            code.ops(&[
                I::LocalGet(0),
                I::I32Const(size as i32),
                I::I32Const(align as i32),
            ]);
            code.call(COPY);
            code.ops(&[I::LocalSet(0)]);
            for (ty, offset) in params.iter().zip(offsets) {
                self.copies.value_at(&mut code, ty, 0, offset);
            }
            code.ops(&[I::LocalGet(0)]);
        } else {
            let mut at = 0;
            for ty in params {
                let width = self.copies.width(ty) as u32;
                let locals: Vec<u32> = (at..at + width).collect();
                self.copies.flat_value(&mut code, ty, &locals);
                at += width;
            }
            let all: Vec<I> = (0..at).map(I::LocalGet).collect();
            code.ops(&all);
        }
        code.call(export);
        if let (true, Some(ty)) = (outer.retptr, &func.result) {
            let area = outer.params.len() as u32 - 1;
            let from = code.local(ValType::I32);
            code.ops(&[
                I::LocalSet(from),
                I::LocalGet(area),
                I::LocalGet(from),
                I::I32Const(self.copies.size(ty) as i32),
                I::MemoryCopy {
                    src_mem: 0,
                    dst_mem: 0,
                },
            ]);
            if !moves {
                self.copies.value_at(&mut code, ty, area, 0);
            }
        }
        if params
            .iter()
            .chain(&func.result)
            .any(|ty| self.copies.has_buffers(ty))
            || outer.indirect_params
        {
            copy_function(writer);
        }
        writer.function(name, cores(outer), SymbolFlags::VISIBILITY_HIDDEN, code);
    }
}

/// Writes a function that calls another one; returns its unique name.
fn forward(
    to: &str,
    library: usize,
    index: usize,
    signature: Signature,
    writer: &mut ObjectWriter,
) -> String {
    let name = format!("static_link {library} {index} {to}");
    let mut code = Code::new(signature.0.len());
    for local in 0..signature.0.len() {
        code.ops(&[I::LocalGet(local as u32)]);
    }
    code.call(to);
    if !writer.has(to) {
        writer.import(to, signature.clone());
    }
    writer.function(&name, signature, SymbolFlags::VISIBILITY_HIDDEN, code);
    name
}

/// The symbol of an intrinsic for a library's own resource, which the host does not see.
fn own_resource(
    module: &str,
    import: &Import,
    symbols: &BTreeSet<String>,
    writer: &mut ObjectWriter,
) -> Option<String> {
    let field = import.field.as_str();
    if let Some(resource) = field.strip_prefix("[resource-drop]") {
        let destructor = format!("{module}#[dtor]{resource}");
        return Some(destructor_or_nothing(destructor, symbols, writer));
    }
    if field.starts_with("[resource-new]") || field.starts_with("[resource-rep]") {
        if !writer.has(SAME) {
            let mut code = Code::new(1);
            code.ops(&[I::LocalGet(0)]);
            let ty = (vec![ValType::I32], vec![ValType::I32]);
            writer.function(SAME, ty, SymbolFlags::VISIBILITY_HIDDEN, code);
        }
        return Some(SAME.to_owned());
    }
    None
}

/// The destructor `symbol`, or one that does nothing.
fn destructor_or_nothing(
    symbol: String,
    symbols: &BTreeSet<String>,
    writer: &mut ObjectWriter,
) -> String {
    if symbols.contains(&symbol) {
        return symbol;
    }
    if !writer.has(NOTHING) {
        let ty = (vec![ValType::I32], vec![]);
        writer.function(NOTHING, ty, SymbolFlags::VISIBILITY_HIDDEN, Code::new(1));
    }
    NOTHING.to_owned()
}

/// Writes the function that copies a block: (address, size, alignment) -> address. The address of
/// an empty block is its alignment.
fn copy_function(writer: &mut ObjectWriter) {
    if writer.has(COPY) {
        return;
    }
    writer.import("malloc", (vec![ValType::I32], vec![ValType::I32]));
    let mut code = Code::new(3);
    let to = code.local(ValType::I32);
    code.ops(&[
        I::LocalGet(1),
        I::I32Eqz,
        I::If(BlockType::Empty),
        I::LocalGet(2),
        I::Return,
        I::End,
        I::LocalGet(1),
    ]);
    code.call("malloc");
    code.ops(&[I::LocalSet(to)]);
    code.trap_if_null(to);
    code.ops(&[
        I::LocalGet(to),
        I::LocalGet(0),
        I::LocalGet(1),
        I::MemoryCopy {
            src_mem: 0,
            dst_mem: 0,
        },
        I::LocalGet(to),
    ]);
    let ty = (vec![ValType::I32; 3], vec![ValType::I32]);
    writer.function(COPY, ty, SymbolFlags::VISIBILITY_HIDDEN, code);
}
