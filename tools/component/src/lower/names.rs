//! The names that a module has for what is in it, which only people read.

use std::collections::BTreeMap;
use wasm_encoder::{IndirectNameMap, NameMap, NameSection};
use wasmparser::{Name, NameSectionReader};

/// What has names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    Function,
    /// A local of a function.
    Local,
    /// A block in a function.
    Label,
    Type,
    Table,
    Memory,
    Global,
    Element,
    Data,
    Tag,
}

/// Names by what has them: its number, and for what is in a function, the number there.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<(Named, u32, u32), String>);

impl Names {
    /// Reads a section. What cannot be read is left out.
    pub fn read(section: NameSectionReader<'_>) -> Names {
        let mut names = Names::default();
        for part in section.into_iter().flatten() {
            let (named, map) = match part {
                Name::Local(all) => {
                    names.read_within(Named::Local, all);
                    continue;
                }
                Name::Label(all) => {
                    names.read_within(Named::Label, all);
                    continue;
                }
                Name::Function(map) => (Named::Function, map),
                Name::Type(map) => (Named::Type, map),
                Name::Table(map) => (Named::Table, map),
                Name::Memory(map) => (Named::Memory, map),
                Name::Global(map) => (Named::Global, map),
                Name::Element(map) => (Named::Element, map),
                Name::Data(map) => (Named::Data, map),
                Name::Tag(map) => (Named::Tag, map),
                _ => continue,
            };
            for name in map.into_iter().flatten() {
                names.add(named, name.index, 0, name.name);
            }
        }
        names
    }

    fn read_within(&mut self, named: Named, all: wasmparser::IndirectNameMap<'_>) {
        for function in all.into_iter().flatten() {
            for name in function.names.into_iter().flatten() {
                self.add(named, function.index, name.index, name.name);
            }
        }
    }

    /// Names something that has no name yet: by its number, and, in a function, the number there.
    pub fn add(&mut self, named: Named, index: u32, within: u32, name: &str) {
        let entry = self.0.entry((named, index, within));
        entry.or_insert_with(|| name.to_owned());
    }

    /// The name of a function.
    pub fn function(&self, index: u32) -> Option<&str> {
        self.0.get(&(Named::Function, index, 0)).map(String::as_str)
    }

    /// Leaves out the names of a kind.
    pub fn forget(&mut self, named: Named) {
        self.0.retain(|(kind, ..), _| *kind != named);
    }

    /// Adds the names of another module for which there is a new number. What is in a function goes
    /// where the function goes.
    pub fn take(&mut self, other: &Names, mut number: impl FnMut(Named, u32) -> Option<u32>) {
        for ((named, index, within), name) in &other.0 {
            if let Some(index) = number(*named, *index) {
                self.add(*named, index, *within, name);
            }
        }
    }

    /// The section.
    pub fn section(&self) -> NameSection {
        let mut section = NameSection::new();
        section.functions(&self.map(Named::Function));
        for (named, write) in [
            (Named::Local, NameSection::locals as fn(&mut _, &_)),
            (Named::Label, NameSection::labels),
        ] {
            if let Some(functions) = self.within(named) {
                write(&mut section, &functions);
            }
        }
        for (named, write) in [
            (Named::Type, NameSection::types as fn(&mut _, &_)),
            (Named::Table, NameSection::tables),
            (Named::Memory, NameSection::memories),
            (Named::Global, NameSection::globals),
            (Named::Element, NameSection::elements),
            (Named::Data, NameSection::data),
            (Named::Tag, NameSection::tags),
        ] {
            let map = self.map(named);
            if !map.is_empty() {
                write(&mut section, &map);
            }
        }
        section
    }

    fn map(&self, named: Named) -> NameMap {
        let mut map = NameMap::new();
        for ((_, index, _), name) in self.0.range((named, 0, 0)..=(named, u32::MAX, u32::MAX)) {
            map.append(*index, name);
        }
        map
    }

    fn within(&self, named: Named) -> Option<IndirectNameMap> {
        let mut functions: BTreeMap<u32, NameMap> = BTreeMap::new();
        for ((_, index, within), name) in self.0.range((named, 0, 0)..=(named, u32::MAX, u32::MAX))
        {
            functions.entry(*index).or_default().append(*within, name);
        }
        let mut all = IndirectNameMap::new();
        for (index, map) in &functions {
            all.append(*index, map);
        }
        (!functions.is_empty()).then_some(all)
    }
}
