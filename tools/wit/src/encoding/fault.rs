//! What is wrong with an item.

use wit_parser::Span;

/// An item that cannot be part of a component.
pub(super) struct Fault {
    /// What is wrong.
    pub title: String,
    /// The item, and the other one of two that clash.
    pub spans: Vec<(Span, String)>,
    pub hint: String,
}
