//! The instances in a component as a graph.

use rules_wit_common::{Diagnostic, Result};
use std::collections::{BTreeMap, BTreeSet};
use wasmparser::{
    CanonicalFunction, ComponentAlias, ComponentExternalKind as Kind, ComponentInstance,
    ComponentName, ComponentOuterAliasKind, ComponentTypeRef, KnownCustom, NameMap, Parser,
    Payload,
};

/// More instances, or more connections, are no picture.
const MOST: usize = 10_000;

/// The boxes that every component may have.
const IMPORTS: usize = 0;
const OWN: usize = 1;
const EXPORTS: usize = 2;

/// What is in a component.
pub struct Model {
    /// The boxes.
    pub nodes: Vec<Node>,
    /// The lines, ordered by their ends.
    pub edges: Vec<Edge>,
}

/// A box.
pub struct Node {
    /// What it is: `imports`, `exports`, `modules` (the component's own) or `instance`.
    pub kind: &'static str,
    /// Its name, unique.
    pub name: String,
    /// How many instances of components are within it.
    pub inside: usize,
}

/// A line.
pub struct Edge {
    /// The number of the box that takes.
    pub from: usize,
    /// The number of the box that gives.
    pub to: usize,
    /// What crosses.
    pub names: BTreeSet<String>,
}

/// Where something comes from.
#[derive(Clone)]
struct Source {
    giver: Giver,
    /// Its name there, empty for an instance as a whole.
    name: String,
}

#[derive(Clone, Copy)]
enum Giver {
    Node(usize),
    /// A group that the component puts together of several sources.
    Group(usize),
}

/// What is known of a component that is defined within.
#[derive(Clone, Copy, Default)]
struct Inner {
    inside: usize,
    /// Whether it has code, or instances that may.
    works: bool,
}

#[derive(Default)]
struct Reader {
    funcs: Vec<Source>,
    instances: Vec<Source>,
    values: Vec<Source>,
    modules: Vec<Source>,
    components: Vec<Inner>,
    groups: Vec<(BTreeMap<String, Source>, BTreeSet<usize>)>,
    /// How large the groups are together.
    grouped: usize,
    /// For each instance that is a box: its own number, and that of its component.
    boxes: Vec<(usize, u32, usize)>,
    edges: BTreeMap<(usize, usize), BTreeSet<String>>,
    named: usize,
    instance_names: BTreeMap<usize, String>,
    component_names: BTreeMap<u32, String>,
    own: bool,
}

impl Model {
    /// Reads a valid component.
    pub fn of(shown: &str, bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::default();
        reader.read(bytes).map_err(|e| match e {
            Problem::TooLarge => Diagnostic::new(format!(
                "`{shown}` has more instances and connections than a picture can show: the limit is {MOST}"
            ))
            .hint("draw the components that it is composed of"),
            Problem::Unreadable(e) => Diagnostic::new(format!("cannot read `{shown}`: {e}"))
                .hint("build it again with current tools"),
        })?;
        Ok(reader.model())
    }
}

enum Problem {
    TooLarge,
    Unreadable(wasmparser::BinaryReaderError),
}

impl From<wasmparser::BinaryReaderError> for Problem {
    fn from(e: wasmparser::BinaryReaderError) -> Self {
        Problem::Unreadable(e)
    }
}

impl Reader {
    fn read(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let mut depth = 0_usize;
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            match &payload {
                Payload::ModuleSection { .. } if depth == 0 => {
                    let name = String::new();
                    let giver = Giver::Node(OWN);
                    self.modules.push(Source { giver, name });
                    self.own = true;
                }
                Payload::ComponentSection { .. } if depth == 0 => {
                    self.components.push(Inner::default());
                }
                _ => {}
            }
            match payload {
                Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                    if let (1, Some(inner)) = (depth, self.components.last_mut()) {
                        inner.works = true;
                    }
                    depth += 1;
                }
                // The end of the component itself is the last.
                Payload::End(_) => depth = depth.saturating_sub(1),
                payload if depth == 0 => self.section(payload)?,
                Payload::ComponentInstanceSection(section) if depth == 1 => {
                    for instance in section {
                        let instance = instance?;
                        let Some(inner) = self.components.last_mut() else {
                            continue;
                        };
                        if let ComponentInstance::Instantiate { .. } = instance {
                            inner.inside += 1;
                            inner.works = true;
                        }
                    }
                }
                Payload::InstanceSection(_) if depth == 1 => {
                    if let Some(inner) = self.components.last_mut() {
                        inner.works = true;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn section(&mut self, payload: Payload<'_>) -> Result<(), Problem> {
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
                    let name = import.name.name.to_owned();
                    let giver = Giver::Node(IMPORTS);
                    self.define(kind, Source { giver, name });
                }
            }
            Payload::ComponentCanonicalSection(section) => {
                for function in section {
                    self.own = true;
                    match function? {
                        CanonicalFunction::Lift { .. } => {
                            let giver = Giver::Node(OWN);
                            let name = String::new();
                            self.funcs.push(Source { giver, name });
                        }
                        CanonicalFunction::Lower { func_index, .. } => {
                            let source = self.source(Kind::Func, func_index);
                            self.take(OWN, source, "")?;
                        }
                        _ => {}
                    }
                }
            }
            Payload::ComponentAliasSection(section) => {
                for alias in section {
                    self.alias(alias?);
                }
            }
            Payload::ComponentInstanceSection(section) => {
                for instance in section {
                    self.instance(instance?)?;
                }
            }
            Payload::InstanceSection(_) => self.own = true,
            Payload::ComponentExportSection(section) => {
                for export in section {
                    let export = export?;
                    if export.kind != Kind::Type {
                        let source = self.source(export.kind, export.index);
                        self.take(EXPORTS, source.clone(), export.name.name)?;
                        if let Some(source) = source {
                            self.define(export.kind, source);
                        }
                    }
                }
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::ComponentName(names) = section.as_known() {
                    self.names(names);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Names are for reading alone; where they are damaged there are none.
    fn names(&mut self, names: wasmparser::ComponentNameSectionReader<'_>) {
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
            // What is imported may do anything.
            Kind::Component => self.components.push(Inner {
                inside: 0,
                works: true,
            }),
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

    fn alias(&mut self, alias: ComponentAlias<'_>) {
        match alias {
            ComponentAlias::InstanceExport {
                kind,
                instance_index,
                name,
            } => {
                let Some(of) = self.source(Kind::Instance, instance_index) else {
                    return;
                };
                let in_group = match of.giver {
                    Giver::Group(group) if of.name.is_empty() => self
                        .groups
                        .get(group)
                        .and_then(|(items, _)| items.get(name)),
                    _ => None,
                };
                let source = in_group.cloned().unwrap_or_else(|| Source {
                    giver: of.giver,
                    name: match of.name.as_str() {
                        "" => name.to_owned(),
                        // The interface is what crosses, not each of its functions.
                        interface => interface.to_owned(),
                    },
                });
                self.define(kind, source);
            }
            ComponentAlias::Outer { kind, index, .. } => match kind {
                ComponentOuterAliasKind::Component => {
                    let known = self.components.get(index as usize).copied();
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

    fn instance(&mut self, instance: ComponentInstance<'_>) -> Result<(), Problem> {
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
        let inner = component.and_then(|i| self.components.get(i as usize).copied());
        let giver = match (component, inner) {
            (Some(component), Some(inner)) if inner.works => {
                let node = EXPORTS + 1 + self.boxes.len();
                if self.boxes.len() == MOST {
                    return Err(Problem::TooLarge);
                }
                self.boxes
                    .push((self.instances.len(), component, inner.inside));
                for (name, kind, index) in items {
                    let source = self.source(kind, index);
                    self.take(node, source, &name)?;
                }
                Giver::Node(node)
            }
            // A component that does nothing but give on what it is given is none that anybody
            // composed: tools make them to say what types have which names.
            _ => Giver::Group(self.group(items)?),
        };
        let name = String::new();
        self.instances.push(Source { giver, name });
        Ok(())
    }

    fn group(&mut self, items: Vec<(String, Kind, u32)>) -> Result<usize, Problem> {
        let mut sources = BTreeMap::new();
        let mut givers = BTreeSet::new();
        for (name, kind, index) in items {
            let Some(source) = self.source(kind, index) else {
                continue;
            };
            givers.extend(self.givers(source.giver));
            sources.insert(name, source);
        }
        self.grouped += givers.len();
        if self.grouped > 100 * MOST {
            return Err(Problem::TooLarge);
        }
        self.groups.push((sources, givers));
        Ok(self.groups.len() - 1)
    }

    fn givers(&self, giver: Giver) -> BTreeSet<usize> {
        match giver {
            Giver::Node(node) => BTreeSet::from([node]),
            Giver::Group(group) => {
                let known = self.groups.get(group);
                known.map_or_else(BTreeSet::new, |(_, givers)| givers.clone())
            }
        }
    }

    /// Draws the lines from `taker` to where `source` comes from, which it knows as `wanted`.
    fn take(&mut self, taker: usize, source: Option<Source>, wanted: &str) -> Result<(), Problem> {
        let Some(source) = source else {
            return Ok(());
        };
        let given = source.name.as_str();
        let name = match (given, wanted) {
            ("", name) | (name, "") => name.to_owned(),
            (given, wanted) if given == wanted => wanted.to_owned(),
            (given, wanted) => format!("{given} as {wanted}"),
        };
        for giver in self.givers(source.giver) {
            if giver == taker {
                continue;
            }
            if self
                .edges
                .entry((taker, giver))
                .or_default()
                .insert(name.clone())
            {
                self.named += 1;
            }
            if self.named > MOST {
                return Err(Problem::TooLarge);
            }
        }
        Ok(())
    }

    fn model(self) -> Model {
        let mut all = vec![
            ("imports", "imports".to_owned(), 0),
            ("modules", "modules".to_owned(), 0),
            ("exports", "exports".to_owned(), 0),
        ];
        for (number, (instance, component, inside)) in self.boxes.iter().enumerate() {
            let name = self.instance_names.get(instance);
            let name = name.or_else(|| self.component_names.get(component));
            let name = name.map_or_else(|| format!("instance {number}"), String::clone);
            all.push(("instance", name, *inside));
        }
        let mut seen = BTreeMap::new();
        let mut numbers = BTreeMap::new();
        let mut nodes = Vec::new();
        for (old, (kind, name, inside)) in all.into_iter().enumerate() {
            let used = || {
                self.edges
                    .keys()
                    .any(|(from, to)| *from == old || *to == old)
            };
            if kind != "instance" && !(old == OWN && self.own) && !used() {
                continue;
            }
            let name = unique(&mut seen, name);
            numbers.insert(old, nodes.len());
            nodes.push(Node { kind, name, inside });
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

/// The name, with a number behind it if it is there already.
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
