//! The edits to make, and what stands in their way.

use crate::edit::Edit;
use crate::problem::Problem;
use rules_wit_common::Diagnostic;
use std::collections::BTreeMap;

/// The edits to make, and the units that cannot be fixed.
#[derive(Default)]
pub(super) struct Plan {
    /// The edits of each file, by its number.
    pub edits: BTreeMap<usize, Vec<Edit>>,
    /// The units that cannot be fixed, with the reason.
    pub refused: Vec<(usize, Problem)>,
    pub warnings: Vec<Diagnostic>,
}
