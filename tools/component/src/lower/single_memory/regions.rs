//! The regions of the one memory, and the functions and globals that go with them.

use crate::lower::error::{Error, Result};
use crate::module::{instructions, Module};
use std::collections::BTreeSet;
use std::fmt::Write;
use wasm_encoder::Instruction;
use wasmparser::DataKind;

/// The size of a page in bytes.
pub const PAGE: u64 = 0x1_0000;
/// The largest number of pages: with one more, the length in bytes would not fit in 32 bits.
const MAX_PAGES: u64 = 0xffff;

/// A region.
pub struct Region {
    /// Its initial size in pages.
    pub pages: u64,
    /// Its maximum size in pages.
    pub max: u64,
    /// Whether any instruction grows it.
    pub grows: bool,
    /// Its initial base in bytes.
    pub at: u64,
    /// The number of regions before it.
    pub position: usize,
}

/// Places a region for each memory, and if `passive`, one after those for all passive segments.
pub fn place(module: &Module<'_>, passive: bool) -> Result<Vec<Region>> {
    let mut growing = BTreeSet::new();
    for body in &module.bodies {
        for instruction in instructions(body)? {
            if let Instruction::MemoryGrow(memory) = instruction {
                growing.insert(memory);
            }
        }
    }
    let mut regions = Vec::new();
    for (i, memory) in (0..).zip(&module.memories) {
        let what = match memory {
            m if m.shared => "is shared",
            m if m.memory64 => "has 64-bit addresses",
            m if m.page_size_log2.is_some() => "has a custom page size",
            _ => {
                regions.push(Region {
                    pages: memory.initial,
                    max: memory.maximum.unwrap_or(MAX_PAGES).min(MAX_PAGES),
                    grows: growing.contains(&i),
                    at: 0,
                    position: 0,
                });
                continue;
            }
        };
        return Err(Error::unsupported(
            format!("a memory {what}, and cannot become part of another"),
            "lower with `--memory multi`",
        ));
    }
    if passive {
        let bytes: u64 = module.data.iter().map(|d| d.data.len() as u64).sum();
        regions.push(Region {
            pages: bytes.div_ceil(PAGE),
            max: 0,
            grows: false,
            at: 0,
            position: 0,
        });
    }
    // Growing regions come last, so that there is less after them to move.
    let mut order: Vec<usize> = (0..regions.len()).collect();
    order.sort_by_key(|i| (*i != 0, regions[*i].grows));
    let mut at = 0;
    for (position, i) in order.into_iter().enumerate() {
        let region = &mut regions[i];
        (region.at, region.position) = (at * PAGE, position);
        at += region.pages;
    }
    if at > MAX_PAGES {
        return Err(Error::unsupported(
            "the memories exceed 4 GiB in total",
            "lower with `--memory multi`",
        ));
    }
    Ok(regions)
}

/// The text of the functions and globals for the regions and, without `bulk` memory operations, for
/// the data segments.
pub fn helpers(regions: &[Region], module: &Module<'_>, bulk: bool) -> String {
    let mut text = String::from("(module (memory 0)\n");
    // Writing to a string cannot fail.
    for (i, region) in regions.iter().enumerate() {
        let _ = writeln!(
            text,
            "  (global $base{i} (export \"base{i}\") (mut i32) (i32.const {}))
  (global $limit{i} (export \"limit{i}\") (mut i32) (i32.const {}))
  (func $region_{i}_span (export \"span{i}\") (param $at i32) (param $n i32) (result i32)
    (if (i32.or (i32.gt_u (local.get $n) (global.get $limit{i}))
                (i32.gt_u (local.get $at) (i32.sub (global.get $limit{i}) (local.get $n))))
      (then (unreachable)))
    (i32.add (local.get $at) (global.get $base{i})))",
            region.at as u32,
            (region.pages * PAGE) as u32,
        );
    }
    let mut order: Vec<usize> = (0..regions.len()).collect();
    order.sort_by_key(|i| regions[*i].position);
    let last = order.last().copied().unwrap_or(0);
    // A region moves itself and those behind it.
    for (i, region) in regions.iter().enumerate() {
        let behind = order.get(region.position + 1);
        let behind = behind.map(|b| format!("(call $region_{b}_move (local.get $bytes))"));
        let _ = writeln!(
            text,
            "  (func $region_{i}_move (param $bytes i32)
    (global.set $base{i} (i32.add (global.get $base{i}) (local.get $bytes))) {})",
            behind.unwrap_or_default()
        );
    }
    for (i, region) in regions.iter().enumerate().filter(|(_, r)| r.grows) {
        let _ = writeln!(
            text,
            "  (func $region_{i}_grow (export \"grow{i}\") (param $delta i32) (result i32)
    (local $old i32) (local $bytes i32) (local $from i32) (local $behind i32)
    (local.set $old (i32.shr_u (global.get $limit{i}) (i32.const 16)))
    (if (i32.eqz (local.get $delta)) (then (return (local.get $old))))
    (local.set $from (i32.add (global.get $base{i}) (global.get $limit{i})))
    (local.set $behind (i32.sub (i32.add (global.get $base{last}) (global.get $limit{last})) (local.get $from)))
    (if (i32.or
          (i32.gt_u (local.get $delta) (i32.sub (i32.const {}) (local.get $old)))
          (i32.gt_u (local.get $delta) (i32.sub (i32.const {MAX_PAGES})
            (i32.shr_u (i32.add (local.get $from) (local.get $behind)) (i32.const 16)))))
      (then (return (i32.const -1))))
    (if (i32.eq (memory.grow (local.get $delta)) (i32.const -1)) (then (return (i32.const -1))))
    (local.set $bytes (i32.shl (local.get $delta) (i32.const 16)))
    (if (local.get $behind) (then
      (memory.copy (i32.add (local.get $from) (local.get $bytes)) (local.get $from) (local.get $behind))
      (memory.fill (local.get $from) (i32.const 0)
        (select (local.get $bytes) (local.get $behind) (i32.lt_u (local.get $bytes) (local.get $behind))))))",
            region.max.max(region.pages)
        );
        if let Some(behind) = order.get(region.position + 1) {
            let _ = writeln!(text, "    (call $region_{behind}_move (local.get $bytes))");
        }
        let _ = writeln!(
            text,
            "    (global.set $limit{i} (i32.add (global.get $limit{i}) (local.get $bytes)))
    (local.get $old))"
        );
    }
    if !bulk {
        // The global is the length of a passive segment until it is dropped, then 0.
        let segments = regions.len().saturating_sub(1);
        let mut at = 0;
        for (i, data) in module.data.iter().enumerate() {
            // Active segments count as dropped.
            let passive = matches!(data.kind, DataKind::Passive);
            let length = if passive { data.data.len() } else { 0 };
            let _ = writeln!(
                text,
                "  (global $segment{i} (export \"segment{i}\") (mut i32) (i32.const {}))
  (func $segment_{i}_span (export \"part{i}\") (param $at i32) (param $n i32) (result i32)
    (if (i32.or (i32.gt_u (local.get $n) (global.get $segment{i}))
                (i32.gt_u (local.get $at) (i32.sub (global.get $segment{i}) (local.get $n))))
      (then (unreachable)))
    (i32.add (i32.add (local.get $at) (i32.const {at})) (global.get $base{segments})))",
                length
            );
            at += length;
        }
    }
    text + ")"
}
