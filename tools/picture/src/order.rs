//! The order of slots within their layers, and their positions.

use crate::slot::Slot;

/// The order of the slots in each layer: the best of several barycentre sweeps, in both directions.
///
/// The first `boxes` slots are boxes. The others start in the middle of their layers, so that lines
/// pass there if nothing else decides.
pub(crate) fn order(
    slots: &[Slot],
    boxes: usize,
    layers: usize,
    neighbours: &[[Vec<usize>; 2]],
) -> Vec<Vec<usize>> {
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); layers];
    for (i, slot) in slots.iter().enumerate() {
        order[slot.layer].push(i);
    }
    for layer in &mut order {
        let of = layer.iter().filter(|i| **i < boxes).count();
        layer[of / 2..].rotate_left(of - of / 2);
    }
    let mut best = (crossings(&order, slots.len(), neighbours), order.clone());
    let mut at = vec![0.0; slots.len()];
    for sweep in 0..24 {
        for layer in &order {
            for (i, slot) in layer.iter().enumerate() {
                at[*slot] = i as f64;
            }
        }
        // From left to right by the left neighbours, then from right to left by the right ones.
        let side = sweep % 2;
        let all: Vec<usize> = (0..layers).collect();
        let layers_in_turn: Vec<usize> = if side == 0 {
            all
        } else {
            all.into_iter().rev().collect()
        };
        for layer in layers_in_turn {
            let centre = |slot: &usize| {
                let of = &neighbours[*slot][side];
                match of.len() {
                    0 => at[*slot],
                    n => of.iter().map(|i| at[*i]).sum::<f64>() / n as f64,
                }
            };
            let mut sorted: Vec<(f64, usize)> =
                order[layer].iter().map(|s| (centre(s), *s)).collect();
            sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
            order[layer] = sorted.into_iter().map(|(_, slot)| slot).collect();
            for (i, slot) in order[layer].iter().enumerate() {
                at[*slot] = i as f64;
            }
        }
        let crossings = crossings(&order, slots.len(), neighbours);
        if crossings < best.0 {
            best = (crossings, order.clone());
        }
    }
    best.1
}

/// The number of crossings of lines, by counting inversions.
fn crossings(order: &[Vec<usize>], count: usize, neighbours: &[[Vec<usize>; 2]]) -> usize {
    let mut at = vec![0; count];
    for layer in order {
        for (i, slot) in layer.iter().enumerate() {
            at[*slot] = i;
        }
    }
    let mut total = 0;
    for (number, layer) in order.iter().enumerate() {
        let size = order.get(number + 1).map_or(0, Vec::len);
        let mut tree = vec![0_usize; size + 1];
        let mut seen = 0;
        for slot in layer {
            let mut ends: Vec<usize> = neighbours[*slot][1].iter().map(|i| at[*i]).collect();
            ends.sort_unstable();
            for end in &ends {
                let mut below = 0;
                let mut i = end + 1;
                while i > 0 {
                    below += tree[i];
                    i &= i - 1;
                }
                total += seen - below;
            }
            for end in ends {
                seen += 1;
                let mut i = end + 1;
                while i <= size {
                    tree[i] += 1;
                    i += i & i.wrapping_neg();
                }
            }
        }
    }
    total
}

/// Sets the position of each slot in its layer: as near to the middle of its neighbours as the
/// order allows.
pub(crate) fn place(
    slots: &mut [Slot],
    order: &[Vec<usize>],
    neighbours: &[[Vec<usize>; 2]],
    spacing: f64,
) {
    for layer in order {
        let mut y = 0.0;
        for slot in layer {
            slots[*slot].y = y;
            y += slots[*slot].size.1 + spacing;
        }
    }
    for round in 0..16 {
        let all: Vec<usize> = (0..order.len()).collect();
        let layers_in_turn: Vec<usize> = if round % 2 == 0 {
            all
        } else {
            all.into_iter().rev().collect()
        };
        for layer in layers_in_turn {
            let wanted: Vec<f64> = order[layer]
                .iter()
                .map(|slot| {
                    let of = neighbours[*slot].iter().flatten();
                    let middles: Vec<f64> =
                        of.map(|i| slots[*i].y + slots[*i].size.1 / 2.0).collect();
                    match middles.len() {
                        0 => slots[*slot].y,
                        n => middles.iter().sum::<f64>() / n as f64 - slots[*slot].size.1 / 2.0,
                    }
                })
                .collect();
            settle(slots, &order[layer], &wanted, spacing);
        }
    }
}

/// Moves the slots of a layer to their wanted positions, in order and without overlap.
///
/// Slots that would overlap form a block, which is placed at the average of their wanted positions.
fn settle(slots: &mut [Slot], layer: &[usize], wanted: &[f64], spacing: f64) {
    // For each block: the sum of the wanted start positions, the number of slots, the length.
    let mut blocks: Vec<(f64, usize, f64)> = Vec::new();
    for (slot, want) in layer.iter().zip(wanted) {
        let mut block = (*want, 1, slots[*slot].size.1 + spacing);
        while let Some((sum, n, length)) = blocks.last().copied() {
            if sum / n as f64 + length <= block.0 / block.1 as f64 {
                break;
            }
            // The slots of the later block start after the earlier block.
            block = (
                sum + block.0 - length * block.1 as f64,
                n + block.1,
                length + block.2,
            );
            blocks.pop();
        }
        blocks.push(block);
    }
    let mut members = layer.iter();
    for (sum, n, _) in blocks {
        let mut y = sum / n as f64;
        for slot in members.by_ref().take(n) {
            slots[*slot].y = y;
            y += slots[*slot].size.1 + spacing;
        }
    }
}
