//! Writes the source: descriptions of types and functions for the runtime.

use super::header::export;
use super::model::{Def, Kind, Ty};
use super::types::Types;
use super::world::{Func, Group, World};
use std::fmt::Write as _;

/// The text of the source, which includes `header`.
pub fn source(world: &World<'_>, preamble: &str, header: &str) -> String {
    let prefix = world.prefix;
    let mut out = format!("{preamble}\n#include \"{header}\"\n\n");
    for def in &world.types.defs {
        out.push_str(&description(&world.types, def));
    }
    let imports = groups(world, &world.imports, "import", &mut out);
    let exports = groups(world, &world.exports, "export", &mut out);
    let _ = write!(
        out,
        "static const wit_host_world_t world = {{{imports}, {exports}}};\n\n\
         wasmtime_error_t *{prefix}_component_new(const wasmtime_component_t *component,\n    \
         {prefix}_component_t **out) {{\n  wit_host_component_t *made;\n  \
         wasmtime_error_t *error = wit_host_component_new(&world, component, &made);\n  \
         *out = ({prefix}_component_t *)made;\n  return error;\n}}\n\n\
         void {prefix}_component_delete({prefix}_component_t *component) {{\n  \
         wit_host_component_delete((wit_host_component_t *)component);\n}}\n\n\
         wasmtime_error_t *{prefix}_link(wasmtime_component_linker_t *linker,\n    \
         const {prefix}_imports_t *imports) {{\n  return wit_host_link(&world, linker, imports);\n}}\n\n\
         wasmtime_error_t *{prefix}_instantiate(const {prefix}_component_t *component,\n    \
         const wasmtime_component_linker_t *linker, wasmtime_context_t *context, {prefix}_t **out) {{\n  \
         wit_host_instance_t *made;\n  wasmtime_error_t *error = wit_host_instantiate(\n      \
         (const wit_host_component_t *)component, linker, context, &made);\n  \
         *out = ({prefix}_t *)made;\n  return error;\n}}\n\n\
         void {prefix}_delete({prefix}_t *instance) {{\n  \
         wit_host_instance_delete((wit_host_instance_t *)instance);\n}}\n"
    );
    let mut index = 0;
    for group in &world.exports {
        for (def, _, drop) in &group.resources {
            let ty = world.types.c(Ty::Def(*def));
            let _ = write!(
                out,
                "\nwasmtime_error_t *{drop}(const {prefix}_t *instance, {ty} *handle) {{\n  \
                 return wit_host_drop((const wit_host_instance_t *)instance, handle);\n}}\n"
            );
        }
        for f in &group.functions {
            let _ = write!(out, "\n{}", call_export(world, f, index));
            index += 1;
        }
    }
    out
}

/// A function that calls an export.
fn call_export(world: &World<'_>, f: &Func, index: usize) -> String {
    let addresses = f
        .params
        .iter()
        .map(|(name, ty)| match world.types.is_by_value(*ty) {
            true => format!("&{name}"),
            false => name.clone(),
        });
    let addresses: Vec<String> = addresses.collect();
    let (params, name) = match addresses.is_empty() {
        true => (String::new(), "NULL"),
        false => (
            format!(
                "  const void *const params[] = {{{}}};\n",
                addresses.join(", ")
            ),
            "params",
        ),
    };
    let result = if f.result.is_some() { "result" } else { "NULL" };
    format!(
        "{} {{\n{params}  return wit_host_call((const wit_host_instance_t *)instance, {index}, {name}, {result});\n}}\n",
        export(world, f)
    )
}

/// The parts of a type: name in WIT, member in C, description of the type.
type Parts = Vec<(Option<String>, Option<String>, Option<String>)>;

fn description(types: &Types<'_>, def: &Def) -> String {
    let stem = &def.stem;
    let of = |ty: &Ty| types.description(*ty);
    let (kind, parts): (&str, Parts) = match &def.kind {
        Kind::Record(parts) => {
            let parts = parts.iter().map(|p| {
                (
                    Some(p.wit.clone()),
                    Some(p.c.clone()),
                    p.ty.as_ref().map(of),
                )
            });
            ("RECORD", parts.collect())
        }
        Kind::Tuple(tuple) => {
            let parts = tuple.iter().enumerate();
            let parts = parts.map(|(i, ty)| (None, Some(format!("f{i}")), Some(of(ty))));
            ("TUPLE", parts.collect())
        }
        Kind::List(ty) => ("LIST", vec![(None, None, Some(of(ty)))]),
        Kind::Option(ty) => ("OPTION", vec![(None, Some("val".to_owned()), Some(of(ty)))]),
        Kind::Result(ok, err) => {
            let parts = [(ok, "val.ok"), (err, "val.err")]
                .into_iter()
                .map(|(ty, member)| {
                    let member = ty.as_ref().map(|_| member.to_owned());
                    (None, member, ty.as_ref().map(of))
                });
            ("RESULT", parts.collect())
        }
        Kind::Variant(parts) => {
            let parts = parts.iter().map(|p| {
                let member = p.ty.as_ref().map(|_| format!("val.{}", p.c));
                (Some(p.wit.clone()), member, p.ty.as_ref().map(of))
            });
            ("VARIANT", parts.collect())
        }
        Kind::Enum(parts) | Kind::Flags(parts) => {
            let is_enum = matches!(def.kind, Kind::Enum(_));
            let kind = if is_enum { "ENUM" } else { "FLAGS" };
            let parts = parts.iter().map(|p| (Some(p.wit.clone()), None, None));
            (kind, parts.collect())
        }
        Kind::Resource(Some(number)) => {
            let one = |name: &str, handle: &str| {
                format!(
                    "static const wit_host_type_t type_{stem}_{name} = {{WASMTIME_COMPONENT_RESOURCE, \
                     sizeof({stem}_t), NULL, 0, false, {handle}, {number}}};\n"
                )
            };
            let both = one("own", "WIT_HOST_OWN") + &one("borrow", "WIT_HOST_BORROW");
            // A component may use handles of one kind only.
            return format!(
                "{both}static inline void used_{stem}(void) {{\n  (void)type_{stem}_own;\n  \
                 (void)type_{stem}_borrow;\n}}\n\n"
            );
        }
        Kind::Resource(None) => ("RESOURCE", Vec::new()),
    };
    let mut out = String::new();
    let count = parts.len();
    if count > 0 {
        let _ = writeln!(out, "static const wit_host_part_t parts_{stem}[] = {{");
        for (wit, member, ty) in parts {
            let wit = wit.map_or("NULL".to_owned(), |name| literal(&name));
            let offset = member.map_or("0".to_owned(), |m| format!("offsetof({stem}_t, {m})"));
            let ty = ty.unwrap_or("NULL".to_owned());
            let _ = writeln!(out, "  {{{wit}, {offset}, {ty}}},");
        }
        out.push_str("};\n");
    }
    let parts = match count {
        0 => "NULL".to_owned(),
        _ => format!("parts_{stem}"),
    };
    let _ = write!(
        out,
        "static const wit_host_type_t type_{stem} = {{WASMTIME_COMPONENT_{kind}, sizeof({stem}_t), \
         {parts}, {count}, {}, WIT_HOST_GUEST_RESOURCE, 0}};\n\n",
        def.is_owner
    );
    if def.is_owner {
        let _ = write!(
            out,
            "void {stem}_free({stem}_t *value) {{ wit_host_free(&type_{stem}, value); }}\n\n"
        );
    }
    out
}

/// Writes the descriptions of interfaces. Returns the first two fields of the description of the world.
fn groups(world: &World<'_>, groups: &[Group], kind: &str, out: &mut String) -> String {
    let mut interfaces = String::new();
    let mut count = 0;
    for (i, group) in groups.iter().enumerate() {
        // Resources of exports need no definition.
        let resources = if kind == "import" {
            &group.resources[..]
        } else {
            &[]
        };
        if group.functions.is_empty() && resources.is_empty() {
            continue;
        }
        let start = match &group.wit {
            Some(_) => format!("{}.", group.c),
            None => String::new(),
        };
        let functions = functions(world, group, &format!("{kind}_{i}"), &start, out);
        let resources = resources_of(world, group, &format!("{kind}_{i}"), &start, resources, out);
        let wit = group
            .wit
            .as_ref()
            .map_or("NULL".to_owned(), |name| literal(name));
        let _ = writeln!(interfaces, "  {{{wit}, {functions}, {resources}}},");
        count += 1;
    }
    if count == 0 {
        return "NULL, 0".to_owned();
    }
    let _ = write!(
        out,
        "static const wit_host_interface_t {kind}s[] = {{\n{interfaces}}};\n\n"
    );
    format!("{kind}s, {count}")
}

fn functions(
    world: &World<'_>,
    group: &Group,
    name: &str,
    start: &str,
    out: &mut String,
) -> String {
    let (types, prefix) = (&world.types, world.prefix);
    let mut entries = String::new();
    for (i, f) in group.functions.iter().enumerate() {
        let params: Vec<String> = f
            .params
            .iter()
            .map(|(_, ty)| types.description(*ty))
            .collect();
        let array = match params.is_empty() {
            true => "NULL".to_owned(),
            false => {
                let params = params.join(", ");
                let _ = writeln!(
                    out,
                    "static const wit_host_type_t *const {name}_params_{i}[] = {{{params}}};"
                );
                format!("{name}_params_{i}")
            }
        };
        let result = f
            .result
            .map_or("NULL".to_owned(), |ty| types.description(ty));
        let call = match name.starts_with("import") {
            true => {
                out.push_str(&call_import(world, f, &format!("{name}_call_{i}"), start));
                format!(
                    "offsetof({prefix}_imports_t, {start}{}), {name}_call_{i}",
                    f.c
                )
            }
            false => "0, NULL".to_owned(),
        };
        let count = params.len();
        let wit = literal(&f.wit);
        let _ = writeln!(entries, "  {{{wit}, {array}, {count}, {result}, {call}}},");
    }
    if entries.is_empty() {
        return "NULL, 0".to_owned();
    }
    let _ = write!(
        out,
        "static const wit_host_function_t {name}_functions[] = {{\n{entries}}};\n\n"
    );
    format!("{name}_functions, {}", group.functions.len())
}

/// A function that calls a function pointer of the host.
fn call_import(world: &World<'_>, f: &Func, name: &str, start: &str) -> String {
    let (types, prefix) = (&world.types, world.prefix);
    let mut args = String::new();
    for (i, (_, ty)) in f.params.iter().enumerate() {
        let c = types.c(*ty);
        let _ = match types.is_by_value(*ty) {
            true => write!(args, ", *(const {c} *)params[{i}]"),
            false => write!(args, ", (const {c} *)params[{i}]"),
        };
    }
    let mut unused = String::new();
    if f.params.is_empty() {
        unused.push_str("  (void)params;\n");
    }
    match f.result {
        Some(ty) => {
            let _ = write!(args, ", ({} *)result", types.c(ty));
        }
        None => unused.push_str("  (void)result;\n"),
    }
    let member = format!("{start}{}", f.c);
    format!(
        "static wasmtime_error_t *{name}(const void *imports, void *const *params, void *result) {{\n  \
         const {prefix}_imports_t *self = (const {prefix}_imports_t *)imports;\n{unused}  \
         return self->{member}(self->data{args});\n}}\n"
    )
}

fn resources_of(
    world: &World<'_>,
    group: &Group,
    name: &str,
    start: &str,
    resources: &[(usize, String, String)],
    out: &mut String,
) -> String {
    let prefix = world.prefix;
    let mut entries = String::new();
    for (i, (def, wit, drop)) in resources.iter().enumerate() {
        let Kind::Resource(Some(number)) = world.types.defs[*def].kind else {
            continue;
        };
        let _ = write!(
            out,
            "static wasmtime_error_t *{name}_drop_{i}(const void *imports, uint32_t rep) {{\n  \
             const {prefix}_imports_t *self = (const {prefix}_imports_t *)imports;\n  \
             return self->{start}{drop}(self->data, rep);\n}}\n"
        );
        let wit = literal(wit);
        let _ = writeln!(
            entries,
            "  {{{wit}, {number}, offsetof({prefix}_imports_t, {start}{drop}), {name}_drop_{i}}},"
        );
    }
    if entries.is_empty() {
        return "NULL, 0".to_owned();
    }
    let _ = write!(
        out,
        "static const wit_host_resource_t {name}_resources[] = {{\n{entries}}};\n\n"
    );
    format!("{name}_resources, {}", group.resources.len())
}

/// A string literal.
fn literal(text: &str) -> String {
    let escaped = text.chars().flat_map(|c| match c {
        '"' | '\\' => vec!['\\', c],
        _ => vec![c],
    });
    format!("\"{}\"", escaped.collect::<String>())
}
