//! Copies of lists at once, where an adapter copies them element by element.
//!
//! An adapter copies a list with a loop around the copy of one element. Where nothing in there is
//! checked or changed, the whole is one `memory.copy`. That this is so is proved from what the
//! loop does, whatever it looks like: its body is evaluated with what its locals held at the
//! beginning of a round. It must be straight and, in every round,
//!
//! - load from one memory, by one local, and store to another memory, by another: what is stored
//!   cannot change what is loaded;
//! - store each loaded value as it is, as many bytes as were loaded, where they were in the element;
//! - store every byte of an element, and no other: what is between the fields of a record belongs
//!   to the component that has it;
//! - add the size of an element to both locals, take one from a third, and go on unless it is zero.
//!
//! A loop like that traps where it reaches the end of a memory, and so does the copy, which writes
//! nothing then. What the loop would have written nobody sees: after a trap, nothing is said of an
//! instance. It also comes to such an end with a count of zero or one that is more than fits in a
//! memory, so these trap too. Adapters have checked all this before, so it never happens.

use super::access::{access, moves};
use std::collections::HashMap;
use wasm_encoder::{BlockType, Instruction};

/// What an instruction leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Value {
    /// What a local had at the beginning of the round, or zero, and a number added to it.
    Sum(Option<u32>, i32),
    /// Bytes of the element as they are in memory: a number in `loads`.
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

/// Writes the loops of a function that copy elements as copies of the whole.
pub fn at_once(code: Vec<Instruction<'_>>) -> Vec<Instruction<'_>> {
    let mut out = Vec::with_capacity(code.len());
    // Where the innermost block begins, if it is a loop.
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

/// What the body of a loop copies, if it does nothing else.
fn copy(body: &[Instruction<'_>]) -> Option<Copy> {
    let (last, body) = body.split_last()?;
    let Instruction::BrIf(0) = last else {
        return None;
    };
    let mut round = Round::default();
    for instruction in body {
        round.step(&mut instruction.clone())?;
    }
    round.copy()
}

/// What is known in the midst of a round.
#[derive(Default)]
struct Round {
    stack: Vec<Value>,
    /// Of the locals that were set.
    locals: HashMap<u32, Value>,
    loads: Vec<Part>,
    stores: Vec<(Part, usize)>,
}

impl Round {
    /// The local that an address is the value of, as it was when the round began.
    fn address(&mut self) -> Option<u32> {
        match self.stack.pop()? {
            Value::Sum(Some(local), 0) => Some(local),
            _ => None,
        }
    }

    fn number(&mut self) -> Option<(Option<u32>, i32)> {
        match self.stack.pop()? {
            Value::Sum(local, number) => Some((local, number)),
            Value::Loaded(_) => None,
        }
    }

    fn step(&mut self, instruction: &mut Instruction<'_>) -> Option<()> {
        if let Some((access, arg)) = access(instruction) {
            let (memory, offset, bytes) = (arg.memory_index, arg.offset, access.bytes);
            // Parts of vectors, and what becomes a vector, are not as they were.
            if !moves(instruction) {
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
                let begun = Value::Sum(Some(*local), 0);
                let value = self.locals.get(local).copied().unwrap_or(begun);
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
                let ((b, n), (a, m)) = (self.number()?, self.number()?);
                if a.is_some() && b.is_some() {
                    return None;
                }
                self.stack.push(Value::Sum(a.or(b), m.wrapping_add(n)));
            }
            Instruction::I32Sub => {
                let ((b, n), (a, m)) = (self.number()?, self.number()?);
                if b.is_some() {
                    return None;
                }
                self.stack.push(Value::Sum(a, m.wrapping_sub(n)));
            }
            _ => return None,
        }
        Some(())
    }

    /// The copy, if the round ends here with the condition on top of the stack.
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
        let apart = from.0 != to.0 && from.1 != to.1 && count != from.1 && count != to.1;
        if !self.stack.is_empty() || !same || !apart || self.locals.len() != 3 {
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
        // Each value once, to where it was: then the bytes that are loaded are those stored.
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

/// Writes a copy of the whole, and what the loop leaves in its locals.
fn write<'i>(copy: &Copy, out: &mut Vec<Instruction<'i>>) {
    use Instruction as I;
    let ((from_memory, from), (to_memory, to)) = (copy.from, copy.to);
    let length = [
        I::LocalGet(copy.count),
        I::I32Const(copy.size.cast_signed()),
        I::I32Mul,
    ];
    // Zero becomes the greatest number.
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
