//! Writes the header.

use super::model::{Def, Kind, Part, Ty};
use super::names::comment;
use super::types::Types;
use super::world::{Func, Group, World};
use std::fmt::Write as _;

/// The text of the header.
pub fn header(world: &World<'_>, preamble: &str) -> String {
    let prefix = world.prefix;
    let guard = format!("{}_WIT_HOST_H", prefix.to_uppercase());
    let mut out = format!(
        "{preamble}\n#ifndef {guard}\n#define {guard}\n\n#include \"wit_host.h\"\n\n\
         #ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n"
    );
    for def in &world.types.defs {
        out.push_str(&definition(&world.types, def));
    }
    for group in world.imports.iter().chain(&world.exports) {
        for (name, ty) in &group.aliases {
            let _ = writeln!(out, "typedef {} {name};\n", world.types.c(*ty));
        }
    }
    out.push_str(&imports(world));
    let _ = write!(
        out,
        "/// A component with the indices of its exports.\n\
         typedef struct {prefix}_component_t {prefix}_component_t;\n\n\
         /// Looks up the exports of the world in a component. Fails if one is missing.\n\
         wasmtime_error_t *{prefix}_component_new(const wasmtime_component_t *component,\n    \
         {prefix}_component_t **out);\n\n\
         void {prefix}_component_delete({prefix}_component_t *component);\n\n\
         /// Adds the imports to a linker. `imports` must outlive the linker and the instances made with it.\n\
         /// Fails if a function pointer is missing.\n\
         wasmtime_error_t *{prefix}_link(wasmtime_component_linker_t *linker,\n    \
         const {prefix}_imports_t *imports);\n\n\
         /// An instance. Delete it before its store.\n\
         typedef struct {prefix}_t {prefix}_t;\n\n\
         wasmtime_error_t *{prefix}_instantiate(const {prefix}_component_t *component,\n    \
         const wasmtime_component_linker_t *linker, wasmtime_context_t *context, {prefix}_t **out);\n\n\
         void {prefix}_delete({prefix}_t *instance);\n"
    );
    for group in &world.exports {
        for (def, name, drop) in &group.resources {
            let ty = world.types.c(Ty::Def(*def));
            let _ = write!(
                out,
                "\n/// Runs the destructor of a `{name}`, and releases the handle. Fails if it belongs to another store.\n\
                 wasmtime_error_t *{drop}(const {prefix}_t *instance, {ty} *handle);\n"
            );
        }
        for f in &group.functions {
            out.push('\n');
            out.push_str(&comment(f.docs.as_deref(), ""));
            let _ = writeln!(out, "{};", export(world, f));
        }
    }
    let _ = write!(
        out,
        "\n#ifdef __cplusplus\n}}\n#endif\n\n#endif // {guard}\n"
    );
    out
}

/// The declaration of an exported function without the semicolon.
pub fn export(world: &World<'_>, f: &Func) -> String {
    let params = params(&world.types, f);
    format!(
        "wasmtime_error_t *{}(const {}_t *instance{params})",
        f.c, world.prefix
    )
}

/// The parameters of a function and its result, each after a comma.
fn params(types: &Types<'_>, f: &Func) -> String {
    let mut out = String::new();
    for (name, ty) in &f.params {
        let c = types.c(*ty);
        let _ = match types.is_by_value(*ty) {
            true => write!(out, ", {c} {name}"),
            false => write!(out, ", const {c} *{name}"),
        };
    }
    if let Some(ty) = f.result {
        let _ = write!(out, ", {} *result", types.c(ty));
    }
    out
}

fn field(types: &Types<'_>, ty: Ty, name: &str, docs: Option<&str>, indent: &str) -> String {
    let docs = comment(docs, indent);
    format!("{docs}{indent}{} {name};\n", types.c(ty))
}

fn definition(types: &Types<'_>, def: &Def) -> String {
    let stem = &def.stem;
    let docs = comment(def.docs.as_deref(), "");
    let body = match &def.kind {
        Kind::Record(parts) => {
            let fields = parts
                .iter()
                .filter_map(|p| Some(field(types, p.ty?, &p.c, p.docs.as_deref(), "  ")));
            fields.collect::<String>()
        }
        Kind::Tuple(tuple) => {
            let fields = tuple.iter().enumerate();
            fields
                .map(|(i, ty)| field(types, *ty, &format!("f{i}"), None, "  "))
                .collect()
        }
        Kind::List(ty) => format!("  {} *ptr;\n  size_t len;\n", types.c(*ty)),
        Kind::Option(ty) => format!("  bool is_some;\n{}", field(types, *ty, "val", None, "  ")),
        Kind::Result(ok, err) => {
            let cases = [(ok, "ok"), (err, "err")];
            let cases = cases
                .into_iter()
                .filter_map(|(ty, name)| Some((name, (*ty)?, None)));
            format!("  bool is_err;\n{}", union_of(types, cases))
        }
        Kind::Variant(parts) => {
            let cases = parts
                .iter()
                .filter_map(|p| Some((p.c.as_str(), p.ty?, None)));
            format!("  uint32_t tag;\n{}", union_of(types, cases))
        }
        Kind::Enum(parts) => {
            return format!(
                "{docs}typedef enum {{\n{}}} {stem}_t;\n\n",
                constants(parts)
            );
        }
        Kind::Flags(parts) => {
            let mut out = format!("{docs}typedef {} {stem}_t;\n", flags_type(parts.len()));
            for (bit, part) in parts.iter().enumerate() {
                out.push_str(&comment(part.docs.as_deref(), ""));
                let _ = writeln!(out, "#define {} (({stem}_t)1 << {bit})", part.constant);
            }
            out.push('\n');
            return out;
        }
        Kind::Resource(Some(_)) => {
            "  /// A number that the host chooses for the resource.\n  uint32_t rep;\n".to_owned()
        }
        Kind::Resource(None) => {
            "  wasmtime_component_resource_any_t *any;\n  /// The number of the store that the handle belongs to.\n  uint64_t store;\n"
                .to_owned()
        }
    };
    let mut out = String::new();
    if let Kind::Variant(parts) = &def.kind {
        let _ = write!(
            out,
            "/// The values of `tag` in `{stem}_t`.\nenum {{\n{}}};\n\n",
            constants(parts)
        );
    }
    let _ = write!(out, "{docs}typedef struct {{\n{body}}} {stem}_t;\n\n");
    if def.is_owner {
        let about = match def.kind {
            Kind::Resource(_) => {
                "/// Releases the memory of a handle. The destructor does not run.\n"
            }
            _ => "",
        };
        let _ = write!(out, "{about}void {stem}_free({stem}_t *value);\n\n");
    }
    out
}

/// The unsigned integer for a number of flags.
fn flags_type(count: usize) -> &'static str {
    match count {
        0..=8 => "uint8_t",
        9..=16 => "uint16_t",
        _ => "uint32_t",
    }
}

fn constants(parts: &[Part]) -> String {
    let mut out = String::new();
    for (i, part) in parts.iter().enumerate() {
        out.push_str(&comment(part.docs.as_deref(), "  "));
        let _ = writeln!(out, "  {} = {i},", part.constant);
    }
    out
}

fn union_of<'a>(
    types: &Types<'_>,
    cases: impl Iterator<Item = (&'a str, Ty, Option<&'a str>)>,
) -> String {
    let cases = cases.map(|(name, ty, docs)| field(types, ty, name, docs, "    "));
    let cases: String = cases.collect();
    match cases.is_empty() {
        true => String::new(),
        false => format!("  union {{\n{cases}  }} val;\n"),
    }
}

/// The structures of function pointers.
fn imports(world: &World<'_>) -> String {
    let (prefix, mut out) = (world.prefix, String::new());
    let mut fields = String::new();
    for group in &world.imports {
        let members = members(world, group);
        let Some(wit) = &group.wit else {
            fields.push_str(&members);
            continue;
        };
        if members.is_empty() {
            continue;
        }
        let name = format!("{}_t", group.structure);
        let _ = write!(
            out,
            "/// The functions of `{wit}`.\ntypedef struct {{\n{members}}} {name};\n\n"
        );
        let _ = writeln!(fields, "  {name} {};", group.c);
    }
    let _ = write!(
        out,
        "/// What the host implements. A function returns an error to trap, or NULL.\n\
         /// Its parameters are released after the call; `result` is zero before it, and released by the caller.\n\
         typedef struct {{\n  /// The first argument of all functions.\n  void *data;\n{fields}}} {prefix}_imports_t;\n\n"
    );
    out
}

fn members(world: &World<'_>, group: &Group) -> String {
    let mut out = String::new();
    for (_, name, drop) in &group.resources {
        let _ = write!(
            out,
            "  /// Called when the last handle of a `{name}` is dropped.\n  \
             wasmtime_error_t *(*{drop})(void *data, uint32_t rep);\n"
        );
    }
    for f in &group.functions {
        out.push_str(&comment(f.docs.as_deref(), "  "));
        let params = params(&world.types, f);
        let _ = writeln!(out, "  wasmtime_error_t *(*{})(void *data{params});", f.c);
    }
    out
}
