//! Conversions between typed and dynamic values.

use super::writer::{camel, lower, Writer, C};
use crate::host_bindings::model::{Def, Kind, Part, Ty};
use std::fmt::Write as _;

impl Writer<'_> {
    /// An expression of the dynamic value of `value`.
    pub fn lowered(&self, ty: Ty, value: &str) -> String {
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
    pub fn lifted(&self, ty: Ty, value: &str) -> String {
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
    pub fn conversions(&mut self, index: usize, def: &Def) {
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
}
