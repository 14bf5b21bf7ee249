//! Writes MoonBit bindings over the package `component` of the rules, for programs that run components.

use super::model::{Def, Kind, Part, Ty};
use super::names::comment;
use super::types::Types;
use super::world::{Func, Group, World};
use std::fmt::Write as _;

/// Words of the language that a field, parameter or function cannot be called, and names that generated code uses.
const RESERVED: &str = " as async await break catch const continue declare define defer derive do else enum extern false fn \
    for if impl import in interface is let letrec lexmatch loop match mod module move mut namespace new noraise not of \
    package priv pub raise readonly recur ref return self static struct suberror super template test then throw trait \
    traitalias true try type typealias typeof unsafe use using var where while with yield cx v ";

/// The package with dynamic values.
const C: &str = "@component";

/// A name in lower case.
fn lower(name: &str) -> String {
    match RESERVED.contains(&format!(" {name} ")) {
        true => format!("{name}_"),
        false => name.to_owned(),
    }
}

/// A name of a type or case.
fn camel(name: &str) -> String {
    let words = name.split(['-', '_']).filter(|word| !word.is_empty());
    let name: String = words
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect();
    match name.starts_with(|c: char| c.is_ascii_digit()) {
        true => format!("X{name}"),
        false => name,
    }
}

struct Writer<'a> {
    world: &'a World<'a>,
    types: &'a Types<'a>,
    out: String,
}

/// The text of the package.
pub fn moonbit(world: &World<'_>, preamble: &str) -> String {
    let mut w = Writer {
        world,
        types: &world.types,
        out: preamble.to_owned(),
    };
    for (index, def) in world.types.defs.iter().enumerate() {
        w.definition(index, def);
        w.conversions(index, def);
    }
    for group in &world.imports {
        w.imports_of(group);
    }
    w.link();
    w.exports();
    w.out
}

impl Writer<'_> {
    fn item(&mut self, docs: Option<&str>) {
        self.out.push_str("\n///|\n");
        self.out.push_str(&comment(docs, ""));
    }

    /// The name of a definition without that of the world: `orders_item`.
    fn short(&self, index: usize) -> String {
        let stem = &self.types.defs[index].stem;
        let rest = stem.strip_prefix(self.world.prefix).unwrap_or(stem);
        rest.trim_start_matches('_').to_owned()
    }

    /// A type in MoonBit.
    fn ty(&self, ty: Ty) -> String {
        let optional = |ty: &Option<Ty>| ty.map_or("Unit".to_owned(), |ty| self.ty(ty));
        match ty {
            Ty::Primitive(p) => match p.wit {
                "bool" => "Bool",
                "u8" => "Byte",
                "s8" | "s16" | "s32" => "Int",
                "u16" | "u32" => "UInt",
                "s64" => "Int64",
                "u64" => "UInt64",
                "f32" => "Float",
                "f64" => "Double",
                "char" => "Char",
                _ => "String",
            }
            .to_owned(),
            Ty::Handle { resource, .. } => camel(&self.short(resource)),
            Ty::Def(index) => match &self.types.defs[index].kind {
                Kind::Tuple(types) if types.len() > 1 => {
                    let types: Vec<String> = types.iter().map(|ty| self.ty(*ty)).collect();
                    format!("({})", types.join(", "))
                }
                Kind::Tuple(types) => types.first().map_or("Unit".to_owned(), |ty| self.ty(*ty)),
                Kind::List(ty) => format!("Array[{}]", self.ty(*ty)),
                Kind::Option(ty) => format!("{}?", self.ty(*ty)),
                Kind::Result(ok, err) => format!("Result[{}, {}]", optional(ok), optional(err)),
                _ => camel(&self.short(index)),
            },
        }
    }

    fn definition(&mut self, index: usize, def: &Def) {
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

    /// An expression of the dynamic value of `value`.
    fn lowered(&self, ty: Ty, value: &str) -> String {
        match ty {
            Ty::Primitive(p) => format!("{C}.Val::{}({value})", camel(p.wit)),
            Ty::Def(index) => format!("lower_{}({value}, cx)", self.short(index)),
            Ty::Handle { resource, is_own } => {
                match self.types.defs[resource].kind {
                    Kind::Resource(Some(number)) => {
                        format!("{C}.Val::Resource(cx.resource({number}U, {value}.rep, owned={is_own}))")
                    }
                    _ => format!("{C}.Val::Resource({value}.handle)"),
                }
            }
        }
    }

    /// An expression of the typed value of the dynamic `value`.
    fn lifted(&self, ty: Ty, value: &str) -> String {
        match ty {
            Ty::Primitive(p) => format!("{value}.to_{}()", p.wit),
            Ty::Def(index) => format!("lift_{}({value}, cx)", self.short(index)),
            Ty::Handle { resource, .. } => {
                let name = camel(&self.short(resource));
                match self.types.defs[resource].kind {
                    Kind::Resource(Some(_)) => {
                        format!("{name}::{{ rep: cx.rep({value}.to_resource()) }}")
                    }
                    _ => format!("{name}::{{ handle: {value}.to_resource() }}"),
                }
            }
        }
    }

    /// The functions that convert a type.
    fn conversions(&mut self, index: usize, def: &Def) {
        if matches!(def.kind, Kind::Resource(_)) {
            return;
        }
        let (short, ty) = (self.short(index), self.ty(Ty::Def(index)));
        let (lower_body, lift_body) = match &def.kind {
            Kind::Record(parts) => self.record(parts, &ty),
            Kind::Tuple(types) => self.tuple(types),
            Kind::List(item) => (
                format!(
                    "  let items = []\n  for item in x {{\n    items.push({})\n  }}\n  {C}.Val::List(items)\n",
                    self.lowered(*item, "item")
                ),
                format!(
                    "  let items = []\n  for item in v.to_list() {{\n    items.push({})\n  }}\n  items\n",
                    self.lifted(*item, "item")
                ),
            ),
            Kind::Option(inner) => (
                format!(
                    "  match x {{\n    Some(x) => {C}.Val::Option(Some({}))\n    None => {C}.Val::Option(None)\n  }}\n",
                    self.lowered(*inner, "x")
                ),
                format!(
                    "  match v.to_option() {{\n    Some(v) => Some({})\n    None => None\n  }}\n",
                    self.lifted(*inner, "v")
                ),
            ),
            Kind::Result(ok, err) => self.result(*ok, *err),
            Kind::Variant(parts) => self.variant(parts, &ty, &def.stem),
            Kind::Enum(parts) => self.enumeration(parts, &ty, &def.stem),
            Kind::Flags(parts) => self.flags(parts, &ty),
            Kind::Resource(_) => return,
        };
        let _ = write!(
            self.out,
            "\n///|\nfn lower_{short}(x : {ty}, cx : {C}.Caller) -> {C}.Val raise @wasmtime.WasmtimeError {{\n  ignore(cx)\n{lower_body}}}\n\
             \n///|\nfn lift_{short}(v : {C}.Val, cx : {C}.Caller) -> {ty} raise @wasmtime.WasmtimeError {{\n  ignore(cx)\n{lift_body}}}\n"
        );
    }

    fn record(&self, parts: &[Part], ty: &str) -> (String, String) {
        let parts: Vec<(&Part, Ty)> = parts.iter().filter_map(|p| Some((p, p.ty?))).collect();
        let lowered = parts.iter().map(|(part, ty)| {
            let value = self.lowered(*ty, &format!("x.{}", lower(&part.c)));
            format!("    (\"{}\", {value}),\n", part.wit)
        });
        let lifted = parts.iter().enumerate().map(|(i, (part, ty))| {
            let value = self.lifted(*ty, &format!("fields[{i}].1"));
            format!("    {}: {value},\n", lower(&part.c))
        });
        let (lowered, lifted): (String, String) = (lowered.collect(), lifted.collect());
        (
            format!("  {C}.Val::Record([\n{lowered}  ])\n"),
            format!(
                "  let fields = v.to_record({})\n  {ty}::{{\n{lifted}  }}\n",
                parts.len()
            ),
        )
    }

    fn tuple(&self, types: &[Ty]) -> (String, String) {
        let lowered = types.iter().enumerate().map(|(i, ty)| match types.len() {
            1 => self.lowered(*ty, "x"),
            _ => self.lowered(*ty, &format!("x.{i}")),
        });
        let lifted = types
            .iter()
            .enumerate()
            .map(|(i, ty)| self.lifted(*ty, &format!("items[{i}]")));
        let (lowered, lifted): (Vec<String>, Vec<String>) = (lowered.collect(), lifted.collect());
        (
            format!("  {C}.Val::Tuple([{}])\n", lowered.join(", ")),
            format!(
                "  let items = v.to_tuple({})\n  ({})\n",
                types.len(),
                lifted.join(", ")
            ),
        )
    }

    fn result(&self, ok: Option<Ty>, err: Option<Ty>) -> (String, String) {
        let lowered = |ty: Option<Ty>| match ty {
            Some(ty) => ("x", format!("Some({})", self.lowered(ty, "x"))),
            None => ("_", "None".to_owned()),
        };
        let lifted = |ty: Option<Ty>| match ty {
            Some(ty) => self.lifted(ty, &format!("{C}.payload_of(payload)")),
            None => "()".to_owned(),
        };
        let ((ok_name, ok_val), (err_name, err_val)) = (lowered(ok), lowered(err));
        (
            format!(
                "  match x {{\n    Ok({ok_name}) => {C}.Val::Result(true, {ok_val})\n    Err({err_name}) => {C}.Val::Result(false, {err_val})\n  }}\n"
            ),
            format!(
                "  let (is_ok, payload) = v.to_result()\n  if is_ok {{\n    Ok({})\n  }} else {{\n    Err({})\n  }}\n",
                lifted(ok),
                lifted(err)
            ),
        )
    }

    fn variant(&self, parts: &[Part], ty: &str, stem: &str) -> (String, String) {
        let (mut lowered, mut lifted) = (String::new(), String::new());
        for part in parts {
            let case = format!("{ty}::{}", camel(&part.wit));
            let _ = match part.ty {
                Some(inner) => writeln!(
                    lowered,
                    "    {case}(x) => {C}.Val::Variant(\"{}\", Some({}))",
                    part.wit,
                    self.lowered(inner, "x")
                ),
                None => writeln!(
                    lowered,
                    "    {case} => {C}.Val::Variant(\"{}\", None)",
                    part.wit
                ),
            };
            let _ = match part.ty {
                Some(inner) => writeln!(
                    lifted,
                    "    \"{}\" => {case}({})",
                    part.wit,
                    self.lifted(inner, &format!("{C}.payload_of(payload)"))
                ),
                None => writeln!(lifted, "    \"{}\" => {case}", part.wit),
            };
        }
        (
            format!("  match x {{\n{lowered}  }}\n"),
            format!(
                "  let (name, payload) = v.to_variant()\n  ignore(payload)\n  match name {{\n{lifted}    _ => {C}.mismatch(\"{stem}\")\n  }}\n"
            ),
        )
    }

    fn enumeration(&self, parts: &[Part], ty: &str, stem: &str) -> (String, String) {
        let (mut lowered, mut lifted) = (String::new(), String::new());
        for part in parts {
            let case = format!("{ty}::{}", camel(&part.wit));
            let _ = writeln!(lowered, "    {case} => {C}.Val::Enum(\"{}\")", part.wit);
            let _ = writeln!(lifted, "    \"{}\" => {case}", part.wit);
        }
        (
            format!("  match x {{\n{lowered}  }}\n"),
            format!("  match v.to_enum() {{\n{lifted}    _ => {C}.mismatch(\"{stem}\")\n  }}\n"),
        )
    }

    fn flags(&self, parts: &[Part], ty: &str) -> (String, String) {
        let (mut lowered, mut lifted) = (String::new(), String::new());
        for part in parts {
            let field = lower(&part.c);
            let _ = writeln!(
                lowered,
                "  if x.{field} {{\n    names.push(\"{}\")\n  }}",
                part.wit
            );
            let _ = writeln!(lifted, "    {field}: names.contains(\"{}\"),", part.wit);
        }
        (
            format!("  let names : Array[String] = []\n{lowered}  {C}.Val::Flags(names)\n"),
            format!("  let names = v.to_flags()\n  {ty}::{{\n{lifted}  }}\n"),
        )
    }

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

    fn imports_of(&mut self, group: &Group) {
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
    fn link(&mut self) {
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

    /// The instance with its exports.
    fn exports(&mut self) {
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
