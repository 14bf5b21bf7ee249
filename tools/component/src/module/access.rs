//! The instructions that read or write memory.

use wasm_encoder::{Instruction, MemArg, ValType};

/// A load or a store.
pub struct Access {
    /// The number of bytes.
    pub bytes: u64,
    /// The type of the operand above the address: none for loads.
    pub operand: Option<ValType>,
}

/// The size and the address of a load or store. `None` for other instructions and for atomic ones.
pub fn access<'i>(instruction: &'i mut Instruction<'_>) -> Option<(Access, &'i mut MemArg)> {
    use Instruction::*;
    let (bytes, operand, arg) = match instruction {
        I32Load8S(a) | I32Load8U(a) | I64Load8S(a) | I64Load8U(a) | V128Load8Splat(a) => {
            (1, None, a)
        }
        I32Load16S(a) | I32Load16U(a) | I64Load16S(a) | I64Load16U(a) | V128Load16Splat(a) => {
            (2, None, a)
        }
        I32Load(a) | F32Load(a) | I64Load32S(a) | I64Load32U(a) | V128Load32Splat(a)
        | V128Load32Zero(a) => (4, None, a),
        I64Load(a) | F64Load(a) | V128Load64Splat(a) | V128Load64Zero(a) | V128Load8x8S(a)
        | V128Load8x8U(a) | V128Load16x4S(a) | V128Load16x4U(a) | V128Load32x2S(a)
        | V128Load32x2U(a) => (8, None, a),
        V128Load(a) => (16, None, a),
        I32Store8(a) => (1, Some(ValType::I32), a),
        I32Store16(a) => (2, Some(ValType::I32), a),
        I32Store(a) => (4, Some(ValType::I32), a),
        I64Store8(a) => (1, Some(ValType::I64), a),
        I64Store16(a) => (2, Some(ValType::I64), a),
        I64Store32(a) => (4, Some(ValType::I64), a),
        I64Store(a) => (8, Some(ValType::I64), a),
        F32Store(a) => (4, Some(ValType::F32), a),
        F64Store(a) => (8, Some(ValType::F64), a),
        V128Store(a) => (16, Some(ValType::V128), a),
        V128Load8Lane { memarg, .. } | V128Store8Lane { memarg, .. } => {
            (1, Some(ValType::V128), memarg)
        }
        V128Load16Lane { memarg, .. } | V128Store16Lane { memarg, .. } => {
            (2, Some(ValType::V128), memarg)
        }
        V128Load32Lane { memarg, .. } | V128Store32Lane { memarg, .. } => {
            (4, Some(ValType::V128), memarg)
        }
        V128Load64Lane { memarg, .. } | V128Store64Lane { memarg, .. } => {
            (8, Some(ValType::V128), memarg)
        }
        _ => return None,
    };
    Some((Access { bytes, operand }, arg))
}

/// Whether a load or store copies bytes unchanged: a store of this kind writes the bytes that a
/// load of this kind and size has read.
pub fn copies_bytes(instruction: &Instruction<'_>) -> bool {
    use Instruction::*;
    matches!(
        instruction,
        I32Load8S(_)
            | I32Load8U(_)
            | I32Load16S(_)
            | I32Load16U(_)
            | I32Load(_)
            | I64Load8S(_)
            | I64Load8U(_)
            | I64Load16S(_)
            | I64Load16U(_)
            | I64Load32S(_)
            | I64Load32U(_)
            | I64Load(_)
            | F32Load(_)
            | F64Load(_)
            | V128Load(_)
            | I32Store8(_)
            | I32Store16(_)
            | I32Store(_)
            | I64Store8(_)
            | I64Store16(_)
            | I64Store32(_)
            | I64Store(_)
            | F32Store(_)
            | F64Store(_)
            | V128Store(_)
    )
}
