//! What is known of addresses while a function is written with one memory.

use super::access::access;
use std::collections::HashMap;
use wasm_encoder::Instruction;

/// What is known while a body is written.
#[derive(Default)]
pub struct Known {
    /// Of the operands on top, the topmost last: the local that each is the value of, if it is one.
    operands: Vec<Option<u32>>,
    /// By local and memory, how many bytes from the address in the local on are there: they stay
    /// there, as no memory becomes smaller.
    pub reach: Reach,
    /// The locals that hold the base or the limit of a memory.
    pub kept: HashMap<(&'static str, u32), u32>,
    /// The same as it was where the blocks around began.
    outside: Vec<Reach>,
}

pub type Reach = HashMap<(u32, u32), u64>;

/// More than that is forgotten: it would be copied for every block.
const MOST_KNOWN: usize = 64;

impl Known {
    /// Takes note of an instruction that was written.
    pub fn follow(&mut self, instruction: &Instruction<'_>) {
        use Instruction as I;
        match instruction {
            I::LocalGet(local) => return self.operands.push(Some(*local)),
            I::I32Const(_) | I::I64Const(_) | I::F32Const(_) | I::F64Const(_) | I::GlobalGet(_) => {
                return self.operands.push(None);
            }
            I::LocalSet(local) | I::LocalTee(local) => {
                for reach in self.outside.iter_mut().chain([&mut self.reach]) {
                    reach.retain(|(known, _), _| known != local);
                }
            }
            I::Block(_) | I::If(_) => self.enter(),
            // It may begin again with other locals.
            I::Loop(_) => {
                self.enter();
                self.reach.clear();
            }
            // What was known outside and still is; what became known inside may have been passed by.
            I::Else => self.reach = self.outside.last().cloned().unwrap_or_default(),
            I::End => self.reach = self.outside.pop().unwrap_or_default(),
            I::Try(_) | I::TryTable(..) => self.enter(),
            I::Catch(_) | I::CatchAll => self.reach.clear(),
            I::Delegate(_) => self.reach = self.outside.pop().unwrap_or_default(),
            _ => {}
        }
        self.operands.clear();
        if let I::LocalTee(local) = instruction {
            self.operands.push(Some(*local));
        }
    }

    fn enter(&mut self) {
        if self.reach.len() > MOST_KNOWN {
            self.reach.clear();
        }
        self.outside.push(self.reach.clone());
    }

    /// Whether the operand on top was written by one instruction that does nothing else.
    pub fn simple(&self) -> bool {
        !self.operands.is_empty()
    }

    /// The local that an address is the value of, below as many operands.
    pub fn address(&self, below: usize) -> Option<u32> {
        let at = self.operands.len().checked_sub(below + 1)?;
        self.operands[at]
    }
}

/// For each instruction that is an access by a local's value, how far from there the farthest access
/// is that is certain to follow: that one may be checked in its place. If it traps, it does so before
/// what comes between, which nobody sees after a trap.
pub fn ahead(code: &[Instruction<'_>]) -> Vec<u64> {
    let mut known = Known::default();
    let mut ahead = vec![0; code.len()];
    // The accesses by each local's value since it was set, up to here without any branch.
    let mut open: HashMap<(u32, u32), Vec<usize>> = HashMap::new();
    for (at, instruction) in code.iter().enumerate() {
        let mut instruction = instruction.clone();
        if let Some((access, arg)) = access(&mut instruction) {
            let (memory, reach) = (arg.memory_index, arg.offset + access.bytes);
            if let Some(local) = known.address(usize::from(access.operand.is_some())) {
                let same = open.entry((local, memory)).or_default();
                same.push(at);
                for at in same {
                    ahead[*at] = reach.max(ahead[*at]);
                }
            }
        } else if let Instruction::LocalSet(local) | Instruction::LocalTee(local) = &instruction {
            open.retain(|(known, _), _| known != local);
        } else if !straight(&instruction) {
            open.clear();
        }
        known.follow(&instruction);
    }
    ahead
}

/// Whether an instruction is followed by the next one, unless it traps.
fn straight(instruction: &Instruction<'_>) -> bool {
    use Instruction as I;
    !matches!(
        instruction,
        I::Block(_)
            | I::Loop(_)
            | I::If(_)
            | I::Else
            | I::End
            | I::Try(_)
            | I::TryTable(..)
            | I::Catch(_)
            | I::CatchAll
            | I::Delegate(_)
            | I::Throw(_)
            | I::ThrowRef
            | I::Rethrow(_)
            | I::Br(_)
            | I::BrIf(_)
            | I::BrTable(..)
            | I::BrOnNull(_)
            | I::BrOnNonNull(_)
            | I::Return
            | I::Unreachable
            | I::Call(_)
            | I::CallIndirect { .. }
            | I::CallRef(_)
            | I::ReturnCall(_)
            | I::ReturnCallIndirect { .. }
            | I::ReturnCallRef(_)
            | I::MemoryGrow(_)
            | I::MemoryCopy { .. }
            | I::MemoryFill(_)
            | I::MemoryInit { .. }
    )
}
