//! What the host implements, and the function that adds it to a linker.

use super::writer::{camel, lower, Writer, C};
use crate::host_bindings::model::Kind;
use crate::host_bindings::names::comment;
use crate::host_bindings::world::{Func, Group};
use std::fmt::Write as _;

impl Writer<'_> {
    /// The name of the structure with the functions of an imported interface.
    fn structure(&self, group: &Group) -> String {
        camel(&format!("{}_imports", group.c))
    }

    fn fields(&self, group: &Group) -> String {
        let mut out = String::new();
        for (_, name, drop) in &group.resources {
            let _ = writeln!(
                out,
                "  /// Called when the last handle of a `{name}` is dropped.\n  {} : (UInt) -> Unit raise",
                lower(drop)
            );
        }
        for f in &group.functions {
            out.push_str(&comment(f.docs.as_deref(), "  "));
            let params: Vec<String> = f.params.iter().map(|(_, ty)| self.ty(*ty)).collect();
            let result = f.result.map_or("Unit".to_owned(), |ty| self.ty(ty));
            let _ = writeln!(
                out,
                "  {} : ({}) -> {result} raise",
                lower(&f.c),
                params.join(", ")
            );
        }
        out
    }

    /// The structure with the functions of an imported interface.
    pub fn imports_of(&mut self, group: &Group) {
        let Some(wit) = &group.wit else { return };
        let fields = self.fields(group);
        if !fields.is_empty() {
            let name = self.structure(group);
            let _ = write!(
                self.out,
                "\n///|\n/// The functions of `{wit}`, which the host implements. An error that one raises is a trap.\npub(all) struct {name} {{\n{fields}}}\n"
            );
        }
    }

    /// The structure with all imports, and the function that adds them to a linker.
    pub fn link(&mut self) {
        let (mut fields, mut body) = (String::new(), String::new());
        for group in &self.world.imports {
            let own = self.fields(group);
            if own.is_empty() {
                continue;
            }
            let (name, path) = match &group.wit {
                Some(wit) => {
                    let _ = writeln!(fields, "  {} : {}", lower(&group.c), self.structure(group));
                    (
                        format!("Some(\"{wit}\")"),
                        format!("imports.{}", lower(&group.c)),
                    )
                }
                None => {
                    fields.push_str(&own);
                    ("None".to_owned(), "imports".to_owned())
                }
            };
            let _ = writeln!(
                body,
                "  {C}.linker_define_or_raise(linker, {name}, interface_ => {{"
            );
            for (def, wit, drop) in &group.resources {
                if let Kind::Resource(Some(number)) = self.types.defs[*def].kind {
                    let _ = writeln!(
                        body,
                        "    interface_.resource(\"{wit}\", {number}U, rep => ({path}.{})(rep))",
                        lower(drop)
                    );
                }
            }
            for f in &group.functions {
                body.push_str(&self.import(f, &path));
            }
            body.push_str("  })\n");
        }
        let _ = write!(
            self.out,
            "\n///|\n/// What the host implements.\npub(all) struct Imports {{\n{fields}}}\n\
             \n///|\n/// Adds the imports to a linker.\n\
             pub fn link(linker : {C}.Linker, imports : Imports) -> Unit raise @wasmtime.WasmtimeError {{\n  ignore(linker)\n  ignore(imports)\n{body}}}\n"
        );
    }

    fn import(&self, f: &Func, path: &str) -> String {
        let args = f.params.iter().enumerate();
        let args: Vec<String> = args
            .map(|(i, (_, ty))| self.lifted(*ty, &format!("args[{i}]")))
            .collect();
        let call = format!("({path}.{})({})", lower(&f.c), args.join(", "));
        let body = match f.result {
            Some(ty) => format!(
                "      let x = {call}\n      Some({})\n",
                self.lowered(ty, "x")
            ),
            None => format!("      {call}\n      None\n"),
        };
        format!("    interface_.func(\"{}\", (cx, args) => {{\n      ignore(cx)\n      {C}.check_count(args, {})\n{body}    }})\n", f.wit, f.params.len())
    }
}
