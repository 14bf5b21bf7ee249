//! WIT types as C types.

use super::model::{Def, Kind, Part, Ty};
use super::names::{snake, Names};
use super::primitives::{primitive_of, STRING};
use std::collections::HashMap;
use wit_parser::{Handle, InterfaceId, Resolve, Span, Type, TypeDefKind, TypeId, TypeOwner};

/// A type that has no representation in C: what it is, and where it is declared.
pub struct Unsupported {
    /// A noun phrase.
    pub what: String,
    /// The path of the type for messages, or empty for a type without a name.
    pub path: String,
    /// The span of the type, if it has one.
    pub span: Option<Span>,
}

/// Which side defines the resources of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Host,
    Guest,
    /// The interface is not generated.
    Elsewhere,
    /// The world imports and exports the interface.
    Both,
}

/// All types, in an order in which C can declare them.
pub struct Types<'a> {
    resolve: &'a Resolve,
    prefix: &'a str,
    /// The name of each interface in C, and the side of its resources.
    interfaces: &'a HashMap<InterfaceId, (String, Side)>,
    pub defs: Vec<Def>,
    by_id: HashMap<TypeId, usize>,
    by_stem: HashMap<String, usize>,
    resources: u32,
}

impl<'a> Types<'a> {
    pub fn new(
        resolve: &'a Resolve,
        prefix: &'a str,
        interfaces: &'a HashMap<InterfaceId, (String, Side)>,
    ) -> Self {
        Types {
            resolve,
            prefix,
            interfaces,
            defs: Vec::new(),
            by_id: HashMap::new(),
            by_stem: HashMap::new(),
            resources: 0,
        }
    }

    /// The name of a type in C.
    pub fn c(&self, ty: Ty) -> String {
        match ty {
            Ty::Primitive(p) => p.c.to_owned(),
            Ty::Def(i) | Ty::Handle { resource: i, .. } => format!("{}_t", self.defs[i].stem),
        }
    }

    /// A pointer to the description of a type.
    pub fn description(&self, ty: Ty) -> String {
        match ty {
            Ty::Primitive(p) => format!("&{}", p.description),
            Ty::Def(i) => format!("&type_{}", self.defs[i].stem),
            Ty::Handle { resource, is_own } => match (&self.defs[resource].kind, is_own) {
                (Kind::Resource(Some(_)), true) => {
                    format!("&type_{}_own", self.defs[resource].stem)
                }
                (Kind::Resource(Some(_)), false) => {
                    format!("&type_{}_borrow", self.defs[resource].stem)
                }
                _ => format!("&type_{}", self.defs[resource].stem),
            },
        }
    }

    /// Whether values of a type own memory.
    pub fn is_owner(&self, ty: Ty) -> bool {
        match ty {
            Ty::Primitive(p) => p.wit == STRING.wit,
            Ty::Def(i) | Ty::Handle { resource: i, .. } => self.defs[i].is_owner,
        }
    }

    /// Whether parameters of a type are passed by value.
    pub fn is_by_value(&self, ty: Ty) -> bool {
        match ty {
            Ty::Def(i) => matches!(
                self.defs[i].kind,
                Kind::Enum(_) | Kind::Flags(_) | Kind::List(_)
            ),
            _ => true,
        }
    }

    /// A type that the table has already.
    pub fn known(&self, ty: &Type) -> Option<Ty> {
        match ty {
            Type::Id(id) => match &self.resolve.types[*id].kind {
                TypeDefKind::Type(ty) => self.known(ty),
                TypeDefKind::Handle(_) => None,
                _ => self.by_id.get(id).copied().map(Ty::Def),
            },
            _ => primitive_of(ty).map(Ty::Primitive),
        }
    }

    /// Whether a type is another name of a type.
    pub fn is_alias(&self, id: TypeId) -> bool {
        matches!(self.resolve.types[id].kind, TypeDefKind::Type(_))
    }

    fn path(&self, id: TypeId) -> String {
        let def = &self.resolve.types[id];
        let parent = match def.owner {
            TypeOwner::Interface(i) => self.resolve.id_of(i),
            TypeOwner::World(w) => {
                let world = &self.resolve.worlds[w];
                world
                    .package
                    .map(|p| self.resolve.id_of_name(p, &world.name))
            }
            TypeOwner::None => None,
        };
        match (parent, &def.name) {
            (Some(parent), Some(name)) => wit_source::spans::member(&parent, name),
            _ => String::new(),
        }
    }

    fn unsupported(&self, id: TypeId, what: &str) -> Unsupported {
        let def = &self.resolve.types[id];
        Unsupported {
            what: match &def.name {
                Some(name) => format!("{what} (type `{name}`)"),
                None => what.to_owned(),
            },
            path: self.path(id),
            span: def.name.as_ref().map(|_| def.span),
        }
    }

    /// Converts a type, and adds those that it consists of to the table.
    pub fn convert(&mut self, names: &mut Names, ty: &Type) -> Result<Ty, Unsupported> {
        let Type::Id(id) = ty else {
            return primitive_of(ty).map(Ty::Primitive).ok_or(Unsupported {
                what: "`error-context`".to_owned(),
                path: String::new(),
                span: None,
            });
        };
        let resolve = self.resolve;
        match &resolve.types[*id].kind {
            TypeDefKind::Type(ty) => return self.convert(names, ty),
            TypeDefKind::Handle(Handle::Own(r)) => return self.handle(names, *r, true),
            TypeDefKind::Handle(Handle::Borrow(r)) => return self.handle(names, *r, false),
            _ => {}
        }
        if let Some(i) = self.by_id.get(id) {
            return Ok(Ty::Def(*i));
        }
        let index = self.define(names, *id)?;
        self.by_id.insert(*id, index);
        Ok(Ty::Def(index))
    }

    fn handle(&mut self, names: &mut Names, id: TypeId, is_own: bool) -> Result<Ty, Unsupported> {
        match self.convert(names, &Type::Id(id))? {
            Ty::Def(resource) => Ok(Ty::Handle { resource, is_own }),
            other => Ok(other),
        }
    }

    fn optional(
        &mut self,
        names: &mut Names,
        ty: Option<&Type>,
    ) -> Result<Option<Ty>, Unsupported> {
        ty.map(|ty| self.convert(names, ty)).transpose()
    }

    fn define(&mut self, names: &mut Names, id: TypeId) -> Result<usize, Unsupported> {
        let resolve = self.resolve;
        let def = &resolve.types[id];
        let stem = def.name.as_ref().map(|name| {
            let interface = match def.owner {
                TypeOwner::Interface(i) => self.interfaces.get(&i).map(|(name, _)| name.as_str()),
                _ => None,
            };
            let words: Vec<&str> = [self.prefix].into_iter().chain(interface).collect();
            format!("{}_{}", words.join("_"), snake(name))
        });
        let (kind, structural) = match &def.kind {
            TypeDefKind::Record(record) => {
                let fields = record.fields.iter();
                let fields =
                    fields.map(|f| (f.name.as_str(), Some(&f.ty), f.docs.contents.clone()));
                (Kind::Record(self.parts(names, fields)?), String::new())
            }
            TypeDefKind::Variant(variant) => {
                let cases = variant.cases.iter();
                let cases =
                    cases.map(|c| (c.name.as_str(), c.ty.as_ref(), c.docs.contents.clone()));
                (Kind::Variant(self.parts(names, cases)?), String::new())
            }
            TypeDefKind::Enum(e) => {
                let cases = e.cases.iter();
                let cases = cases.map(|c| (c.name.as_str(), None, c.docs.contents.clone()));
                (Kind::Enum(self.parts(names, cases)?), String::new())
            }
            TypeDefKind::Flags(flags) if flags.flags.len() > 32 => {
                return Err(self.unsupported(id, "more than 32 flags"));
            }
            TypeDefKind::Flags(flags) => {
                let flags = flags.flags.iter();
                let flags = flags.map(|f| (f.name.as_str(), None, f.docs.contents.clone()));
                (Kind::Flags(self.parts(names, flags)?), String::new())
            }
            TypeDefKind::Tuple(tuple) => {
                let types = tuple.types.iter().map(|ty| self.convert(names, ty));
                let types = types.collect::<Result<Vec<_>, _>>()?;
                let words: Vec<String> = types.iter().map(|ty| self.word(*ty)).collect();
                let structural = format!("tuple{}_{}", types.len(), words.join("_"));
                (Kind::Tuple(types), structural)
            }
            TypeDefKind::List(ty) => {
                let ty = self.convert(names, ty)?;
                (Kind::List(ty), format!("list_{}", self.word(ty)))
            }
            TypeDefKind::Option(ty) => {
                let ty = self.convert(names, ty)?;
                (Kind::Option(ty), format!("option_{}", self.word(ty)))
            }
            TypeDefKind::Result(r) => {
                let ok = self.optional(names, r.ok.as_ref())?;
                let err = self.optional(names, r.err.as_ref())?;
                let word = |ty: Option<Ty>| ty.map_or("void".to_owned(), |ty| self.word(ty));
                let structural = format!("result_{}_{}", word(ok), word(err));
                (Kind::Result(ok, err), structural)
            }
            TypeDefKind::Resource => (Kind::Resource(self.resource(id)?), String::new()),
            TypeDefKind::Map(..) => return Err(self.unsupported(id, "`map`")),
            TypeDefKind::FixedLengthList(..) => {
                return Err(self.unsupported(id, "a list of fixed length"));
            }
            TypeDefKind::Future(_) => return Err(self.unsupported(id, "`future`")),
            TypeDefKind::Stream(_) => return Err(self.unsupported(id, "`stream`")),
            TypeDefKind::Type(_) | TypeDefKind::Handle(_) | TypeDefKind::Unknown => {
                return Err(self.unsupported(id, "an unknown type"));
            }
        };
        let is_named = stem.is_some();
        let wanted = stem.unwrap_or_else(|| format!("{}_{structural}", self.prefix));
        if let Some(same) = self.by_stem.get(&wanted).filter(|_| !is_named) {
            return Ok(*same);
        }
        let stem = names.claim_with(&wanted, &["_t", "_free", "_drop"]);
        if !is_named {
            self.by_stem.insert(wanted, self.defs.len());
        }
        let is_owner = self.owns(&kind);
        self.defs.push(Def {
            kind: with_constants(kind, names, &stem),
            stem,
            is_owner,
            docs: def.docs.contents.clone(),
        });
        Ok(self.defs.len() - 1)
    }

    fn parts<'b>(
        &mut self,
        names: &mut Names,
        parts: impl Iterator<Item = (&'b str, Option<&'b Type>, Option<String>)>,
    ) -> Result<Vec<Part>, Unsupported> {
        let mut own = Names::default();
        let mut out = Vec::new();
        for (name, ty, docs) in parts {
            out.push(Part {
                wit: name.to_owned(),
                c: own.claim(&snake(name)),
                constant: String::new(),
                ty: self.optional(names, ty)?,
                docs,
            });
        }
        Ok(out)
    }

    fn resource(&mut self, id: TypeId) -> Result<Option<u32>, Unsupported> {
        let side = match self.resolve.types[id].owner {
            TypeOwner::Interface(i) => self.interfaces.get(&i).map(|(_, side)| *side),
            // Worlds cannot export types.
            _ => Some(Side::Host),
        };
        match side {
            Some(Side::Host) => {
                self.resources += 1;
                Ok(Some(self.resources))
            }
            Some(Side::Guest) => Ok(None),
            Some(Side::Both) => Err(self.unsupported(
                id,
                "a resource of an interface that the world both imports and exports",
            )),
            Some(Side::Elsewhere) | None => {
                Err(self.unsupported(id, "a resource of an interface that is skipped"))
            }
        }
    }

    fn owns(&self, kind: &Kind) -> bool {
        let any = |parts: &[Part]| {
            parts
                .iter()
                .filter_map(|p| p.ty)
                .any(|ty| self.is_owner(ty))
        };
        match kind {
            Kind::Record(parts) | Kind::Variant(parts) => any(parts),
            Kind::Tuple(types) => types.iter().any(|ty| self.is_owner(*ty)),
            Kind::List(_) => true,
            Kind::Option(ty) => self.is_owner(*ty),
            Kind::Result(ok, err) => ok.iter().chain(err).any(|ty| self.is_owner(*ty)),
            Kind::Enum(_) | Kind::Flags(_) => false,
            Kind::Resource(number) => number.is_none(),
        }
    }

    /// A type as a part of the name of another.
    fn word(&self, ty: Ty) -> String {
        match ty {
            Ty::Primitive(p) => p.wit.to_owned(),
            Ty::Def(i) => self.short(i),
            Ty::Handle { resource, is_own } => {
                let kind = if is_own { "own" } else { "borrow" };
                format!("{kind}_{}", self.short(resource))
            }
        }
    }

    fn short(&self, def: usize) -> String {
        let stem = &self.defs[def].stem;
        let rest = stem.strip_prefix(self.prefix).unwrap_or(stem);
        rest.trim_start_matches('_').to_owned()
    }
}

/// Adds constants of cases and flags, which are global names.
fn with_constants(mut kind: Kind, names: &mut Names, stem: &str) -> Kind {
    if let Kind::Variant(parts) | Kind::Enum(parts) | Kind::Flags(parts) = &mut kind {
        for part in parts {
            let wanted = format!("{stem}_{}", snake(&part.wit)).to_uppercase();
            part.constant = names.claim(&wanted);
        }
    }
    kind
}
