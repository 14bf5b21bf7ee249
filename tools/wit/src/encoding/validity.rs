//! Encodes a package, and validates the result.

use std::panic::{catch_unwind, AssertUnwindSafe};
use wasmparser::{Validator, WasmFeatures};
use wit_parser::{PackageId, Resolve};

/// The reason why a package has no valid encoding.
pub(super) fn invalid(resolve: &Resolve, package: PackageId) -> Option<String> {
    // The encoder may panic on items that it does not know.
    let encoded = catch_unwind(AssertUnwindSafe(|| wit_component::encode(resolve, package)));
    let bytes = match encoded {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(e)) => {
            let text = format!("{e:#}");
            return Some(text.lines().next().unwrap_or_default().to_owned());
        }
        Err(_) => return Some("it has no encoding".to_owned()),
    };
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    let error = validator.validate_all(&bytes).err()?;
    Some(
        error
            .message()
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
    )
}
