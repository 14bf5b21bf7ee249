//! Generates Rust bindings, as crates of their own, with a program such as `wit-bindgen`.

mod async_items;
mod code;
mod crates;
mod doc_locations;
mod generate;
mod generator;
mod modules;
mod parameters;
mod rust_names;

pub use code::is_rust_path;
pub use generate::{generate, Request};
pub use generator::Generator;
pub use modules::files as module_files;
