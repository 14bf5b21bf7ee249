//! The functions and types of a world by the numbers with which a generated library names them, as
//! JSON.

use serde_json::{json, Value};
use wit_dylib::metadata::{Metadata, Type};

/// The version of the structures in `wit_dylib.h`.
const VERSION: u32 = 3;

/// Writes the metadata. Keys are sorted; arrays are in the order of the numbers.
pub fn json(metadata: &Metadata) -> String {
    let m = metadata;
    let all = json!({
        "version": VERSION,
        "import_funcs": m.import_funcs.iter().map(|f| json!({
            "interface": f.interface,
            "name": f.name,
            "async": f.async_import_elem_index.is_some(),
            "params": types(&f.args),
            "result": optional(&f.result),
        })).collect::<Vec<_>>(),
        "export_funcs": m.export_funcs.iter().map(|f| json!({
            "interface": f.interface,
            "name": f.name,
            "async": f.async_export_task_return_elem_index.is_some(),
            "params": types(&f.args),
            "result": optional(&f.result),
        })).collect::<Vec<_>>(),
        "resources": m.resources.iter().map(|r| json!({
            "interface": r.interface,
            "name": r.name,
            "exported": r.new_elem_index.is_some(),
        })).collect::<Vec<_>>(),
        "records": m.records.iter().map(|r| json!({
            "interface": r.interface,
            "name": r.name,
            "fields": r.fields.iter().map(|(n, t)| json!([n, ty(t)])).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "flags": m.flags.iter().map(|f| json!({
            "interface": f.interface,
            "name": f.name,
            "names": f.names,
        })).collect::<Vec<_>>(),
        "tuples": m.tuples.iter().map(|t| json!({
            "interface": t.interface,
            "name": t.name,
            "types": types(&t.types),
        })).collect::<Vec<_>>(),
        "variants": m.variants.iter().map(|v| json!({
            "interface": v.interface,
            "name": v.name,
            "cases": v.cases.iter().map(|(n, t)| json!([n, optional(t)])).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "enums": m.enums.iter().map(|e| json!({
            "interface": e.interface,
            "name": e.name,
            "names": e.names,
        })).collect::<Vec<_>>(),
        "options": m.options.iter().map(|o| json!({
            "interface": o.interface,
            "name": o.name,
            "type": ty(&o.ty),
        })).collect::<Vec<_>>(),
        "results": m.results.iter().map(|r| json!({
            "interface": r.interface,
            "name": r.name,
            "ok": optional(&r.ok),
            "err": optional(&r.err),
        })).collect::<Vec<_>>(),
        "lists": m.lists.iter().map(|l| json!({
            "interface": l.interface,
            "name": l.name,
            "type": ty(&l.ty),
        })).collect::<Vec<_>>(),
        "maps": m.maps.iter().map(|l| json!({
            "interface": l.interface,
            "name": l.name,
            "key": ty(&l.key_type),
            "value": ty(&l.value_type),
        })).collect::<Vec<_>>(),
        "futures": m.futures.iter().map(|f| json!({
            "interface": f.interface,
            "name": f.name,
            "type": optional(&f.ty),
        })).collect::<Vec<_>>(),
        "streams": m.streams.iter().map(|s| json!({
            "interface": s.interface,
            "name": s.name,
            "type": optional(&s.ty),
        })).collect::<Vec<_>>(),
        "aliases": m.aliases.iter().map(|a| json!({
            "interface": a.interface,
            "name": a.name,
            "type": ty(&a.ty),
        })).collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

fn types(all: &[Type]) -> Vec<Value> {
    all.iter().map(ty).collect()
}

fn optional(ty_: &Option<Type>) -> Value {
    ty_.as_ref().map_or(Value::Null, ty)
}

fn ty(ty: &Type) -> Value {
    let (kind, index) = match *ty {
        Type::U8 => return json!("u8"),
        Type::U16 => return json!("u16"),
        Type::U32 => return json!("u32"),
        Type::U64 => return json!("u64"),
        Type::S8 => return json!("s8"),
        Type::S16 => return json!("s16"),
        Type::S32 => return json!("s32"),
        Type::S64 => return json!("s64"),
        Type::Bool => return json!("bool"),
        Type::Char => return json!("char"),
        Type::F32 => return json!("f32"),
        Type::F64 => return json!("f64"),
        Type::String => return json!("string"),
        Type::ErrorContext => return json!("error-context"),
        Type::Record(i) => ("record", i),
        Type::Own(i) => ("own", i),
        Type::Borrow(i) => ("borrow", i),
        Type::Flags(i) => ("flags", i),
        Type::Tuple(i) => ("tuple", i),
        Type::Variant(i) => ("variant", i),
        Type::Enum(i) => ("enum", i),
        Type::Option(i) => ("option", i),
        Type::Result(i) => ("result", i),
        Type::List(i) => ("list", i),
        Type::FixedLengthList(i) => ("fixed-length-list", i),
        Type::Map(i) => ("map", i),
        Type::Future(i) => ("future", i),
        Type::Stream(i) => ("stream", i),
        Type::Alias(i) => ("alias", i),
    };
    json!({ kind: index })
}
