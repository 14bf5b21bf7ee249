//! The `name` section of a module, which only debuggers and people read.

use super::kind::{Kind, Space};
use std::collections::BTreeMap;
use wasm_encoder::{IndirectNameMap, NameMap, NameSection};
use wasmparser::{Name, NameSectionReader};

/// What a name belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// An item of an index space.
    Item(Space),
    /// A local of a function.
    Local,
    /// A block of a function.
    Label,
}

impl Named {
    /// The index space of the item, or of the function that a local or block belongs to.
    pub fn space(self) -> Space {
        match self {
            Named::Item(space) => space,
            Named::Local | Named::Label => Kind::Func.into(),
        }
    }
}

impl From<Space> for Named {
    fn from(space: Space) -> Self {
        Named::Item(space)
    }
}

impl From<Kind> for Named {
    fn from(kind: Kind) -> Self {
        Named::Item(kind.into())
    }
}

/// Names by what they belong to: the index of the item or function, and for locals and blocks the
/// index within the function, else 0.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<(Named, u32, u32), String>);

impl Names {
    /// Reads a section. Unreadable names are left out.
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
                Name::Function(map) => (Named::from(Kind::Func), map),
                Name::Type(map) => (Space::Type.into(), map),
                Name::Table(map) => (Kind::Table.into(), map),
                Name::Memory(map) => (Kind::Memory.into(), map),
                Name::Global(map) => (Kind::Global.into(), map),
                Name::Element(map) => (Space::Element.into(), map),
                Name::Data(map) => (Space::Data.into(), map),
                Name::Tag(map) => (Kind::Tag.into(), map),
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

    /// Adds a name, unless the item has one: its index, and the index within the function or 0.
    pub fn add(&mut self, named: impl Into<Named>, index: u32, within: u32, name: &str) {
        let entry = self.0.entry((named.into(), index, within));
        entry.or_insert_with(|| name.to_owned());
    }

    /// The name of a function.
    pub fn function(&self, index: u32) -> Option<&str> {
        let key = (Named::from(Kind::Func), index, 0);
        self.0.get(&key).map(String::as_str)
    }

    /// Removes all names of a kind.
    pub fn forget(&mut self, named: impl Into<Named>) {
        let named = named.into();
        self.0.retain(|(kind, ..), _| *kind != named);
    }

    /// Adds the names of another module whose items `reindex` returns a new index for. Locals and
    /// blocks follow their functions.
    pub fn take(&mut self, other: &Names, mut reindex: impl FnMut(Named, u32) -> Option<u32>) {
        for ((named, index, within), name) in &other.0 {
            if let Some(index) = reindex(*named, *index) {
                self.add(*named, index, *within, name);
            }
        }
    }

    /// Writes the section.
    pub fn section(&self) -> NameSection {
        let mut section = NameSection::new();
        section.functions(&self.map(Kind::Func.into()));
        for (named, write) in [
            (Named::Local, NameSection::locals as fn(&mut _, &_)),
            (Named::Label, NameSection::labels),
        ] {
            if let Some(functions) = self.within(named) {
                write(&mut section, &functions);
            }
        }
        for (space, write) in [
            (Space::Type, NameSection::types as fn(&mut _, &_)),
            (Kind::Table.into(), NameSection::tables),
            (Kind::Memory.into(), NameSection::memories),
            (Kind::Global.into(), NameSection::globals),
            (Space::Element, NameSection::elements),
            (Space::Data, NameSection::data),
            (Kind::Tag.into(), NameSection::tags),
        ] {
            let map = self.map(space.into());
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
