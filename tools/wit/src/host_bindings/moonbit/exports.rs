//! What the component exports.

use super::writer::{camel, lower, Writer, C};
use crate::host_bindings::world::Func;
use std::fmt::Write as _;

impl Writer<'_> {
    /// The instance with its exports.
    pub fn exports(&mut self) {
        let name = camel(self.world.prefix);
        let mut finds = String::new();
        for group in &self.world.exports {
            let interface = group
                .wit
                .as_ref()
                .map_or("None".to_owned(), |wit| format!("Some(\"{wit}\")"));
            for f in &group.functions {
                let _ = writeln!(
                    finds,
                    "      instance.func_or_raise({interface}, \"{}\"),",
                    f.wit
                );
            }
        }
        let _ = write!(
            self.out,
            "\n///|\n/// An instance with the functions that the component exports.\n\
             pub struct {name} {{\n  instance : {C}.Instance\n  priv funcs : Array[{C}.Func]\n}}\n\
             \n///|\n/// Instantiates a component. Fails if an export of the world is missing.\n\
             pub fn {name}::instantiate(linker : {C}.Linker, context : @wasmtime.Context, component : {C}.Component) -> {name} raise @wasmtime.WasmtimeError {{\n  \
             let instance = {C}.linker_instantiate_or_raise(linker, context, component)\n  \
             {{\n    instance,\n    funcs: [\n{finds}    ],\n  }}\n}}\n"
        );
        let mut index = 0;
        for group in &self.world.exports {
            for (def, wit, _) in &group.resources {
                let short = self.short(*def);
                let _ = write!(
                    self.out,
                    "\n///|\n/// Runs the destructor of a `{wit}`, and releases the handle.\n\
                     pub fn {name}::{short}_drop(self : {name}, x : {}) -> Unit raise @wasmtime.WasmtimeError {{\n  self.instance.drop(x.handle)\n}}\n",
                    camel(&short)
                );
            }
            for f in &group.functions {
                self.export(&name, f, index);
                index += 1;
            }
        }
    }

    fn export(&mut self, name: &str, f: &Func, index: usize) {
        let own = f.c.strip_prefix(self.world.prefix).unwrap_or(&f.c);
        let own = lower(own.trim_start_matches('_'));
        let params: String = f
            .params
            .iter()
            .map(|(n, ty)| format!(", {} : {}", lower(n), self.ty(*ty)))
            .collect();
        let args: Vec<String> = f
            .params
            .iter()
            .map(|(n, ty)| self.lowered(*ty, &lower(n)))
            .collect();
        let result = f.result.map_or("Unit".to_owned(), |ty| self.ty(ty));
        let call = format!(
            "self.funcs[{index}].call_or_raise([{}], {})",
            args.join(", "),
            f.result.is_some()
        );
        let body = match f.result {
            Some(ty) => format!(
                "  let v = {C}.payload_of({call})\n  {}\n",
                self.lifted(ty, "v")
            ),
            None => format!("  let _ = {call}\n"),
        };
        self.item(f.docs.as_deref());
        let _ = write!(
            self.out,
            "pub fn {name}::{own}(self : {name}{params}) -> {result} raise @wasmtime.WasmtimeError {{\n  let cx = self.instance.caller()\n  ignore(cx)\n{body}}}\n"
        );
    }
}
