//! Reads a component into a graph.

use super::builder::{Builder, TooLarge, LIMIT};
use super::model::Model;
use super::nested::Nested;
use rules_wit_common::{Diagnostic, Result};
use wasmparser::{
    BinaryReaderError, CanonicalFunction, ComponentExternalKind as Kind, ComponentInstance,
    ComponentTypeRef, KnownCustom, Parser, Payload,
};

/// Reads a valid component, which errors call `shown`.
pub fn read(shown: &str, bytes: &[u8]) -> Result<Model> {
    let mut builder = Builder::default();
    component(&mut builder, bytes).map_err(|e| match e {
        Problem::TooLarge => Diagnostic::new(format!(
            "`{shown}` has more than {LIMIT} instances or connections"
        ))
        .hint("draw the components that it is composed of"),
        Problem::Unreadable(e) => Diagnostic::new(format!("cannot read `{shown}`: {e}"))
            .hint("rebuild it with current tools"),
    })?;
    Ok(builder.finish())
}

enum Problem {
    TooLarge,
    Unreadable(BinaryReaderError),
}

impl From<TooLarge> for Problem {
    fn from(TooLarge: TooLarge) -> Self {
        Problem::TooLarge
    }
}

impl From<BinaryReaderError> for Problem {
    fn from(e: BinaryReaderError) -> Self {
        Problem::Unreadable(e)
    }
}

fn component(builder: &mut Builder, bytes: &[u8]) -> Result<(), Problem> {
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            payload @ (Payload::ModuleSection { .. } | Payload::ComponentSection { .. }) => {
                match (depth, payload) {
                    (0, Payload::ModuleSection { .. }) => builder.module(),
                    (0, _) => builder.component(),
                    (1, _) => nested(builder, Nested::code),
                    _ => {}
                }
                depth += 1;
            }
            // The last one is the end of the component itself.
            Payload::End(_) => depth = depth.saturating_sub(1),
            payload if depth == 0 => section(builder, payload)?,
            Payload::ComponentInstanceSection(section) if depth == 1 => {
                for instance in section {
                    if let ComponentInstance::Instantiate { .. } = instance? {
                        nested(builder, Nested::instance);
                    }
                }
            }
            Payload::InstanceSection(_) if depth == 1 => nested(builder, Nested::code),
            Payload::ComponentExportSection(section) if depth == 1 => {
                for export in section {
                    let export = export?;
                    nested(builder, |nested| nested.export(export.name.name));
                }
            }
            Payload::CustomSection(section) if depth == 1 => {
                if let KnownCustom::ComponentName(names) = section.as_known() {
                    nested(builder, |nested| nested.names(names));
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Describes the component that is read.
fn nested(builder: &mut Builder, describe: impl FnOnce(&mut Nested)) {
    if let Some(nested) = builder.nested() {
        describe(nested);
    }
}

fn section(builder: &mut Builder, payload: Payload<'_>) -> Result<(), Problem> {
    match payload {
        Payload::ComponentImportSection(section) => {
            for import in section {
                let import = import?;
                let kind = match import.ty {
                    ComponentTypeRef::Func(_) => Kind::Func,
                    ComponentTypeRef::Instance(_) => Kind::Instance,
                    ComponentTypeRef::Value(_) => Kind::Value,
                    ComponentTypeRef::Module(_) => Kind::Module,
                    ComponentTypeRef::Component(_) => Kind::Component,
                    ComponentTypeRef::Type(_) => Kind::Type,
                };
                builder.import(kind, import.name.name);
            }
        }
        Payload::ComponentCanonicalSection(section) => {
            for function in section {
                builder.own_code();
                match function? {
                    CanonicalFunction::Lift { .. } => builder.lift(),
                    CanonicalFunction::Lower { func_index, .. } => builder.lower(func_index)?,
                    _ => {}
                }
            }
        }
        Payload::ComponentAliasSection(section) => {
            for alias in section {
                builder.alias(alias?);
            }
        }
        Payload::ComponentInstanceSection(section) => {
            for instance in section {
                builder.instance(instance?)?;
            }
        }
        Payload::InstanceSection(_) => builder.own_code(),
        Payload::ComponentExportSection(section) => {
            for export in section {
                let export = export?;
                builder.export(export.kind, export.index, export.name.name)?;
            }
        }
        Payload::CustomSection(section) => {
            if let KnownCustom::ComponentName(names) = section.as_known() {
                builder.names(names);
            }
        }
        _ => {}
    }
    Ok(())
}
