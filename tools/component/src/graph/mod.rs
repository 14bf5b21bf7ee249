//! The graph of a component: its instances, and the connections between them.

mod builder;
mod model;
mod nested;
mod reader;
mod svg;
mod text;

pub use reader::read;
pub use svg::svg;
pub use text::{dot, json};
