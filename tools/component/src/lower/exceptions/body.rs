//! Rewriting the functions that may throw.

use super::analysis::{zero, Expanded};
use crate::module::Body;
use wasm_encoder::{BlockType, Catch, Instruction};
use wasmparser::FuncType;

/// A block around an instruction.
enum Frame {
    Block,
    Try(Vec<Catch>),
}

impl<'a> Expanded<'_, 'a> {
    /// Rewrites the body of a function that may throw: a branch to the block around it returns.
    pub fn body(&self, out: &mut Body<'a>, code: &[Instruction<'a>], ty: &FuncType) {
        use Instruction as I;
        out.push(I::Block(BlockType::Empty));
        let mut frames = vec![Frame::Block];
        for instruction in code {
            match instruction {
                I::Block(_) | I::Loop(_) | I::If(_) => frames.push(Frame::Block),
                I::TryTable(_, catches) => frames.push(Frame::Try(catches.to_vec())),
                I::End => {
                    frames.pop();
                }
                _ => {}
            }
            let label = |depth: u32| branch(&frames, depth, 0);
            match instruction.clone() {
                I::TryTable(ty, _) => out.push(I::Block(ty)),
                I::End if frames.is_empty() => {
                    out.extend([I::Return, I::End]);
                    ty.results()
                        .iter()
                        .filter_map(|ty| zero(*ty))
                        .for_each(|zero| out.push(zero));
                    out.push(I::End);
                }
                I::Br(depth) => out.push(I::Br(label(depth))),
                I::BrIf(depth) => out.push(I::BrIf(label(depth))),
                I::BrTable(depths, default) => {
                    let depths: Vec<u32> = depths.iter().map(|depth| label(*depth)).collect();
                    out.push(I::BrTable(depths.into(), label(default)));
                }
                I::Throw(tag) => {
                    for (global, _) in self.globals(tag).into_iter().rev() {
                        out.push(I::GlobalSet(global));
                    }
                    out.extend([I::I32Const(tag as i32 + 1), I::GlobalSet(self.thrown)]);
                    self.handle(out, &frames, 0);
                }
                call @ (I::Call(_) | I::CallIndirect { .. }) if self.may_throw(&call) => {
                    out.extend([call, I::GlobalGet(self.thrown)]);
                    if frames.iter().any(|frame| matches!(frame, Frame::Try(_))) {
                        out.push(I::If(BlockType::Empty));
                        self.handle(out, &frames, 1);
                        out.push(I::End);
                    } else {
                        out.push(I::BrIf(frames.len() as u32 - 1));
                    }
                }
                other => out.push(other),
            }
        }
    }

    /// Goes to the innermost handler of what was thrown, or out of the function. `inner` is the
    /// number of blocks that were added around the code.
    fn handle(&self, out: &mut Body<'a>, frames: &[Frame], inner: u32) {
        use Instruction as I;
        let clear = [I::I32Const(0), I::GlobalSet(self.thrown)];
        for (depth, frame) in (1..).zip(frames.iter().rev()) {
            let Frame::Try(catches) = frame else {
                continue;
            };
            for catch in catches {
                match *catch {
                    Catch::One { tag, label } => {
                        out.extend([
                            I::GlobalGet(self.thrown),
                            I::I32Const(tag as i32 + 1),
                            I::I32Eq,
                            I::If(BlockType::Empty),
                        ]);
                        out.extend(clear.clone());
                        for (global, _) in self.globals(tag) {
                            out.push(I::GlobalGet(global));
                        }
                        out.extend([I::Br(branch(frames, depth + label, inner + 1)), I::End]);
                    }
                    Catch::All { label } => {
                        out.extend(clear);
                        return out.push(I::Br(branch(frames, depth + label, inner)));
                    }
                    Catch::OneRef { .. } | Catch::AllRef { .. } => {}
                }
            }
        }
        out.push(I::Br(frames.len() as u32 - 1 + inner));
    }
}

/// The label of a branch: outside of the block around the function's code there is one more.
fn branch(frames: &[Frame], depth: u32, inner: u32) -> u32 {
    let leaves = depth as usize + 1 >= frames.len();
    depth + inner + u32::from(leaves)
}
