//! Classes of functions, by the types that they belong to.

use super::functions::{is_api, Function};
use super::tree::Node;
use std::collections::{BTreeSet, HashMap};

/// Class -> the subjects in it, without `wasm_` and `wasmtime_`.
const CLASSES: &[(&str, &str)] = &[
    ("async", "call_future"),
    (
        "components",
        "component component_export_index component_extern component_func component_instance \
         component_linker component_linker_instance",
    ),
    (
        "component types",
        "component_enum_type component_flags_type component_func_type component_future_type \
         component_instance_type component_item component_list_type component_map_type \
         component_option_type component_record_type component_resource_type component_result_type \
         component_stream_type component_tuple_type component_type component_valtype \
         component_variant_type",
    ),
    (
        "component values",
        "component_resource_any component_resource_host component_val component_valflags \
         component_vallist component_valmap component_valrecord component_valtuple",
    ),
    (
        "configuration",
        "config pooling_allocation_config pooling_allocation_strategy wasi_config",
    ),
    (
        "core modules",
        "caller extern extern_kind extern_vec foreign func global instance instance_pre linker \
         memory module ref shared_module sharedmemory table table_size tag",
    ),
    (
        "core types",
        "exporttype exporttype_vec externtype externtype_vec field_type functype functype_vec \
         globaltype globaltype_vec heaptype importtype importtype_vec memorytype memorytype_vec \
         module_type reftype storage_type struct_type array_type exn_type tabletype tabletype_vec \
         tagtype tagtype_vec valkind valtype valtype_kind valtype_vec wasm_valtype",
    ),
    (
        "core values",
        "anyref array_ref_pre arrayref eqref exnref externref funcref struct_ref_pre structref val \
         val_vec",
    ),
    ("engine", "context engine guestprofiler store"),
    ("errors", "error frame frame_vec trap trap_code"),
    ("text", "byte_vec name wat2wasm"),
];

fn short(name: &str) -> &str {
    let rest = name
        .strip_prefix("wasmtime_")
        .or_else(|| name.strip_prefix("wasm_"));
    rest.unwrap_or(name)
}

/// Sets the subject and class of each function. Returns the functions of new types, sorted.
pub fn classify(functions: &mut [Function], tree: &Node) -> Vec<String> {
    let mut class_of = HashMap::new();
    for (class, subjects) in CLASSES {
        class_of.extend(subjects.split(' ').map(|subject| (subject, *class)));
    }
    let declared = tree.inner_of("TypedefDecl").map(|node| node.text("name"));
    let declared = declared
        .filter(|name| is_api(name))
        .filter_map(|name| name.strip_suffix("_t"));
    let subjects: BTreeSet<&str> = declared
        .map(short)
        .chain(class_of.keys().copied())
        .collect();
    let mut new = BTreeSet::new();
    for function in functions {
        let name = short(&function.name);
        let is_of = |subject: &&&str| {
            name.strip_prefix(**subject)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        let subject = subjects
            .iter()
            .filter(is_of)
            .max_by_key(|subject| subject.len());
        match subject.and_then(|subject| Some((subject, class_of.get(subject)?))) {
            Some((subject, class)) => {
                function.subject = (*subject).to_owned();
                function.class = class;
            }
            None => {
                new.insert(function.name.clone());
            }
        }
    }
    new.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::functions;
    use std::path::Path;

    const TREE: &str = r#"{"inner": [
        {"kind": "TypedefDecl", "name": "wasmtime_store_t"},
        {"kind": "FunctionDecl", "loc": {"file": "include/wasmtime/store.h"}, "name": "wasmtime_store_delete",
         "type": {"qualType": "void (wasmtime_store_t *)"},
         "inner": [{"kind": "ParmVarDecl", "name": "store", "type": {"qualType": "wasmtime_store_t *"}}]},
        {"kind": "TypedefDecl", "name": "wasmtime_novelty_t"},
        {"kind": "FunctionDecl", "name": "wasmtime_novelty_new", "type": {"qualType": "wasmtime_novelty_t *(void)"}},
        {"kind": "FunctionDecl", "loc": {"file": "stdio.h"}, "name": "puts", "type": {"qualType": "int (const char *)"}}
    ]}"#;

    #[test]
    fn reports_functions_of_new_types() {
        let tree: Node = serde_json::from_str(TREE).expect("the tree is valid");
        let mut found = functions(&tree, Path::new("include"));
        assert_eq!(classify(&mut found, &tree), ["wasmtime_novelty_new"]);
        let table = serde_json::to_value(&found).expect("functions are JSON");
        assert_eq!(table[0]["class"], "engine");
        assert_eq!(table[0]["header"], "wasmtime/store.h");
        assert_eq!(table[0]["params"][0]["owner"], "moved");
        // clang does not repeat the file.
        assert_eq!(table[1]["header"], "wasmtime/store.h");
        assert_eq!(found.len(), 2);
    }
}
