//! Renders types and functions as WIT in HTML, with a link from each name to its definition.

use crate::wording::primitive;
use picture::escape;
use std::collections::HashMap;
use std::fmt::Write;
use wit_parser::{
    Function, FunctionKind, Handle, InterfaceId, Resolve, Type, TypeDef, TypeDefKind, TypeId,
    TypeOwner, WorldId, WorldItem, WorldKey,
};

/// The anchor of an interface; `None` for an inline interface of a world.
pub fn interface_anchor(resolve: &Resolve, id: InterfaceId) -> Option<String> {
    resolve.id_of(id)
}

/// The anchor of a world.
pub fn world_anchor(resolve: &Resolve, id: WorldId) -> String {
    let world = &resolve.worlds[id];
    match world.package {
        Some(package) => resolve.id_of_name(package, &world.name),
        None => world.name.clone(),
    }
}

/// A link to an anchor on the page.
pub fn link(anchor: &str, text: &str) -> String {
    format!("<a href=\"#{}\">{}</a>", escape(anchor), escape(text))
}

/// The name of a function as declared, without its resource.
pub fn function_name(f: &Function) -> &str {
    match f.kind {
        FunctionKind::Constructor(_) => "constructor",
        _ => f.item_name(),
    }
}

/// The packages, with the anchors of all types.
pub struct Items<'a> {
    /// All packages.
    pub resolve: &'a Resolve,
    anchors: HashMap<TypeId, String>,
}

impl<'a> Items<'a> {
    /// Finds the anchor of each type.
    pub fn new(resolve: &'a Resolve) -> Self {
        let mut anchors = HashMap::new();
        let mut inside = |interface: InterfaceId, anchor: &str| {
            for (name, ty) in &resolve.interfaces[interface].types {
                anchors.entry(*ty).or_insert(format!("{anchor}.{name}"));
            }
        };
        for (id, _) in resolve.interfaces.iter() {
            if let Some(anchor) = interface_anchor(resolve, id) {
                inside(id, &anchor);
            }
        }
        let mut own = Vec::new();
        for (id, world) in resolve.worlds.iter() {
            let anchor = world_anchor(resolve, id);
            for (items, kind) in [(&world.imports, "import"), (&world.exports, "export")] {
                for (key, item) in items {
                    let WorldKey::Name(name) = key else { continue };
                    let anchor = format!("{anchor}.{kind}.{name}");
                    match item {
                        WorldItem::Interface { id, .. } => inside(*id, &anchor),
                        WorldItem::Type { id, .. } => own.push((*id, anchor)),
                        WorldItem::Function(_) => {}
                    }
                }
            }
        }
        for (id, anchor) in own {
            anchors.entry(id).or_insert(anchor);
        }
        Items { resolve, anchors }
    }

    fn named(&self, id: TypeId) -> String {
        let name = self.resolve.types[id].name.as_deref().unwrap_or("_");
        match self.anchors.get(&id) {
            Some(anchor) => link(anchor, name),
            None => escape(name),
        }
    }

    /// The HTML of a use of a type.
    pub fn ty(&self, ty: &Type) -> String {
        let id = match primitive(*ty) {
            Ok(name) => return name.to_owned(),
            Err(id) => id,
        };
        let def = &self.resolve.types[id];
        if def.name.is_some() {
            return self.named(id);
        }
        let or_blank = |t: &Option<Type>| t.as_ref().map_or("_".to_owned(), |t| self.ty(t));
        let one = |name: &str, inner: &str| format!("{name}&lt;{inner}&gt;");
        match &def.kind {
            TypeDefKind::Handle(Handle::Own(id)) => self.named(*id),
            TypeDefKind::Handle(Handle::Borrow(id)) => one("borrow", &self.named(*id)),
            TypeDefKind::Tuple(t) => {
                let all: Vec<String> = t.types.iter().map(|t| self.ty(t)).collect();
                one("tuple", &all.join(", "))
            }
            TypeDefKind::Option(t) => one("option", &self.ty(t)),
            TypeDefKind::Result(r) => match (&r.ok, &r.err) {
                (None, None) => "result".to_owned(),
                (Some(ok), None) => one("result", &self.ty(ok)),
                (ok, err) => one("result", &format!("{}, {}", or_blank(ok), or_blank(err))),
            },
            TypeDefKind::List(t) => one("list", &self.ty(t)),
            TypeDefKind::FixedLengthList(t, n) => one("list", &format!("{}, {n}", self.ty(t))),
            TypeDefKind::Map(k, v) => one("map", &format!("{}, {}", self.ty(k), self.ty(v))),
            TypeDefKind::Future(None) => "future".to_owned(),
            TypeDefKind::Future(Some(t)) => one("future", &self.ty(t)),
            TypeDefKind::Stream(None) => "stream".to_owned(),
            TypeDefKind::Stream(Some(t)) => one("stream", &self.ty(t)),
            TypeDefKind::Type(t) => self.ty(t),
            _ => "_".to_owned(),
        }
    }

    /// The HTML of the declaration of a type, and the names and documentation of its members.
    pub fn definition(&self, id: TypeId) -> (String, Vec<(String, String)>) {
        if let Some((from, used)) = self.used(id) {
            return (format!("{} {from}.{{{used}}}", word("use")), Vec::new());
        }
        let def = &self.resolve.types[id];
        let name = escape(def.name.as_deref().unwrap_or_default());
        let mut docs = Vec::new();
        let mut note = |name: &str, text: &wit_parser::Docs| {
            if let Some(text) = &text.contents {
                docs.push((name.to_owned(), text.clone()));
            }
        };
        let text = match &def.kind {
            TypeDefKind::Record(r) => {
                r.fields.iter().for_each(|f| note(&f.name, &f.docs));
                let fields = r.fields.iter();
                block(
                    "record",
                    &name,
                    fields.map(|f| format!("{}: {}", escape(&f.name), self.ty(&f.ty))),
                )
            }
            TypeDefKind::Variant(v) => {
                v.cases.iter().for_each(|c| note(&c.name, &c.docs));
                block(
                    "variant",
                    &name,
                    v.cases.iter().map(|c| match &c.ty {
                        Some(ty) => format!("{}({})", escape(&c.name), self.ty(ty)),
                        None => escape(&c.name),
                    }),
                )
            }
            TypeDefKind::Enum(e) => {
                e.cases.iter().for_each(|c| note(&c.name, &c.docs));
                block("enum", &name, e.cases.iter().map(|c| escape(&c.name)))
            }
            TypeDefKind::Flags(f) => {
                f.flags.iter().for_each(|f| note(&f.name, &f.docs));
                block("flags", &name, f.flags.iter().map(|f| escape(&f.name)))
            }
            TypeDefKind::Resource => format!("{} <b>{name}</b>", word("resource")),
            TypeDefKind::Type(t) => format!("{} <b>{name}</b> = {}", word("type"), self.ty(t)),
            _ => {
                let anonymous = self.anonymous(def);
                format!("{} <b>{name}</b> = {anonymous}", word("type"))
            }
        };
        (text, docs)
    }

    /// The HTML of the type that a named type stands for, such as `list<u8>`.
    fn anonymous(&self, def: &TypeDef) -> String {
        let or_blank = |t: &Option<Type>| t.as_ref().map_or("_".to_owned(), |t| self.ty(t));
        let (name, inner) = match &def.kind {
            TypeDefKind::Handle(Handle::Own(id)) => ("own", self.named(*id)),
            TypeDefKind::Handle(Handle::Borrow(id)) => ("borrow", self.named(*id)),
            TypeDefKind::Tuple(t) => {
                let all: Vec<String> = t.types.iter().map(|t| self.ty(t)).collect();
                ("tuple", all.join(", "))
            }
            TypeDefKind::Option(t) => ("option", self.ty(t)),
            TypeDefKind::Result(r) => (
                "result",
                format!("{}, {}", or_blank(&r.ok), or_blank(&r.err)),
            ),
            TypeDefKind::List(t) => ("list", self.ty(t)),
            TypeDefKind::FixedLengthList(t, n) => ("list", format!("{}, {n}", self.ty(t))),
            TypeDefKind::Map(k, v) => ("map", format!("{}, {}", self.ty(k), self.ty(v))),
            TypeDefKind::Future(t) => ("future", or_blank(t)),
            TypeDefKind::Stream(t) => ("stream", or_blank(t)),
            _ => return "_".to_owned(),
        };
        format!("{name}&lt;{inner}&gt;")
    }

    /// For a type from a `use`: the HTML of its interface, and of its names there and here.
    pub fn used(&self, id: TypeId) -> Option<(String, String)> {
        let def = &self.resolve.types[id];
        let TypeDefKind::Type(Type::Id(target)) = def.kind else {
            return None;
        };
        let other = &self.resolve.types[target];
        let TypeOwner::Interface(owner) = other.owner else {
            return None;
        };
        if other.name.is_none() || other.owner == def.owner {
            return None;
        }
        let from = interface_anchor(self.resolve, owner)?;
        let renamed = match def.name.as_deref() {
            Some(mine) if Some(mine) != other.name.as_deref() => format!(" as {}", escape(mine)),
            _ => String::new(),
        };
        Some((link(&from, &from), self.named(target) + &renamed))
    }

    /// The HTML of the declaration of a function.
    pub fn function(&self, f: &Function) -> String {
        let mut out = String::new();
        let name = escape(function_name(f));
        let (before, keyword) = match f.kind {
            FunctionKind::Constructor(_) => (String::new(), String::new()),
            FunctionKind::Static(_) => (": ".to_owned(), word("static func")),
            FunctionKind::AsyncStatic(_) => (": ".to_owned(), word("static async func")),
            FunctionKind::AsyncFreestanding | FunctionKind::AsyncMethod(_) => {
                (": ".to_owned(), word("async func"))
            }
            FunctionKind::Freestanding | FunctionKind::Method(_) => (": ".to_owned(), word("func")),
        };
        let is_method = matches!(
            f.kind,
            FunctionKind::Method(_) | FunctionKind::AsyncMethod(_)
        );
        let params: Vec<String> = f
            .params
            .iter()
            .skip(usize::from(is_method))
            .map(|p| format!("{}: {}", escape(&p.name), self.ty(&p.ty)))
            .collect();
        let _ = write!(out, "<b>{name}</b>{before}{keyword}(");
        // A long declaration has a line for each parameter.
        let plain: usize = f.params.iter().map(|p| p.name.len() + 14).sum();
        if params.len() > 1 && plain > 70 {
            for param in &params {
                let _ = write!(out, "\n  {param},");
            }
            out.push('\n');
        } else {
            out.push_str(&params.join(", "));
        }
        out.push(')');
        match &f.result {
            Some(result) if !matches!(f.kind, FunctionKind::Constructor(_)) => {
                let _ = write!(out, " -&gt; {}", self.ty(result));
            }
            _ => {}
        }
        out
    }
}

fn word(text: &str) -> String {
    format!("<i>{text}</i>")
}

fn block(keyword: &str, name: &str, members: impl Iterator<Item = String>) -> String {
    let mut out = format!("{} <b>{name}</b> {{", word(keyword));
    for member in members {
        let _ = write!(out, "\n  {member},");
    }
    out.push_str("\n}");
    out
}
