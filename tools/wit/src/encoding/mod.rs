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
/// the location of an item. The size of the encoding is taken from `budget`; the error is
/// for the first package that exceeds it, and the packages after it are not encoded.
pub fn check(
    resolve: &Resolve,
    package: PackageId,
    budget: &mut Budget,
    site: impl Fn(Span) -> Option<Site>,
) -> Vec<Diagnostic> {
    let mut faults = names::clashes(resolve, package);
    let is_encoded = !budget.is_exceeded();
    if faults.is_empty() && is_encoded {
        faults.extend(budget.take(resolve, package));
    }
    if faults.is_empty() && is_encoded && invalid(resolve, package).is_some() {
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

#[cfg(test)]
mod tests {
    use super::{check, Budget};
    use wit_parser::Resolve;

    /// The encoding of each package repeats those before it.
    #[test]
    fn one_error_for_the_size_of_all_packages() {
        let mut resolve = Resolve::default();
        let mut packages = Vec::new();
        for i in 0..4 {
            let item = match i {
                0 => "type t = u8;".to_owned(),
                _ => format!("use t:p{}/i.{{t}};", i - 1),
            };
            let text = format!("package t:p{i}; interface i {{ {item} }}");
            packages.push(resolve.push_str("a.wit", &text).expect("resolves"));
        }
        // The packages take 2, 4, 6 and 8 items.
        for (items, errors) in [(20, [0, 0, 0, 0]), (12, [0, 0, 0, 1]), (5, [0, 1, 0, 0])] {
            let mut budget = Budget::of(items);
            let found = packages.iter().map(|package| {
                let errors = check(&resolve, *package, &mut budget, |_| None);
                assert!(errors.iter().all(|d| d.title().contains("too large")));
                errors.len()
            });
            assert_eq!(found.collect::<Vec<_>>(), errors, "{items}");
        }
    }
}
