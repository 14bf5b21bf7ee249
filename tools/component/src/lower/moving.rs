//! Which functions can make a memory grow, themselves or by what they call.

use super::link::Kind;
use super::parse::Parsed;
use super::sections::instructions;
use rules_wit_common::Result;
use wasm_encoder::Instruction;

/// For each function that is defined: whether the places of memories are other ones after it, or in
/// the midst of it, than before.
pub fn moving(parsed: &Parsed<'_>) -> Result<Vec<bool>> {
    let imported = parsed.imported(Kind::Func);
    let mut moving = vec![false; parsed.bodies.len()];
    let mut callers: Vec<Vec<usize>> = vec![Vec::new(); parsed.bodies.len()];
    let mut todo = Vec::new();
    for (number, body) in parsed.bodies.iter().enumerate() {
        let mut moves = false;
        instructions(body, |instruction| {
            match instruction {
                Instruction::Call(function) | Instruction::ReturnCall(function) => {
                    let callee = function.checked_sub(imported).map(|f| f as usize);
                    match callee.and_then(|f| callers.get_mut(f)) {
                        Some(callers) => callers.push(number),
                        // The host may call back.
                        None => moves = true,
                    }
                }
                Instruction::MemoryGrow(_)
                | Instruction::CallIndirect { .. }
                | Instruction::CallRef(_)
                | Instruction::ReturnCallIndirect { .. }
                | Instruction::ReturnCallRef(_) => moves = true,
                _ => {}
            }
            Ok(())
        })?;
        if moves {
            moving[number] = true;
            todo.push(number);
        }
    }
    while let Some(callee) = todo.pop() {
        for caller in std::mem::take(&mut callers[callee]) {
            if !std::mem::replace(&mut moving[caller], true) {
                todo.push(caller);
            }
        }
    }
    Ok(moving)
}
