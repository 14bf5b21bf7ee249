//! Handles of resources.

use super::builtin::Builtin;
use crate::lower::error::{Error, Result};
use crate::lower::link::instance::Def;
use crate::lower::link::linked::Linked;
use crate::lower::translate::Translated;
use crate::lower::wrap::shims;
use crate::module::Kind;
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;
use wasmtime_environ::component::{
    Trampoline, TrampolineIndex, TypeResourceTable, TypeResourceTableIndex,
};
use wasmtime_environ::EntityRef;

/// The functions that do not depend on the component.
const RESOURCES: &str = include_str!("resources.wat");

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
    /// The tables of the inner shim, whose handles are those of the host.
    inner: Vec<u32>,
    /// The tables of the outer shim, by the number of the resource.
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
            inner: Vec::new(),
            outer: Vec::new(),
        };
        let inner = linked.inner.and_then(|i| linked.instances[i].owner);
        for index in 0..translated.tables {
            let table = TypeResourceTableIndex::new(index);
            if let TypeResourceTable::Concrete { instance, .. } = translated.types[table] {
                if Some(instance.as_u32()) == inner {
                    handles.inner.push(table.as_u32());
                }
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

    /// The instructions that call the destructor of a resource, if it has one.
    fn dtor(&mut self, linked: &Linked<'_>, table: TypeResourceTableIndex) -> String {
        let TypeResourceTable::Concrete { ty, .. } = self.translated.types[table] else {
            return String::new();
        };
        let Some(dtor) = linked.destructors.get(&ty.as_u32()) else {
            return String::new();
        };
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
        format!("(call {name} (global.get $rep))")
    }

    /// Makes the module, if there is any function.
    pub fn finish(mut self) -> Result<Option<Builtin>> {
        if self.exports.is_empty() {
            return Ok(None);
        }
        for (name, at) in [("lift_own", "$i"), ("lower_own", "$rep")] {
            let lift = name == "lift_own";
            let _ = writeln!(
                self.text,
                "  (func ${name} (param {at} i32) (param $ty i32) (result i32)"
            );
            for ty in &self.inner {
                let _ = writeln!(
                    self.text,
                    "    (if (i32.eq (local.get $ty) (i32.const {ty})) (then (return (local.get {at}))))"
                );
            }
            for (number, ty) in self.outer.iter().enumerate() {
                let action = if lift {
                    format!("(call $take (call $take{number} (local.get {at})) (i32.const {ty}))")
                } else {
                    format!("(call $give{number} (call $own (i32.const {ty}) (local.get {at})))")
                };
                let _ = writeln!(
                    self.text,
                    "    (if (i32.eq (local.get $ty) (i32.const {ty})) (then (return {action})))"
                );
            }
            self.text.push_str(if lift {
                "    (call $take (local.get $i) (local.get $ty)))\n"
            } else {
                "    (call $own (local.get $ty) (local.get $rep)))\n"
            });
        }
        self.text
            .push_str("  (func $defines (param $ty i32) (result i32)\n");
        for table in self.defining_tables() {
            let _ = writeln!(
                self.text,
                "    (if (i32.eq (local.get $ty) (i32.const {table})) (then (return (i32.const 1))))"
            );
        }
        self.text.push_str("    (i32.const 0))\n");
        for name in ["transfer_own", "transfer_borrow", "enter", "exit"] {
            let _ = writeln!(self.text, "  (export {name:?} (func ${name}))");
        }
        let text = format!("(module $resources\n{}{RESOURCES}{})", self.head, self.text);
        Ok(Some(Builtin {
            wasm: wat::parse_str(text)?,
            imports: self.imports,
            exports: self.exports,
        }))
    }

    /// The tables of the instances that define the resource: these receive a borrow as its
    /// representation.
    fn defining_tables(&self) -> Vec<u32> {
        let component = &self.translated.component.component;
        (0..self.translated.tables)
            .map(TypeResourceTableIndex::new)
            .filter(|table| match self.translated.types[*table] {
                TypeResourceTable::Concrete { ty, instance } => component
                    .defined_resource_index(ty)
                    .is_some_and(|d| component.defined_resource_instances[d] == instance),
                TypeResourceTable::Abstract(_) => false,
            })
            .map(|table| table.as_u32())
            .collect()
    }
}
