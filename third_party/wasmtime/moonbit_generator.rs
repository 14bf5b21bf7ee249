//! Writes MoonBit bindings of all functions of Wasmtime's C API: a stub in C, declarations in MoonBit, a C program that calls
//! each function of the stub, and a report of what is covered.
//!
//! Arguments: the table of the API (`c_api_table.py`), then the outputs: stub, declarations, program, report.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::process::ExitCode;

#[derive(Deserialize)]
struct Function {
    name: String,
    class: String,
    doc: String,
    inline: bool,
    params: Vec<Param>,
    returns: Returned,
}

#[derive(Deserialize)]
struct Param {
    name: String,
    #[serde(rename = "type")]
    c: String,
    value: bool,
    owner: Option<String>,
}

#[derive(Deserialize)]
struct Returned {
    #[serde(rename = "type")]
    c: String,
    owner: Option<String>,
}

/// Functions without a binding, and why.
const LEFT_OUT: &[(&str, &str)] = &[];

/// Functions that the headers declare with an error as the result, and Wasmtime defines without a result.
const WITHOUT_RESULT: &[&str] = &["wasmtime_context_epoch_deadline_async_yield_and_update"];

/// Whether Wasmtime ends the process in a function, as it does not implement it. A test calls each of them.
fn is_unimplemented(name: &str) -> bool {
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

/// Names that a parameter in MoonBit cannot have.
const KEYWORDS: &[&str] = &[
    "async", "const", "declare", "enum", "extern", "fn", "import", "module", "pub", "ref", "self",
    "struct", "test", "type", "with",
];

/// How a value is passed.
enum Kind {
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
fn stem(c: &str) -> Option<String> {
    let name = c.strip_suffix('*')?.trim_end();
    let name = name.strip_prefix("const ").unwrap_or(name);
    let name = name.strip_prefix("struct ").unwrap_or(name);
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_name.then(|| name.strip_suffix("_t").unwrap_or(name).to_owned())
}

/// `WasmEngine` of `wasm_engine`.
fn camel(stem: &str) -> String {
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
struct Bound<'a> {
    function: &'a Function,
    params: Vec<Kind>,
    result: Kind,
}

struct Api<'a> {
    bound: Vec<Bound<'a>>,
    /// Types that callers allocate.
    values: BTreeSet<String>,
    opaque: BTreeSet<String>,
}

impl<'a> Api<'a> {
    /// Fails with the names of functions that have no binding and are not in `LEFT_OUT`, and of others in it.
    fn new(functions: &'a [Function]) -> Result<Self, String> {
        let mut values = BTreeSet::new();
        let all = functions.iter().flat_map(|f| &f.params);
        for kind in all.filter_map(param_kind) {
            if let Kind::Buffer(stem) = kind {
                values.insert(stem);
            }
        }
        let (mut bound, mut opaque, mut unknown) = (Vec::new(), BTreeSet::new(), Vec::new());
        let is_left_out = |name: &str| LEFT_OUT.iter().any(|(left_out, _)| *left_out == name);
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
                "functions with types that have no binding: {}\nhint: bind the types in third_party/wasmtime/moonbit_generator.rs, or list the functions in `LEFT_OUT`",
                unknown.join(", ")
            ));
        }
        let gone = LEFT_OUT
            .iter()
            .filter(|(name, _)| !functions.iter().any(|f| f.name == *name));
        let gone: Vec<&str> = gone.map(|(name, _)| *name).collect();
        match gone.is_empty() {
            true => Ok(Api { bound, values, opaque }),
            false => Err(format!(
                "`LEFT_OUT` names functions that the API does not have: {}\nhint: remove them from third_party/wasmtime/moonbit_generator.rs",
                gone.join(", ")
            )),
        }
    }
}

/// The C type of a value type: most end with `_t`.
fn c_value(stem: &str) -> String {
    match stem {
        "bool" | "int" | "float" | "double" => stem.to_owned(),
        // Structures that have a name as such only.
        "wasmtime_component_valmap_entry" | "wasmtime_component_valrecord_entry" => {
            format!("struct {stem}")
        }
        _ => format!("{stem}_t"),
    }
}

const MARK: &str = "// Generated from the headers of Wasmtime's C API.\n";

/// The C stub: a function `mbt_<name>` for each function, with types that MoonBit passes.
fn stub(api: &Api<'_>) -> String {
    let mut out = format!(
        "{MARK}#include <stdbool.h>\n#include <stdint.h>\n#include <wasmtime.h>\n#include <wasmtime/component.h>\n\n\
         // A test counts calls.\n#ifndef CALLED\n#define CALLED(NAME)\n#endif\n\n\
         // MoonBit aligns the bytes of an array to 8.\n\
         #define SIZE(NAME, TYPE) \\\n  _Static_assert(_Alignof(TYPE) <= 8, #TYPE); \\\n  int32_t mbt_size_of_##NAME(void) {{ return (int32_t)sizeof(TYPE); }}\n"
    );
    for stem in &api.values {
        let _ = writeln!(out, "SIZE({stem}, {})", c_value(stem));
    }
    for b in &api.bound {
        let f = b.function;
        let (mut params, mut args) = (Vec::new(), Vec::new());
        for (i, (param, kind)) in f.params.iter().zip(&b.params).enumerate() {
            let c = match kind {
                Kind::Scalar(c, _) => c,
                Kind::Text => "const uint8_t *",
                Kind::Buffer(_) | Kind::Pointers => "uint8_t *",
                Kind::Callback | Kind::Opaque(_) | Kind::Pointer => "void *",
            };
            params.push(format!("{c} a{i}"));
            // What a function pointer is cast to does not matter before it is called.
            args.push(match kind {
                Kind::Callback if param.c.contains("(*)") => format!("({})a{i}", param.c),
                Kind::Scalar("int32_t", "Bool") => format!("a{i} != 0"),
                _ => format!("({})a{i}", param.c),
            });
        }
        let params = if params.is_empty() {
            "void".to_owned()
        } else {
            params.join(", ")
        };
        let (c, call) = match &b.result {
            Kind::Scalar("void", _) => ("void", String::new()),
            Kind::Scalar(c, _) => (*c, format!("return ({c})")),
            _ => ("void *", "return (void *)".to_owned()),
        };
        let (call, end) = match WITHOUT_RESULT.contains(&f.name.as_str()) {
            true => (String::new(), "  return NULL;\n"),
            false => (call, ""),
        };
        let _ = write!(
            out,
            "\n{c} mbt_{name}({params}) {{\n  CALLED({name})\n  {call}{name}({});\n{end}}}\n",
            args.join(", "),
            name = f.name
        );
    }
    out
}

fn moonbit_param(name: &str) -> String {
    let name = name.trim_start_matches('_').to_lowercase();
    match KEYWORDS.contains(&name.as_str()) {
        true => format!("{name}_"),
        false => name,
    }
}

/// The declarations in MoonBit.
fn declarations(api: &Api<'_>) -> String {
    let mut out = format!(
        "{MARK}\n///|\n/// The address of something, which may be null.\n#external\npub type Ptr\n"
    );
    for stem in &api.opaque {
        let _ = write!(
            out,
            "\n///|\n/// A `{stem}_t *`, which may be null.\n#external\npub type {}\n",
            camel(stem)
        );
        let _ = write!(
            out,
            "\n///|\npub fn {0}::to_ptr(self : {0}) -> Ptr = \"%identity\"\n\n///|\npub fn {0}::of_ptr(pointer : Ptr) -> {0} = \"%identity\"\n",
            camel(stem)
        );
    }
    for stem in &api.values {
        let _ = write!(
            out,
            "\n///|\n/// The bytes of a `{}`.\npub extern \"C\" fn size_of_{stem}() -> Int = \"mbt_size_of_{stem}\"\n",
            c_value(stem)
        );
    }
    for b in &api.bound {
        let f = b.function;
        let (mut params, mut borrowed) = (Vec::new(), Vec::new());
        for (param, kind) in f.params.iter().zip(&b.params) {
            let name = moonbit_param(&param.name);
            if matches!(kind, Kind::Text | Kind::Buffer(_) | Kind::Pointers) {
                borrowed.push(name.clone());
            }
            let ty = match kind {
                Kind::Scalar(_, ty) => (*ty).to_owned(),
                Kind::Text => "Bytes".to_owned(),
                Kind::Buffer(_) | Kind::Pointers => "FixedArray[Byte]".to_owned(),
                Kind::Opaque(stem) => camel(stem),
                Kind::Callback | Kind::Pointer => "Ptr".to_owned(),
            };
            params.push(format!("{name} : {ty}"));
        }
        let result = match &b.result {
            Kind::Scalar(_, ty) => (*ty).to_owned(),
            Kind::Opaque(stem) => camel(stem),
            _ => "Ptr".to_owned(),
        };
        out.push_str("\n///|\n");
        // The first paragraph of the documentation.
        for line in f.doc.lines().take_while(|line| !line.trim().is_empty()) {
            let _ = writeln!(out, "/// {}", line.trim().trim_start_matches("\\brief "));
        }
        if is_unimplemented(&f.name) {
            out.push_str("///\n/// Wasmtime does not implement it: a call ends the process.\n");
        }
        let owners = f.params.iter().filter_map(|p| match p.owner.as_deref() {
            Some("moved") => Some(format!("`{}` is moved.", moonbit_param(&p.name))),
            _ => None,
        });
        let owners = owners.chain(
            (f.returns.owner.as_deref() == Some("owned"))
                .then(|| "The caller owns the result.".to_owned()),
        );
        let owners: Vec<String> = owners.collect();
        if !owners.is_empty() {
            let _ = writeln!(out, "///\n/// {}", owners.join(" "));
        }
        if !borrowed.is_empty() {
            let _ = writeln!(out, "#borrow({})", borrowed.join(", "));
        }
        let _ = writeln!(
            out,
            "pub extern \"C\" fn {name}({}) -> {result} = \"mbt_{name}\"",
            params.join(", "),
            name = f.name
        );
    }
    out
}

/// The line of a parameter in the program: what it declares, the argument, and what is released after the call.
fn sample(
    function: &str,
    param: &Param,
    kind: &Kind,
    at: usize,
    text: Option<usize>,
) -> [String; 3] {
    let arg = format!("ARG_{function}_{}", param.name);
    let default = |value: &str| format!("#ifndef {arg}\n#define {arg} {value}\n#endif\n");
    let owner = param.owner.as_deref().unwrap_or_default();
    match kind {
        Kind::Scalar(c, _) => {
            let value = match (text, param.c.as_str()) {
                (Some(text), "size_t") => format!("strlen((const char *)a{text})"),
                (_, "bool") => "1".to_owned(),
                _ => "0".to_owned(),
            };
            [
                default(&value) + &format!("  {c} a{at} = {arg};\n"),
                format!("a{at}"),
                String::new(),
            ]
        }
        Kind::Callback => [
            format!("  void *a{at} = (void *)callback;\n"),
            format!("a{at}"),
            String::new(),
        ],
        Kind::Pointer => [
            format!("  void *a{at} = data;\n"),
            format!("a{at}"),
            String::new(),
        ],
        Kind::Text => [
            default("\"name\"") + &format!("  const uint8_t *a{at} = (const uint8_t *){arg};\n"),
            format!("a{at}"),
            String::new(),
        ],
        Kind::Pointers => {
            let target = param.c.trim_end_matches('*').trim_end_matches("*const ");
            let inner = stem(&format!("{}*", target.trim_end_matches('*')))
                .filter(|s| s.starts_with("wasm"));
            let (value, free) = match (inner, owner) {
                (Some(stem), "moved") => (format!("{{make_{stem}()}}"), String::new()),
                (Some(stem), _) => (
                    "{0}".to_owned(),
                    format!("  if (a{at}[0]) free_{stem}(a{at}[0]);\n"),
                ),
                (None, _) => ("{\"name\"}".to_owned(), String::new()),
            };
            [
                format!("  void *a{at}[1] = {value};\n"),
                format!("(uint8_t *)a{at}"),
                free,
            ]
        }
        Kind::Buffer(stem) => {
            let fill = if owner == "out" {
                String::new()
            } else {
                format!("  fill_{stem}(&a{at});\n")
            };
            let clear = if owner == "moved" {
                String::new()
            } else {
                format!("  clear_{stem}(&a{at});\n")
            };
            let declared = format!(
                "  {0} a{at};\n  memset(&a{at}, 0, sizeof a{at});\n{fill}",
                c_value(stem)
            );
            [declared, format!("(uint8_t *)&a{at}"), clear]
        }
        Kind::Opaque(stem) => {
            let free = if owner == "moved" {
                String::new()
            } else {
                format!("  free_{stem}(a{at});\n")
            };
            [
                format!("  void *a{at} = make_{stem}();\n"),
                format!("a{at}"),
                free,
            ]
        }
    }
}

/// A C program that calls each function of the stub. `samples.h` makes arguments.
fn program(api: &Api<'_>) -> String {
    let list = |line: &dyn Fn(&str) -> String| {
        api.bound
            .iter()
            .map(|b| line(&b.function.name))
            .collect::<String>()
    };
    let mut out = format!(
        "{MARK}enum {{\n{}COUNT_OF_CALLS\n}};\nstatic unsigned calls[COUNT_OF_CALLS];\n\
         #define CALLED(NAME) calls[CALL_##NAME]++;\n#include STUB\n#include \"samples.h\"\n",
        list(&|name| format!("  CALL_{name},\n"))
    );
    for b in &api.bound {
        let f = b.function;
        let (mut before, mut args, mut after) = (String::new(), Vec::new(), String::new());
        for (i, (param, kind)) in f.params.iter().zip(&b.params).enumerate() {
            let text = i
                .checked_sub(1)
                .filter(|&i| matches!(b.params[i], Kind::Text));
            let [declared, arg, released] = sample(&f.name, param, kind, i, text);
            before.push_str(&declared);
            args.push(arg);
            after.insert_str(0, &released);
        }
        let name = &f.name;
        let call = format!("mbt_{name}({})", args.join(", "));
        let call = match (&b.result, f.returns.owner.as_deref()) {
            (Kind::Opaque(stem), _) if stem == "wasmtime_error" => format!(
                "#ifndef ERROR_{name}\n#define ERROR_{name} NULL\n#endif\n  outcome(\"{name}\", {call}, ERROR_{name});\n"
            ),
            (Kind::Opaque(stem), Some("owned")) => format!("  void *result = {call};\n  if (result) free_{stem}(result);\n"),
            _ => format!("  {call};\n"),
        };
        let _ = write!(out, "\n#ifndef DRIVE_{name}\nstatic void drive_{name}(void) {{\n{before}{call}{after}}}\n#endif\n");
    }
    let _ = write!(
        out,
        "\nstatic const struct {{ const char *name; void (*drive)(void); bool aborts; }} functions[] = {{\n{}}};\n\n\
         // Calls all functions, or the one that the argument names.\n\
         int main(int argc, char **argv) {{\n  for (size_t i = 0; i < COUNT_OF_CALLS; i++) {{\n    current = functions[i].name;\n    \
         if (argc > 1 && strcmp(argv[1], current)) continue;\n    if (argc < 2 && functions[i].aborts) {{\n      check_abort(argv[0]);\n      continue;\n    }}\n    \
         begin();\n    functions[i].drive();\n    end();\n    if (!calls[i]) fail(\"is not called\");\n  }}\n  \
         finish();\n  printf(\"%d functions called\\n\", COUNT_OF_CALLS);\n}}\n",
        list(&|name| format!("  {{\"{name}\", drive_{name}, {}}},\n", is_unimplemented(name)))
    );
    out
}

/// The report, in Markdown.
fn report(functions: &[Function], api: &Api<'_>) -> String {
    let mut classes: BTreeMap<&str, Vec<&Function>> = BTreeMap::new();
    for function in functions {
        classes.entry(&function.class).or_default().push(function);
    }
    let (bound, all) = (api.bound.len(), functions.len());
    let unimplemented = api
        .bound
        .iter()
        .filter(|b| is_unimplemented(&b.function.name))
        .count();
    let inline = functions.iter().filter(|f| f.inline).count();
    let mut out = format!(
        "# Wasmtime's C API in MoonBit\n\n\
         The package `@raw` has {bound} of the {all} functions that the headers declare ({}.{} %); {inline} of them are inline. \
         Wasmtime does not implement {unimplemented} of them, marked with `!`: a call ends the process.\n\n\
         | class | in the headers | bound |\n|---|--:|--:|\n",
        bound * 100 / all,
        bound * 1000 / all % 10
    );
    for (class, functions) in &classes {
        let count = functions
            .iter()
            .filter(|f| api.bound.iter().any(|b| b.function.name == f.name))
            .count();
        let _ = writeln!(out, "| {class} | {} | {count} |", functions.len());
    }
    out.push_str("\n## Without a binding\n\n");
    if LEFT_OUT.is_empty() {
        out.push_str("None.\n");
    }
    for (name, why) in LEFT_OUT {
        let _ = writeln!(out, "- `{name}`: {why}");
    }
    out.push_str("\n## Bound\n");
    for (class, functions) in &classes {
        let names = functions.iter().map(|f| f.name.as_str());
        let names = names.filter(|name| api.bound.iter().any(|b| b.function.name == *name));
        let _ = write!(
            out,
            "\n### {class}\n\n{}\n",
            names
                .map(|n| format!("`{n}`{}", if is_unimplemented(n) { "!" } else { "" }))
                .collect::<Vec<_>>()
                .join(",\n")
        );
    }
    out
}

fn run() -> Result<(), String> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [table, outputs @ ..] = args.as_slice() else {
        return Err("usage: moonbit_generator TABLE STUB DECLARATIONS PROGRAM REPORT".to_owned());
    };
    let text =
        std::fs::read_to_string(table).map_err(|e| format!("failed to read {table}: {e}"))?;
    let functions: Vec<Function> =
        serde_json::from_str(&text).map_err(|e| format!("failed to read {table}: {e}"))?;
    let api = Api::new(&functions)?;
    let texts = [
        stub(&api),
        declarations(&api),
        program(&api),
        report(&functions, &api),
    ];
    for (file, text) in outputs.iter().zip(texts) {
        std::fs::write(file, text).map_err(|e| format!("failed to write {file}: {e}"))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}
