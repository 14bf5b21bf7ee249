//! Values of constant expressions.

use wasmparser::{ConstExpr, Operator};

/// The value of an integer expression; `global` returns the values of globals. `None` if it is not
/// known before the module is instantiated.
pub fn evaluate(expr: &ConstExpr<'_>, global: impl Fn(u32) -> Option<i64>) -> Option<i64> {
    let mut stack: Vec<i64> = Vec::new();
    for op in expr.get_operators_reader() {
        let op = op.ok()?;
        let value = match op {
            Operator::End => break,
            Operator::I32Const { value } => i64::from(value),
            Operator::I64Const { value } => value,
            Operator::GlobalGet { global_index } => global(global_index)?,
            Operator::I32Add | Operator::I32Sub | Operator::I32Mul => {
                let (b, a) = (stack.pop()? as i32, stack.pop()? as i32);
                i64::from(match op {
                    Operator::I32Add => a.wrapping_add(b),
                    Operator::I32Sub => a.wrapping_sub(b),
                    _ => a.wrapping_mul(b),
                })
            }
            Operator::I64Add | Operator::I64Sub | Operator::I64Mul => {
                let (b, a) = (stack.pop()?, stack.pop()?);
                match op {
                    Operator::I64Add => a.wrapping_add(b),
                    Operator::I64Sub => a.wrapping_sub(b),
                    _ => a.wrapping_mul(b),
                }
            }
            _ => return None,
        };
        stack.push(value);
    }
    stack.pop()
}
