//! Replaces loops that copy a list element by element with one `memory.copy`.
//!
//! An adapter copies a list with a loop around the copy of one element. Loops that validate or
//! change elements, or whose elements have padding, are kept. The others are recognized by what
//! they do: the body is evaluated symbolically, from the values that its locals have at the start
//! of an iteration. It must be straight-line code that, in each iteration,
//!
//! - loads from one memory, at an address in one local, and stores to another memory, at an address
//!   in another local, so that no store changes what is loaded;
//! - stores each loaded value unchanged, with the size and at the offset that it was loaded with;
//! - stores each byte of the element once and no other byte, as padding belongs to the destination;
//! - adds the size of an element to both addresses, decrements a third local, and repeats unless
//!   that is zero.
//!
//! Such a loop traps where it reaches the end of a memory. So does the copy, but without having
//! written anything; this cannot be observed, as the state of an instance after a trap is
//! unspecified. With a count of zero, or one that is too large for a memory, the loop traps as
//! well, and so does the code that replaces it. Adapters rule all of this out beforehand.

use crate::module::{access, copies_bytes};
use std::collections::HashMap;
use wasm_encoder::{BlockType, Instruction};

/// A symbolic value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    /// The value of a local at the start of the iteration, or zero, plus a constant.
    Sum(Option<u32>, i32),
    /// Bytes of the element as they are in memory: an index in `loads`.
    Loaded(usize),
}

/// Bytes of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    memory: u32,
    /// The local with the address of the element.
    local: u32,
    offset: u64,
    bytes: u64,
}

/// A loop that copies elements.
#[derive(Debug, PartialEq, Eq)]
struct Copy {
    from: (u32, u32),
    to: (u32, u32),
    count: u32,
    size: u32,
}

/// Replaces the loops of a function that copy elements unchanged.
pub fn replace_loops(code: Vec<Instruction<'_>>) -> Vec<Instruction<'_>> {
    let mut out = Vec::with_capacity(code.len());
    // The start of the innermost block, if it is a loop.
    let mut begin = None;
    for instruction in code {
        match &instruction {
            Instruction::Loop(BlockType::Empty) => begin = Some(out.len()),
            Instruction::End => {
                let body = begin
                    .take()
                    .and_then(|at: usize| out.get(at + 1..).map(|b| (at, b)));
                if let Some((at, copy)) = body.and_then(|(at, body)| Some((at, copy(body)?))) {
                    out.truncate(at);
                    write(&copy, &mut out);
                    continue;
                }
            }
            Instruction::Loop(_)
            | Instruction::Block(_)
            | Instruction::If(_)
            | Instruction::TryTable(..)
            | Instruction::Try(_) => begin = None,
            _ => {}
        }
        out.push(instruction);
    }
    out
}

/// The copy that the body of a loop performs, if it does nothing else.
fn copy(body: &[Instruction<'_>]) -> Option<Copy> {
    let (last, body) = body.split_last()?;
    let Instruction::BrIf(0) = last else {
        return None;
    };
    let mut iteration = Iteration::default();
    for instruction in body {
        iteration.step(&mut instruction.clone())?;
    }
    iteration.copy()
}

/// The state of the symbolic evaluation of an iteration.
#[derive(Default)]
struct Iteration {
    stack: Vec<Value>,
    /// The values of the locals that were set.
    locals: HashMap<u32, Value>,
    loads: Vec<Part>,
    stores: Vec<(Part, usize)>,
}

impl Iteration {
    /// Pops an address: a local whose value is that at the start of the iteration.
    fn address(&mut self) -> Option<u32> {
        match self.stack.pop()? {
            Value::Sum(Some(local), 0) => Some(local),
            _ => None,
        }
    }

    /// Pops a sum.
    fn sum(&mut self) -> Option<(Option<u32>, i32)> {
        match self.stack.pop()? {
            Value::Sum(local, number) => Some((local, number)),
            Value::Loaded(_) => None,
        }
    }

    /// Evaluates an instruction; `None` if it rules out a copy.
    fn step(&mut self, instruction: &mut Instruction<'_>) -> Option<()> {
        if let Some((access, arg)) = access(instruction) {
            let (memory, offset, bytes) = (arg.memory_index, arg.offset, access.bytes);
            // Vector lanes and extended loads change the bytes.
            if !copies_bytes(instruction) {
                return None;
            }
            let stored = match access.operand {
                Some(_) => match self.stack.pop()? {
                    Value::Loaded(number) => Some(number),
                    Value::Sum(..) => return None,
                },
                None => None,
            };
            let local = self.address()?;
            let part = Part {
                memory,
                local,
                offset,
                bytes,
            };
            match stored {
                Some(number) => self.stores.push((part, number)),
                None => {
                    self.stack.push(Value::Loaded(self.loads.len()));
                    self.loads.push(part);
                }
            }
            return Some(());
        }
        match instruction {
            Instruction::LocalGet(local) => {
                let initial = Value::Sum(Some(*local), 0);
                let value = self.locals.get(local).copied().unwrap_or(initial);
                self.stack.push(value);
            }
            Instruction::LocalSet(local) => {
                let value = self.stack.pop()?;
                self.locals.insert(*local, value);
            }
            Instruction::LocalTee(local) => {
                let value = *self.stack.last()?;
                self.locals.insert(*local, value);
            }
            Instruction::I32Const(number) => self.stack.push(Value::Sum(None, *number)),
            Instruction::I32Add => {
                let ((b, n), (a, m)) = (self.sum()?, self.sum()?);
                if a.is_some() && b.is_some() {
                    return None;
                }
                self.stack.push(Value::Sum(a.or(b), m.wrapping_add(n)));
            }
            Instruction::I32Sub => {
                let ((b, n), (a, m)) = (self.sum()?, self.sum()?);
                if b.is_some() {
                    return None;
                }
                self.stack.push(Value::Sum(a, m.wrapping_sub(n)));
            }
            _ => return None,
        }
        Some(())
    }

    /// The copy, if the iteration ends here with its condition on top of the stack.
    fn copy(mut self) -> Option<Copy> {
        let count = match self.stack.pop()? {
            Value::Sum(Some(local), -1) => local,
            _ => return None,
        };
        let side = |part: &Part| (part.memory, part.local);
        let from = side(self.loads.first()?);
        let to = side(&self.stores.first()?.0);
        let same = self.loads.iter().all(|load| side(load) == from)
            && self.stores.iter().all(|(store, _)| side(store) == to);
        let distinct = from.0 != to.0 && from.1 != to.1 && count != from.1 && count != to.1;
        if !self.stack.is_empty() || !same || !distinct || self.locals.len() != 3 {
            return None;
        }
        let size = match self.locals.get(&from.1)? {
            Value::Sum(Some(local), size) if *local == from.1 && *size > 0 => *size,
            _ => return None,
        };
        let stepped = Value::Sum(Some(to.1), size);
        let counted = Value::Sum(Some(count), -1);
        if self.locals.get(&to.1) != Some(&stepped) || self.locals.get(&count) != Some(&counted) {
            return None;
        }
        // Each value is stored at its own offset, so the loaded bytes are the stored ones.
        let mut used = vec![false; self.loads.len()];
        for (store, number) in &self.stores {
            let load = self.loads.get(*number)?;
            if (load.offset, load.bytes) != (store.offset, store.bytes) {
                return None;
            }
            *used.get_mut(*number)? = true;
        }
        self.stores.sort_by_key(|(store, _)| store.offset);
        let mut end = 0;
        for (store, _) in &self.stores {
            if store.offset != end {
                return None;
            }
            end += store.bytes;
        }
        let whole = end == u64::from(size.unsigned_abs());
        (whole && used.iter().all(|used| *used)).then_some(Copy {
            from,
            to,
            count,
            size: size.unsigned_abs(),
        })
    }
}

/// Writes the bulk copy, and sets the locals to the values that the loop would leave.
fn write<'i>(copy: &Copy, out: &mut Vec<Instruction<'i>>) {
    use Instruction as I;
    let ((from_memory, from), (to_memory, to)) = (copy.from, copy.to);
    let length = [
        I::LocalGet(copy.count),
        I::I32Const(copy.size.cast_signed()),
        I::I32Mul,
    ];
    // Zero minus one is the largest number, so that a count of zero traps too.
    out.extend([
        I::LocalGet(copy.count),
        I::I32Const(1),
        I::I32Sub,
        I::I32Const((u32::MAX / copy.size).cast_signed()),
        I::I32GeU,
        I::If(BlockType::Empty),
        I::Unreachable,
        I::End,
        I::LocalGet(to),
        I::LocalGet(from),
    ]);
    out.extend(length.clone());
    out.push(I::MemoryCopy {
        src_mem: from_memory,
        dst_mem: to_memory,
    });
    for local in [from, to] {
        out.push(I::LocalGet(local));
        out.extend(length.clone());
        out.extend([I::I32Add, I::LocalSet(local)]);
    }
    out.extend([I::I32Const(0), I::LocalSet(copy.count)]);
}

#[cfg(test)]
mod tests;
