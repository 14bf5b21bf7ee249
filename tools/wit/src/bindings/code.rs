//! Turns generated code into the root of a crate.

/// The documentation and the attributes of the crate. The generator allows lints in its modules, but not
/// at the root, where the items of the world itself are.
pub(super) fn preamble(of: &str, label: Option<&str>) -> String {
    let from = match label {
        Some(label) => format!("//!\n//! Generated for `{label}`.\n"),
        None => String::new(),
    };
    format!(
        "//! Rust bindings of the WIT {of}.\n{from}\n\
         #![allow(clippy::all)]\n\n"
    )
}

/// Disables the custom section with the component type: it would describe all interfaces of the package,
/// not a world.
pub(super) fn without_section(code: &str) -> String {
    let mut out = String::with_capacity(code.len());
    for line in code.lines() {
        if line.starts_with("pub static __WIT_BINDGEN_COMPONENT_TYPE") {
            out.push_str("#[cfg(any())]\n");
        }
        out.push_str(line);
        out.push('\n');
    }
    out
}

/// Turns the code of a module into the root of a crate: there, the macro that exports the world's own
/// functions is at the root already, and must not be imported again.
pub(super) fn as_crate_root(code: &str) -> String {
    let is_import = |l: &str| l.starts_with("pub use __export_world_") && l.ends_with("_cabi;");
    let mut out = String::with_capacity(code.len());
    let mut lines = code.lines().peekable();
    while let Some(line) = lines.next() {
        if line == "#[doc(hidden)]" && lines.next_if(|next| is_import(next)).is_some() {
            continue;
        }
        if !is_import(line) {
            out.push_str(line);
            out.push('\n');
        }
    }
    out
}
