//! Exported functions and the text of their types.

use crate::async_values::{has_handles, Handle};
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

/// Returns the text of a type, or of its unsupported part.
pub fn show_type(ty: &Type) -> String {
    let element = |handle: &Handle| handle.element().map(show_type).unwrap_or_default();
    match (Handle::of(ty), ty) {
        (Some(handle @ Handle::Stream(_)), _) => return format!("stream<{}>", element(&handle)),
        (Some(handle @ Handle::Future(_)), _) => return format!("future<{}>", element(&handle)),
        (None, Type::Tuple(tuple)) if has_handles(ty) => {
            let types: Vec<String> = tuple.types().map(|ty| show_type(&ty)).collect();
            return format!("tuple<{}>", types.join(", "));
        }
        _ => {}
    }
    match unsupported(ty) {
        // The text of a type hides unsupported parts of it.
        Some(what) => what.to_owned(),
        None => DisplayType(ty).to_string(),
    }
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
        Type::Map(_) => Some("map"),
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
