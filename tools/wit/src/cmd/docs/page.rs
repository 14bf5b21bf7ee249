//! Writes the page.

use super::item::{function_name, interface_anchor, link, world_anchor, Items};
use super::markdown::{markdown, summary};
use picture::escape;
use std::fmt::Write;
use wit_parser::{
    Docs, Function, FunctionKind, InterfaceId, PackageId, PackageName, Resolve, Stability, TypeDef,
    TypeDefKind, TypeId, WorldId, WorldItem, WorldKey,
};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The HTML page of all packages, ordered by name, with `first` before the others.
pub fn page(resolve: &Resolve, first: Option<&PackageName>, title: Option<&str>) -> String {
    let mut packages: Vec<(PackageId, &PackageName)> = resolve
        .packages
        .iter()
        .map(|(id, p)| (id, &p.name))
        .collect();
    packages.sort_by_key(|(_, name)| (Some(*name) != first, *name));
    let title = match (title, packages.first()) {
        (Some(title), _) => title.to_owned(),
        (None, Some((_, name))) => name.to_string(),
        (None, None) => String::new(),
    };
    let mut page = Page {
        items: Items::new(resolve),
        out: String::new(),
    };
    let mut nav = String::new();
    for (id, _) in &packages {
        navigation(resolve, *id, &mut nav);
        page.package(*id);
    }
    let title = escape(&title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n\
         <a class=\"skip\" href=\"#main\">Skip to content</a>\n\
         <nav aria-label=\"Packages\">\n<label for=\"search\">Search <kbd>/</kbd></label>\n\
         <input id=\"search\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" \
         placeholder=\"package, interface, type, function\">\n\
         <ul id=\"hits\" hidden></ul>\n<div id=\"tree\">\n{nav}</div>\n</nav>\n\
         <main id=\"main\">\n<h1>{title}</h1>\n{}</main>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        page.out
    )
}

/// Adds the navigation of a package: links to its worlds and interfaces.
fn navigation(resolve: &Resolve, id: PackageId, out: &mut String) {
    let package = &resolve.packages[id];
    let name = package.name.to_string();
    let _ = write!(out, "<section>\n<h2>{}</h2>\n<ul>\n", link(&name, &name));
    let worlds = package.worlds.iter();
    let worlds = worlds.map(|(name, w)| (name, world_anchor(resolve, *w), "world"));
    let interfaces = package.interfaces.iter();
    let interfaces = interfaces
        .filter_map(|(name, i)| Some((name, interface_anchor(resolve, *i)?, "interface")));
    for (name, anchor, kind) in worlds.chain(interfaces) {
        let _ = writeln!(out, "<li class=\"{kind}\">{}</li>", link(&anchor, name));
    }
    out.push_str("</ul>\n</section>\n");
}

struct Page<'a> {
    items: Items<'a>,
    out: String,
}

impl Page<'_> {
    fn package(&mut self, id: PackageId) {
        let resolve = self.items.resolve;
        let package = &resolve.packages[id];
        let name = package.name.to_string();
        let _ = write!(
            self.out,
            "<section class=\"package\">\n<h2 id=\"{0}\"><span>package</span> {1}</h2>\n",
            escape(&name),
            breakable(&name)
        );
        self.docs(&package.docs);
        let worlds = package.worlds.iter();
        let worlds: Vec<_> = worlds
            .map(|(n, w)| (n, world_anchor(resolve, *w), &resolve.worlds[*w].docs))
            .collect();
        self.table("Worlds", &worlds);
        let interfaces = package.interfaces.iter();
        let interfaces: Vec<_> = interfaces
            .filter_map(|(n, i)| {
                Some((
                    n,
                    interface_anchor(resolve, *i)?,
                    &resolve.interfaces[*i].docs,
                ))
            })
            .collect();
        self.table("Interfaces", &interfaces);
        for id in package.worlds.values() {
            self.world(*id);
        }
        for (name, id) in &package.interfaces {
            let Some(anchor) = interface_anchor(resolve, *id) else {
                continue;
            };
            let interface = &resolve.interfaces[*id];
            self.heading("interface", name, &anchor, &interface.stability);
            self.docs(&interface.docs);
            self.members(*id, &anchor);
        }
        self.out.push_str("</section>\n");
    }

    fn table(&mut self, title: &str, rows: &[(&String, String, &Docs)]) {
        if rows.is_empty() {
            return;
        }
        let _ = write!(
            self.out,
            "<h3 class=\"list\">{title}</h3>\n<dl class=\"list\">\n"
        );
        for (name, anchor, docs) in rows {
            let about = docs.contents.as_deref().map(summary).unwrap_or_default();
            let _ = writeln!(self.out, "<dt>{}</dt><dd>{about}</dd>", link(anchor, name));
        }
        self.out.push_str("</dl>\n");
    }

    /// Adds the heading of an interface or world.
    fn heading(&mut self, kind: &str, name: &str, anchor: &str, stability: &Stability) {
        let _ = writeln!(
            self.out,
            "<h3 id=\"{0}\"><span>{kind}</span> {1} <a class=\"here\" href=\"#{0}\" aria-label=\"Link to {1}\">#</a>{2}</h3>",
            escape(anchor),
            escape(name),
            gates(stability)
        );
    }

    fn docs(&mut self, docs: &Docs) {
        if let Some(text) = docs.contents.as_deref().filter(|t| !t.trim().is_empty()) {
            let _ = write!(self.out, "<div class=\"docs\">\n{}</div>\n", markdown(text));
        }
    }

    fn world(&mut self, id: WorldId) {
        let resolve = self.items.resolve;
        let world = &resolve.worlds[id];
        let anchor = world_anchor(resolve, id);
        self.heading("world", &world.name, &anchor, &world.stability);
        self.docs(&world.docs);
        for (items, kind, title) in [
            (&world.imports, "import", "Imports"),
            (&world.exports, "export", "Exports"),
        ] {
            if items.is_empty() {
                continue;
            }
            let _ = writeln!(self.out, "<h4 class=\"list\">{title}</h4>");
            let mut listed = false;
            for (key, item) in items {
                let named = match item {
                    WorldItem::Interface { id, .. } => interface_anchor(resolve, *id),
                    _ => None,
                };
                if listed != named.is_some() {
                    self.out.push_str(if listed {
                        "</ul>\n"
                    } else {
                        "<ul class=\"list\">\n"
                    });
                    listed = !listed;
                }
                let name = match key {
                    WorldKey::Name(name) => name.as_str(),
                    WorldKey::Interface(_) => "",
                };
                let here = format!("{anchor}.{kind}.{name}");
                match (item, named) {
                    (WorldItem::Interface { stability, .. }, Some(target)) => {
                        let prefix = match name {
                            "" => String::new(),
                            name => format!("{}: ", escape(name)),
                        };
                        let gates = gates(stability);
                        let to = link(&target, &target);
                        let _ = writeln!(self.out, "<li><code>{prefix}{to}</code>{gates}</li>");
                    }
                    (WorldItem::Interface { id, stability, .. }, None) => {
                        self.item(
                            &here,
                            &format!("<i>interface</i> <b>{}</b>", escape(name)),
                            stability,
                        );
                        self.docs(&resolve.interfaces[*id].docs);
                        self.members(*id, &here);
                        self.end();
                    }
                    (WorldItem::Function(f), _) => self.function(f, &here),
                    (WorldItem::Type { id, .. }, _) => self.ty(*id, &here, &[]),
                }
            }
            if listed {
                self.out.push_str("</ul>\n");
            }
        }
    }

    /// Adds the types and functions of an interface. The functions of a resource are listed with it.
    fn members(&mut self, id: InterfaceId, anchor: &str) {
        let interface = &self.items.resolve.interfaces[id];
        let mut uses: Vec<(String, Vec<String>)> = Vec::new();
        for (name, ty) in &interface.types {
            let Some((from, used)) = self.items.used(*ty) else {
                continue;
            };
            let anchor = escape(&format!("{anchor}.{name}"));
            let used = format!("<span id=\"{anchor}\">{used}</span>");
            match uses.iter_mut().find(|(f, _)| *f == from) {
                Some((_, all)) => all.push(used),
                None => uses.push((from, vec![used])),
            }
        }
        for (from, used) in uses {
            let used = used.join(", ");
            let _ = writeln!(
                self.out,
                "<article>\n<pre><code><i>use</i> {from}.{{{used}}}</code></pre></article>"
            );
        }
        for (name, ty) in &interface.types {
            if self.items.used(*ty).is_some() {
                continue;
            }
            let of_it = |f: &&Function| f.kind.resource() == Some(*ty);
            let functions: Vec<&Function> = interface.functions.values().filter(of_it).collect();
            self.ty(*ty, &format!("{anchor}.{name}"), &functions);
        }
        for f in interface.functions.values() {
            if f.kind.resource().is_none() {
                self.function(f, &format!("{anchor}.{}", f.name));
            }
        }
    }

    fn ty(&mut self, id: TypeId, anchor: &str, functions: &[&Function]) {
        let def: &TypeDef = &self.items.resolve.types[id];
        let (text, members) = self.items.definition(id);
        self.item(anchor, &text, &def.stability);
        self.docs(&def.docs);
        if !members.is_empty() {
            self.out.push_str("<dl>\n");
            for (name, docs) in members {
                let about = markdown(&docs);
                let name = escape(&name);
                let _ = writeln!(self.out, "<dt><code>{name}</code></dt><dd>{about}</dd>");
            }
            self.out.push_str("</dl>\n");
        }
        debug_assert!(functions.is_empty() || matches!(def.kind, TypeDefKind::Resource));
        for f in functions {
            let name = match f.kind {
                FunctionKind::Constructor(_) => "constructor",
                _ => function_name(f),
            };
            self.function(f, &format!("{anchor}.{name}"));
        }
        self.end();
    }

    fn function(&mut self, f: &Function, anchor: &str) {
        let text = self.items.function(f);
        self.item(anchor, &text, &f.stability);
        self.docs(&f.docs);
        self.end();
    }

    /// Starts an item with its declaration.
    fn item(&mut self, anchor: &str, text: &str, stability: &Stability) {
        let anchor = escape(anchor);
        let _ = writeln!(
            self.out,
            "<article id=\"{anchor}\">\n<pre><code>{text}</code> <a class=\"here\" href=\"#{anchor}\" \
             aria-label=\"Link to this\">#</a></pre>{}",
            gates(stability)
        );
    }

    fn end(&mut self) {
        self.out.push_str("</article>\n");
    }
}

/// The HTML of the version, feature and deprecation of an item.
fn gates(stability: &Stability) -> String {
    let (mut out, deprecated) = match stability {
        Stability::Unknown => return String::new(),
        Stability::Stable { since, deprecated } => {
            let since = escape(&since.to_string());
            (
                format!(" <span class=\"gate\">since {since}</span>"),
                deprecated,
            )
        }
        Stability::Unstable {
            feature,
            deprecated,
        } => {
            let feature = escape(feature);
            let text = format!(" <span class=\"gate unstable\">unstable: feature {feature}</span>");
            (text, deprecated)
        }
    };
    if let Some(version) = deprecated {
        let version = escape(&version.to_string());
        let _ = write!(
            out,
            " <span class=\"gate deprecated\">deprecated since {version}</span>"
        );
    }
    out
}

/// A name with line breaks allowed at its separators.
fn breakable(name: &str) -> String {
    escape(name).replace(':', ":<wbr>").replace('@', "<wbr>@")
}
