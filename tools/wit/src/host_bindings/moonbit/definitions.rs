//! The types that the world defines.

use super::writer::{camel, lower, Writer, C};
use crate::host_bindings::model::{Def, Kind};
use crate::host_bindings::names::comment;
use std::fmt::Write as _;

impl Writer<'_> {
    /// The declaration of a type, if it has a name.
    pub fn definition(&mut self, index: usize, def: &Def) {
        let name = camel(&self.short(index));
        let docs = def.docs.as_deref();
        match &def.kind {
            Kind::Record(parts) => {
                self.item(docs);
                let _ = writeln!(self.out, "pub(all) struct {name} {{");
                for part in parts {
                    let ty = part.ty.map_or("Unit".to_owned(), |ty| self.ty(ty));
                    self.out.push_str(&comment(part.docs.as_deref(), "  "));
                    let _ = writeln!(self.out, "  {} : {ty}", lower(&part.c));
                }
                self.out.push_str("}\n");
            }
            Kind::Variant(parts) | Kind::Enum(parts) => {
                self.item(docs);
                let _ = writeln!(self.out, "pub(all) enum {name} {{");
                for part in parts {
                    let payload = part
                        .ty
                        .map_or(String::new(), |ty| format!("({})", self.ty(ty)));
                    self.out.push_str(&comment(part.docs.as_deref(), "  "));
                    let _ = writeln!(self.out, "  {}{payload}", camel(&part.wit));
                }
                self.out.push_str("}\n");
            }
            Kind::Flags(parts) => {
                self.item(docs);
                let _ = writeln!(self.out, "pub(all) struct {name} {{");
                for part in parts {
                    self.out.push_str(&comment(part.docs.as_deref(), "  "));
                    let _ = writeln!(self.out, "  {} : Bool", lower(&part.c));
                }
                self.out.push_str("}\n");
            }
            Kind::Resource(Some(_)) => {
                self.item(docs);
                let _ = writeln!(
                    self.out,
                    "pub(all) struct {name} {{\n  /// A number that the host chooses for the resource.\n  rep : UInt\n}}"
                );
            }
            Kind::Resource(None) => {
                self.item(docs);
                let _ = writeln!(
                    self.out,
                    "pub struct {name} {{\n  handle : {C}.Resource\n}}"
                );
            }
            Kind::Tuple(_) | Kind::List(_) | Kind::Option(_) | Kind::Result(..) => {}
        }
    }
}
