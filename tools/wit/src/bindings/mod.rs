//! Generates bindings in Rust, as crates of their own, and in MoonBit, with a program such as `wit-bindgen`.

mod code;
mod crates;
mod doc_locations;
mod generate;
mod generator;
mod host;
mod modules;
mod moonbit;
mod parameters;
mod payloads;
mod refusals;
mod rust_names;

pub use code::{is_rust_path, rust_path, with};
pub use doc_locations::add as add_locations;
pub use generate::{generate, Request};
pub use generator::Generator;
pub use host::{generate_host, HostRequest};
pub use modules::files as module_files;
pub use moonbit::{generate as generate_moonbit, Request as MoonBitRequest};

use rules_wit_common::{display_path, Diagnostic, Result};
use std::path::Path;

/// Creates the directory of an output file in a tree.
pub fn create_directory_of(file: &Path) -> Result<()> {
    let directory = file.parent().unwrap_or(file);
    std::fs::create_dir_all(directory).map_err(|e| {
        let shown = display_path(directory);
        Diagnostic::environment(format!("cannot create the directory `{shown}`: {e}")).into()
    })
}
