//! What a binary is: a component, an encoded WIT package or a module, with its imports and exports.

use rules_wit_common::{display_path, Diagnostic, Result};
use std::collections::BTreeSet;
use std::path::Path;
use wasmparser::{ComponentExternalKind, Encoding, Parser, Payload};

/// What the configuration of an artifact tells about a binary.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Binary {
    /// Whether it is a core module.
    pub module: bool,
    /// The names of its imports, sorted.
    pub imports: BTreeSet<String>,
    /// The names of its exports, sorted. Of a WIT package, its interfaces and worlds.
    pub exports: BTreeSet<String>,
}

/// Reads the imports and exports of the binary in the file `path`.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Binary> {
    parse(bytes).map_err(|e| {
        Diagnostic::new(format!(
            "`{}` is not WebAssembly: {}",
            display_path(path),
            e.message()
        ))
        .hint("publish a component, or a WIT package that `wit encode` has written")
        .into()
    })
}

fn parse(bytes: &[u8]) -> wasmparser::Result<Binary> {
    let mut binary = Binary::default();
    // A WIT package consists of types and their exports; the full names are in the types.
    let mut package = true;
    let mut types: Vec<BTreeSet<String>> = Vec::new();
    let mut full_names = BTreeSet::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { encoding, .. } => {
                binary.module |= depth == 0 && encoding == Encoding::Module;
                depth += 1;
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ if depth > 1 => {}
            Payload::ComponentTypeSection(section) => {
                for ty in section {
                    types.push(exported_by(&ty?));
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    package &= export.kind == ComponentExternalKind::Type;
                    // An exported type is a type with an index of its own.
                    let names = types
                        .get(export.index as usize)
                        .cloned()
                        .unwrap_or_default();
                    full_names.extend(names.iter().cloned());
                    types.push(names);
                    binary.exports.insert(export.name.name.to_owned());
                }
            }
            Payload::ComponentImportSection(section) => {
                package = false;
                for import in section {
                    binary.imports.insert(import?.name.name.to_owned());
                }
            }
            Payload::CustomSection(_) => {}
            _ => package = false,
        }
    }
    if package && !binary.module && !full_names.is_empty() {
        binary.exports = full_names;
    }
    Ok(binary)
}

/// The names that a component type exports: of a WIT package's type, those of an interface or a world.
fn exported_by(ty: &wasmparser::ComponentType<'_>) -> BTreeSet<String> {
    let wasmparser::ComponentType::Component(declarations) = ty else {
        return BTreeSet::new();
    };
    declarations
        .iter()
        .filter_map(|d| match d {
            wasmparser::ComponentTypeDeclaration::Export { name, .. } => Some(name.name.to_owned()),
            _ => None,
        })
        .collect()
}
