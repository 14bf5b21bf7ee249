//! Where each memory is in the one, and the functions that go with it.

use super::parse::Parsed;
use super::sections::instructions;
use super::unsupported;
use rules_wit_common::Result;
use std::collections::BTreeSet;
use std::fmt::Write;
use wasm_encoder::Instruction;
use wasmparser::DataKind;

/// The bytes of a page.
pub const PAGE: u64 = 0x1_0000;
/// A page less than there could be, so that every length has 32 bits.
const MOST: u64 = 0xffff;

/// One of the memories.
pub struct Region {
    /// Its pages at first.
    pub pages: u64,
    /// The pages that it may have.
    pub most: u64,
    /// Whether anything makes it grow.
    pub grows: bool,
    /// Its base at first, in bytes.
    pub at: u64,
    /// How many regions are before it.
    pub place: usize,
}

/// Places the regions.
pub fn place(parsed: &Parsed<'_>, passive: bool) -> Result<Vec<Region>> {
    let mut growing = BTreeSet::new();
    for body in &parsed.bodies {
        instructions(body, |i| {
            if let Instruction::MemoryGrow(memory) = i {
                growing.insert(memory);
            }
            Ok(())
        })?;
    }
    let mut regions = Vec::new();
    for (i, memory) in (0..).zip(&parsed.memories) {
        let what = match memory {
            m if m.shared => "is shared",
            m if m.memory64 => "has addresses of 64 bits",
            m if m.page_size_log2.is_some() => "has pages of another size",
            _ => {
                regions.push(Region {
                    pages: memory.initial,
                    most: memory.maximum.unwrap_or(MOST).min(MOST),
                    grows: growing.contains(&i),
                    at: 0,
                    place: 0,
                });
                continue;
            }
        };
        return Err(unsupported(
            &format!("a memory {what}, and cannot be a part of another"),
            "lower with `--memory multi`",
        ));
    }
    if passive {
        let bytes: u64 = parsed.data.iter().map(|d| d.data.len() as u64).sum();
        regions.push(Region {
            pages: bytes.div_ceil(PAGE),
            most: 0,
            grows: false,
            at: 0,
            place: 0,
        });
    }
    // What grows comes last: there is less behind it to move.
    let mut order: Vec<usize> = (0..regions.len()).collect();
    order.sort_by_key(|i| (*i != 0, regions[*i].grows));
    let mut at = 0;
    for (place, i) in order.into_iter().enumerate() {
        let region = &mut regions[i];
        (region.at, region.place) = (at * PAGE, place);
        at += region.pages;
    }
    if at > MOST {
        return Err(unsupported(
            "the memories together have more than 4 GiB",
            "lower with `--memory multi`",
        ));
    }
    Ok(regions)
}

/// The functions and globals that go with the regions.
pub fn helpers(regions: &[Region], parsed: &Parsed<'_>, bulk: bool) -> String {
    let mut text = String::from("(module (memory 0)\n");
    // Writing to a string does not fail.
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
    let last = regions.iter().enumerate().max_by_key(|(_, r)| r.place);
    let last = last.map_or(0, |(i, _)| i);
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
          (i32.gt_u (local.get $delta) (i32.sub (i32.const {MOST})
            (i32.shr_u (i32.add (local.get $from) (local.get $behind)) (i32.const 16)))))
      (then (return (i32.const -1))))
    (if (i32.eq (memory.grow (local.get $delta)) (i32.const -1)) (then (return (i32.const -1))))
    (local.set $bytes (i32.shl (local.get $delta) (i32.const 16)))
    (if (local.get $behind) (then
      (memory.copy (i32.add (local.get $from) (local.get $bytes)) (local.get $from) (local.get $behind))
      (memory.fill (local.get $from) (i32.const 0)
        (select (local.get $bytes) (local.get $behind) (i32.lt_u (local.get $bytes) (local.get $behind))))))",
            region.most.max(region.pages)
        );
        let behind = regions.iter().enumerate();
        for (behind, _) in behind.filter(|(_, r)| r.place > region.place) {
            let _ = writeln!(
                text,
                "    (global.set $base{behind} (i32.add (global.get $base{behind}) (local.get $bytes)))"
            );
        }
        let _ = writeln!(
            text,
            "    (global.set $limit{i} (i32.add (global.get $limit{i}) (local.get $bytes)))
    (local.get $old))"
        );
    }
    if !bulk {
        // Where a passive segment is, and how much of it there is until it is dropped.
        let segments = regions.len().saturating_sub(1);
        let mut at = 0;
        for (i, data) in parsed.data.iter().enumerate() {
            // Active ones are dropped from the beginning.
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
