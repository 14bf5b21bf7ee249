//! The declarations in MoonBit.

use crate::api::{c_value, camel, is_unimplemented, Api, Kind, MARK};
use std::fmt::Write as _;

/// Names that a parameter in MoonBit cannot have.
const KEYWORDS: &[&str] = &[
    "async", "const", "declare", "enum", "extern", "fn", "import", "module", "pub", "ref", "self",
    "struct", "test", "type", "with",
];

fn moonbit_param(name: &str) -> String {
    let name = name.trim_start_matches('_').to_lowercase();
    match KEYWORDS.contains(&name.as_str()) {
        true => format!("{name}_"),
        false => name,
    }
}

/// The declarations in MoonBit.
pub fn declarations(api: &Api<'_>) -> String {
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
