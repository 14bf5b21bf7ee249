//! Composes the component with the shims. The inner shim is the outermost component: what it
//! imports, the whole imports, so that no type has to be written again.

use super::worlds::{Shim, ROOT};
use crate::lower::error::{Error, Result};
use std::collections::HashMap;
use wasm_encoder::{
    Alias, ComponentAliasSection, ComponentExportKind, ComponentInstanceSection, ComponentSection,
    ComponentSectionId, RawSection,
};
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind, ComponentOuterAliasKind,
    ComponentTypeRef, Parser, Payload,
};

/// An item: its kind and its index.
type Item = (ComponentExportKind, u32);

/// Adds the component and the outer shim to the inner shim, and instantiates both.
pub fn compose(inner: Vec<u8>, component: &[u8], outer: &[u8], shim: &Shim) -> Result<Vec<u8>> {
    let mut whole = Whole {
        given: Outline::read(&inner)?,
        bytes: inner,
    };
    let root = whole.given.exports.get(ROOT).copied();

    let middle = Outline::read(component)?;
    let mut args = Vec::new();
    for (name, kind) in &middle.imports {
        args.push((name.as_str(), whole.host_item(name, *kind, root)?));
    }
    let middle_instance = whole.instantiate(component, &args)?;

    let mut args = Vec::new();
    let outer_imports = Outline::read(outer)?.imports;
    for (name, kind) in &outer_imports {
        let renamed = shim.renamed.iter().find(|(clone, _)| clone == name);
        let item = match renamed {
            Some((_, name)) => whole.alias(middle_instance, name, *kind),
            None if name == ROOT => {
                let mut items = Vec::new();
                for forward in shim.forwards.iter().filter(|f| f.export.is_none()) {
                    for (_, function) in &forward.functions {
                        let kind = ComponentExportKind::Func;
                        let item = whole.alias(middle_instance, &function.name, kind);
                        items.push((function.name.as_str(), item));
                    }
                }
                let types = shim.root_types();
                for name in &types {
                    let item = whole.host_item(name, ComponentExportKind::Type, root)?;
                    items.push((name.as_str(), item));
                }
                whole.instance(&items)
            }
            None => whole.host_item(name, *kind, root)?,
        };
        args.push((name.as_str(), item));
    }
    whole.instantiate(outer, &args)?;
    Ok(whole.bytes)
}

/// Imports that are not part of the world, which has functions, interfaces and types.
fn no_import(name: &str, kind: ComponentExportKind) -> Error {
    let what = match kind {
        ComponentExportKind::Module => "core module",
        ComponentExportKind::Component => "component",
        ComponentExportKind::Value => "value",
        _ => return Error::internal(format!("the import `{name}`")),
    };
    Error::unsupported(
        format!("it imports the {what} `{name}`, which WIT cannot express"),
        "build the component for a world, or compose it of components that are",
    )
}

struct Whole {
    bytes: Vec<u8>,
    /// The items so far, and the exports of the inner shim.
    given: Outline,
}

impl Whole {
    /// An item that the inner shim exports, or only imports.
    fn host_item(
        &mut self,
        name: &str,
        kind: ComponentExportKind,
        root: Option<Item>,
    ) -> Result<Item> {
        let exported = self.given.exports.get(name).copied();
        match (exported, root, self.given.imported.get(name).copied()) {
            (Some(item), ..) => Ok(item),
            (None, Some((_, root)), _)
                if matches!(kind, ComponentExportKind::Func | ComponentExportKind::Type) =>
            {
                Ok(self.alias(root, name, kind))
            }
            (None, _, Some(item)) => Ok(item),
            _ => Err(no_import(name, kind)),
        }
    }

    fn next(&mut self, kind: ComponentExportKind) -> u32 {
        self.given.next(kind)
    }

    fn alias(&mut self, instance: u32, name: &str, kind: ComponentExportKind) -> Item {
        let mut section = ComponentAliasSection::new();
        section.alias(Alias::InstanceExport {
            instance,
            kind,
            name,
        });
        section.append_to_component(&mut self.bytes);
        (kind, self.next(kind))
    }

    /// Makes an instance of items.
    fn instance(&mut self, items: &[(&str, Item)]) -> Item {
        let items = items.iter().map(|(name, (kind, i))| (*name, *kind, *i));
        let items: Vec<_> = items.collect();
        let mut section = ComponentInstanceSection::new();
        section.export_items(items);
        section.append_to_component(&mut self.bytes);
        let kind = ComponentExportKind::Instance;
        (kind, self.next(kind))
    }

    /// Adds and instantiates a component; returns the instance.
    fn instantiate(&mut self, component: &[u8], args: &[(&str, Item)]) -> Result<u32> {
        let section = RawSection {
            id: ComponentSectionId::Component.into(),
            data: component,
        };
        section.append_to_component(&mut self.bytes);
        let component = self.next(ComponentExportKind::Component);
        let args = args.iter().map(|(name, (kind, i))| (*name, *kind, *i));
        let args: Vec<_> = args.collect();
        let mut section = ComponentInstanceSection::new();
        section.instantiate(component, args);
        section.append_to_component(&mut self.bytes);
        Ok(self.next(ComponentExportKind::Instance))
    }
}

/// The imports and exports of a component, and how many items of each kind it has.
#[derive(Default)]
struct Outline {
    imports: Vec<(String, ComponentExportKind)>,
    imported: HashMap<String, Item>,
    exports: HashMap<String, Item>,
    /// By the number of the kind.
    counts: [u32; 6],
}

impl Outline {
    /// The index of the next item of a kind.
    fn next(&mut self, kind: ComponentExportKind) -> u32 {
        let count = &mut self.counts[kind as usize];
        *count += 1;
        *count - 1
    }

    fn read(component: &[u8]) -> Result<Self> {
        let mut outline = Outline::default();
        let mut depth = 0;
        for payload in Parser::new(0).parse_all(component) {
            let payload = payload?;
            match &payload {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                    if depth == 0 && matches!(payload, Payload::ComponentSection { .. }) {
                        outline.next(ComponentExportKind::Component);
                    }
                    depth += 1;
                }
                Payload::End(_) => depth -= 1,
                _ if depth == 0 => outline.section(&payload)?,
                _ => {}
            }
        }
        Ok(outline)
    }

    fn section(&mut self, payload: &Payload<'_>) -> Result<()> {
        match payload {
            Payload::ComponentTypeSection(s) => {
                self.counts[ComponentExportKind::Type as usize] += s.count();
            }
            Payload::ComponentInstanceSection(s) => {
                self.counts[ComponentExportKind::Instance as usize] += s.count();
            }
            Payload::ComponentImportSection(s) => {
                for import in s.clone() {
                    let import = import?;
                    let kind = match import.ty {
                        ComponentTypeRef::Module(_) => ComponentExportKind::Module,
                        ComponentTypeRef::Func(_) => ComponentExportKind::Func,
                        ComponentTypeRef::Value(_) => ComponentExportKind::Value,
                        ComponentTypeRef::Type(_) => ComponentExportKind::Type,
                        ComponentTypeRef::Instance(_) => ComponentExportKind::Instance,
                        ComponentTypeRef::Component(_) => ComponentExportKind::Component,
                    };
                    let (name, index) = (import.name.name.to_owned(), self.next(kind));
                    self.imports.push((name.clone(), kind));
                    self.imported.insert(name, (kind, index));
                }
            }
            Payload::ComponentAliasSection(s) => {
                for alias in s.clone() {
                    match alias? {
                        ComponentAlias::InstanceExport { kind, .. } => {
                            self.next(convert(kind));
                        }
                        ComponentAlias::Outer { kind, .. } => match kind {
                            ComponentOuterAliasKind::Type => {
                                self.next(ComponentExportKind::Type);
                            }
                            ComponentOuterAliasKind::Component => {
                                self.next(ComponentExportKind::Component);
                            }
                            _ => {}
                        },
                        ComponentAlias::CoreInstanceExport { .. } => {}
                    }
                }
            }
            Payload::ComponentCanonicalSection(s) => {
                for function in s.clone() {
                    if let CanonicalFunction::Lift { .. } = function? {
                        self.next(ComponentExportKind::Func);
                    }
                }
            }
            Payload::ComponentExportSection(s) => {
                for export in s.clone() {
                    let export = export?;
                    let kind = convert(export.kind);
                    let index = self.next(kind);
                    let name = export.name.name.to_owned();
                    self.exports.insert(name, (kind, index));
                }
            }
            _ => {}
        }
        Ok(())
    }
}

fn convert(kind: ComponentExternalKind) -> ComponentExportKind {
    match kind {
        ComponentExternalKind::Module => ComponentExportKind::Module,
        ComponentExternalKind::Func => ComponentExportKind::Func,
        ComponentExternalKind::Value => ComponentExportKind::Value,
        ComponentExternalKind::Type => ComponentExportKind::Type,
        ComponentExternalKind::Instance => ComponentExportKind::Instance,
        ComponentExternalKind::Component => ComponentExportKind::Component,
    }
}
