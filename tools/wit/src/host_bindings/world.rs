//! The interfaces and functions of a world, with their names in C.

use super::model::{Kind, Ty};
use super::names::{snake, Names};
use super::types::{Side, Types, Unsupported};
use std::collections::{BTreeMap, HashMap, HashSet};
use wit_parser::{Function, InterfaceId, Resolve, TypeId, WorldId, WorldItem, WorldKey};

/// A function.
pub struct Func {
    /// The name in WIT, such as `[method]file.read`.
    pub wit: String,
    /// The name in C: of a function for exports, of a field for imports.
    pub c: String,
    pub params: Vec<(String, Ty)>,
    pub result: Option<Ty>,
    pub docs: Option<String>,
}

/// An interface, or what a world imports or exports itself.
pub struct Group {
    /// The name in WIT, or `None` for the world itself.
    pub wit: Option<String>,
    /// For imports: the field of the structure of all imports, empty for the world itself.
    pub c: String,
    /// For imports of an interface: the name in C of its structure, without `_t`.
    pub structure: String,
    pub functions: Vec<Func>,
    /// Resources: definition, name in WIT, and the name in C of their destructor.
    pub resources: Vec<(usize, String, String)>,
    /// Aliases of types: name in C and type.
    pub aliases: Vec<(String, Ty)>,
}

/// A group before its functions have names in C.
struct Items<'a> {
    wit: Option<String>,
    c: String,
    parent: String,
    functions: Vec<&'a Function>,
    types: Vec<(&'a str, TypeId)>,
}

/// Why a world has no bindings: the item at fault.
pub struct Fault {
    /// A phrase about the item.
    pub what: Unsupported,
    /// The function that uses it, and its interface.
    pub function: String,
    pub parent: String,
    pub function_span: wit_parser::Span,
}

/// Names of parameters that generated code uses itself.
const LOCALS: &[&str] = &["imports", "instance", "data", "result", "params", "self"];

/// Names of functions that every world has.
const OWN: &[&str] = &[
    "_t",
    "_component_t",
    "_component_new",
    "_component_delete",
    "_imports_t",
    "_link",
];
const OWN_TOO: &[&str] = &["_instantiate", "_delete"];

/// The names in C of the interfaces of a world, and the sides of their resources.
pub fn interfaces(
    resolve: &Resolve,
    world: WorldId,
    is_skipped: IsSkipped<'_>,
) -> HashMap<InterfaceId, (String, Side)> {
    let world = &resolve.worlds[world];
    let mut sides: BTreeMap<InterfaceId, (String, Side)> = BTreeMap::new();
    for (items, side) in [(&world.imports, Side::Host), (&world.exports, Side::Guest)] {
        for (key, item) in items {
            let WorldItem::Interface { id, .. } = item else {
                continue;
            };
            let is_skipped = side == Side::Host && is_skipped(&resolve.name_world_key(key));
            let side = if is_skipped { Side::Elsewhere } else { side };
            let short = match key {
                WorldKey::Name(name) => name.clone(),
                WorldKey::Interface(id) => resolve.interfaces[*id].name.clone().unwrap_or_default(),
            };
            let known = sides.entry(*id).or_insert((snake(&short), side));
            if known.1 != side {
                known.1 = Side::Both;
            }
        }
    }
    let mut uses: HashMap<String, usize> = HashMap::new();
    for (short, _) in sides.values() {
        *uses.entry(short.clone()).or_default() += 1;
    }
    let named = sides.into_iter().map(|(id, (short, side))| {
        let long = resolve.id_of(id).map(|id| snake(&id));
        match long.filter(|_| uses[&short] > 1) {
            Some(long) => (id, (long, side)),
            None => (id, (short, side)),
        }
    });
    named.collect()
}

/// A test for the names of imported interfaces that are left out.
pub type IsSkipped<'a> = &'a dyn Fn(&str) -> bool;

/// The imports and exports of a world.
pub struct World<'a> {
    pub prefix: &'a str,
    pub types: Types<'a>,
    pub imports: Vec<Group>,
    pub exports: Vec<Group>,
}

impl<'a> World<'a> {
    /// Converts a world. `interfaces` is the result of the function with this name.
    pub fn new(
        resolve: &'a Resolve,
        world: WorldId,
        prefix: &'a str,
        interfaces: &'a HashMap<InterfaceId, (String, Side)>,
        is_skipped: IsSkipped<'_>,
    ) -> Result<Self, Fault> {
        let imports = items(resolve, world, interfaces, Some(is_skipped));
        let exports = items(resolve, world, interfaces, None);
        let mut names = Names::default();
        for suffixes in [OWN, OWN_TOO] {
            names.claim_with(prefix, suffixes);
        }
        let mut types = Types::new(resolve, prefix, interfaces);
        for group in imports.iter().chain(&exports) {
            let used = group.functions.iter().flat_map(|f| {
                let params = f.params.iter().map(|p| &p.ty);
                params.chain(&f.result).map(move |ty| (*f, ty))
            });
            for (f, ty) in used {
                let fault = |what| fault(what, f, &group.parent);
                if f.kind.is_async() {
                    return Err(fault(Unsupported {
                        what: "is async".to_owned(),
                        path: String::new(),
                        span: None,
                    }));
                }
                types.convert(&mut names, ty).map_err(fault)?;
            }
            if let Some(f) = group.functions.iter().find(|f| f.kind.is_async()) {
                let what = Unsupported {
                    what: "is async".to_owned(),
                    path: String::new(),
                    span: None,
                };
                return Err(fault(what, f, &group.parent));
            }
        }
        let mut converter = Converter {
            prefix,
            names,
            types,
            aliases: HashSet::new(),
        };
        // Fields of the structure with all imports.
        let mut fields = Names::with(&["data"]);
        let mut converted = Vec::new();
        for group in &imports {
            let c = match group.wit {
                Some(_) => fields.claim(&group.c),
                None => String::new(),
            };
            converted.push(converter.group(group, c, Some(&mut fields))?);
        }
        let imports = converted;
        let exports = exports
            .iter()
            .map(|group| converter.group(group, group.c.clone(), None));
        let exports = exports.collect::<Result<Vec<_>, _>>()?;
        Ok(World {
            prefix,
            types: converter.types,
            imports,
            exports,
        })
    }
}

fn fault(what: Unsupported, function: &Function, parent: &str) -> Fault {
    Fault {
        what,
        function: function.name.clone(),
        parent: parent.to_owned(),
        function_span: function.span,
    }
}

struct Converter<'a> {
    prefix: &'a str,
    names: Names,
    types: Types<'a>,
    /// The aliases that have a name, as a world may import and export an interface.
    aliases: HashSet<TypeId>,
}

impl Converter<'_> {
    /// Names the functions of a group: fields of a structure for imports, global functions for exports.
    fn group(
        &mut self,
        items: &Items<'_>,
        c: String,
        fields: Option<&mut Names>,
    ) -> Result<Group, Fault> {
        let is_import = fields.is_some();
        let structure = match (is_import, &items.wit) {
            (true, Some(_)) => {
                let wanted = format!("{}_{}_imports", self.prefix, items.c);
                self.names.claim_with(&wanted, &["_t"])
            }
            _ => String::new(),
        };
        let mut own = Names::default();
        let own = match (&items.wit, fields) {
            (None, Some(fields)) => fields,
            _ => &mut own,
        };
        let start = match (is_import, &items.wit) {
            (true, _) => String::new(),
            (false, None) => format!("{}_", self.prefix),
            (false, Some(_)) => format!("{}_{}_", self.prefix, items.c),
        };
        let mut claim = |names: &mut Names, name: String| match is_import {
            true => own.claim(&name),
            false => names.claim(&format!("{start}{name}")),
        };
        let mut resources = Vec::new();
        let mut aliases = Vec::new();
        for (name, id) in &items.types {
            let ty = wit_parser::Type::Id(*id);
            match self.types.known(&ty) {
                Some(Ty::Def(def)) if self.is_own(*id, def, is_import) => {
                    // The name of the destructor of an exported resource is taken with its type.
                    let drop = match is_import {
                        true => claim(&mut self.names, format!("{}_drop", snake(name))),
                        false => format!("{}_drop", self.types.defs[def].stem),
                    };
                    resources.push((def, (*name).to_owned(), drop));
                }
                Some(ty) if self.types.is_alias(*id) && self.aliases.insert(*id) => {
                    let words: Vec<&str> = [self.prefix, &items.c].into_iter().collect();
                    let words = words.into_iter().filter(|w| !w.is_empty());
                    let stem = words
                        .chain([snake(name).as_str()])
                        .collect::<Vec<_>>()
                        .join("_");
                    aliases.push((format!("{}_t", self.names.claim_with(&stem, &["_t"])), ty));
                }
                _ => {}
            }
        }
        let mut functions = Vec::new();
        for f in &items.functions {
            let convert = |c: &mut Self, ty| {
                let converted = c.types.convert(&mut c.names, ty);
                converted.map_err(|what| fault(what, f, &items.parent))
            };
            let mut locals = Names::with(LOCALS);
            let mut params = Vec::new();
            for p in &f.params {
                let ty = convert(self, &p.ty)?;
                params.push((locals.claim(&snake(&p.name)), ty));
            }
            let result = match &f.result {
                Some(ty) => Some(convert(self, ty)?),
                None => None,
            };
            functions.push(Func {
                wit: f.name.clone(),
                c: claim(&mut self.names, function_name(&f.name)),
                params,
                result,
                docs: f.docs.contents.clone(),
            });
        }
        Ok(Group {
            wit: items.wit.clone(),
            c,
            structure,
            functions,
            resources,
            aliases,
        })
    }

    /// Whether a type is a resource that this side defines, not an alias of another.
    fn is_own(&self, id: TypeId, def: usize, is_import: bool) -> bool {
        match self.types.defs[def].kind {
            Kind::Resource(number) => number.is_some() == is_import && !self.types.is_alias(id),
            _ => false,
        }
    }
}

/// The name in C of a function: `[method]file.read` is `file_read`, `[constructor]file` is `file_new`.
fn function_name(wit: &str) -> String {
    match wit.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some(("constructor", resource)) => format!("{}_new", snake(resource)),
        Some((_, name)) => snake(name),
        None => snake(wit),
    }
}

/// The imports of a world that are not skipped, or its exports: interfaces first, then the world itself.
fn items<'a>(
    resolve: &'a Resolve,
    world: WorldId,
    interfaces: &HashMap<InterfaceId, (String, Side)>,
    imports: Option<IsSkipped<'_>>,
) -> Vec<Items<'a>> {
    let world = &resolve.worlds[world];
    let package = world.package;
    let parent = package.map(|p| resolve.id_of_name(p, &world.name));
    let mut own = Items {
        wit: None,
        c: String::new(),
        parent: parent.unwrap_or_else(|| world.name.clone()),
        functions: Vec::new(),
        types: Vec::new(),
    };
    let mut out = Vec::new();
    let all = match imports {
        Some(_) => &world.imports,
        None => &world.exports,
    };
    for (key, item) in all {
        match item {
            WorldItem::Interface { id, .. } => {
                let name = resolve.name_world_key(key);
                let Some((c, _)) = interfaces.get(id) else {
                    continue;
                };
                if imports.is_some_and(|is_skipped| is_skipped(&name)) {
                    continue;
                }
                let interface = &resolve.interfaces[*id];
                let types = interface.types.iter();
                out.push(Items {
                    wit: Some(name.clone()),
                    c: c.clone(),
                    parent: name,
                    functions: interface.functions.values().collect(),
                    types: types.map(|(name, id)| (name.as_str(), *id)).collect(),
                });
            }
            WorldItem::Function(f) => own.functions.push(f),
            WorldItem::Type { id, .. } => {
                let name = resolve.types[*id].name.as_deref().unwrap_or_default();
                own.types.push((name, *id));
            }
        }
    }
    out.push(own);
    out
}
