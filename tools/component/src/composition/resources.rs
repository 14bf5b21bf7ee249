//! Finds imports that must have one resource, but have different ones.

use super::connections::{Composition, Provider};
use crate::types::unversioned;
use std::fmt;
use wac_graph::types::{ItemKind, ResourceId, Type, World};
use wac_graph::NodeId;

/// The limit of steps from a resource to the component that defines it.
const MAX_STEPS: usize = 1000;

/// Two imports of a component that use one resource, but are provided with different ones.
pub struct Conflict {
    /// The component.
    pub importer: String,
    /// The import that defines the resource.
    pub definer: String,
    /// The provider of `definer`.
    pub expected: Origin,
    /// The import that uses the resource of `definer`.
    pub import: String,
    /// The provider of `import`.
    pub found: Origin,
    /// The name of the resource in `import`.
    pub resource: String,
}

/// The provider of an import.
pub enum Origin {
    /// Nothing: it stays an import.
    Open,
    /// An export of a component.
    Export {
        component: String,
        export: String,
        /// Whether the component defines the resource itself.
        own: bool,
        /// Whether the component exports the interface of the resource too.
        both: bool,
    },
}

impl fmt::Display for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Conflict {
            importer,
            definer,
            import,
            resource,
            ..
        } = self;
        match &self.found {
            Origin::Open => {
                write!(f, "import `{import}` of {importer} stays an import, but uses resource `{resource}` of `{definer}`")?;
                match &self.expected {
                    Origin::Export { component, .. } => write!(f, ", which {component} provides"),
                    Origin::Open => Ok(()),
                }
            }
            Origin::Export {
                component,
                export,
                own,
                ..
            } => {
                let its = if *own {
                    "a resource of its own"
                } else {
                    "another resource"
                };
                write!(f, "export `{export}` of {component} has {its} as `{resource}`, not that of `{definer}`")?;
                match &self.expected {
                    Origin::Export { component, .. } => write!(f, " of {component}"),
                    Origin::Open => write!(f, ", which stays an import of {importer}"),
                }
            }
        }
    }
}

/// The identity of a resource in a composition.
#[derive(PartialEq, Eq)]
enum Identity {
    /// A component defines it.
    Defined(NodeId, ResourceId),
    /// It is in an import of the composition.
    Imported { interface: String, name: String },
}

/// An occurrence of a resource in the imports of a world.
struct Occurrence<'a> {
    import: &'a str,
    name: &'a str,
    id: ResourceId,
}

impl<'a> Composition<'a> {
    /// The first conflict of resources, if there is one.
    pub fn conflict(&self) -> Option<Conflict> {
        self.instances().find_map(|(node, world)| {
            let all = self.occurrences(world);
            all.iter().find_map(|occurrence| {
                let definer = self.definer(&all, occurrence.id)?;
                let expected = self.identity(node, definer)?;
                let found = self.identity(node, occurrence)?;
                (expected != found).then(|| Conflict {
                    importer: self.name(node),
                    definer: definer.import.to_owned(),
                    expected: self.origin(node, definer, definer.import),
                    import: occurrence.import.to_owned(),
                    found: self.origin(node, occurrence, definer.import),
                    resource: occurrence.name.to_owned(),
                })
            })
        })
    }

    fn occurrences(&self, world: &'a World) -> Vec<Occurrence<'a>> {
        let mut out = Vec::new();
        for (import, item) in &world.imports {
            let mut add = |name, item: &ItemKind| {
                if let ItemKind::Type(Type::Resource(id)) = item {
                    let id = *id;
                    out.push(Occurrence { import, name, id });
                }
            };
            match item {
                ItemKind::Instance(id) => {
                    for (name, item) in &self.graph.types()[*id].exports {
                        add(name.as_str(), item);
                    }
                }
                item => add(import.as_str(), item),
            }
        }
        out
    }

    /// The occurrence that defines a resource: it is no alias; else the first one.
    fn definer<'b>(&self, all: &'b [Occurrence<'a>], id: ResourceId) -> Option<&'b Occurrence<'a>> {
        let types = self.graph.types();
        let resource = types.resolve_resource(id);
        let mut same = all
            .iter()
            .filter(|o| types.resolve_resource(o.id) == resource);
        let first = same.clone().next();
        same.find(|o| o.id == resource).or(first)
    }

    /// The resource that a component gets in an import.
    fn identity(&self, node: NodeId, occurrence: &Occurrence) -> Option<Identity> {
        let (mut node, mut import) = (node, occurrence.import);
        let (mut name, mut id) = (occurrence.name, occurrence.id);
        for _ in 0..MAX_STEPS {
            let Some(provider) = self.provider(node, import) else {
                // The interface that defines it is imported with it.
                let all = self.occurrences(self.world(node)?);
                let definer = self.definer(&all, id)?;
                return Some(Identity::Imported {
                    interface: unversioned(definer.import).to_owned(),
                    name: definer.name.to_owned(),
                });
            };
            let there = self.resource_of(provider, name)?;
            let world = self.world(provider.instance)?;
            let resource = self.graph.types().resolve_resource(there);
            let all = self.occurrences(world);
            let Some(next) = self.definer(&all, resource) else {
                return Some(Identity::Defined(provider.instance, resource));
            };
            (node, import, name, id) = (provider.instance, next.import, next.name, next.id);
        }
        None
    }

    /// The resource `name` of an export.
    fn resource_of(&self, provider: Provider, name: &str) -> Option<ResourceId> {
        let item = self
            .world(provider.instance)?
            .exports
            .get(provider.export)?;
        let item = match item {
            ItemKind::Instance(id) => self.graph.types()[*id].exports.get(name)?,
            item => item,
        };
        match item {
            ItemKind::Type(Type::Resource(id)) => Some(*id),
            _ => None,
        }
    }

    fn origin(&self, node: NodeId, occurrence: &Occurrence, definer: &str) -> Origin {
        let Some(provider) = self.provider(node, occurrence.import) else {
            return Origin::Open;
        };
        let own = matches!(
            self.identity(node, occurrence),
            Some(Identity::Defined(by, _)) if by == provider.instance
        );
        let mut exports = self
            .world(provider.instance)
            .into_iter()
            .flat_map(|world| world.exports.keys());
        Origin::Export {
            component: self.name(provider.instance),
            export: provider.export.to_owned(),
            own,
            both: exports.any(|export| unversioned(export) == unversioned(definer)),
        }
    }
}
