//! Writes a package with its dependencies as one WIT document.

use rules_wit_common::Diagnostic;
use wit_component::WitPrinter;
use wit_parser::{PackageId, Resolve};

/// The WIT text of a package and its transitive dependencies. Items whose feature was disabled when
/// `resolve` was made are not in it. Fails if an item has no syntax in WIT.
pub fn document(resolve: &Resolve, main: PackageId) -> anyhow::Result<String> {
    let mut others = Vec::new();
    let mut open = vec![main];
    while let Some(id) = open.pop() {
        for other in resolve.package_direct_deps(id) {
            if other != main && !others.contains(&other) {
                others.push(other);
                open.push(other);
            }
        }
    }
    others.sort_by(|a, b| resolve.packages[*a].name.cmp(&resolve.packages[*b].name));
    let mut printer = WitPrinter::default();
    printer.print(resolve, main, &others)?;
    Ok(printer.output.to_string())
}

/// The error of a package that cannot be written. `verb` says what was tried: `write` or `encode`.
pub fn write_error(
    resolve: &Resolve,
    main: PackageId,
    verb: &str,
    e: &anyhow::Error,
) -> Diagnostic {
    let name = &resolve.packages[main].name;
    let reason = format!("{e:#}");
    let reason = reason.lines().next().unwrap_or_default();
    Diagnostic::new(format!("cannot {verb} package `{name}`: {reason}"))
        .hint("remove the item from the package")
}
