//! Draws graphs as SVG: boxes in layers, and lines between them.

mod layout;
mod order;
mod slot;
mod svg;

pub use svg::{escape, svg, Box, Line, Picture};
