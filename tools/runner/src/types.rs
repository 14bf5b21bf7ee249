//! Exported functions and the text of their types.

use crate::async_values::Handle;
use wasmtime::component::types::ComponentFunc;
use wasmtime::component::wasm_wave::wasm::DisplayType;
use wasmtime::component::{ComponentExportIndex, Type};

/// An exported function.
pub struct Function {
    /// The interface, such as `ns:pkg/iface@1.0.0`; `None` for a function of the world itself.
    pub interface: Option<String>,
    /// The name in the interface or world.
    pub name: String,
    /// The type.
    pub ty: ComponentFunc,
    /// The index of the export.
    pub index: ComponentExportIndex,
}

impl Function {
    /// The unique name: `ns:pkg/iface@1.0.0#func`, or `func`.
    pub fn full_name(&self) -> String {
        match &self.interface {
            Some(interface) => format!("{interface}#{}", self.name),
            None => self.name.clone(),
        }
    }

    /// The name and type, such as `greet: func(name: string) -> string`.
    pub fn signature(&self) -> String {
        let params: Vec<String> = self
            .ty
            .params()
            .map(|(name, ty)| format!("{name}: {}", show_type(&ty)))
            .collect();
        let result: String = self
            .ty
            .results()
            .map(|ty| format!(" -> {}", show_type(&ty)))
            .collect();
        let function = match self.ty.async_() {
            true => "async func",
            false => "func",
        };
        format!(
            "{}: {function}({}){result}",
            self.full_name(),
            params.join(", ")
        )
    }
}

/// Returns the text of a type in WIT, without the names of types.
pub fn show_type(ty: &Type) -> String {
    let part = |ty: Option<Type>| ty.as_ref().map_or_else(|| "_".to_owned(), show_type);
    let all = |types: &mut dyn Iterator<Item = Type>| -> String {
        let types: Vec<String> = types.map(|ty| show_type(&ty)).collect();
        types.join(", ")
    };
    match ty {
        Type::Own(_) => "resource".to_owned(),
        Type::Borrow(_) => "borrowed resource".to_owned(),
        Type::ErrorContext => "error-context".to_owned(),
        Type::Future(future) => generic("future", future.ty()),
        Type::Stream(stream) => generic("stream", stream.ty()),
        Type::List(list) => generic("list", Some(list.ty())),
        Type::FixedLengthList(list) => format!("list<{}, {}>", show_type(&list.ty()), list.len()),
        Type::Map(map) => format!(
            "map<{}, {}>",
            show_type(&map.key()),
            show_type(&map.value())
        ),
        Type::Option(option) => generic("option", Some(option.ty())),
        Type::Tuple(tuple) => format!("tuple<{}>", all(&mut tuple.types())),
        Type::Result(result) => match (result.ok(), result.err()) {
            (ok, None) => generic("result", ok),
            (ok, err) => format!("result<{}, {}>", part(ok), part(err)),
        },
        Type::Record(record) => {
            let fields = record.fields();
            braces(
                "record",
                fields.map(|f| format!("{}: {}", f.name, show_type(&f.ty))),
            )
        }
        Type::Variant(variant) => braces(
            "variant",
            variant.cases().map(|case| match case.ty {
                Some(ty) => format!("{}({})", case.name, show_type(&ty)),
                None => case.name.to_owned(),
            }),
        ),
        Type::Enum(names) => braces("enum", names.names().map(str::to_owned)),
        Type::Flags(flags) => braces("flags", flags.names().map(str::to_owned)),
        primitive => DisplayType(primitive).to_string(),
    }
}

/// `name<ty>`, or the name alone.
fn generic(name: &str, ty: Option<Type>) -> String {
    match ty {
        Some(ty) => format!("{name}<{}>", show_type(&ty)),
        None => name.to_owned(),
    }
}

fn braces(name: &str, parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    format!("{name} {{ {} }}", parts.join(", "))
}

/// Returns the part of a parameter's type that cannot be written, if any.
pub fn unsupported_parameter(ty: &Type) -> Option<&'static str> {
    match Handle::of(ty) {
        Some(_) => None,
        None => unsupported(ty),
    }
}

/// Returns the part of a result's type that cannot be written, if any.
pub fn unsupported_result(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Tuple(tuple) => tuple.types().find_map(|ty| unsupported_result(&ty)),
        ty => unsupported_parameter(ty),
    }
}

/// Returns the part of a type that WAVE cannot represent, if any.
fn unsupported(ty: &Type) -> Option<&'static str> {
    let of = |ty: Option<Type>| ty.as_ref().and_then(unsupported);
    match ty {
        Type::Own(_) => Some("resource"),
        Type::Borrow(_) => Some("borrowed resource"),
        Type::Future(_) => Some("future"),
        Type::Stream(_) => Some("stream"),
        Type::ErrorContext => Some("error-context"),
        Type::Map(map) => unsupported(&map.key()).or_else(|| unsupported(&map.value())),
        Type::List(list) => unsupported(&list.ty()),
        Type::FixedLengthList(list) => unsupported(&list.ty()),
        Type::Option(option) => unsupported(&option.ty()),
        Type::Result(result) => of(result.ok()).or_else(|| of(result.err())),
        Type::Tuple(tuple) => tuple.types().find_map(|ty| unsupported(&ty)),
        Type::Record(record) => record.fields().find_map(|f| unsupported(&f.ty)),
        Type::Variant(variant) => variant.cases().find_map(|c| of(c.ty)),
        _ => None,
    }
}
