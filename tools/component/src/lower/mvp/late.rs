//! Element segments that the start function copies, after the start functions of earlier instances
//! have run.
//!
//! Without bulk memory they are in their table from the beginning. Until the start function comes
//! to their place, calls through the elements trap, as they do where a table is empty.

use crate::lower::error::Result;
use crate::module::{element_count, instructions, Kind, Module};
use std::fmt::Write;
use wasm_encoder::Instruction;

/// A segment that the start function copies.
pub struct Late {
    /// The index of the segment.
    pub segment: u32,
    pub table: u32,
    pub offset: u64,
}

/// The segments that the start function copies, in its order.
#[derive(Default)]
pub struct LateSegments {
    all: Vec<Late>,
    /// The start function, by its position among the functions that are defined.
    start: Option<usize>,
}

/// The instructions that copy a segment. With these, `merge` writes the start function.
const LENGTH: usize = 5;

impl LateSegments {
    /// Finds the segments of a module.
    pub fn find(module: &Module<'_>) -> Result<Self> {
        let mut late = LateSegments::default();
        let defined = module
            .start
            .and_then(|s| s.checked_sub(module.imported(Kind::Func)));
        late.start = defined.map(|s| s as usize);
        if let Some(body) = late.start.and_then(|s| module.bodies.get(s)) {
            let code = instructions(body)?;
            late.all = code.windows(LENGTH).filter_map(copied).collect();
        }
        Ok(late)
    }

    /// Whether a function, by its position among those that are defined, is the start function with
    /// copies.
    pub fn is_start(&self, function: usize) -> bool {
        self.start == Some(function) && !self.all.is_empty()
    }

    /// What is copied to a table by the segment, if the start function copies it.
    pub fn segment(&self, segment: u32) -> Option<(u32, u64)> {
        let late = self.all.iter().find(|late| late.segment == segment)?;
        Some((late.table, late.offset))
    }

    /// Whether segments are copied to a table.
    pub fn has(&self, table: u32) -> bool {
        self.all.iter().any(|late| late.table == table)
    }

    /// Replaces the copies in the code of the start function: `phase` is the global with the number of
    /// segments that are in their place.
    pub fn replace<'a>(&self, code: Vec<Instruction<'a>>, phase: u32) -> Vec<Instruction<'a>> {
        let mut out = Vec::with_capacity(code.len());
        let mut count = 0;
        let mut at = 0;
        while let Some(instruction) = code.get(at) {
            if code.get(at..at + LENGTH).and_then(copied).is_some() {
                count += 1;
                out.extend([Instruction::I32Const(count), Instruction::GlobalSet(phase)]);
                at += LENGTH;
            } else {
                out.push(instruction.clone());
                at += 1;
            }
        }
        out
    }

    /// The text of the global, and of the functions that check the indices of calls through tables.
    pub fn helpers(&self, module: &Module<'_>) -> String {
        let mut text = String::new();
        if self.all.is_empty() {
            return text;
        }
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  (global $phase (export \"phase\") (mut i32) (i32.const 0))"
        );
        let mut tables: Vec<u32> = self.all.iter().map(|late| late.table).collect();
        tables.sort_unstable();
        tables.dedup();
        for table in tables {
            let _ = writeln!(
                text,
                "  (func $table_{table}_check (export \"check{table}\") (param $i i32)"
            );
            for (phase, late) in (1..).zip(&self.all) {
                let element = module.elements.get(late.segment as usize);
                let count = element.map_or(0, |e| element_count(&e.items));
                if late.table == table {
                    let _ = writeln!(
                        text,
                        "    (if (i32.and (i32.lt_u (global.get $phase) (i32.const {phase}))
                 (i32.lt_u (i32.sub (local.get $i) (i32.const {})) (i32.const {count})))
      (then (unreachable)))",
                        late.offset
                    );
                }
            }
            text.push_str("  )\n");
        }
        text
    }
}

/// The copy of a whole segment that these instructions make.
fn copied(code: &[Instruction<'_>]) -> Option<Late> {
    use Instruction as I;
    match code {
        [I::I32Const(offset), I::I32Const(0), I::I32Const(_), I::TableInit { elem_index, table }, I::ElemDrop(dropped)]
            if dropped == elem_index =>
        {
            Some(Late {
                segment: *elem_index,
                table: *table,
                offset: u64::from(offset.cast_unsigned()),
            })
        }
        _ => None,
    }
}
