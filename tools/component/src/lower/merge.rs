//! Writes all instances as one module.

use super::copies;
use super::front;
use super::link::{Def, Kind, Linked};
use super::names::Named;
use super::renumber::{Map, Spaces, TypeMap};
use super::sections::Sections;
use super::{crash, encode};
use rules_wit_common::Result;
use std::collections::HashMap;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    ConstExpr, EntityType, ExportKind, Function, GlobalSection, GlobalType, Instruction,
    TypeSection, ValType,
};
use wasmparser::{CompositeInnerType, DataKind, ElementKind};

/// Writes the module.
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
    spaces: Vec<Spaces>,
    sections: Sections,
    /// What instantiation does, in the order of the instances.
    start: Vec<Instruction<'static>>,
    start_type: u32,
    next_function: u32,
    /// Segments that are put in place by the start function: the instance, and elements or data.
    late: Vec<bool>,
}

impl<'m, 'a> Merger<'m, 'a> {
    fn new(linked: &'m Linked<'a>) -> Result<Self> {
        let mut types = TypeSection::new();
        let mut known: HashMap<(Vec<ValType>, Vec<ValType>), u32> = HashMap::new();
        let mut spaces: Vec<Spaces> = Vec::new();
        for instance in &linked.instances {
            let mut own = Vec::new();
            for group in &instance.module.types {
                for ty in group.types() {
                    let CompositeInnerType::Func(func) = &ty.composite_type.inner else {
                        return Err(super::unsupported(
                            "a module has types that are no functions",
                            "compile it without garbage collection",
                        ));
                    };
                    if group.is_explicit_rec_group() || !ty.is_final || ty.supertype_idx.is_some() {
                        return Err(super::unsupported(
                            "a module has types with supertypes",
                            "compile it without garbage collection",
                        ));
                    }
                    // Only references to functions name another type, and an earlier one.
                    let mut map = TypeMap { own: &own };
                    let convert = |map: &mut TypeMap<'_>, types: &[wasmparser::ValType]| {
                        types
                            .iter()
                            .map(|t| map.val_type(*t))
                            .collect::<std::result::Result<Vec<_>, _>>()
                    };
                    let params = convert(&mut map, func.params()).map_err(|e| encode(&e))?;
                    let results = convert(&mut map, func.results()).map_err(|e| encode(&e))?;
                    let next = known.len() as u32;
                    let key = (params, results);
                    if !known.contains_key(&key) {
                        types
                            .ty()
                            .function(key.0.iter().copied(), key.1.iter().copied());
                    }
                    own.push(*known.entry(key).or_insert(next));
                }
            }
            spaces.push(Spaces {
                types: own,
                elements: 0,
                data: 0,
            });
        }
        let start_type = match known.get(&(Vec::new(), Vec::new())) {
            Some(ty) => *ty,
            None => {
                types.ty().function([], []);
                known.len() as u32
            }
        };
        let (mut elements, mut data) = (0, 0);
        for i in linked.order() {
            spaces[i].elements = elements;
            spaces[i].data = data;
            elements += linked.instances[i].module.elements.len() as u32;
            data += linked.instances[i].module.data.len() as u32;
        }
        let mut globals = GlobalSection::new();
        // All instances may call others at first.
        for _ in &linked.flags {
            globals.global(
                GlobalType {
                    val_type: ValType::I32,
                    mutable: true,
                    shared: false,
                },
                &ConstExpr::i32_const(1),
            );
        }
        Ok(Merger {
            linked,
            spaces,
            sections: Sections {
                types,
                globals,
                counted: true,
                ..Sections::default()
            },
            start: Vec::new(),
            start_type,
            next_function: linked.host.len() as u32,
            late: late(linked),
        })
    }

    fn imports(&mut self) -> Result<()> {
        for (module, name, instance, ty) in &self.linked.host {
            let ty = self.spaces[*instance].types.get(*ty as usize);
            let ty = ty.ok_or_else(|| crash("the type of an import"))?;
            self.sections
                .imports
                .import(module, name, EntityType::Function(*ty));
        }
        Ok(())
    }

    fn instance(&mut self, number: usize) -> Result<()> {
        let linked = self.linked;
        let instance = &linked.instances[number];
        let module = instance.module.clone();
        let mut map = Map {
            linked,
            spaces: &self.spaces,
            instance: number,
            depth: 0,
        };
        let late = self.late[number];
        (|| {
            for ty in &module.functions {
                self.sections.functions.function(map.type_index(*ty)?);
                self.next_function += 1;
            }
            for table in &module.tables {
                map.parse_table(&mut self.sections.tables, table.clone())?;
            }
            for memory in module
                .memories
                .iter()
                .skip(instance.shared(Kind::Memory) as usize)
            {
                self.sections.memories.memory(map.memory_type(*memory)?);
            }
            for tag in &module.tags {
                self.sections.tags.tag(map.tag_type(*tag)?);
            }
            for global in module
                .globals
                .iter()
                .skip(instance.shared(Kind::Global) as usize)
            {
                map.parse_global(&mut self.sections.globals, global.clone())?;
            }
            for (i, element) in module.elements.iter().enumerate() {
                let index = map.element_index(i as u32)?;
                match &element.kind {
                    ElementKind::Active {
                        table_index,
                        offset_expr,
                    } if late => {
                        let items = map.element_items(element.items.clone())?;
                        let count = match &element.items {
                            wasmparser::ElementItems::Functions(f) => f.count(),
                            wasmparser::ElementItems::Expressions(_, e) => e.count(),
                        };
                        self.sections.elements.passive(items);
                        let table = map.table_index(table_index.unwrap_or(0))?;
                        self.start.extend(map.offset(offset_expr)?);
                        self.start.extend([
                            Instruction::I32Const(0),
                            Instruction::I32Const(count as i32),
                            Instruction::TableInit {
                                elem_index: index,
                                table,
                            },
                            Instruction::ElemDrop(index),
                        ]);
                    }
                    _ => map.parse_element(&mut self.sections.elements, element.clone())?,
                }
            }
            for (i, data) in module.data.iter().enumerate() {
                let index = map.data_index(i as u32)?;
                match &data.kind {
                    DataKind::Active {
                        memory_index,
                        offset_expr,
                    } if late => {
                        self.sections.data.passive(data.data.iter().copied());
                        let mem = map.memory_index(*memory_index)?;
                        self.start.extend(map.offset(offset_expr)?);
                        self.start.extend([
                            Instruction::I32Const(0),
                            Instruction::I32Const(data.data.len() as i32),
                            Instruction::MemoryInit {
                                mem,
                                data_index: index,
                            },
                            Instruction::DataDrop(index),
                        ]);
                    }
                    _ => map.parse_data(&mut self.sections.data, data.clone())?,
                }
            }
            for body in &module.bodies {
                // Adapters, which are nobody's, and the runtime.
                if instance.owner.is_none() {
                    let mut function = map.new_function_with_parsed_locals(body)?;
                    let mut code = Vec::new();
                    let mut reader = body.get_operators_reader()?;
                    while !reader.eof() {
                        code.push(map.parse_instruction(&mut reader)?);
                    }
                    for instruction in &copies::at_once(code) {
                        function.instruction(instruction);
                    }
                    self.sections.code.function(&function);
                } else {
                    map.parse_function_body(&mut self.sections.code, body.clone())?;
                }
            }
            if let Some(start) = module.start {
                self.start
                    .push(Instruction::Call(map.function_index(start)?));
            }
            Ok(())
        })()
        .map_err(|e| encode(&e))?;
        self.name(number);
        Ok(())
    }

    /// Takes over the names of what an instance defines. Those in functions of adapters and of the
    /// runtime are for nobody.
    fn name(&mut self, number: usize) {
        let linked = self.linked;
        let instance = &linked.instances[number];
        let (module, spaces) = (&instance.module, &self.spaces[number]);
        let defined = |kind: Kind, index: u32| {
            let here = module.imported(kind)..module.imported(kind) + module.defined(kind);
            let origin = here
                .contains(&index)
                .then(|| linked.origin(number, kind, index))?;
            let same = matches!(origin, Some(Def::Item(i, _, n)) if (i, n) == (number, index));
            same.then(|| linked.index(number, kind, index))?
        };
        let segment = |first: u32, index: u32, count: usize| {
            ((index as usize) < count).then(|| first + index)
        };
        let names = module.known_names();
        self.sections
            .names
            .take(&names, |named, index| match named {
                Named::Local | Named::Label if instance.owner.is_none() => None,
                Named::Function | Named::Local | Named::Label => defined(Kind::Func, index),
                Named::Type => spaces.types.get(index as usize).copied(),
                Named::Table => defined(Kind::Table, index),
                Named::Memory => defined(Kind::Memory, index),
                Named::Global => defined(Kind::Global, index),
                Named::Tag => defined(Kind::Tag, index),
                Named::Element => segment(spaces.elements, index, module.elements.len()),
                Named::Data => segment(spaces.data, index, module.data.len()),
            });
    }

    /// Exports what the outer side does, and the destructors of no other.
    fn exports(&mut self) -> Result<()> {
        let linked = self.linked;
        let outer = &linked.instances[linked.outer];
        let mut all: Vec<_> = outer.module.exports.iter().collect();
        all.sort();
        for (name, (kind, index)) in all {
            let name = match *name {
                // The allocator of the host is the same for both sides.
                front::HOST_REALLOC => "cabi_realloc",
                "cabi_realloc" => continue,
                name if name.starts_with("rules-wit:lower/") => continue,
                name => name,
            };
            let index = linked.index(linked.outer, *kind, *index);
            let index = index.ok_or_else(|| crash(name))?;
            let kind = match kind {
                Kind::Func => ExportKind::Func,
                _ => ExportKind::Memory,
            };
            self.sections.exports.export(name, kind, index);
        }
        Ok(())
    }

    fn finish(mut self) -> Vec<u8> {
        let sections = &mut self.sections;
        if !self.start.is_empty() {
            sections.functions.function(self.start_type);
            let mut function = Function::new([]);
            for instruction in &self.start {
                function.instruction(instruction);
            }
            function.instruction(&Instruction::End);
            sections.code.function(&function);
            let names = &mut sections.names;
            names.add(Named::Function, self.next_function, 0, "_start_instances");
            sections.start = Some(self.next_function);
        }
        self.sections.finish()
    }
}

/// Which instances have segments for what an earlier instance may have read when it started: these
/// must not be in place before that has run.
fn late(linked: &Linked<'_>) -> Vec<bool> {
    let mut started = None;
    let mut late = Vec::new();
    for (number, instance) in linked.instances.iter().enumerate() {
        let module = &instance.module;
        // Nobody could look at what was not there yet.
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
