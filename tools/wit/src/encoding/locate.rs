//! Finds the item that makes the encoding of a package invalid.
//!
//! The validator names an offset in the binary. So the package is encoded again with fewer items: the
//! last item of the shortest invalid prefix is at fault.

use super::fault::Fault;
use super::validity::invalid;
use wit_parser::{
    Function, InterfaceId, PackageId, Resolve, Span, TypeDefKind, TypeId, WorldId, WorldItem,
};

/// The faults of a package with an invalid encoding: one for each interface or world, or else one for
/// the package.
pub(super) fn faults(resolve: &Resolve, package: PackageId) -> Vec<Fault> {
    let part = |keep_interface: Option<InterfaceId>, keep_world: Option<WorldId>| {
        let mut part = resolve.clone();
        let items = &mut part.packages[package];
        items.interfaces.retain(|_, id| Some(*id) == keep_interface);
        items.worlds.retain(|_, id| Some(*id) == keep_world);
        Part {
            resolve: part,
            package,
        }
    };
    let own = &resolve.packages[package];
    let mut out = Vec::new();
    for id in own.interfaces.values() {
        let part = part(Some(*id), None);
        if let Some(reason) = part.invalid() {
            let name = resolve.id_of(*id).unwrap_or_default();
            let span = part
                .in_interface(*id)
                .unwrap_or(resolve.interfaces[*id].span);
            out.push(fault(&format!("interface `{name}`"), &reason, span));
        }
    }
    // What a world imports has been reported.
    if !out.is_empty() {
        return out;
    }
    for id in own.worlds.values() {
        let part = part(None, Some(*id));
        if let Some(reason) = part.invalid() {
            let world = &resolve.worlds[*id];
            let span = part.in_world(*id).unwrap_or(world.span);
            out.push(fault(&format!("world `{}`", world.name), &reason, span));
        }
    }
    if out.is_empty() {
        let reason = invalid(resolve, package).unwrap_or_default();
        let items = own
            .interfaces
            .values()
            .map(|id| resolve.interfaces[*id].span);
        let mut items = items.chain(own.worlds.values().map(|id| resolve.worlds[*id].span));
        let span = items.next().unwrap_or_default();
        out.push(fault(&format!("package `{}`", own.name), &reason, span));
    }
    out
}

fn fault(what: &str, reason: &str, span: Span) -> Fault {
    let reason = match reason {
        "component function parameters size is out of bounds" => "more than 1000 parameters",
        other => other,
    };
    let hint = match reason {
        r if r.contains("more than 32 flags") => "use several types with at most 32 flags each",
        r if r.contains("at least one") => "add a member to the type, or remove the type",
        r if r.contains("parameters") => "pass a record or a list instead",
        _ => "change the item: the component model does not allow it",
    };
    Fault {
        title: format!("{what} cannot be part of a component: {reason}"),
        spans: vec![(span, String::new())],
        hint: hint.to_owned(),
    }
}

/// A package with some of its items.
#[derive(Clone)]
struct Part {
    resolve: Resolve,
    package: PackageId,
}

impl Part {
    fn invalid(&self) -> Option<String> {
        invalid(&self.resolve, self.package)
    }

    /// The length of the shortest invalid prefix of `len` items, which are invalid together. `cut`
    /// shortens the items.
    fn shortest(&self, len: usize, cut: impl Fn(&mut Resolve, usize)) -> usize {
        let (mut valid, mut bad) = (None, len);
        while valid.map_or(0, |v: usize| v + 1) < bad {
            let low = valid.map_or(0, |v: usize| v + 1);
            let middle = low + (bad - low) / 2;
            let mut part = self.clone();
            cut(&mut part.resolve, middle);
            match part.invalid() {
                Some(_) => bad = middle,
                None => valid = Some(middle),
            }
        }
        bad
    }

    /// The location of the item at fault in an interface.
    fn in_interface(&self, id: InterfaceId) -> Option<Span> {
        let interface = &self.resolve.interfaces[id];
        let types = interface.types.len();
        let cut = |resolve: &mut Resolve, n: usize| {
            let interface = &mut resolve.interfaces[id];
            interface.types.truncate(n);
            interface.functions.truncate(n.saturating_sub(types));
        };
        let last = self
            .shortest(types + interface.functions.len(), cut)
            .checked_sub(1)?;
        let mut part = self.clone();
        cut(&mut part.resolve, last + 1);
        match last.checked_sub(types) {
            None => {
                let (_, ty) = interface.types.get_index(last)?;
                Some(part.in_type(*ty))
            }
            Some(i) => {
                let (name, function) = interface.functions.get_index(i)?;
                let cut = |resolve: &mut Resolve, n: usize| {
                    let function = resolve.interfaces[id].functions.get_mut(name);
                    cut_params(function, n);
                };
                Some(part.in_function(function, cut))
            }
        }
    }

    /// The location of the item at fault in a world.
    fn in_world(&self, id: WorldId) -> Option<Span> {
        let world = &self.resolve.worlds[id];
        let imports = world.imports.len();
        let cut = |resolve: &mut Resolve, n: usize| {
            let world = &mut resolve.worlds[id];
            world.imports.truncate(n);
            world.exports.truncate(n.saturating_sub(imports));
        };
        let last = self
            .shortest(imports + world.exports.len(), cut)
            .checked_sub(1)?;
        let mut part = self.clone();
        cut(&mut part.resolve, last + 1);
        let (key, item) = match last.checked_sub(imports) {
            None => world.imports.get_index(last)?,
            Some(i) => world.exports.get_index(i)?,
        };
        match item {
            WorldItem::Interface { id, span, .. } => Some(part.in_interface(*id).unwrap_or(*span)),
            WorldItem::Type { id, .. } => Some(part.in_type(*id)),
            WorldItem::Function(function) => {
                let cut = |resolve: &mut Resolve, n: usize| {
                    let world = &mut resolve.worlds[id];
                    let items = match last < imports {
                        true => &mut world.imports,
                        false => &mut world.exports,
                    };
                    if let Some(WorldItem::Function(function)) = items.get_mut(key) {
                        cut_params(Some(function), n);
                    }
                };
                Some(part.in_function(function, cut))
            }
        }
    }

    fn in_function(&self, function: &Function, cut: impl Fn(&mut Resolve, usize)) -> Span {
        let last = self.shortest(function.params.len(), cut).checked_sub(1);
        let param = last.and_then(|last| function.params.get(last));
        param.map_or(function.span, |param| param.span)
    }

    /// The location of a type at fault, or of its member.
    fn in_type(&self, id: TypeId) -> Span {
        let ty = &self.resolve.types[id];
        let spans: Vec<Span> = match &ty.kind {
            TypeDefKind::Record(record) => record.fields.iter().map(|f| f.span).collect(),
            TypeDefKind::Variant(variant) => variant.cases.iter().map(|c| c.span).collect(),
            TypeDefKind::Enum(cases) => cases.cases.iter().map(|c| c.span).collect(),
            TypeDefKind::Flags(flags) => flags.flags.iter().map(|f| f.span).collect(),
            _ => return ty.span,
        };
        // A type without members may be at fault for that: begin with one.
        let cut = |resolve: &mut Resolve, n: usize| match &mut resolve.types[id].kind {
            TypeDefKind::Record(record) => record.fields.truncate(n + 1),
            TypeDefKind::Variant(variant) => variant.cases.truncate(n + 1),
            TypeDefKind::Enum(cases) => cases.cases.truncate(n + 1),
            TypeDefKind::Flags(flags) => flags.flags.truncate(n + 1),
            _ => {}
        };
        let Some(most) = spans.len().checked_sub(1) else {
            return ty.span;
        };
        spans[self.shortest(most, cut)]
    }
}

fn cut_params(function: Option<&mut Function>, n: usize) {
    if let Some(function) = function {
        function.params.truncate(n);
    }
}
