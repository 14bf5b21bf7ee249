//! Lays out boxes in layers, so that the lines between them are easy to follow.
//!
//! Sugiyama's method: layers by the longest path, dummy slots where a line passes a layer, order
//! within a layer by barycentres, then positions near the middle of the neighbours. The layout is
//! deterministic, and takes nearly linear time in boxes and dummy slots.

use crate::order::{order, place};
use crate::slot::Slot;
use std::collections::{BTreeMap, BTreeSet};

/// The boxes to lay out, and the lines between them.
pub struct Input<'a> {
    /// The width and height of each box.
    pub boxes: &'a [(f64, f64)],
    /// The lines.
    pub lines: &'a [Line],
    /// The distance between two layers.
    pub gap: f64,
    /// The distance between two boxes of a layer.
    pub spacing: f64,
}

/// A line: the numbers of the boxes at its ends, and the size of its label, if any.
pub type Line = (usize, usize, Option<(f64, f64)>);

/// The positions of boxes, lines and labels.
pub struct Layout {
    /// The upper left corner of each box.
    pub boxes: Vec<(f64, f64)>,
    /// The width of each box; boxes of a layer are equally wide.
    pub widths: Vec<f64>,
    /// The points of each line, from box to box.
    pub lines: Vec<Vec<(f64, f64)>>,
    /// The upper left corner of the label of each line.
    pub labels: Vec<Option<(f64, f64)>>,
    /// The lines that run from right to left, because they close a cycle.
    pub back: BTreeSet<usize>,
    /// The width and height of the layout.
    pub size: (f64, f64),
}

/// The maximum number of slots; further lines have no dummy slots and go straight.
const MAX_SLOTS: usize = 50_000;

/// The maximum number of boxes in a layer of a small graph.
const LAYER: usize = 24;

/// The height of the dummy slot of a line.
const PASSING: f64 = 8.0;

/// Lays a graph out from left to right: users on the left, dependencies on the right.
pub fn layout(input: &Input<'_>) -> Layout {
    let count = input.boxes.len();
    let (depths, back) = depths(count, input.lines);
    let deepest = depths.iter().copied().max().unwrap_or(0);
    // Labels have layers of their own, between those of boxes.
    let step = if input.lines.iter().any(|l| l.2.is_some()) {
        2
    } else {
        1
    };
    let mut slots: Vec<Slot> = (0..count)
        .map(|i| Slot {
            layer: (deepest - depths[i]) * step,
            size: input.boxes[i],
            y: 0.0,
        })
        .collect();
    let mut chains: Vec<Vec<usize>> = Vec::new();
    // Lines without labels that lead to the same box share their dummy slots.
    let mut shared: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut label_of: Vec<Option<usize>> = Vec::new();
    for (i, (from, to, label)) in input.lines.iter().enumerate() {
        let (mut left, mut right) = (*from, *to);
        if back.contains(&i) {
            (left, right) = (right, left);
        }
        let mut chain = vec![left];
        let mut label_slot = None;
        let (first, last) = (slots[left].layer, slots[right].layer);
        if slots.len() + last.saturating_sub(first) < MAX_SLOTS {
            for layer in first + 1..last {
                let is_label = label.is_some() && label_slot.is_none() && layer % step == 1;
                let before = shared.get(&(layer, right)).copied();
                let slot = match (label, before) {
                    (None, Some(slot)) => slot,
                    (Some(size), _) if is_label => {
                        label_slot = Some(slots.len());
                        add(&mut slots, layer, *size)
                    }
                    _ => add(&mut slots, layer, (0.0, PASSING)),
                };
                if label.is_none() {
                    shared.insert((layer, right), slot);
                }
                chain.push(slot);
            }
        }
        chain.push(right);
        chains.push(chain);
        label_of.push(label_slot);
    }

    let layers = deepest * step + 1;
    let mut neighbours: Vec<[Vec<usize>; 2]> = slots.iter().map(|_| Default::default()).collect();
    for pair in chains.iter().flat_map(|c| c.windows(2)) {
        if slots[pair[1]].layer == slots[pair[0]].layer + 1 {
            neighbours[pair[1]][0].push(pair[0]);
            neighbours[pair[0]][1].push(pair[1]);
        }
    }
    for side in neighbours.iter_mut().flatten() {
        side.sort_unstable();
        side.dedup();
    }
    let order = order(&slots, count, layers, &neighbours);
    place(&mut slots, &order, &neighbours, input.spacing);

    // Each column is as wide as its widest slot.
    let mut widths = vec![0.0_f64; layers];
    for slot in &slots {
        widths[slot.layer] = widths[slot.layer].max(slot.size.0);
    }
    let mut lefts = Vec::with_capacity(layers);
    let mut x = 0.0;
    for width in &widths {
        lefts.push(x);
        x += width + input.gap / step as f64;
    }
    let width = x - input.gap / step as f64;
    let top = slots.iter().map(|s| s.y).fold(f64::INFINITY, f64::min);
    let top = if top.is_finite() { top } else { 0.0 };
    let bottom = slots.iter().map(|s| s.y + s.size.1).fold(0.0, f64::max);

    let corner = |i: usize| (lefts[slots[i].layer], slots[i].y - top);
    let lines = chains
        .iter()
        .enumerate()
        .map(|(line, chain)| {
            let mut points = Vec::new();
            for (n, i) in chain.iter().enumerate() {
                let (x, y) = corner(*i);
                let middle = y + slots[*i].size.1 / 2.0;
                let right = x + widths[slots[*i].layer];
                // A line crosses a column horizontally, and ends at the edges of its boxes.
                if n > 0 {
                    points.push((x, middle));
                }
                if n + 1 < chain.len() {
                    points.push((right, middle));
                }
            }
            if back.contains(&line) {
                points.reverse();
            }
            points
        })
        .collect();
    Layout {
        boxes: (0..count).map(corner).collect(),
        widths: (0..count).map(|i| widths[slots[i].layer]).collect(),
        lines,
        labels: label_of.iter().map(|l| l.map(corner)).collect(),
        back,
        size: (width.max(0.0), (bottom - top).max(0.0)),
    }
}

fn add(slots: &mut Vec<Slot>, layer: usize, size: (f64, f64)) -> usize {
    slots.push(Slot {
        layer,
        size,
        y: 0.0,
    });
    slots.len() - 1
}

/// The layer of each box, counted from the right, and the lines that close a cycle.
///
/// The layer is the length of the longest path to a box without dependencies, or more if that
/// layer is full. Lines that close a cycle do not count.
fn depths(count: usize, lines: &[Line]) -> (Vec<usize>, BTreeSet<usize>) {
    let mut out: Vec<Vec<(usize, usize)>> = vec![Vec::new(); count];
    for (line, (from, to, _)) in lines.iter().enumerate() {
        out[*from].push((line, *to));
    }
    let mut depths: Vec<usize> = vec![0; count];
    let most = LAYER.max((count as f64).sqrt() as usize * 2);
    let mut filled: Vec<usize> = Vec::new();
    let mut back = BTreeSet::new();
    // 0: not visited, 1: on the current path, 2: done.
    let mut state = vec![0_u8; count];
    for start in 0..count {
        if state[start] != 0 {
            continue;
        }
        // Iterative, because a path can be as long as the input.
        let mut path = vec![(start, 0_usize)];
        state[start] = 1;
        while let Some((node, next)) = path.last_mut() {
            let node = *node;
            match out[node].get(*next).copied() {
                Some((line, to)) => {
                    *next += 1;
                    match state[to] {
                        0 => {
                            state[to] = 1;
                            path.push((to, 0));
                        }
                        1 => {
                            back.insert(line);
                        }
                        _ => {}
                    }
                }
                None => {
                    state[node] = 2;
                    let of = out[node].iter().filter(|(line, _)| !back.contains(line));
                    let mut depth = of.map(|(_, to)| depths[*to] + 1).max().unwrap_or(0);
                    while filled.get(depth).is_some_and(|n| *n >= most) {
                        depth += 1;
                    }
                    if filled.len() <= depth {
                        filled.resize(depth + 1, 0);
                    }
                    filled[depth] += 1;
                    depths[node] = depth;
                    path.pop();
                }
            }
        }
    }
    (depths, back)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lay(count: usize, lines: &[(usize, usize)]) -> Layout {
        let lines: Vec<_> = lines
            .iter()
            .map(|(a, b)| (*a, *b, Some((30.0, 12.0))))
            .collect();
        layout(&Input {
            boxes: &vec![(100.0, 40.0); count],
            lines: &lines,
            gap: 60.0,
            spacing: 10.0,
        })
    }

    fn overlap(layout: &Layout) -> bool {
        let boxes = &layout.boxes;
        (0..boxes.len()).any(|i| {
            (0..i).any(|j| boxes[i].0 == boxes[j].0 && (boxes[i].1 - boxes[j].1).abs() < 49.9)
        })
    }

    #[test]
    fn users_are_left_of_their_dependencies() {
        let lines = [(0, 1), (0, 2), (1, 3), (2, 3), (0, 3)];
        let layout = lay(4, &lines);
        for (from, to) in lines {
            assert!(layout.boxes[from].0 + 100.0 < layout.boxes[to].0);
        }
        assert!(!overlap(&layout));
        assert!(layout.labels.iter().all(Option::is_some));
        // A line that passes a layer does not cross the boxes there.
        let points = &layout.lines[4];
        let x = layout.boxes[1].0;
        let y = points.iter().find(|p| p.0 == x).expect("passes").1;
        for i in [1, 2] {
            let top = layout.boxes[i].1;
            assert!(y < top || y > top + 40.0, "{y} {top}");
        }
    }

    #[test]
    fn one_line_of_a_cycle_runs_backwards() {
        let layout = lay(3, &[(0, 1), (1, 2), (2, 0)]);
        assert_eq!(layout.back.len(), 1);
        assert!(!overlap(&layout));
    }

    #[test]
    fn removes_crossings() {
        // Two pairs whose lines cross in the order given.
        let layout = lay(4, &[(0, 3), (1, 2)]);
        let y = |i: usize| layout.boxes[i].1;
        assert_eq!(y(0) < y(1), y(3) < y(2));
    }

    #[test]
    fn empty_and_large_graphs() {
        assert_eq!(lay(0, &[]).size, (0.0, 0.0));
        let chain: Vec<(usize, usize)> = (1..2000).map(|i| (i - 1, i)).collect();
        assert!(!overlap(&lay(2000, &chain)));
        let fan: Vec<(usize, usize)> = (1..2000).map(|i| (i, 0)).collect();
        assert!(!overlap(&lay(2000, &fan)));
        // A fan is not higher than its layers.
        let lines: Vec<Line> = fan.iter().map(|(a, b)| (*a, *b, None)).collect();
        let placed = layout(&Input {
            boxes: &vec![(100.0, 40.0); 2000],
            lines: &lines,
            gap: 60.0,
            spacing: 10.0,
        });
        assert!(placed.size.1 < 6000.0, "{:?}", placed.size);
    }
}
