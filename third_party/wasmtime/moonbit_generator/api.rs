//! The functions of the API, and how their values are passed.

use serde::Deserialize;
use std::collections::BTreeSet;

#[derive(Deserialize)]
pub struct Function {
    pub name: String,
    pub class: String,
    pub doc: String,
    pub inline: bool,
    pub params: Vec<Param>,
    pub returns: Returned,
}

#[derive(Deserialize)]
pub struct Param {
    pub name: String,
    #[serde(rename = "type")]
    pub c: String,
    pub value: bool,
    pub owner: Option<String>,
}

#[derive(Deserialize)]
pub struct Returned {
    #[serde(rename = "type")]
    pub c: String,
    pub owner: Option<String>,
}

/// Functions without a binding, and why.
pub const LEFT_OUT: &[(&str, &str)] = &[];

/// Whether Wasmtime ends the process in a function, as it does not implement it. A test calls each of them.
pub fn is_unimplemented(name: &str) -> bool {
    name.starts_with("wasm_foreign_")
        || name.starts_with("wasm_ref_as_")
        || name == "wasm_frame_instance"
        || name.starts_with("wasm_")
            && [
                "_as_ref",
                "_as_ref_const",
                "_same",
                "_set_host_info",
                "_set_host_info_with_finalizer",
            ]
            .iter()
            .any(|end| name.ends_with(end))
}

/// Integers and truth values: C, the type in the stub, MoonBit.
const SCALARS: &[(&str, &str, &str)] = &[
    ("void", "void", "Unit"),
    ("bool", "int32_t", "Bool"),
    ("int", "int32_t", "Int"),
    ("int32_t", "int32_t", "Int"),
    ("int64_t", "int64_t", "Int64"),
    ("size_t", "uint64_t", "UInt64"),
    ("uint8_t", "uint8_t", "Byte"),
    ("uint32_t", "uint32_t", "UInt"),
    ("uint64_t", "uint64_t", "UInt64"),
    ("wasm_externkind_t", "uint32_t", "UInt"),
    ("wasm_memory_pages_t", "uint32_t", "UInt"),
    ("wasm_mutability_t", "uint32_t", "UInt"),
    ("wasm_table_size_t", "uint32_t", "UInt"),
    ("wasm_valkind_t", "uint32_t", "UInt"),
    ("wasmtime_opt_level_t", "uint32_t", "UInt"),
    ("wasmtime_profiling_strategy_t", "uint32_t", "UInt"),
    ("wasmtime_regalloc_algorithm_t", "uint32_t", "UInt"),
    ("wasmtime_strategy_t", "uint32_t", "UInt"),
    ("wasmtime_trap_code_t", "uint32_t", "UInt"),
];

/// How a value is passed.
pub enum Kind {
    /// The type in the stub, and in MoonBit.
    Scalar(&'static str, &'static str),
    /// The address of code.
    Callback,
    /// Bytes that the function only reads.
    Text,
    /// A pointer to something that the caller allocates: the name of its type.
    Buffer(String),
    /// A pointer to pointers.
    Pointers,
    /// A pointer to an opaque type: its name.
    Opaque(String),
    /// Another pointer.
    Pointer,
}

/// `wasm_engine` of `const wasm_engine_t *`.
pub fn stem(c: &str) -> Option<String> {
    let name = c.strip_suffix('*')?.trim_end();
    let name = name.strip_prefix("const ").unwrap_or(name);
    let name = name.strip_prefix("struct ").unwrap_or(name);
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| name.strip_suffix("_t").unwrap_or(name).to_owned())
}

/// `WasmEngine` of `wasm_engine`.
pub fn camel(stem: &str) -> String {
    let words = stem.split('_').filter(|word| !word.is_empty());
    words
        .map(|word| word[..1].to_uppercase() + &word[1..])
        .collect()
}

fn scalar(c: &str) -> Option<Kind> {
    let found = SCALARS.iter().find(|(name, ..)| *name == c)?;
    Some(Kind::Scalar(found.1, found.2))
}

/// How a parameter is passed, or `None` for a type that has no binding.
fn param_kind(param: &Param) -> Option<Kind> {
    let c = param.c.as_str();
    if c.contains("(*)") || c.contains("_callback_") || c.ends_with("_destructor_t") {
        return Some(Kind::Callback);
    }
    if let Some(kind) = scalar(c) {
        return Some(kind);
    }
    match c {
        "const char *" | "const uint8_t *" | "const wasm_byte_t *" => return Some(Kind::Text),
        "void *" => return Some(Kind::Pointer),
        _ if c.ends_with("**") || c.ends_with("*const *") => return Some(Kind::Pointers),
        _ => {}
    }
    let stem = stem(c)?;
    Some(match param.value {
        true => Kind::Buffer(stem),
        false => Kind::Opaque(stem),
    })
}

fn result_kind(returned: &Returned, values: &BTreeSet<String>) -> Option<Kind> {
    if let Some(kind) = scalar(&returned.c) {
        return Some(kind);
    }
    match returned.c.as_str() {
        "void *" | "uint8_t *" | "byte_t *" | "const char *" => return Some(Kind::Pointer),
        _ => {}
    }
    let stem = stem(&returned.c)?;
    Some(match values.contains(&stem) {
        true => Kind::Pointer,
        false => Kind::Opaque(stem),
    })
}

/// A function with a binding.
pub struct Bound<'a> {
    pub function: &'a Function,
    pub params: Vec<Kind>,
    pub result: Kind,
}

pub struct Api<'a> {
    pub bound: Vec<Bound<'a>>,
    /// Types that callers allocate.
    pub values: BTreeSet<String>,
    pub opaque: BTreeSet<String>,
}

impl<'a> Api<'a> {
    /// Fails with the names of functions that have no binding and are not in `left_out`, and of others in it.
    pub fn new(functions: &'a [Function], left_out: &[(&str, &str)]) -> Result<Self, String> {
        let mut values = BTreeSet::new();
        let all = functions.iter().flat_map(|f| &f.params);
        for kind in all.filter_map(param_kind) {
            if let Kind::Buffer(stem) = kind {
                values.insert(stem);
            }
        }
        let (mut bound, mut opaque, mut unknown) = (Vec::new(), BTreeSet::new(), Vec::new());
        let is_left_out = |name: &str| left_out.iter().any(|(left_out, _)| *left_out == name);
        for function in functions.iter().filter(|f| !is_left_out(&f.name)) {
            let params: Option<Vec<Kind>> = function.params.iter().map(param_kind).collect();
            let result = result_kind(&function.returns, &values);
            let (Some(params), Some(result)) = (params, result) else {
                unknown.push(function.name.as_str());
                continue;
            };
            for kind in params.iter().chain([&result]) {
                if let Kind::Opaque(stem) = kind {
                    opaque.insert(stem.clone());
                }
            }
            bound.push(Bound {
                function,
                params,
                result,
            });
        }
        if !unknown.is_empty() {
            return Err(format!(
                "functions with types that have no binding: {}\nhint: bind the types in third_party/wasmtime/moonbit_generator/api.rs, or list the functions in `LEFT_OUT`",
                unknown.join(", ")
            ));
        }
        let gone = left_out
            .iter()
            .filter(|(name, _)| !functions.iter().any(|f| f.name == *name));
        let gone: Vec<&str> = gone.map(|(name, _)| *name).collect();
        match gone.is_empty() {
            true => Ok(Api { bound, values, opaque }),
            false => Err(format!(
                "`LEFT_OUT` names functions that the API does not have: {}\nhint: remove them from third_party/wasmtime/moonbit_generator/api.rs",
                gone.join(", ")
            )),
        }
    }
}

/// The C type of a value type: most end with `_t`.
pub fn c_value(stem: &str) -> String {
    match stem {
        "bool" | "int" | "float" | "double" => stem.to_owned(),
        // Structures that have a name as such only.
        "wasmtime_component_valmap_entry" | "wasmtime_component_valrecord_entry" => {
            format!("struct {stem}")
        }
        _ => format!("{stem}_t"),
    }
}

/// The first line of generated files.
pub const MARK: &str = "// Generated from the headers of Wasmtime's C API.\n";

#[cfg(test)]
mod tests {
    use super::{Api, Function};

    /// Three functions, of which one has a parameter and another a result without a binding.
    const TABLE: &str = r#"[
        {"name": "wasm_engine_new", "class": "wasm_engine", "doc": "", "inline": false, "params": [],
         "returns": {"type": "wasm_engine_t *", "owner": "owned"}},
        {"name": "wasmtime_add", "class": "wasmtime", "doc": "", "inline": false,
         "params": [{"name": "value", "type": "__int128", "value": true, "owner": null}],
         "returns": {"type": "void", "owner": null}},
        {"name": "wasmtime_get", "class": "wasmtime", "doc": "", "inline": false, "params": [],
         "returns": {"type": "wasmtime_new_t", "owner": null}}
    ]"#;

    fn error_of(left_out: &[(&str, &str)]) -> Option<String> {
        let functions: Vec<Function> = serde_json::from_str(TABLE).expect("a table");
        Api::new(&functions, left_out).err()
    }

    #[test]
    fn unknown_types_are_errors() {
        let error = error_of(&[("wasmtime_get", "a result")]).expect("an error");
        assert!(
            error.starts_with("functions with types that have no binding: wasmtime_add\nhint: "),
            "{error}"
        );
        let error = error_of(&[]).expect("an error");
        assert!(error.contains(": wasmtime_add, wasmtime_get\n"), "{error}");
    }

    #[test]
    fn functions_can_be_left_out() {
        assert_eq!(
            error_of(&[
                ("wasmtime_add", "a parameter"),
                ("wasmtime_get", "a result")
            ]),
            None
        );
    }

    #[test]
    fn left_out_functions_exist() {
        let left_out = [
            ("wasmtime_add", "a parameter"),
            ("wasmtime_get", "a result"),
            ("wasmtime_gone", "was removed"),
        ];
        let error = error_of(&left_out).expect("an error");
        assert!(
            error.starts_with(
                "`LEFT_OUT` names functions that the API does not have: wasmtime_gone\nhint: "
            ),
            "{error}"
        );
    }
}
