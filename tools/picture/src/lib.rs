//! Pictures of graphs: boxes in layers, and lines between them that can be followed.

mod layout;
mod order;
mod svg;

pub use svg::{escape, svg, Box, Line, Picture};
