//! The elements of a layer.

/// A box, a label, or the point at which a line passes a layer.
pub(crate) struct Slot {
    pub layer: usize,
    pub size: (f64, f64),
    pub y: f64,
}
