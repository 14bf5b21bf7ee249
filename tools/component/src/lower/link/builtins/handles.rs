//! Handles of resources.

use super::builtin::Builtin;
use crate::lower::error::{Error, Result};
use crate::lower::link::instance::Def;
use crate::lower::link::linked::Linked;
use crate::lower::translate::Translated;
use crate::lower::wrap::shims;
use crate::module::Kind;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use wasmtime_environ::component::{
    RuntimeComponentInstanceIndex, Trampoline, TrampolineIndex, TypeResourceTable,
    TypeResourceTableIndex,
};
use wasmtime_environ::EntityRef;

/// The functions that do not depend on the component.
const RESOURCES: &str = include_str!("resources.wat");

/// The kinds of types of handles in `resources.wat`.
const DEFINED: u32 = 1;
const HOST: u32 = 2;
const EXPORTED: u32 = 3;

/// The text of a module with all handle tables and the calls that borrow handles.
pub struct Handles<'t, 'a> {
    translated: &'t Translated<'a>,
    /// The text of the imports.
    head: String,
    text: String,
    imports: Vec<Def>,
    exports: Vec<(TrampolineIndex, String)>,
    /// The imported destructor of each resource.
    dtors: HashMap<u32, String>,
    /// The component instances whose flags are imported.
    flags: BTreeSet<u32>,
    /// The types of handles that are those of the host: of resources that the host defines, in the
    /// shims.
    host: Vec<TypeResourceTableIndex>,
    /// The types of handles in the outer shim of resources that the components export, by the
    /// number of the resource.
    outer: Vec<u32>,
}

impl<'t, 'a> Handles<'t, 'a> {
    /// Finds the tables of the shims, and imports the functions that convert their handles.
    pub fn new(translated: &'t Translated<'a>, linked: &Linked<'_>) -> Result<Self> {
        let mut handles = Handles {
            translated,
            head: String::new(),
            text: String::new(),
            imports: Vec::new(),
            exports: Vec::new(),
            dtors: HashMap::new(),
            flags: BTreeSet::new(),
            host: Vec::new(),
            outer: Vec::new(),
        };
        let owner = |instance: usize| linked.instances[instance].owner;
        let inner = linked.inner.and_then(owner);
        let shims = [inner, owner(linked.outer)];
        for table in handles.types() {
            let TypeResourceTable::Concrete { instance, .. } = translated.types[table] else {
                continue;
            };
            let defined = handles.definer(table).map(|d| d.as_u32());
            if defined.is_some() && defined == inner && shims.contains(&Some(instance.as_u32())) {
                handles.host.push(table);
            }
        }
        let outer = &linked.instances[linked.outer];
        for (import, def) in outer.module.imports.iter().zip(&outer.imports) {
            if !import.name.starts_with("[resource-drop]") || import.module.starts_with("[export]")
            {
                continue;
            }
            let drop = match def {
                Def::Trampoline(index) => &translated.component.trampolines[*index],
                _ => return Err(Error::internal("a resource of the outer shim")),
            };
            let Trampoline::ResourceDrop { ty, .. } = drop else {
                return Err(Error::internal("a resource of the outer shim"));
            };
            let number = handles.outer.len();
            let helper = |name: &str| {
                let func = outer.exported_function(&format!("{name}{number}"));
                func.ok_or_else(|| Error::internal("a function of the outer shim"))
            };
            let (give, take) = (helper(shims::GIVE)?, helper(shims::TAKE)?);
            let _ = writeln!(
                handles.head,
                "  (import \"outer\" \"give\" (func $give{number} (param i32) (result i32)))
  (import \"outer\" \"take\" (func $take{number} (param i32) (result i32)))"
            );
            for func in [give, take] {
                handles
                    .imports
                    .push(Def::Item(linked.outer, Kind::Func, func));
            }
            handles.outer.push(ty.as_u32());
        }
        Ok(handles)
    }

    /// Adds the function that implements a builtin.
    pub fn add(
        &mut self,
        linked: &mut Linked<'_>,
        index: TrampolineIndex,
        trampoline: &Trampoline,
    ) -> Result<()> {
        let name = match trampoline {
            Trampoline::ResourceTransferOwn => "transfer_own".to_owned(),
            Trampoline::ResourceTransferBorrow => "transfer_borrow".to_owned(),
            Trampoline::EnterSyncCall => "enter".to_owned(),
            Trampoline::ExitSyncCall => "exit".to_owned(),
            Trampoline::ResourceNew { instance, ty } => {
                let guard = self.guard(linked, instance.as_u32());
                self.define(
                    index,
                    "(result i32)",
                    &format!(
                        "{guard} (call $own (i32.const {}) (local.get 0))",
                        ty.as_u32()
                    ),
                )
            }
            Trampoline::ResourceRep { ty, .. } => self.define(
                index,
                "(result i32)",
                &format!("(call $rep_of (local.get 0) (i32.const {}))", ty.as_u32()),
            ),
            Trampoline::ResourceDrop { instance, ty } => {
                let guard = self.guard(linked, instance.as_u32());
                let dtor = self.dtor(linked, *ty);
                let dtor = dtor.map(|name| format!("(call {name} (global.get $rep))"));
                let dtor = dtor.unwrap_or_default();
                self.define(
                    index,
                    "",
                    &format!(
                        "{guard} (if (call $remove (local.get 0) (i32.const {})) (then {dtor}))",
                        ty.as_u32()
                    ),
                )
            }
            other => return Err(Error::builtin(&other.symbol_name())),
        };
        self.exports.push((index, name));
        Ok(())
    }

    /// Adds a function of one parameter; returns its name.
    fn define(&mut self, index: TrampolineIndex, result: &str, body: &str) -> String {
        let name = format!("f{}", index.as_u32());
        let _ = writeln!(
            self.text,
            "  (func (export {name:?}) (param i32) {result} {body})"
        );
        name
    }

    /// The instructions that trap while a component instance must not call out.
    fn guard(&mut self, linked: &mut Linked<'_>, instance: u32) -> String {
        if self.flags.insert(instance) {
            linked.add_flag(instance);
            let _ = writeln!(
                self.head,
                "  (import \"flags\" \"{instance}\" (global $flags{instance} (mut i32)))"
            );
            self.imports.push(Def::Flags(instance));
        }
        format!("(if (i32.eqz (global.get $flags{instance})) (then (unreachable)))")
    }

    /// The name of the destructor of a resource, if it has one.
    fn dtor(&mut self, linked: &Linked<'_>, table: TypeResourceTableIndex) -> Option<String> {
        let TypeResourceTable::Concrete { ty, .. } = self.translated.types[table] else {
            return None;
        };
        let dtor = linked.destructors.get(&ty.as_u32())?;
        let (head, imports) = (&mut self.head, &mut self.imports);
        let name = self.dtors.entry(ty.as_u32()).or_insert_with(|| {
            let name = format!("$dtor{}", ty.as_u32());
            let _ = writeln!(
                head,
                "  (import \"dtor\" \"dtor\" (func {name} (param i32)))"
            );
            imports.push(dtor.clone());
            name
        });
        Some(name.clone())
    }

    /// Makes the module, if there is any function.
    pub fn finish(mut self, linked: &Linked<'_>) -> Result<Option<Builtin>> {
        if self.exports.is_empty() {
            return Ok(None);
        }
        let memory = self.memory();
        for (name, at) in [("lift_own", "$i"), ("lower_own", "$rep")] {
            let lift = name == "lift_own";
            let _ = writeln!(
                self.text,
                "  (func ${name} (param {at} i32) (param $ty i32) (result i32) (local $kind i32)
    (local.set $kind (call $kind (local.get $ty)))
    (if (i32.eq (local.get $kind) (i32.const {HOST})) (then (return (local.get {at}))))"
            );
            for (number, ty) in self.outer.iter().enumerate() {
                let action = if lift {
                    format!("(call $take (call $take{number} (local.get {at})) (i32.const {ty}))")
                } else {
                    format!("(call $give{number} (call $own (i32.const {ty}) (local.get {at})))")
                };
                let kind = EXPORTED + number as u32;
                let _ = writeln!(
                    self.text,
                    "    (if (i32.eq (local.get $kind) (i32.const {kind})) (then (return {action})))"
                );
            }
            self.text.push_str(if lift {
                "    (call $take (local.get $i) (local.get $ty)))\n"
            } else {
                "    (call $own (local.get $ty) (local.get $rep)))\n"
            });
        }
        // The host's destructors release borrowed handles, too.
        self.text
            .push_str("  (func $return_to_host (param $i i32) (param $ty i32)\n");
        for ty in std::mem::take(&mut self.host) {
            let index = ty.as_u32();
            if let Some(dtor) = self.dtor(linked, ty) {
                let _ = writeln!(
                    self.text,
                    "    (if (i32.eq (local.get $ty) (i32.const {index})) (then (call {dtor} (local.get $i))))"
                );
            }
        }
        self.text.push_str("  )\n");
        for name in ["transfer_own", "transfer_borrow", "enter", "exit"] {
            let _ = writeln!(self.text, "  (export {name:?} (func ${name}))");
        }
        let text = format!(
            "(module $resources\n{}{memory}{RESOURCES}{})",
            self.head, self.text
        );
        Ok(Some(Builtin {
            wasm: wat::parse_str(text)?,
            imports: self.imports,
            exports: self.exports,
        }))
    }

    /// The memory with the tables, and the global with its first free byte.
    fn memory(&self) -> String {
        let kind = |table: TypeResourceTableIndex| {
            if self.host.contains(&table) {
                return HOST;
            }
            let exported = self.outer.iter().position(|ty| *ty == table.as_u32());
            match (exported, &self.translated.types[table]) {
                (Some(number), _) => EXPORTED + number as u32,
                (_, TypeResourceTable::Concrete { instance, .. })
                    if self.definer(table) == Some(*instance) =>
                {
                    DEFINED
                }
                _ => 0,
            }
        };
        let first = 8 * self.translated.tables as u32;
        let mut tables = BTreeMap::new();
        let mut data = String::new();
        for table in self.types() {
            let instance = match self.translated.types[table] {
                TypeResourceTable::Concrete { instance, .. } => Some(instance.as_u32()),
                TypeResourceTable::Abstract(_) => None,
            };
            let next = tables.len() as u32;
            let number = *tables.entry(instance).or_insert(next);
            for word in [first + 16 * number, kind(table)] {
                for byte in word.to_le_bytes() {
                    let _ = write!(data, "\\{byte:02x}");
                }
            }
        }
        let end = first + 16 * tables.len() as u32;
        format!(
            "  (memory $slots {})
  (data (memory $slots) (i32.const 0) \"{data}\")
  (global $end (mut i32) (i32.const {end}))
",
            end / 0x1_0000 + 1
        )
    }

    /// All types of handles: each is a resource in a component instance.
    fn types(&self) -> impl Iterator<Item = TypeResourceTableIndex> {
        (0..self.translated.tables).map(TypeResourceTableIndex::new)
    }

    /// The component instance that defines the resource of a type of handles.
    fn definer(&self, table: TypeResourceTableIndex) -> Option<RuntimeComponentInstanceIndex> {
        let component = &self.translated.component.component;
        match self.translated.types[table] {
            TypeResourceTable::Concrete { ty, .. } => component
                .defined_resource_index(ty)
                .map(|d| component.defined_resource_instances[d]),
            TypeResourceTable::Abstract(_) => None,
        }
    }
}
