//! Finds packages that depend on each other.

use super::graph::{Declared, Graph};
use crate::manifest::Dialect;
use crate::problem::{Kind, Problem};
use rules_wit_common::{Diagnostic, Site};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use wit_parser::PackageName;

type Edges<'a> = BTreeMap<&'a PackageName, BTreeMap<&'a PackageName, Site>>;

/// Reports the shortest cycle of each group of packages that depend on each other, and adds the
/// group to `bad`.
pub(super) fn find(graph: &Graph<'_>, bad: &mut BTreeSet<usize>, problems: &mut Vec<Problem>) {
    let edges = edges(graph);
    for group in groups(&edges) {
        let Some(start) = group.iter().min() else {
            continue;
        };
        let path = shortest(&edges, start, &group);
        let shown: Vec<String> = path.iter().map(ToString::to_string).collect();
        let mut d = Diagnostic::new(format!(
            "circular dependency detected: {}",
            shown.join(" -> ")
        ));
        for (from, to) in path.iter().zip(path.iter().skip(1)) {
            if let Some(site) = edges.get(from).and_then(|e| e.get(to)) {
                d = d.site(
                    site.clone()
                        .label(format!("`{from}` depends on `{to}` here")),
                );
            }
        }
        let d = d.hint("move the shared types into a third package");
        problems.push(Problem::new(Kind::Cycle, d));
        bad.extend(group.iter().filter_map(|n| graph.by_name.get(*n)));
    }
}

fn edges<'a>(graph: &'a Graph<'_>) -> Edges<'a> {
    let mut edges = Edges::new();
    for edge in &graph.edges {
        if let Some(to) = &edge.target {
            let site = || graph.site(edge);
            edges
                .entry(&edge.from)
                .or_default()
                .entry(to)
                .or_insert_with(site);
        }
    }
    let name = |unit: &usize| graph.tree.units[*unit].name.as_ref();
    // wit-deps and wkg copy what an entry names; only uses in the WIT make a cycle.
    let is_sectioned = |d: &&Declared| d.manifest.dialect == Dialect::Sectioned;
    for declared in graph.declared.iter().filter(is_sectioned) {
        for (entry, target) in declared.manifest.entries.iter().zip(&declared.targets) {
            for from in declared.homes.iter().filter_map(name) {
                for to in target.iter().flatten().filter_map(name) {
                    let site = || declared.manifest.site(&entry.range);
                    edges
                        .entry(from)
                        .or_default()
                        .entry(to)
                        .or_insert_with(site);
                }
            }
        }
    }
    edges
}

/// The strongly connected components with a cycle, by Kosaraju's algorithm. Iterative, because a
/// chain of packages can be long.
fn groups<'a>(edges: &Edges<'a>) -> Vec<BTreeSet<&'a PackageName>> {
    let mut back: BTreeMap<&PackageName, Vec<&'a PackageName>> = BTreeMap::new();
    for (from, to) in edges {
        for to in to.keys() {
            back.entry(to).or_default().push(from);
        }
    }
    let mut order = Vec::new();
    let mut seen = BTreeSet::new();
    for start in edges.keys().copied() {
        let mut stack = vec![(start, false)];
        while let Some((name, is_done)) = stack.pop() {
            if is_done {
                order.push(name);
            } else if seen.insert(name) {
                stack.push((name, true));
                stack.extend(
                    edges
                        .get(name)
                        .into_iter()
                        .flat_map(|e| e.keys())
                        .map(|n| (*n, false)),
                );
            }
        }
    }
    let mut groups = Vec::new();
    let mut seen = BTreeSet::new();
    for start in order.into_iter().rev() {
        let mut group = BTreeSet::new();
        let mut stack = vec![start];
        while let Some(name) = stack.pop() {
            if seen.insert(name) {
                group.insert(name);
                stack.extend(back.get(name).into_iter().flatten());
            }
        }
        let is_own = |n: &&PackageName| edges.get(*n).is_some_and(|e| e.contains_key(*n));
        if group.len() > 1 || group.iter().any(is_own) {
            groups.push(group);
        }
    }
    groups
}

/// The shortest cycle through `start` within its group.
fn shortest<'a>(
    edges: &Edges<'a>,
    start: &'a PackageName,
    group: &BTreeSet<&'a PackageName>,
) -> Vec<&'a PackageName> {
    let mut before: BTreeMap<&PackageName, &'a PackageName> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(name) = queue.pop_front() {
        for next in edges.get(name).into_iter().flat_map(|e| e.keys().copied()) {
            if next == start {
                let mut path = vec![start, name];
                while let Some(previous) = path.last().and_then(|n| before.get(n)) {
                    path.push(previous);
                }
                path.dedup();
                path.reverse();
                if path.len() == 1 {
                    path.push(start);
                }
                return path;
            }
            if group.contains(next) && !before.contains_key(next) {
                before.insert(next, name);
                queue.push_back(next);
            }
        }
    }
    vec![start]
}
