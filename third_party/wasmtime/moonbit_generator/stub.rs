//! The C stub.

use crate::api::{c_value, Api, Kind, MARK};
use std::fmt::Write as _;

/// Functions that the headers declare with an error as the result, and Wasmtime defines without a result.
const WITHOUT_RESULT: &[&str] = &["wasmtime_context_epoch_deadline_async_yield_and_update"];

/// The C stub: a function `mbt_<name>` for each function, with types that MoonBit passes.
pub fn stub(api: &Api<'_>) -> String {
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
