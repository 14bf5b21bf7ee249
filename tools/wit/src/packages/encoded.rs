//! Decodes packages that are encoded as WebAssembly.

use rules_wit_common::{display_path, read_bytes, Diagnostic, Limit, Result};
use std::io::Read;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::Path;
use wit_component::{decode, WitPrinter};
use wit_parser::{PackageId, Resolve};

/// The maximum size of an encoded package, in bytes.
const MAX_BYTES: Limit = Limit(64 << 20);

/// Whether the file starts with the magic number of WebAssembly.
pub(super) fn is_encoded(path: &Path) -> bool {
    let mut start = [0; 4];
    let is_file = std::fs::metadata(path).is_ok_and(|m| m.is_file());
    is_file
        && std::fs::File::open(path)
            .and_then(|mut f| f.read_exact(&mut start))
            .is_ok_and(|()| start == *b"\0asm")
}

/// Reads an encoded package as texts, the main package first: the name and the text of each.
///
/// Texts are read in the same way as WIT sources, with features, which the decoder ignores.
pub(super) fn read(path: &Path) -> Result<Vec<(String, String)>> {
    let bytes = read_bytes(path, MAX_BYTES)?;
    let texts = decoded_texts(&bytes).map_err(|reason| {
        let shown = display_path(path);
        Diagnostic::new(format!("`{shown}` is not an encoded WIT package: {reason}"))
            .hint("pass a package written by `wit encode` or `wasm-tools component wit --wasm`")
    })?;
    Ok(texts)
}

/// The names and texts of an encoded package and its dependencies, the main package first. The error
/// is one line.
pub fn decoded_texts(bytes: &[u8]) -> std::result::Result<Vec<(String, String)>, String> {
    if bytes.get(4..8) == Some(&[1, 0, 0, 0]) {
        return Err("it is a core module".to_owned());
    }
    // The decoder may panic on input that no encoder wrote.
    let decoded = catch_unwind(AssertUnwindSafe(|| decode(bytes)));
    let decoded = match decoded {
        Ok(Ok(decoded)) => decoded,
        Ok(Err(e)) => return Err(format!("{e:#}").lines().next().unwrap_or("").to_owned()),
        Err(_) => return Err("it does not have the structure of a package".to_owned()),
    };
    let (resolve, main) = (decoded.resolve(), decoded.package());
    let others = resolve.packages.iter().map(|(id, _)| id);
    let order = std::iter::once(main).chain(others.filter(|id| *id != main));
    let mut out = Vec::new();
    for id in order {
        let text = print(resolve, id).map_err(|e| e.to_string())?;
        out.push((resolve.packages[id].name.to_string(), text));
    }
    Ok(out)
}

/// The WIT text of one package.
fn print(resolve: &Resolve, package: PackageId) -> anyhow::Result<String> {
    let mut printer = WitPrinter::default();
    printer.print_package(resolve, package, true)?;
    Ok(printer.output.to_string())
}
