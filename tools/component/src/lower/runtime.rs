//! What an engine for components does between its components, as core modules.

use super::front;
use super::link::{Def, Kind, Linked};
use super::transcode;
use super::translate::{builtin, Translated};
use super::{crash, fail};
use rules_wit_common::{Failure, Result};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Write;
use wasmtime_environ::component::{
    Trampoline, TrampolineIndex, TypeResourceTable, TypeResourceTableIndex,
};
use wasmtime_environ::{EntityRef, WasmValType};

/// The functions that go with the tables of handles.
const RESOURCES: &str = include_str!("resources.wat");

/// A module of the runtime.
pub struct Runtime {
    pub wasm: Vec<u8>,
    /// What its imports are bound to.
    pub imports: Vec<Def>,
    /// The trampolines that it implements, and the export that does.
    pub exports: Vec<(TrampolineIndex, String)>,
}

/// Makes the modules for all trampolines that are in use, for an engine with vectors or without.
pub fn modules(
    translated: &Translated<'_>,
    linked: &mut Linked<'_>,
    vectors: bool,
) -> Result<Vec<Runtime>> {
    let mut used = BTreeSet::new();
    let resources = linked.resources.values().filter_map(|r| r.0.as_ref());
    for def in linked
        .instances
        .iter()
        .flat_map(|i| &i.imports)
        .chain(resources)
    {
        if let Def::Trampoline(index) = def {
            used.insert(*index);
        }
    }
    let mut copies: BTreeMap<(String, u32, u32), (String, Vec<TrampolineIndex>)> = BTreeMap::new();
    let mut plain = Plain::default();
    let mut handles = Handles::new(translated, linked)?;
    for index in used {
        match &translated.component.trampolines[index] {
            Trampoline::Transcoder { op, from, to, .. } => {
                let key = (op.desc().to_owned(), from.as_u32(), to.as_u32());
                let entry = copies.entry(key);
                let entry = entry.or_insert_with(|| (transcode::module(*op, vectors), Vec::new()));
                entry.1.push(index);
            }
            Trampoline::Trap(_) | Trampoline::LowerImport { .. } => {
                plain.trap(translated, index)?
            }
            trampoline => handles.add(linked, index, trampoline)?,
        }
    }
    let mut modules = Vec::new();
    for ((_, from, to), (text, indices)) in copies {
        let memory = |index: u32| {
            let def = linked.memories.get(&index).cloned();
            def.ok_or_else(|| Failure::from(crash("a memory")))
        };
        modules.push(Runtime {
            wasm: wat::parse_str(text).map_err(|e| fail(&e))?,
            imports: vec![memory(from)?, memory(to)?],
            exports: indices.into_iter().map(|i| (i, "f".to_owned())).collect(),
        });
    }
    modules.extend(plain.finish()?);
    modules.extend(handles.finish()?);
    Ok(modules)
}

/// Functions that only trap.
#[derive(Default)]
struct Plain {
    text: String,
    exports: Vec<(TrampolineIndex, String)>,
}

impl Plain {
    fn trap(&mut self, translated: &Translated<'_>, index: TrampolineIndex) -> Result<()> {
        let ty = translated.component.component.trampolines[index];
        let ty = translated.types[ty].unwrap_func();
        let names = |types: &[WasmValType]| -> Result<String> {
            let mut all = String::new();
            for ty in types {
                all.push_str(match ty {
                    WasmValType::I32 => " i32",
                    WasmValType::I64 => " i64",
                    WasmValType::F32 => " f32",
                    WasmValType::F64 => " f64",
                    _ => return Err(crash("a type of an adapter").into()),
                });
            }
            Ok(all)
        };
        let name = format!("trap{}", index.as_u32());
        let _ = writeln!(
            self.text,
            "  (func (export {name:?}) (param{}) (result{}) unreachable)",
            names(ty.params())?,
            names(ty.results())?
        );
        self.exports.push((index, name));
        Ok(())
    }

    fn finish(self) -> Result<Option<Runtime>> {
        if self.exports.is_empty() {
            return Ok(None);
        }
        Ok(Some(Runtime {
            wasm: wat::parse_str(format!("(module $traps\n{})", self.text))
                .map_err(|e| fail(&e))?,
            imports: Vec::new(),
            exports: self.exports,
        }))
    }
}

/// Tables of handles, and calls that borrow.
struct Handles<'t, 'a> {
    translated: &'t Translated<'a>,
    head: String,
    text: String,
    imports: Vec<Def>,
    exports: Vec<(TrampolineIndex, String)>,
    /// The imported function for each resource's destructor.
    dtors: HashMap<u32, String>,
    flags: BTreeSet<u32>,
    /// Tables of the inner side: their handles are the host's.
    inner: Vec<u32>,
    /// Tables of the outer side, with the functions that give and take.
    outer: Vec<(u32, u32, u32)>,
}

impl<'t, 'a> Handles<'t, 'a> {
    fn new(translated: &'t Translated<'a>, linked: &Linked<'_>) -> Result<Self> {
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
        let mut number = 0;
        for (import, def) in outer.module.imports.iter().zip(&outer.imports) {
            if !import.name.starts_with("[resource-drop]") || import.module.starts_with("[export]")
            {
                continue;
            }
            let Def::Trampoline(index) = def else {
                return Err(crash("a resource of the host's side").into());
            };
            let Trampoline::ResourceDrop { ty, .. } = translated.component.trampolines[*index]
            else {
                return Err(crash("a resource of the host's side").into());
            };
            let helper = |name: &str| -> Result<u32> {
                let func = linked.export(linked.outer, &format!("{name}{number}"));
                func.ok_or_else(|| crash("a function of the host's side").into())
            };
            let (give, take) = (helper(front::GIVE)?, helper(front::TAKE)?);
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
            handles.outer.push((ty.as_u32(), number, number));
            number += 1;
        }
        Ok(handles)
    }

    fn add(
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
            other => return Err(builtin(&other.symbol_name())),
        };
        self.exports.push((index, name));
        Ok(())
    }

    fn define(&mut self, index: TrampolineIndex, result: &str, body: &str) -> String {
        let name = format!("f{}", index.as_u32());
        let _ = writeln!(
            self.text,
            "  (func (export {name:?}) (param i32) {result} {body})"
        );
        name
    }

    /// Traps while an instance must not call out.
    fn guard(&mut self, linked: &mut Linked<'_>, instance: u32) -> String {
        if self.flags.insert(instance) {
            let next = linked.flags.len() as u32;
            linked.flags.entry(instance).or_insert(next);
            let _ = writeln!(
                self.head,
                "  (import \"flags\" \"{instance}\" (global $flags{instance} (mut i32)))"
            );
            self.imports.push(Def::Flags(instance));
        }
        format!("(if (i32.eqz (global.get $flags{instance})) (then (unreachable)))")
    }

    fn dtor(&mut self, linked: &Linked<'_>, table: TypeResourceTableIndex) -> String {
        let TypeResourceTable::Concrete { ty, .. } = self.translated.types[table] else {
            return String::new();
        };
        let Some((Some(dtor), _)) = linked.resources.get(&ty.as_u32()) else {
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

    fn finish(mut self) -> Result<Option<Runtime>> {
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
            for (ty, give, take) in &self.outer {
                let action = if lift {
                    format!("(call $take (call $take{take} (local.get {at})) (i32.const {ty}))")
                } else {
                    format!("(call $give{give} (call $own (i32.const {ty}) (local.get {at})))")
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
        for table in self.defined_tables() {
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
        Ok(Some(Runtime {
            wasm: wat::parse_str(text).map_err(|e| fail(&e))?,
            imports: self.imports,
            exports: self.exports,
        }))
    }

    /// Tables of the instances that define the resource: a borrow is given to these as it is.
    fn defined_tables(&self) -> Vec<u32> {
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
