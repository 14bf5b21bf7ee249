//! Tracks addresses that are already bounds-checked, to omit repeated checks.

use crate::module::access;
use std::collections::HashMap;
use wasm_encoder::Instruction;

/// The state of the checks while a body is written.
#[derive(Default)]
pub struct CheckedBounds {
    /// The operands that the last instructions pushed, topmost last: the local that each is the
    /// value of, if it is one.
    operands: Vec<Option<u32>>,
    /// What is in bounds here. It stays so while the local is unchanged, as memories never shrink.
    pub reach: Reach,
    /// The locals that cache the base or the limit of a memory.
    pub cached: HashMap<(&'static str, u32), u32>,
    /// What was in bounds at the start of each enclosing block.
    outside: Vec<Reach>,
}

/// By local and memory: how many bytes from the address in the local are in bounds.
pub type Reach = HashMap<(u32, u32), u64>;

/// More entries are forgotten at the start of a block, which would copy them.
const LIMIT: usize = 64;

impl CheckedBounds {
    /// Updates the state for the next instruction.
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
            // Later iterations may start with other values of the locals.
            I::Loop(_) => {
                self.enter();
                self.reach.clear();
            }
            // Checks within the block may have been skipped.
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
        if self.reach.len() > LIMIT {
            self.reach.clear();
        }
        self.outside.push(self.reach.clone());
    }

    /// Whether one instruction pushed the topmost operand and did nothing else.
    pub fn is_simple(&self) -> bool {
        !self.operands.is_empty()
    }

    /// The local that an address is the value of, which is below as many operands.
    pub fn address(&self, below: usize) -> Option<u32> {
        let at = self.operands.len().checked_sub(below + 1)?;
        self.operands[at]
    }
}

/// For each access at an address in a local: how many bytes from this address later accesses need
/// that are certain to follow. Checking all of these at once may trap earlier, which cannot be
/// observed.
pub fn lookahead(code: &[Instruction<'_>]) -> Vec<u64> {
    let mut known = CheckedBounds::default();
    let mut ahead = vec![0; code.len()];
    // The accesses at each local's value since it was set or control flow branched.
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
        } else if !is_straight(&instruction) {
            open.clear();
        }
        known.follow(&instruction);
    }
    ahead
}

/// Whether the next instruction always follows, unless this one traps.
fn is_straight(instruction: &Instruction<'_>) -> bool {
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
