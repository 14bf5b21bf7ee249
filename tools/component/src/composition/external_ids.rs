//! Keeps the external ids of imports and exports, which the library leaves out.

use super::connections::Composition;
use crate::input::features;
use std::collections::HashMap;
use wac_graph::{CompositionGraph, NodeId};
use wasm_encoder::reencode::{ReencodeComponent, RoundtripReencoder};
use wasm_encoder::{
    ComponentExportSection, ComponentExternName, ComponentImportSection, ComponentSection,
};
use wasmparser::{Parser, Payload};

/// External ids by the names of imports and of exports.
#[derive(Default)]
struct ExternalIds {
    imports: HashMap<String, String>,
    exports: HashMap<String, String>,
}

/// Adds external ids to the component that a graph was encoded as: exports have those of the exports
/// that they are, and imports have those of the instances whose imports they are.
pub fn with_external_ids(graph: &CompositionGraph, component: Vec<u8>) -> Vec<u8> {
    let ids = of_composition(&Composition::of(graph, HashMap::new()));
    if ids.imports.is_empty() && ids.exports.is_empty() {
        return component;
    }
    add(&ids, &component).unwrap_or(component)
}

/// The external ids of the imports and exports of a composition.
fn of_composition(composition: &Composition) -> ExternalIds {
    let graph = composition.graph;
    let own: HashMap<NodeId, ExternalIds> = composition
        .instances()
        .filter_map(|(node, _)| Some((node, of_component(graph[graph[node].package()?].bytes()))))
        .collect();
    let mut out = ExternalIds::default();
    for (node, world) in composition.instances() {
        for import in world.imports.keys() {
            let id = own.get(&node).and_then(|ids| ids.imports.get(import));
            if let (true, Some(id)) = (composition.is_open(node, import), id) {
                out.imports.entry(import.clone()).or_insert(id.clone());
            }
        }
    }
    for (node, export, name) in composition.exported() {
        if let Some(id) = own.get(&node).and_then(|ids| ids.exports.get(export)) {
            out.exports.insert(name.to_owned(), id.clone());
        }
    }
    out
}

fn of_component(bytes: &[u8]) -> ExternalIds {
    let mut out = ExternalIds::default();
    for payload in outermost(bytes) {
        match payload {
            Payload::ComponentImportSection(section) => {
                for import in section.into_iter().flatten() {
                    let id = import.name.external_id;
                    out.imports
                        .extend(id.map(|id| (import.name.name.to_owned(), id.to_owned())));
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section.into_iter().flatten() {
                    let id = export.name.external_id;
                    out.exports
                        .extend(id.map(|id| (export.name.name.to_owned(), id.to_owned())));
                }
            }
            _ => {}
        }
    }
    out
}

/// The parts of a valid component outside of nested modules and components.
fn outermost(bytes: &[u8]) -> impl Iterator<Item = Payload<'_>> {
    let mut parser = Parser::new(0);
    parser.set_features(features());
    let mut depth = 0_usize;
    parser.parse_all(bytes).flatten().filter(move |payload| {
        let here = depth == 0;
        match payload {
            Payload::ComponentSection { .. } | Payload::ModuleSection { .. } => depth += 1,
            Payload::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        here
    })
}

/// Writes the sections with imports and exports again.
fn add(ids: &ExternalIds, component: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = RoundtripReencoder;
    let mut out = Vec::with_capacity(component.len());
    let mut copied = 0;
    for payload in outermost(component) {
        let (range, section) = match payload {
            Payload::ComponentImportSection(section) => {
                let range = section.range();
                let mut imports = ComponentImportSection::new();
                for import in section {
                    let import = import.ok()?;
                    let name = named(import.name, &ids.imports);
                    imports.import(name, encoder.component_type_ref(import.ty).ok()?);
                }
                (range, encoded(&imports))
            }
            Payload::ComponentExportSection(section) => {
                let range = section.range();
                let mut exports = ComponentExportSection::new();
                for export in section {
                    let export = export.ok()?;
                    let name = named(export.name, &ids.exports);
                    let kind = encoder.component_export_kind(export.kind);
                    let ty = export.ty.map(|ty| encoder.component_type_ref(ty));
                    exports.export(name, kind, export.index, ty.transpose().ok()?);
                }
                (range, encoded(&exports))
            }
            _ => continue,
        };
        // The number of the section and its size are in front of it.
        let start = usize::try_from(range.start).ok()?;
        let end = usize::try_from(range.end).ok()?;
        let before = start.checked_sub(1 + leb128_size(end.checked_sub(start)?))?;
        out.extend_from_slice(component.get(copied..before)?);
        out.extend(section);
        copied = end;
    }
    out.extend_from_slice(component.get(copied..)?);
    Some(out)
}

fn named<'a>(
    name: wasmparser::ComponentExternName<'a>,
    ids: &'a HashMap<String, String>,
) -> ComponentExternName<'a> {
    let external_id = ids.get(name.name).map(|id| id.as_str().into());
    ComponentExternName {
        external_id,
        ..ComponentExternName::from(name)
    }
}

fn encoded(section: &impl ComponentSection) -> Vec<u8> {
    let mut bytes = Vec::new();
    section.append_to_component(&mut bytes);
    bytes
}

/// The bytes of a number as the library encodes it, without padding.
fn leb128_size(number: usize) -> usize {
    let bits = (usize::BITS - number.leading_zeros()).max(1);
    bits.div_ceil(7) as usize
}
