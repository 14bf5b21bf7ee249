//! Builds the graph of a component from its definitions.

use super::model::{Edge, Model, Node};
use super::nested::Nested;
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{
    ComponentAlias, ComponentExternalKind as Kind, ComponentInstance, ComponentName,
    ComponentNameSectionReader, ComponentOuterAliasKind, NameMap,
};

/// The largest number of instances, and of connections, in a picture.
pub const LIMIT: usize = 10_000;

/// The nodes that every component may have.
const IMPORTS: usize = 0;
const OWN: usize = 1;
const EXPORTS: usize = 2;

/// The graph has more instances or connections than a picture can show.
pub struct TooLarge;

/// The source of an item.
#[derive(Clone)]
struct Source {
    provider: Provider,
    /// The name of the item there; empty for a whole instance.
    name: String,
}

impl Source {
    fn new(provider: Provider, name: &str) -> Self {
        Source {
            provider,
            name: name.to_owned(),
        }
    }
}

#[derive(Clone, Copy)]
enum Provider {
    Node(usize),
    /// An instance that the component makes from items of several sources.
    Group(usize),
}

/// The index spaces of a component, and its graph so far.
#[derive(Default)]
pub struct Builder {
    funcs: Vec<Source>,
    instances: Vec<Source>,
    values: Vec<Source>,
    modules: Vec<Source>,
    components: Vec<Nested>,
    /// The items of each group, and the nodes that provide them.
    groups: Vec<(BTreeMap<String, Source>, BTreeSet<usize>)>,
    /// The total size of the groups.
    grouped: usize,
    /// For each instance that is a node: its index, and the index of its component.
    nodes: Vec<(usize, u32)>,
    edges: BTreeMap<(usize, usize), BTreeSet<String>>,
    /// The total number of names on edges.
    named: usize,
    instance_names: BTreeMap<usize, String>,
    component_names: BTreeMap<u32, String>,
    /// Whether the component has code of its own.
    own_code: bool,
}

impl Builder {
    /// Adds a core module.
    pub fn module(&mut self) {
        self.modules.push(Source::new(Provider::Node(OWN), ""));
        self.own_code = true;
    }

    /// Adds a component; `nested` then describes it.
    pub fn component(&mut self) {
        self.components.push(Nested::default());
    }

    /// The last component, which further content belongs to.
    pub fn nested(&mut self) -> Option<&mut Nested> {
        self.components.last_mut()
    }

    /// The component has code of its own.
    pub fn own_code(&mut self) {
        self.own_code = true;
    }

    /// Adds an import.
    pub fn import(&mut self, kind: Kind, name: &str) {
        self.define(kind, Source::new(Provider::Node(IMPORTS), name));
    }

    /// Adds a function that is lifted.
    pub fn lift(&mut self) {
        self.funcs.push(Source::new(Provider::Node(OWN), ""));
    }

    /// The component lowers a function.
    pub fn lower(&mut self, func: u32) -> Result<(), TooLarge> {
        let source = self.source(Kind::Func, func);
        self.connect(OWN, source, "")
    }

    /// Adds an export, which defines the item again.
    pub fn export(&mut self, kind: Kind, index: u32, name: &str) -> Result<(), TooLarge> {
        if kind == Kind::Type {
            return Ok(());
        }
        let source = self.source(kind, index);
        self.connect(EXPORTS, source.clone(), name)?;
        if let Some(source) = source {
            self.define(kind, source);
        }
        Ok(())
    }

    /// Adds names, except unreadable ones.
    pub fn names(&mut self, names: ComponentNameSectionReader<'_>) {
        for name in names.into_iter().flatten() {
            let each = |map: NameMap<'_>| -> Vec<(u32, String)> {
                let names = map.into_iter().flatten();
                names.map(|n| (n.index, n.name.to_owned())).collect()
            };
            match name {
                ComponentName::Instances(map) => {
                    let names = each(map);
                    let numbered = names.into_iter().map(|(i, n)| (i as usize, n));
                    self.instance_names.extend(numbered);
                }
                ComponentName::Components(map) => self.component_names.extend(each(map)),
                _ => {}
            }
        }
    }

    fn define(&mut self, kind: Kind, source: Source) {
        match kind {
            Kind::Func => self.funcs.push(source),
            Kind::Instance => self.instances.push(source),
            Kind::Value => self.values.push(source),
            Kind::Module => self.modules.push(source),
            Kind::Component => self.components.push(Nested::unknown()),
            Kind::Type => {}
        }
    }

    fn source(&self, kind: Kind, index: u32) -> Option<Source> {
        let all = match kind {
            Kind::Func => &self.funcs,
            Kind::Instance => &self.instances,
            Kind::Value => &self.values,
            Kind::Module => &self.modules,
            Kind::Component | Kind::Type => return None,
        };
        all.get(index as usize).cloned()
    }

    /// Adds the alias of an item.
    pub fn alias(&mut self, alias: ComponentAlias<'_>) {
        match alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let Some(of) = self.source(Kind::Instance, instance_index) else {
                    return;
                };
                let in_group = match of.provider {
                    Provider::Group(group) if of.name.is_empty() => self
                        .groups
                        .get(group)
                        .and_then(|(items, _)| items.get(name)),
                    _ => None,
                };
                let source = in_group.cloned().unwrap_or_else(|| Source {
                    provider: of.provider,
                    name: match of.name.as_str() {
                        "" => name.to_owned(),
                        // The connection is named by the interface, not by its functions.
                        interface => interface.to_owned(),
                    },
                });
                self.define(kind, source);
            }
            ComponentAlias::Outer { kind, index, .. } => match kind {
                ComponentOuterAliasKind::Component => {
                    let known = self.components.get(index as usize).cloned();
                    self.components.push(known.unwrap_or_default());
                }
                ComponentOuterAliasKind::CoreModule => {
                    if let Some(source) = self.source(Kind::Module, index) {
                        self.modules.push(source);
                    }
                }
                _ => {}
            },
            ComponentAlias::CoreInstanceExport { .. } => {}
        }
    }

    /// Adds an instance.
    pub fn instance(&mut self, instance: ComponentInstance<'_>) -> Result<(), TooLarge> {
        let (component, items) = match instance {
            ComponentInstance::Instantiate {
                component_index,
                args,
            } => {
                let items = args.iter().map(|a| (a.name.to_owned(), a.kind, a.index));
                (Some(component_index), items.collect::<Vec<_>>())
            }
            ComponentInstance::FromExports(exports) => {
                let items = exports
                    .iter()
                    .map(|e| (e.name.name.to_owned(), e.kind, e.index));
                (None, items.collect())
            }
        };
        let nested = component.and_then(|i| self.components.get(i as usize));
        let provider = match (component, nested) {
            (Some(component), Some(nested)) if nested.has_code => {
                let node = EXPORTS + 1 + self.nodes.len();
                if self.nodes.len() == LIMIT {
                    return Err(TooLarge);
                }
                self.nodes.push((self.instances.len(), component));
                for (name, kind, index) in items {
                    let source = self.source(kind, index);
                    self.connect(node, source, &name)?;
                }
                Provider::Node(node)
            }
            // Tools generate components without code, which only name the types of their imports.
            _ => Provider::Group(self.group(items)?),
        };
        self.instances.push(Source::new(provider, ""));
        Ok(())
    }

    fn group(&mut self, items: Vec<(String, Kind, u32)>) -> Result<usize, TooLarge> {
        let mut sources = BTreeMap::new();
        let mut providers = BTreeSet::new();
        for (name, kind, index) in items {
            let Some(source) = self.source(kind, index) else {
                continue;
            };
            providers.extend(self.providers(source.provider));
            sources.insert(name, source);
        }
        self.grouped += providers.len();
        if self.grouped > 100 * LIMIT {
            return Err(TooLarge);
        }
        self.groups.push((sources, providers));
        Ok(self.groups.len() - 1)
    }

    /// The nodes that provide an item.
    fn providers(&self, provider: Provider) -> BTreeSet<usize> {
        match provider {
            Provider::Node(node) => BTreeSet::from([node]),
            Provider::Group(group) => {
                let known = self.groups.get(group);
                known.map_or_else(BTreeSet::new, |(_, providers)| providers.clone())
            }
        }
    }

    /// Adds the edges from a node that uses `source` by the name `wanted`.
    fn connect(
        &mut self,
        user: usize,
        source: Option<Source>,
        wanted: &str,
    ) -> Result<(), TooLarge> {
        let Some(source) = source else {
            return Ok(());
        };
        let given = source.name.as_str();
        let name = match (given, wanted) {
            ("", name) | (name, "") => name.to_owned(),
            (given, wanted) if given == wanted => wanted.to_owned(),
            (given, wanted) => format!("{given} as {wanted}"),
        };
        for provider in self.providers(source.provider) {
            if provider == user {
                continue;
            }
            if self
                .edges
                .entry((user, provider))
                .or_default()
                .insert(name.clone())
            {
                self.named += 1;
            }
            if self.named > LIMIT {
                return Err(TooLarge);
            }
        }
        Ok(())
    }

    /// The graph, without unused nodes other than instances.
    pub fn finish(self) -> Model {
        let mut all = vec![
            ("imports", "imports".to_owned(), 0),
            ("modules", "modules".to_owned(), 0),
            ("exports", "exports".to_owned(), 0),
        ];
        for (number, (instance, component)) in self.nodes.iter().enumerate() {
            let nested = self.components.get(*component as usize);
            let name = self.instance_names.get(instance);
            let name = name.or_else(|| self.component_names.get(component));
            let name = name.cloned().or_else(|| nested?.title());
            let name = name.unwrap_or_else(|| format!("instance {number}"));
            all.push((
                "instance",
                name,
                nested.map_or(0, |nested| nested.instances),
            ));
        }
        let mut seen = BTreeMap::new();
        let mut numbers = BTreeMap::new();
        let mut nodes = Vec::new();
        for (old, (kind, name, instances)) in all.into_iter().enumerate() {
            let used = || {
                self.edges
                    .keys()
                    .any(|(from, to)| *from == old || *to == old)
            };
            if kind != "instance" && !(old == OWN && self.own_code) && !used() {
                continue;
            }
            let name = unique(&mut seen, name);
            numbers.insert(old, nodes.len());
            nodes.push(Node {
                kind,
                name,
                instances,
            });
        }
        let edges = self
            .edges
            .into_iter()
            .filter_map(|((from, to), names)| {
                let (from, to) = (*numbers.get(&from)?, *numbers.get(&to)?);
                Some(Edge { from, to, names })
            })
            .collect();
        Model { nodes, edges }
    }
}

/// The name, followed by a number if it is used already.
fn unique(seen: &mut BTreeMap<String, usize>, name: String) -> String {
    let mut found = name.clone();
    while seen.contains_key(&found) {
        let count = seen.entry(name.clone()).or_insert(1);
        *count += 1;
        found = format!("{name} ({count})");
    }
    seen.insert(found.clone(), 1);
    found
}
