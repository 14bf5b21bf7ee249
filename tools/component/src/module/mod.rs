//! Core modules: reading them, and writing them section by section.

mod access;
mod body;
mod constant;
mod gc;
mod kind;
mod names;
mod raw;
mod reader;
mod sections;

pub use access::{access, copies_bytes};
pub use body::{instructions, Body};
pub use constant::evaluate;
pub use gc::{gc, Keep};
pub use kind::{Kind, Space};
pub use names::Named;
pub use raw::{section, subsections, with_exported_memory, with_exports, without_sections};
pub use reader::{element_count, element_functions, Module};
pub use sections::Sections;
