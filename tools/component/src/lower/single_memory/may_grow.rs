//! Finds the functions during which a memory may grow, so that regions move.

use crate::lower::error::Result;
use crate::module::{instructions, Kind, Module};
use wasm_encoder::Instruction;

/// For each function that is defined: whether it, or a function that it calls, may grow a memory.
pub fn may_grow(module: &Module<'_>) -> Result<Vec<bool>> {
    let imported = module.imported(Kind::Func);
    let mut may_grow = vec![false; module.bodies.len()];
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); module.bodies.len()];
    let mut todo = Vec::new();
    for (number, body) in module.bodies.iter().enumerate() {
        let mut grows = false;
        for instruction in instructions(body)? {
            match instruction {
                Instruction::Call(function) | Instruction::ReturnCall(function) => {
                    let callee = function.checked_sub(imported).map(|f| f as usize);
                    match callee.and_then(|f| callers.get_mut(f)) {
                        Some(callers) => callers.push(number),
                        // The host may call exports.
                        None => grows = true,
                    }
                }
                Instruction::MemoryGrow(_)
                | Instruction::CallIndirect { .. }
                | Instruction::CallRef(_)
                | Instruction::ReturnCallIndirect { .. }
                | Instruction::ReturnCallRef(_) => grows = true,
                _ => {}
            }
        }
        if grows {
            may_grow[number] = true;
            todo.push(number);
        }
    }
    while let Some(callee) = todo.pop() {
        for caller in std::mem::take(&mut callers[callee]) {
            if !std::mem::replace(&mut may_grow[caller], true) {
                todo.push(caller);
            }
        }
    }
    Ok(may_grow)
}
