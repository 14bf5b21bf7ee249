//! Draws graphs as SVG: boxes in layers, and lines between them; and escapes text for what graphs are
//! written in.

mod dot;
mod layout;
mod order;
mod slot;
mod svg;

pub use dot::quote_dot;
pub use svg::{escape, svg, Box, Line, Picture};
