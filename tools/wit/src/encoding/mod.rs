//! Checks that a package can be part of a component.
//!
//! WIT that resolves may still have no component type: names that clash, empty records, too many
//! flags. The judge is the validator, on the encoded package. Clashing names are found without it, so
//! that the error has both sites, and because newer validators than ours ignore hyphens.

mod fault;
mod locate;
mod names;
mod size;
mod validity;

pub use size::Budget;

use rules_wit_common::{Diagnostic, Site};
use validity::invalid;
use wit_parser::{PackageId, Resolve, Span};

/// The maximum number of errors for one package.
const MAX_ERRORS: usize = 20;

/// Returns the errors of a resolved package, none if it can be part of a component. `site` returns
/// the location of an item. The size of the encoding is taken from `budget`.
pub fn check(
    resolve: &Resolve,
    package: PackageId,
    budget: &mut Budget,
    site: impl Fn(Span) -> Option<Site>,
) -> Vec<Diagnostic> {
    let mut faults = names::clashes(resolve, package);
    if faults.is_empty() {
        faults.extend(budget.take(resolve, package));
    }
    if faults.is_empty() && invalid(resolve, package).is_some() {
        faults = locate::faults(resolve, package);
    }
    faults.truncate(MAX_ERRORS);
    let diagnostics = faults.into_iter().map(|fault| {
        let mut d = Diagnostic::new(fault.title);
        for (span, label) in fault.spans {
            if let Some(site) = site(span) {
                d = d.site(site.label(label));
            }
        }
        d.hint(fault.hint)
    });
    diagnostics.collect()
}
