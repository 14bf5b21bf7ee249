//! Prints types of components for error messages.

use std::cell::Cell;
use std::collections::HashMap;
use wac_graph::types::{DefinedType, DefinedTypeId, FuncTypeId, ItemKind, Type, Types, ValueType};

/// The depth to which types are printed.
const MAX_DEPTH: usize = 6;

/// The largest number of types in a line: types that refer to many others would fill any screen.
const MAX_TYPES: usize = 100;

/// Prints an item: a line for each item of an instance, one line for anything else.
pub fn lines(types: &Types, kind: ItemKind) -> Vec<String> {
    let mut writer = Writer {
        types,
        names: HashMap::new(),
        left: Cell::new(0),
    };
    if let ItemKind::Instance(id) | ItemKind::Type(Type::Interface(id)) = kind {
        writer.names = types[id]
            .exports
            .iter()
            .filter_map(|(name, kind)| match kind {
                ItemKind::Type(Type::Value(ValueType::Defined(id))) => Some((*id, name.as_str())),
                _ => None,
            })
            .collect();
    }
    match kind {
        ItemKind::Instance(id) | ItemKind::Type(Type::Interface(id)) => types[id]
            .exports
            .iter()
            .map(|(name, kind)| format!("{name}: {}", writer.line(*kind)))
            .collect(),
        kind => vec![writer.line(kind)],
    }
}

/// Prints the type of a value.
pub fn value(types: &Types, ty: ValueType) -> String {
    let writer = Writer {
        types,
        names: HashMap::new(),
        left: Cell::new(MAX_TYPES),
    };
    writer.value(ty, MAX_DEPTH)
}

struct Writer<'a> {
    types: &'a Types,
    /// The types that the instance exports, by their names.
    names: HashMap<DefinedTypeId, &'a str>,
    /// How many more types the line may have.
    left: Cell<usize>,
}

impl Writer<'_> {
    fn line(&self, kind: ItemKind) -> String {
        self.left.set(MAX_TYPES);
        match kind {
            ItemKind::Func(id) | ItemKind::Type(Type::Func(id)) => self.func(id),
            ItemKind::Type(Type::Resource(_)) => "resource".to_owned(),
            // The definition is printed here only, and the name elsewhere.
            ItemKind::Type(Type::Value(ty)) => self.definition(ty, MAX_DEPTH),
            ItemKind::Value(ty) => self.value(ty, MAX_DEPTH),
            kind => kind.desc(self.types).to_owned(),
        }
    }

    fn func(&self, id: FuncTypeId) -> String {
        let func = &self.types[id];
        let params: Vec<String> = func
            .params
            .iter()
            .map(|(name, ty)| format!("{name}: {}", self.value(*ty, MAX_DEPTH)))
            .collect();
        let result = func.result.map_or_else(String::new, |ty| {
            format!(" -> {}", self.value(ty, MAX_DEPTH))
        });
        let word = if func.is_async { "async func" } else { "func" };
        format!("{word}({}){result}", params.join(", "))
    }

    fn value(&self, ty: ValueType, depth: usize) -> String {
        match ty {
            ValueType::Defined(id) => match self.names.get(&id) {
                Some(name) => (*name).to_owned(),
                None => self.definition(ty, depth),
            },
            ty => self.definition(ty, depth),
        }
    }

    fn definition(&self, ty: ValueType, depth: usize) -> String {
        let (Some(depth), Some(left)) = (depth.checked_sub(1), self.left.get().checked_sub(1))
        else {
            return "...".to_owned();
        };
        self.left.set(left);
        let one = |ty: ValueType| self.value(ty, depth);
        let maybe = |ty: Option<ValueType>| ty.map_or("_".to_owned(), one);
        let optional =
            |ty: Option<ValueType>| ty.map_or(String::new(), |ty| format!("<{}>", one(ty)));
        let resource = |id| self.types[self.types.resolve_resource(id)].name.clone();
        let id = match self.types.resolve_value_type(ty) {
            ValueType::Primitive(p) => return p.desc().to_owned(),
            ValueType::Own(id) => return resource(id),
            ValueType::Borrow(id) => return format!("borrow<{}>", resource(id)),
            ValueType::Defined(id) => id,
        };
        let list = |items: Vec<String>| items.join(", ");
        match &self.types[id] {
            DefinedType::Tuple(types) => {
                format!("tuple<{}>", list(types.iter().map(|t| one(*t)).collect()))
            }
            DefinedType::List(ty) => format!("list<{}>", one(*ty)),
            DefinedType::FixedSizeList(ty, n) => format!("list<{}, {n}>", one(*ty)),
            DefinedType::Map(key, value) => format!("map<{}, {}>", one(*key), one(*value)),
            DefinedType::Option(ty) => format!("option<{}>", one(*ty)),
            DefinedType::Result { ok, err: None } => format!("result{}", optional(*ok)),
            DefinedType::Result { ok, err } => format!("result<{}, {}>", maybe(*ok), maybe(*err)),
            DefinedType::Variant(v) => {
                let cases = v.cases.iter().map(|(name, ty)| match ty {
                    Some(ty) => format!("{name}({})", one(*ty)),
                    None => name.clone(),
                });
                format!("variant {{ {} }}", list(cases.collect()))
            }
            DefinedType::Record(r) => {
                let fields = r.fields.iter().map(|(n, ty)| format!("{n}: {}", one(*ty)));
                format!("record {{ {} }}", list(fields.collect()))
            }
            DefinedType::Flags(f) => format!("flags {{ {} }}", list(f.0.iter().cloned().collect())),
            DefinedType::Enum(e) => format!("enum {{ {} }}", list(e.0.iter().cloned().collect())),
            DefinedType::Alias(ty) => one(*ty),
            DefinedType::Stream(ty) => format!("stream{}", optional(*ty)),
            DefinedType::Future(ty) => format!("future{}", optional(*ty)),
        }
    }
}
