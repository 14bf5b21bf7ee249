//! Step 4 of lowering: writes all instances as one module.

mod bulk_copy;
mod reindex;
mod types;

use super::error::{Error, Result};
use super::link::{Def, Linked};
use super::wrap::shims;
use crate::module::{element_count, Kind, Named, Sections, Space};
use reindex::{Bases, Reindex};
use types::Types;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    ConstExpr, EntityType, ExportKind, Function, GlobalType, Instruction as I, ValType,
};
use wasmparser::{Data, DataKind, Element, ElementKind, FunctionBody};

/// Writes a linked component as one module.
pub fn merge(linked: &Linked<'_>) -> Result<Vec<u8>> {
    let mut merger = Merger::new(linked)?;
    merger.imports()?;
    for instance in linked.order() {
        merger.instance(instance)?;
    }
    merger.exports()?;
    Ok(merger.finish())
}

struct Merger<'m, 'a> {
    linked: &'m Linked<'a>,
    bases: Vec<Bases>,
    sections: Sections,
    /// The instructions that instantiate the instances in their order.
    start: Vec<I<'static>>,
    start_type: u32,
    /// The number of functions, with imports.
    functions: u32,
    /// The instances whose segments the start function copies.
    late: Vec<bool>,
}

impl<'m, 'a> Merger<'m, 'a> {
    fn new(linked: &'m Linked<'a>) -> Result<Self> {
        let mut types = Types::default();
        let mut bases = Vec::new();
        for instance in &linked.instances {
            bases.push(Bases {
                types: types.add(&instance.module)?,
                elements: 0,
                data: 0,
            });
        }
        let start_type = types.index(Vec::new(), Vec::new());
        let (mut elements, mut data) = (0, 0);
        for i in linked.order() {
            (bases[i].elements, bases[i].data) = (elements, data);
            elements += linked.instances[i].module.elements.len() as u32;
            data += linked.instances[i].module.data.len() as u32;
        }
        let mut sections = Sections {
            types: types.section,
            data_count: true,
            ..Sections::default()
        };
        // At first, all component instances may call others.
        for _ in &linked.flags {
            let ty = GlobalType {
                val_type: ValType::I32,
                mutable: true,
                shared: false,
            };
            sections.globals.global(ty, &ConstExpr::i32_const(1));
        }
        Ok(Merger {
            linked,
            bases,
            sections,
            start: Vec::new(),
            start_type,
            functions: linked.host.len() as u32,
            late: late(linked),
        })
    }

    fn imports(&mut self) -> Result<()> {
        for import in &self.linked.host {
            let ty = self.bases[import.instance].types.get(import.ty as usize);
            let ty = ty.ok_or_else(|| Error::internal("the type of an import"))?;
            let ty = EntityType::Function(*ty);
            self.sections.imports.import(import.module, import.name, ty);
        }
        Ok(())
    }

    fn instance(&mut self, number: usize) -> Result<()> {
        let instance = &self.linked.instances[number];
        let module = instance.module.clone();
        let mut reindex = Reindex {
            linked: self.linked,
            bases: &self.bases,
            instance: number,
            depth: 0,
        };
        let sections = &mut self.sections;
        for ty in &module.functions {
            sections.functions.function(reindex.type_index(*ty)?);
            self.functions += 1;
        }
        for table in &module.tables {
            reindex.parse_table(&mut sections.tables, table.clone())?;
        }
        let shared = instance.shared(Kind::Memory) as usize;
        for memory in module.memories.iter().skip(shared) {
            sections.memories.memory(reindex.memory_type(*memory)?);
        }
        for tag in &module.tags {
            sections.tags.tag(reindex.tag_type(*tag)?);
        }
        let shared = instance.shared(Kind::Global) as usize;
        for global in module.globals.iter().skip(shared) {
            reindex.parse_global(&mut sections.globals, global.clone())?;
        }
        let late = self.late[number];
        for (index, element) in (0..).zip(&module.elements) {
            let copy = match late {
                true => late_element(&mut reindex, sections, index, element)?,
                false => None,
            };
            match copy {
                Some(copy) => self.start.extend(copy),
                None => reindex.parse_element(&mut sections.elements, element.clone())?,
            }
        }
        for (index, data) in (0..).zip(&module.data) {
            let copy = match late {
                true => late_data(&mut reindex, sections, index, data)?,
                false => None,
            };
            match copy {
                Some(copy) => self.start.extend(copy),
                None => reindex.parse_data(&mut sections.data, data.clone())?,
            }
        }
        for body in &module.bodies {
            if instance.owner.is_none() {
                generated_body(&mut reindex, sections, body)?;
            } else {
                reindex.parse_function_body(&mut sections.code, body.clone())?;
            }
        }
        if let Some(start) = module.start {
            let start = reindex.function_index(start)?;
            self.start.push(I::Call(start));
        }
        self.names(number);
        Ok(())
    }

    /// Copies the names of what an instance defines, but not those within adapters and builtins.
    fn names(&mut self, number: usize) {
        let linked = self.linked;
        let instance = &linked.instances[number];
        let (module, bases) = (&instance.module, &self.bases[number]);
        let item = |kind: Kind, index: u32| {
            let first = module.imported(kind);
            if !(first..first + module.defined(kind)).contains(&index) {
                return None;
            }
            let own = Def::Item(number, kind, index);
            let shared = linked.origin(number, kind, index) != Some(own);
            (!shared).then(|| linked.index(number, kind, index))?
        };
        let segment =
            |base: u32, index: u32, count: usize| ((index as usize) < count).then(|| base + index);
        self.sections
            .names
            .take(&module.names(), |named, index| match named {
                Named::Local | Named::Label if instance.owner.is_none() => None,
                named => match named.space() {
                    Space::Item(kind) => item(kind, index),
                    Space::Type => bases.types.get(index as usize).copied(),
                    Space::Element => segment(bases.elements, index, module.elements.len()),
                    Space::Data => segment(bases.data, index, module.data.len()),
                },
            });
    }

    /// Exports what the outer shim exports, without the exports for lowering.
    fn exports(&mut self) -> Result<()> {
        let linked = self.linked;
        for (name, (kind, index)) in &linked.instances[linked.outer].module.exports {
            let name = match *name {
                shims::HOST_REALLOC => "cabi_realloc",
                // `HOST_REALLOC` takes this name.
                "cabi_realloc" => continue,
                name if name.starts_with(shims::PREFIX) => continue,
                name => name,
            };
            let index = linked.index(linked.outer, *kind, *index);
            let index = index.ok_or_else(|| Error::internal(name))?;
            let kind = match kind {
                Kind::Func => ExportKind::Func,
                _ => ExportKind::Memory,
            };
            self.sections.exports.export(name, kind, index);
        }
        Ok(())
    }

    fn finish(self) -> Vec<u8> {
        let mut sections = self.sections;
        if !self.start.is_empty() {
            sections.functions.function(self.start_type);
            let mut function = Function::new([]);
            for instruction in &self.start {
                function.instruction(instruction);
            }
            function.instruction(&I::End);
            sections.code.function(&function);
            let names = &mut sections.names;
            names.add(Kind::Func, self.functions, 0, "_start_instances");
            sections.start = Some(self.functions);
        }
        sections.finish()
    }
}

/// The instances with active segments that may overwrite what the start function of an earlier
/// instance reads. These segments become passive, and are copied after that start function has run.
fn late(linked: &Linked<'_>) -> Vec<bool> {
    let mut started = None;
    let mut late = Vec::new();
    for (number, instance) in linked.instances.iter().enumerate() {
        let module = &instance.module;
        // An earlier start function has no access to memories and tables of later instances.
        late.push([Kind::Memory, Kind::Table].into_iter().any(|kind| {
            (0..module.imported(kind)).any(|index| match linked.origin(number, kind, index) {
                Some(Def::Item(origin, ..)) => started.is_some_and(|s| origin <= s),
                _ => true,
            })
        }));
        if module.start.is_some() {
            started = Some(number);
        }
    }
    late
}

/// Writes an active element segment as a passive one; returns the instructions that copy it. `None`
/// for other segments.
fn late_element(
    reindex: &mut Reindex<'_, '_>,
    sections: &mut Sections,
    index: u32,
    element: &Element<'_>,
) -> Result<Option<Vec<I<'static>>>> {
    let ElementKind::Active {
        table_index,
        offset_expr,
    } = &element.kind
    else {
        return Ok(None);
    };
    let items = reindex.element_items(element.items.clone())?;
    sections.elements.passive(items);
    let count = element_count(&element.items);
    let elem_index = reindex.element_index(index)?;
    let table = reindex.table_index(table_index.unwrap_or(0))?;
    let mut copy = reindex.offset(offset_expr)?;
    copy.extend([
        I::I32Const(0),
        I::I32Const(count as i32),
        I::TableInit { elem_index, table },
        I::ElemDrop(elem_index),
    ]);
    Ok(Some(copy))
}

/// Writes an active data segment as a passive one; returns the instructions that copy it. `None`
/// for other segments.
fn late_data(
    reindex: &mut Reindex<'_, '_>,
    sections: &mut Sections,
    index: u32,
    data: &Data<'_>,
) -> Result<Option<Vec<I<'static>>>> {
    let DataKind::Active {
        memory_index,
        offset_expr,
    } = &data.kind
    else {
        return Ok(None);
    };
    sections.data.passive(data.data.iter().copied());
    let data_index = reindex.data_index(index)?;
    let mem = reindex.memory_index(*memory_index)?;
    let mut copy = reindex.offset(offset_expr)?;
    copy.extend([
        I::I32Const(0),
        I::I32Const(data.data.len() as i32),
        I::MemoryInit { mem, data_index },
        I::DataDrop(data_index),
    ]);
    Ok(Some(copy))
}

/// Writes the body of an adapter or a builtin, with bulk copies in place of loops.
fn generated_body(
    reindex: &mut Reindex<'_, '_>,
    sections: &mut Sections,
    body: &FunctionBody<'_>,
) -> Result<()> {
    let mut function = reindex.new_function_with_parsed_locals(body)?;
    let mut code = Vec::new();
    let mut reader = body.get_operators_reader()?;
    while !reader.eof() {
        code.push(reindex.parse_instruction(&mut reader)?);
    }
    for instruction in &bulk_copy::replace_loops(code) {
        function.instruction(instruction);
    }
    sections.code.function(&function);
    Ok(())
}
