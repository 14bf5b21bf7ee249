//! The program that calls each function of the stub.

use crate::api::{c_value, is_unimplemented, stem, Api, Kind, Param, MARK};
use std::fmt::Write as _;

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
pub fn program(api: &Api<'_>) -> String {
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
