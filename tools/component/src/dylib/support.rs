//! What wit-dylib cannot generate. It panics; here are errors.

use rules_wit_common::{Diagnostic, Result};
use std::collections::{HashMap, HashSet};
use wit_dylib::AsyncFilterSet;
use wit_parser::{
    Function, LiveTypes, Resolve, Span, Type, TypeDefKind, TypeId, WorldId, WorldItem, WorldKey,
};
use wit_source::Loaded;

/// The most flags: they are passed as one 32-bit integer.
const MAX_FLAGS: usize = 32;

/// The most nested types.
const MAX_DEPTH: usize = 200;

/// The most values in the parameters and the result of a function, and of all functions. The
/// generated code has instructions for each; a few lines of WIT can have billions.
const MAX_VALUES: [u64; 2] = [100_000, 2_000_000];

/// Checks that the library of a world can be generated. With `sync`, which filters asynchronous
/// functions, an interpreter has none of these; without `has_handles`, no futures and streams.
pub fn check(
    loaded: &Loaded,
    world: WorldId,
    mut sync: Option<&mut AsyncFilterSet>,
    has_handles: bool,
) -> Result<()> {
    let mut walk = Walk {
        loaded,
        has_handles,
        values: HashMap::new(),
        handles: HashSet::new(),
    };
    let resolve = &loaded.resolve;
    let world = &resolve.worlds[world];
    let mut total: u64 = 0;
    let mut live = LiveTypes::default();
    let imports = world.imports.iter().map(|item| (item, true));
    let exports = world.exports.iter().map(|item| (item, false));
    for ((key, item), is_import) in imports.chain(exports) {
        live.add_world_item(resolve, item);
        let key = matches!(item, WorldItem::Interface { .. }).then_some(key);
        let functions = match item {
            WorldItem::Interface { id, .. } => resolve.interfaces[*id].functions.values().collect(),
            WorldItem::Function(function) => vec![function],
            WorldItem::Type { .. } => vec![],
        };
        for function in functions {
            if let Some(filters) = &mut sync {
                if filters.is_async(resolve, key, function, is_import) {
                    return Err(walk.asynchronous(key, function, is_import).into());
                }
            }
            let mut values: u64 = 0;
            let params = function.params.iter().map(|p| (p.ty, p.span));
            for (ty, span) in params.chain(function.result.map(|ty| (ty, function.span))) {
                let at = known(span, function.span);
                values = values.saturating_add(walk.ty(ty, at, 0)?);
            }
            total = total.saturating_add(values);
            if values > MAX_VALUES[0] || total > MAX_VALUES[1] {
                return Err(walk.too_large(&function.name, function.span).into());
            }
        }
    }
    for id in live.iter() {
        let is_handle = handle_kind(resolve, id);
        if let Some(kind) = is_handle.filter(|_| !walk.handles.contains(&id)) {
            let ty = &resolve.types[id];
            let name = ty.name.as_deref().unwrap_or(kind);
            let title = format!("no function uses the {kind} `{name}`, which wit-dylib requires");
            return Err(walk
                .error(
                    title,
                    ty.span,
                    "remove the type, or add a function that uses it",
                )
                .into());
        }
    }
    Ok(())
}

/// Walks types.
struct Walk<'a> {
    loaded: &'a Loaded,
    /// Whether the interpreter has futures and streams.
    has_handles: bool,
    /// The number of values in each type that was visited.
    values: HashMap<TypeId, u64>,
    /// The futures and streams that functions use.
    handles: HashSet<TypeId>,
}

impl Walk<'_> {
    /// The number of values in a type. `at` is the innermost item around it that has a location.
    fn ty(&mut self, ty: Type, at: Span, depth: usize) -> Result<u64> {
        match ty {
            Type::Id(id) => self.id(id, at, depth),
            Type::ErrorContext => Err(self
                .unsupported("`error-context`", at, "pass errors as strings or variants")
                .into()),
            _ => Ok(1),
        }
    }

    fn id(&mut self, id: TypeId, at: Span, depth: usize) -> Result<u64> {
        if let Some(values) = self.values.get(&id) {
            return Ok(*values);
        }
        let loaded = self.loaded;
        let ty = &loaded.resolve.types[id];
        let at = known(ty.span, at);
        if depth > MAX_DEPTH {
            let title = format!("types are nested more than {MAX_DEPTH} deep");
            return Err(self
                .error(title, at, "pass the parts as separate parameters")
                .into());
        }
        let hint = match &ty.kind {
            TypeDefKind::Future(_) => {
                "return the value, or a resource with a function that returns it"
            }
            _ => "pass a list, or a resource with a function that returns the next elements",
        };
        if let (Some(kind), false) = (handle_kind(&loaded.resolve, id), self.has_handles) {
            let title = format!("the interpreter does not support {kind}s");
            return Err(self.error(title, at, hint).into());
        }
        let mut all: Vec<(Type, Span)> = Vec::new();
        match &ty.kind {
            TypeDefKind::Flags(flags) if flags.flags.len() > MAX_FLAGS => {
                let count = flags.flags.len();
                let title = format!("wit-dylib does not support flags with more than {MAX_FLAGS} members: here are {count}");
                return Err(self
                    .error(title, at, "split the flags into two types")
                    .into());
            }
            TypeDefKind::FixedLengthList(..) => {
                return Err(self
                    .unsupported("lists of a fixed length", at, "use a list or a tuple")
                    .into());
            }
            TypeDefKind::Future(payload) | TypeDefKind::Stream(payload) => {
                self.handles.insert(id);
                all.extend(payload.map(|ty| (ty, at)));
            }
            TypeDefKind::Record(record) => {
                all.extend(record.fields.iter().map(|f| (f.ty, known(f.span, at))));
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter();
                all.extend(cases.filter_map(|c| Some((c.ty?, known(c.span, at)))));
            }
            TypeDefKind::Tuple(tuple) => all.extend(tuple.types.iter().map(|ty| (*ty, at))),
            TypeDefKind::Result(result) => {
                all.extend(result.ok.iter().chain(&result.err).map(|ty| (*ty, at)));
            }
            TypeDefKind::Option(ty) | TypeDefKind::List(ty) | TypeDefKind::Type(ty) => {
                all.push((*ty, at));
            }
            TypeDefKind::Map(key, value) => all.extend([(*key, at), (*value, at)]),
            TypeDefKind::Flags(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Handle(_)
            | TypeDefKind::Resource
            | TypeDefKind::Unknown => {}
        }
        let mut values: u64 = 1;
        for (ty, at) in all {
            values = values.saturating_add(self.ty(ty, at, depth + 1)?);
        }
        self.values.insert(id, values);
        Ok(values)
    }

    fn unsupported(&self, what: &str, at: Span, hint: &str) -> Diagnostic {
        self.error(format!("wit-dylib does not support {what}"), at, hint)
    }

    fn asynchronous(
        &self,
        key: Option<&WorldKey>,
        function: &Function,
        is_import: bool,
    ) -> Diagnostic {
        let name = match key {
            Some(key) => format!(
                "{}#{}",
                self.loaded.resolve.name_world_key(key),
                function.name
            ),
            None => function.name.clone(),
        };
        let direction = if is_import { "imports" } else { "exports" };
        let title = format!("the world {direction} the asynchronous function `{name}`, and the interpreter supports none");
        let hint = format!("call it synchronously, with `--async=-{name}`");
        self.error(title, function.span, &hint)
            .rule_hint(format!("call it synchronously: add \"{name}\" to `sync`"))
    }

    fn too_large(&self, function: &str, at: Span) -> Diagnostic {
        let [one, all] = MAX_VALUES;
        self.error(
            format!("the types of `{function}` have too many values: more than {one}, or {all} with those of the functions before it"),
            at,
            "pass a list instead of nested tuples and records",
        )
    }

    fn error(&self, title: String, at: Span, hint: &str) -> Diagnostic {
        let d = Diagnostic::new(title).hint(hint);
        let map = &self.loaded.resolve.source_map;
        match self.loaded.sources.site(map, at) {
            Some((_, site)) => d.site(site),
            None => d,
        }
    }
}

fn known(span: Span, otherwise: Span) -> Span {
    match span.is_known() {
        true => span,
        false => otherwise,
    }
}

fn handle_kind(resolve: &Resolve, id: TypeId) -> Option<&'static str> {
    match resolve.types[id].kind {
        TypeDefKind::Future(_) => Some("future"),
        TypeDefKind::Stream(_) => Some("stream"),
        _ => None,
    }
}
