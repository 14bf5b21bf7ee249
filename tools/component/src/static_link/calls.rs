//! Calls between libraries: what an import of one means where another has it.

use super::copies::{core, Copies, COPY};
use super::fit::{same_functions, unfit};
use super::glue::{Code, Glue, Signature};
use super::link::Provided;
use super::object::{Import, Object};
use super::world::{provider, Chosen};
use super::worlds::{functions, Worlds};
use rules_wit_common::{Diagnostic, Failure, Result};
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{BlockType, Instruction as I, ValType};
use wasmparser::SymbolFlags;
use wit_parser::abi::{AbiVariant, WasmSignature};
use wit_parser::{Function, Type};

/// What handles are where nobody but the libraries sees them: the representation itself.
const SAME: &str = "static_link_same";
/// The destructor of a resource without one.
const NOTHING: &str = "static_link_nothing";

/// Connects imports with exports.
pub struct Calls<'a> {
    worlds: &'a Worlds,
    provided: &'a BTreeMap<String, Provided>,
    chosen: &'a Chosen,
    copies: Copies<'a>,
}

/// An import, and the library that has what it asks for.
struct Edge<'a> {
    import: &'a Import,
    /// The name by which the library exports the interface, or the function itself.
    name: &'a str,
    provided: &'a Provided,
}

impl<'a> Calls<'a> {
    /// Computes layouts.
    pub fn new(
        worlds: &'a Worlds,
        provided: &'a BTreeMap<String, Provided>,
        chosen: &'a Chosen,
    ) -> Self {
        Calls {
            worlds,
            provided,
            chosen,
            copies: Copies::new(&worlds.resolve),
        }
    }

    /// Gives the symbols of satisfied imports the name of what satisfies them, and writes what is
    /// between them.
    pub fn connect(&self, objects: &mut [Object], glue: &mut Glue) -> Result<()> {
        let symbols: Vec<BTreeSet<String>> = objects
            .iter()
            .map(|o| super::link::defined(o).map(str::to_owned).collect())
            .collect();
        let mut problems = Vec::new();
        for (library, object) in objects.iter_mut().enumerate() {
            let mut names = Vec::new();
            for (index, symbol) in object.symbols.iter().enumerate() {
                let Some(import) = object.import(symbol) else {
                    continue;
                };
                match self.target(library, &object.shown, import, &symbols, glue) {
                    Ok(Some(name)) => names.push((index, name)),
                    Ok(None) => {}
                    Err(failure) => problems.extend(failure.diagnostics()),
                }
            }
            // An object has each name once, whether defined or not.
            let mut taken: BTreeSet<String> = object
                .symbols
                .iter()
                .filter(|s| !s.is_local())
                .filter_map(|s| object.name(s).map(str::to_owned))
                .collect();
            for (index, mut name) in names {
                let signature = object.symbols.get(index).and_then(|s| object.signature(s));
                if let (false, Some(signature)) = (taken.insert(name.clone()), signature) {
                    name = forward(&name, library, index, signature, glue);
                }
                if let Some(symbol) = object.symbols.get_mut(index) {
                    symbol.name = Some(name);
                    symbol.flags.insert(SymbolFlags::EXPLICIT_NAME);
                }
            }
        }
        Failure::from_all(problems).map_or(Ok(()), Err)
    }

    /// The symbol that an import of a library stands for, if it is in another.
    fn target(
        &self,
        library: usize,
        shown: &str,
        import: &Import,
        symbols: &[BTreeSet<String>],
        glue: &mut Glue,
    ) -> Result<Option<String>> {
        if let Some(module) = import.module.strip_prefix("[export]") {
            // About its own resources: the host's affair where it is exported.
            if self.chosen.exports.contains(module) {
                return Ok(None);
            }
            return Ok(own_resource(module, import, &symbols[library], glue));
        }
        let Some(edge) = self.edge(library, import) else {
            return Ok(None);
        };
        let of = &symbols[edge.provided.library];
        if let Some(resource) = import.field.strip_prefix("[resource-drop]") {
            let destructor = format!("{}#[dtor]{resource}", edge.name);
            return Ok(Some(destructor_or_nothing(destructor, of, glue)));
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
        // Something about tasks: if it is still there after linking, that is an error.
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
                    "the library has another function of that name as `{}`",
                    edge.name
                ),
                "build both libraries with the same WIT packages",
            ));
        }
        for ty in given.params.iter().map(|p| &p.ty).chain(&given.result) {
            if let Some(why) = unfit(resolve, &self.copies, ty, &edge.provided.key) {
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
            && !params.iter().any(|ty| self.copies.has_blocks(ty));
        if plain {
            return Ok(Some(export));
        }
        let name = format!("static_link {export}");
        if !glue.has(&name) {
            // What comes back is the caller's where the callee would free it after the call, else
            // it stays the callee's.
            let moves = of.contains(&format!("cabi_post_{export}"));
            self.call(
                &name,
                &export,
                given,
                &params,
                (&outer, &inner),
                moves,
                glue,
            );
        }
        Ok(Some(name))
    }

    fn edge<'b>(&'b self, library: usize, import: &'b Import) -> Option<Edge<'b>> {
        let name = match import.module.as_str() {
            "$root" => import.field.as_str(),
            module => module,
        };
        let (name, provided) = provider(self.provided, library, name)?;
        Some(Edge {
            import,
            name,
            provided,
        })
    }

    /// The function that a library's world imports.
    fn wanted(&self, library: usize, import: &Import) -> Option<&Function> {
        let resolve = &self.worlds.resolve;
        let world = (*self.worlds.worlds.get(library)?)?;
        functions(resolve, &resolve.worlds[world].imports)
            .into_iter()
            .find(|item| item.module == import.module && item.func.name == import.field)
            .map(|item| item.func)
    }

    /// The function that satisfies it.
    fn given(&self, edge: &Edge, import: &Import) -> Option<&Function> {
        let resolve = &self.worlds.resolve;
        let world = (*self.worlds.worlds.get(edge.provided.library)?)?;
        let item = resolve.worlds[world]
            .exports
            .get_key_value(&edge.provided.key)?;
        functions(resolve, [item])
            .into_iter()
            .find(|item| item.func.name == import.field)
            .map(|item| item.func)
    }

    /// Writes a function with the type of the import that calls the export.
    #[allow(clippy::too_many_arguments)]
    fn call(
        &self,
        name: &str,
        export: &str,
        func: &Function,
        params: &[Type],
        (outer, inner): (&WasmSignature, &WasmSignature),
        moves: bool,
        glue: &mut Glue,
    ) {
        let cores = |s: &WasmSignature| {
            let types = |types: &[_]| types.iter().map(|ty| core(*ty)).collect::<Vec<_>>();
            (types(&s.params), types(&s.results))
        };
        glue.import(export, cores(inner));
        let mut code = Code::new(outer.params.len());
        if outer.indirect_params {
            // The callee frees the block that its parameters are in.
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
            .any(|ty| self.copies.has_blocks(ty))
            || outer.indirect_params
        {
            copy_function(glue);
        }
        glue.function(name, cores(outer), SymbolFlags::VISIBILITY_HIDDEN, code);
    }
}

/// A function that does what another does, under a name that nothing else has.
fn forward(
    to: &str,
    library: usize,
    index: usize,
    signature: Signature,
    glue: &mut Glue,
) -> String {
    let name = format!("static_link {library} {index} {to}");
    let mut code = Code::new(signature.0.len());
    for local in 0..signature.0.len() {
        code.ops(&[I::LocalGet(local as u32)]);
    }
    code.call(to);
    if !glue.has(to) {
        glue.import(to, signature.clone());
    }
    glue.function(&name, signature, SymbolFlags::VISIBILITY_HIDDEN, code);
    name
}

/// What a library asks about a resource of its own that no host sees.
fn own_resource(
    module: &str,
    import: &Import,
    symbols: &BTreeSet<String>,
    glue: &mut Glue,
) -> Option<String> {
    let field = import.field.as_str();
    if let Some(resource) = field.strip_prefix("[resource-drop]") {
        let destructor = format!("{module}#[dtor]{resource}");
        return Some(destructor_or_nothing(destructor, symbols, glue));
    }
    if field.starts_with("[resource-new]") || field.starts_with("[resource-rep]") {
        if !glue.has(SAME) {
            let mut code = Code::new(1);
            code.ops(&[I::LocalGet(0)]);
            let ty = (vec![ValType::I32], vec![ValType::I32]);
            glue.function(SAME, ty, SymbolFlags::VISIBILITY_HIDDEN, code);
        }
        return Some(SAME.to_owned());
    }
    None
}

fn destructor_or_nothing(symbol: String, symbols: &BTreeSet<String>, glue: &mut Glue) -> String {
    if symbols.contains(&symbol) {
        return symbol;
    }
    if !glue.has(NOTHING) {
        let ty = (vec![ValType::I32], vec![]);
        glue.function(NOTHING, ty, SymbolFlags::VISIBILITY_HIDDEN, Code::new(1));
    }
    NOTHING.to_owned()
}

/// (address, size, alignment) -> the address of a copy. Of nothing it is the alignment.
fn copy_function(glue: &mut Glue) {
    if glue.has(COPY) {
        return;
    }
    glue.import("malloc", (vec![ValType::I32], vec![ValType::I32]));
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
    glue.function(COPY, ty, SymbolFlags::VISIBILITY_HIDDEN, code);
}
