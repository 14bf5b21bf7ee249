//! Limits of what is lowered.
//!
//! An instance takes a few bytes in a component, but all the code of its module in the lowered one.
//! Nested components multiply that.

use super::error::{Error, Result};
use wasmparser::{
    ComponentAlias, ComponentExternalKind, ComponentInstance, ComponentOuterAliasKind,
    ComponentTypeRef, Encoding, Instance, Parser, Payload,
};

/// The largest number of instances of core modules.
const MAX_INSTANCES: u64 = 10_000;
/// The largest size of the modules of all instances together, in bytes.
pub const MAX_BYTES: usize = 0x1000_0000;

/// Refuses components with too many instances.
pub fn check(bytes: &[u8]) -> Result<()> {
    match instances(bytes)? {
        0..=MAX_INSTANCES => Ok(()),
        _ => Err(Error::unsupported(
            format!("it creates more than {MAX_INSTANCES} instances of core modules"),
            "instantiate components once, and share the instances",
        )),
    }
}

/// A component that is being read.
#[derive(Default)]
struct Frame {
    /// The number of instances that each component in it creates.
    components: Vec<u64>,
    instances: u64,
}

impl Frame {
    fn component(&self, index: u32) -> u64 {
        // Components that are passed in are counted where they are defined.
        self.components.get(index as usize).copied().unwrap_or(1)
    }

    fn add(&mut self, count: u64) {
        self.instances = self.instances.saturating_add(count);
    }
}

/// The number of instances that a component creates; a component that it is given counts as one.
fn instances(bytes: &[u8]) -> Result<u64> {
    // `None` for modules.
    let mut stack: Vec<Option<Frame>> = Vec::new();
    let mut total = 0;
    for payload in Parser::new(0).parse_all(bytes) {
        let payload = payload?;
        if let Payload::Version { encoding, .. } = payload {
            stack.push((encoding == Encoding::Component).then(Frame::default));
            continue;
        }
        if let Payload::End(_) = payload {
            let Some(Some(done)) = stack.pop() else {
                continue;
            };
            match stack.last_mut() {
                Some(Some(outside)) => outside.components.push(done.instances),
                _ => total = done.instances,
            }
            continue;
        }
        if let Payload::ComponentAliasSection(section) = &payload {
            for alias in section.clone() {
                let count = match alias? {
                    ComponentAlias::Outer {
                        kind: ComponentOuterAliasKind::Component,
                        count,
                        index,
                    } => {
                        let outside = stack.iter().rev().nth(count as usize);
                        outside
                            .and_then(Option::as_ref)
                            .map_or(1, |f| f.component(index))
                    }
                    ComponentAlias::InstanceExport {
                        kind: ComponentExternalKind::Component,
                        ..
                    } => 1,
                    _ => continue,
                };
                if let Some(Some(frame)) = stack.last_mut() {
                    frame.components.push(count);
                }
            }
            continue;
        }
        let Some(Some(frame)) = stack.last_mut() else {
            continue;
        };
        match payload {
            Payload::InstanceSection(section) => {
                for instance in section {
                    if let Instance::Instantiate { .. } = instance? {
                        frame.add(1);
                    }
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    if let ComponentInstance::Instantiate {
                        component_index, ..
                    } = instance?
                    {
                        // The instance itself takes memory, too.
                        frame.add(frame.component(component_index).max(1));
                    }
                }
            }
            Payload::ComponentImportSection(section) => {
                for import in section {
                    if let ComponentTypeRef::Component(_) = import?.ty {
                        frame.components.push(1);
                    }
                }
            }
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind == ComponentExternalKind::Component {
                        frame.components.push(frame.component(export.index));
                    }
                }
            }
            _ => {}
        }
    }
    Ok(total)
}
