//! Decodes packages that are encoded as WebAssembly, in the binary or the text format.

use rules_wit_common::{display_path, Diagnostic, Limit, Result};
use std::borrow::Cow;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::Path;
use wit_component::{decode, DecodedWasm, WitPrinter};
use wit_parser::{PackageId, Resolve};

/// The maximum size of an encoded package, in bytes.
pub(super) const MAX_BYTES: Limit = Limit(64 << 20);

/// A decoded package with its dependencies.
pub(super) struct Decoded {
    /// The package and its dependencies, of which the file may have only what the package uses.
    pub resolve: Resolve,
    /// The package.
    pub main: PackageId,
}

/// Whether the content of a file is WebAssembly, in the binary or the text format.
pub(super) fn is_encoded(bytes: &[u8]) -> bool {
    wat::Detect::from_bytes(bytes).is_wasm()
}

/// Decodes the content of the file `path`.
///
/// A component instead of a package is an error, unless `allow_component` is set: then the package is
/// the one of its world.
pub(super) fn read(path: &Path, bytes: &[u8], allow_component: bool) -> Result<Decoded> {
    let shown = display_path(path);
    let decoded = binary(bytes).and_then(|bytes| decoded(&bytes));
    let decoded = match decoded {
        Ok(DecodedWasm::Component(..)) if !allow_component => Err("it is a component".to_owned()),
        other => other,
    };
    match decoded {
        Ok(decoded) => {
            let main = decoded.package();
            let (DecodedWasm::Component(resolve, _) | DecodedWasm::WitPackage(resolve, _)) =
                decoded;
            Ok(Decoded { resolve, main })
        }
        Err(reason) => Err(Diagnostic::new(format!(
            "`{shown}` is not an encoded WIT package: {reason}"
        ))
        .hint(
            "replace it by a package written by `wit encode` or `wasm-tools component wit --wasm`",
        )
        .into()),
    }
}

/// The binary format of a module or component.
fn binary(bytes: &[u8]) -> std::result::Result<Cow<'_, [u8]>, String> {
    // The parser may recurse or panic on input that nobody wrote.
    let parsed = catch_unwind(AssertUnwindSafe(|| wat::parse_bytes(bytes)));
    match parsed {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(e)) => Err(first_line(&e.to_string())),
        Err(_) => Err("it is not WebAssembly".to_owned()),
    }
}

/// Decodes the binary format. The error is one line.
fn decoded(bytes: &[u8]) -> std::result::Result<DecodedWasm, String> {
    if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
        return Err("it is a core module".to_owned());
    }
    // The decoder may panic on input that no encoder wrote.
    match catch_unwind(AssertUnwindSafe(|| decode(bytes))) {
        Ok(Ok(decoded)) => Ok(decoded),
        Ok(Err(e)) => Err(first_line(&format!("{e:#}"))),
        Err(_) => Err("it does not have the structure of a package".to_owned()),
    }
}

fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

/// The name and the WIT text of a package.
///
/// Texts are read in the same way as WIT sources, with features, which the decoder ignores.
pub(super) fn text(
    resolve: &Resolve,
    package: PackageId,
) -> std::result::Result<(String, String), String> {
    let mut printer = WitPrinter::default();
    printer
        .print_package(resolve, package, true)
        .map_err(|e| first_line(&format!("{e:#}")))?;
    let name = resolve.packages[package].name.to_string();
    Ok((name, printer.output.to_string()))
}

/// The names and texts of an encoded package and its dependencies, the main package first. The error
/// is one line.
#[cfg(test)]
pub fn decoded_texts(bytes: &[u8]) -> std::result::Result<Vec<(String, String)>, String> {
    let decoded = decoded(bytes)?;
    let (resolve, main) = (decoded.resolve(), decoded.package());
    let others = resolve.packages.iter().map(|(id, _)| id);
    let order = std::iter::once(main).chain(others.filter(|id| *id != main));
    order.map(|id| text(resolve, id)).collect()
}
