//! The limit of the size of values: https://github.com/WebAssembly/component-model, "Element Size" in
//! `CanonicalABI.md`. wasmparser does not check it.

use std::collections::{HashMap, HashSet};
use wasmparser::component_types::{
    ComponentAnyTypeId, ComponentDefinedType, ComponentDefinedTypeId, ComponentEntityType,
    ComponentValType,
};
use wasmparser::types::TypesRef;
use wasmparser::PrimitiveValType;

/// The largest size of a value in a memory, in bytes.
pub const MAX: u64 = (1 << 28) - 1;

/// The size of a pointer. The limit must hold for 64-bit memories too.
const POINTER: u64 = 8;

/// Sizes of types, each calculated once.
#[derive(Default)]
pub struct Sizes {
    /// `None` is a type whose values are too large.
    known: HashMap<ComponentDefinedTypeId, Option<Layout>>,
    /// Other types that have been checked.
    checked: HashSet<ComponentAnyTypeId>,
}

/// The size and the alignment of a value.
#[derive(Clone, Copy)]
struct Layout {
    size: u64,
    align: u64,
}

impl Layout {
    const fn scalar(size: u64) -> Self {
        Layout { size, align: size }
    }

    const LIST: Self = Layout {
        size: 2 * POINTER,
        align: POINTER,
    };

    const HANDLE: Self = Layout::scalar(4);

    /// The layout of fields that follow each other.
    fn record(fields: impl Iterator<Item = Option<Self>>) -> Option<Self> {
        let mut size = 0;
        let mut align = 1;
        for field in fields {
            let field = field?;
            size = aligned(size, field.align).saturating_add(field.size);
            align = align.max(field.align);
        }
        limited(aligned(size, align), align)
    }

    /// The layout of one of several cases.
    fn variant(count: usize, cases: impl Iterator<Item = Option<Self>>) -> Option<Self> {
        let discriminant = match count {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            _ => 4,
        };
        let (mut size, mut align) = (0, 1);
        for case in cases {
            let case = case?;
            size = size.max(case.size);
            align = align.max(case.align);
        }
        let start = aligned(discriminant, align);
        let align = align.max(discriminant);
        limited(aligned(start.saturating_add(size), align), align)
    }
}

fn aligned(offset: u64, align: u64) -> u64 {
    offset.div_ceil(align).saturating_mul(align)
}

fn limited(size: u64, align: u64) -> Option<Layout> {
    (size <= MAX).then_some(Layout { size, align })
}

impl Sizes {
    /// Whether the values of a type, and of those that it mentions, have at most [`MAX`] bytes.
    pub fn check(&mut self, types: TypesRef<'_>, id: ComponentAnyTypeId) -> bool {
        if let ComponentAnyTypeId::Defined(id) = id {
            return self.defined(types, id).is_some();
        }
        // Types refer to earlier ones only, so this is no loop.
        if !self.checked.insert(id) {
            return true;
        }
        match id {
            ComponentAnyTypeId::Resource(_) | ComponentAnyTypeId::Defined(_) => true,
            ComponentAnyTypeId::Func(id) => {
                let func = &types[id];
                let params = func.params.iter().map(|(_, ty)| *ty);
                let mut all = params.chain(func.result);
                all.all(|ty| self.value(types, ty).is_some())
            }
            ComponentAnyTypeId::Instance(id) => {
                let mut exports = types[id].exports.values();
                exports.all(|item| self.entity(types, item.ty))
            }
            ComponentAnyTypeId::Component(id) => {
                let items = types[id].imports.values().chain(types[id].exports.values());
                items.into_iter().all(|item| self.entity(types, item.ty))
            }
        }
    }

    fn entity(&mut self, types: TypesRef<'_>, ty: ComponentEntityType) -> bool {
        match ty {
            ComponentEntityType::Module(_) => true,
            ComponentEntityType::Func(id) => self.check(types, ComponentAnyTypeId::Func(id)),
            ComponentEntityType::Value(ty) => self.value(types, ty).is_some(),
            ComponentEntityType::Type { created, .. } => self.check(types, created),
            ComponentEntityType::Instance(id) => {
                self.check(types, ComponentAnyTypeId::Instance(id))
            }
            ComponentEntityType::Component(id) => {
                self.check(types, ComponentAnyTypeId::Component(id))
            }
        }
    }

    fn value(&mut self, types: TypesRef<'_>, ty: ComponentValType) -> Option<Layout> {
        use PrimitiveValType as P;
        match ty {
            ComponentValType::Type(id) => self.defined(types, id),
            ComponentValType::Primitive(ty) => Some(match ty {
                P::Bool | P::S8 | P::U8 => Layout::scalar(1),
                P::S16 | P::U16 => Layout::scalar(2),
                P::S32 | P::U32 | P::F32 | P::Char => Layout::scalar(4),
                P::S64 | P::U64 | P::F64 => Layout::scalar(8),
                P::String => Layout::LIST,
                P::ErrorContext => Layout::HANDLE,
            }),
        }
    }

    fn defined(&mut self, types: TypesRef<'_>, id: ComponentDefinedTypeId) -> Option<Layout> {
        if let Some(known) = self.known.get(&id) {
            return *known;
        }
        let layout = self.layout(types, &types[id]);
        self.known.insert(id, layout);
        layout
    }

    fn layout(&mut self, types: TypesRef<'_>, ty: &ComponentDefinedType) -> Option<Layout> {
        use ComponentDefinedType as D;
        match ty {
            D::Primitive(ty) => self.value(types, ComponentValType::Primitive(*ty)),
            D::Record(record) => {
                Layout::record(record.fields.values().map(|ty| self.value(types, *ty)))
            }
            D::Tuple(tuple) => Layout::record(tuple.types.iter().map(|ty| self.value(types, *ty))),
            D::List { element, .. } => self.value(types, *element).map(|_| Layout::LIST),
            D::Map { key, value, .. } => {
                let pair = [*key, *value].into_iter();
                Layout::record(pair.map(|ty| self.value(types, ty))).map(|_| Layout::LIST)
            }
            D::FixedLengthList {
                element, length, ..
            } => {
                let element = self.value(types, *element)?;
                limited(element.size.saturating_mul((*length).into()), element.align)
            }
            D::Variant(variant) => {
                let cases = variant.cases.values().filter_map(|case| case.ty);
                let cases = cases.map(|ty| self.value(types, ty));
                Layout::variant(variant.cases.len(), cases)
            }
            D::Option { ty, .. } => Layout::variant(2, [self.value(types, *ty)].into_iter()),
            D::Result { ok, err, .. } => {
                let cases = [*ok, *err].into_iter().flatten();
                Layout::variant(2, cases.map(|ty| self.value(types, ty)))
            }
            D::Enum(cases) => Layout::variant(cases.len(), std::iter::empty()),
            D::Flags(flags) => Some(Layout::scalar(match flags.len() {
                0..=8 => 1,
                9..=16 => 2,
                _ => 4,
            })),
            D::Own(_) | D::Borrow(_) => Some(Layout::HANDLE),
            D::Future { ty, .. } | D::Stream { ty, .. } => match ty {
                Some(ty) => self.value(types, *ty).map(|_| Layout::HANDLE),
                None => Some(Layout::HANDLE),
            },
        }
    }
}
