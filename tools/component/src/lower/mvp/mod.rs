//! Step 6 of lowering, part two: expands instructions that the engine lacks into MVP code.
//!
//! Supported are sign extension, saturating conversions, bulk memory, multi-value, several tables
//! and element expressions. Validation of the result reports what is left.

mod late;
mod multi_value;
mod tables;

use super::error::{Error, Result};
use super::helpers::Helpers;
use crate::module::{instructions, Body, Kind, Module, Named, Sections, Space};
use late::LateSegments;
use multi_value::{simplify, MultiValue, Signatures};
use std::fmt::Write;
use tables::Tables;
use wasm_encoder::reencode::{self, utils, Reencode};
use wasm_encoder::{ConstExpr, Instruction, ValType};
use wasmparser::{Operator, WasmFeatures};

/// Copies and fills of memory.
const BULK_MEMORY: &str = include_str!("bulk_memory.wat");

/// Saturating conversions: the source and result types, the sign, the least and the greatest
/// result, and the closest sources below and above that are out of range. NaN becomes 0.
const SATURATING: [[&str; 7]; 8] = [
    [
        "f32",
        "i32",
        "s",
        "-0x80000000",
        "0x7fffffff",
        "-0x1.000002p+31",
        "0x1p+31",
    ],
    [
        "f64",
        "i32",
        "s",
        "-0x80000000",
        "0x7fffffff",
        "-0x1.00000002p+31",
        "0x1p+31",
    ],
    [
        "f32",
        "i64",
        "s",
        "-0x8000000000000000",
        "0x7fffffffffffffff",
        "-0x1.000002p+63",
        "0x1p+63",
    ],
    [
        "f64",
        "i64",
        "s",
        "-0x8000000000000000",
        "0x7fffffffffffffff",
        "-0x1.0000000000001p+63",
        "0x1p+63",
    ],
    ["f32", "i32", "u", "0", "0xffffffff", "-0x1p+0", "0x1p+32"],
    ["f64", "i32", "u", "0", "0xffffffff", "-0x1p+0", "0x1p+32"],
    [
        "f32",
        "i64",
        "u",
        "0",
        "0xffffffffffffffff",
        "-0x1p+0",
        "0x1p+64",
    ],
    [
        "f64",
        "i64",
        "u",
        "0",
        "0xffffffffffffffff",
        "-0x1p+0",
        "0x1p+64",
    ],
];

/// The text of the helpers, with globals for so many results.
fn helpers(results: usize, late: &str) -> String {
    let globals = multi_value::globals(results);
    let mut text = format!("(module (memory 0)\n{globals}{late}{BULK_MEMORY}");
    for [from, to, sign, least, most, below, above] in SATURATING {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "  (func ${to}_trunc_sat_{from}_{sign} (export \"{to}{from}{sign}\") (param {from}) (result {to})
    (if ({from}.ne (local.get 0) (local.get 0)) (then (return ({to}.const 0))))
    (if ({from}.le (local.get 0) ({from}.const {below})) (then (return ({to}.const {least}))))
    (if ({from}.ge (local.get 0) ({from}.const {above})) (then (return ({to}.const {most}))))
    ({to}.trunc_{from}_{sign} (local.get 0)))"
        );
    }
    text + ")"
}

/// Rewrites a module with one memory for an engine with these features.
pub fn lower(wasm: &[u8], features: WasmFeatures) -> Result<Vec<u8>> {
    let module = Module::new(wasm)?;
    let signatures = match features.contains(WasmFeatures::MULTI_VALUE) {
        true => None,
        false => Signatures::new(&module)?,
    };
    let results = signatures.as_ref().map_or(0, Signatures::max_results);
    let late = match wants_one_table(&module, features) {
        true => LateSegments::find(&module)?,
        false => LateSegments::default(),
    };
    let helpers = helpers(results, &late.helpers(&module));
    let rewriter = Rewriter {
        helpers: Helpers::new(&helpers, &module)?,
        module: &module,
        signatures,
        late,
        features,
    };
    rewriter.write()
}

/// Whether the engine cannot have all tables of a module.
fn wants_one_table(module: &Module<'_>, features: WasmFeatures) -> bool {
    !features.contains(WasmFeatures::REFERENCE_TYPES) || module.tables.len() > MAX_TABLES
}

/// The number of tables that implementations allow in a module.
const MAX_TABLES: usize = 100;

struct Rewriter<'p, 'a> {
    module: &'p Module<'a>,
    helpers: Helpers,
    features: WasmFeatures,
    /// The types, if functions have to be changed for the lack of multi-value.
    signatures: Option<Signatures<'p>>,
    /// The element segments that the start function copies, if the engine cannot.
    late: LateSegments,
}

impl<'a> Rewriter<'_, 'a> {
    fn lacks(&self, feature: WasmFeatures) -> bool {
        !self.features.contains(feature)
    }

    fn write(&self) -> Result<Vec<u8>> {
        let module = self.module;
        let mut out = Sections {
            data_count: !self.lacks(WasmFeatures::BULK_MEMORY),
            ..Sections::default()
        };
        out.keep(module, self.signatures.is_some())?;
        let mut constants = Constants(module, self.lacks(WasmFeatures::EXTENDED_CONST));
        let tables = self.one_table()?;
        for memory in &module.memories {
            out.memories.memory(constants.memory_type(*memory)?);
        }
        for global in &module.globals {
            constants.parse_global(&mut out.globals, global.clone())?;
        }
        for data in &module.data {
            constants.parse_data(&mut out.data, data.clone())?;
        }
        // The checks of `single_memory` have shifted the numbers of blocks.
        out.names.forget(Named::Label);
        match &tables {
            Some(tables) => {
                tables.write(&mut out, !self.lacks(WasmFeatures::REFERENCE_TYPES))?;
                out.names.forget(Kind::Table);
                out.names.forget(Space::Element);
            }
            None => {
                for table in &module.tables {
                    constants.parse_table(&mut out.tables, table.clone())?;
                }
                for element in &module.elements {
                    constants.parse_element(&mut out.elements, element.clone())?;
                }
            }
        }
        let types = module.defined_signatures();
        let types = types.ok_or_else(|| Error::internal("a type"))?;
        let check = |table: u32| self.helpers.index(&format!("check{table}"));
        for (number, (body, ty)) in module.bodies.iter().zip(types).enumerate() {
            let mut new = Body::new(ty.params().len(), body)?;
            let mut code = instructions(body)?;
            if self.late.is_start(number) {
                code = self.late.replace(code, self.helpers.index("phase"));
            }
            let mut multi_value = match &self.signatures {
                Some(all) => MultiValue::new(&code, all, ty, &self.helpers, &mut new),
                None => None,
            };
            for instruction in code {
                let instruction = match &tables {
                    Some(tables) => tables.instruction(&mut new, instruction, check),
                    None => instruction,
                };
                let instruction = match (&mut multi_value, &self.signatures) {
                    (Some(multi_value), _) => multi_value.instruction(&mut new, instruction)?,
                    (None, Some(all)) => Some(simplify(instruction, all)),
                    (None, None) => Some(instruction),
                };
                if let Some(instruction) = instruction {
                    self.instruction(&mut new, instruction);
                }
            }
            new.finish(&mut out.code);
        }
        self.helpers.append(&mut out)?;
        Ok(out.finish())
    }

    /// The tables, if they are to become one. Refuses functions that read or change tables where MVP
    /// code cannot.
    fn one_table(&self) -> Result<Option<Tables<'_, 'a>>> {
        let user = self.uses_table()?;
        if let (true, Some(i)) = (self.lacks(WasmFeatures::BULK_MEMORY), user) {
            return Err(Error::unsupported(
                format!(
                    "`{}` reads or changes a table",
                    self.module.function_name(i)
                ),
                "lower for an engine with bulk memory and references, such as `--features wasm2`",
            ));
        }
        let wanted = wants_one_table(self.module, self.features) && user.is_none();
        Ok(wanted
            .then(|| Tables::new(self.module, &self.late))
            .flatten())
    }

    /// The first function that reads or changes tables.
    fn uses_table(&self) -> Result<Option<usize>> {
        for (i, body) in self.module.bodies.iter().enumerate() {
            let uses_table = |instruction: &Instruction<'_>| {
                matches!(
                    instruction,
                    Instruction::TableInit { .. }
                        | Instruction::TableCopy { .. }
                        | Instruction::TableFill(_)
                        | Instruction::TableGet(_)
                        | Instruction::TableGrow(_)
                        | Instruction::TableSet(_)
                        | Instruction::TableSize(_)
                        | Instruction::ElemDrop(_)
                )
            };
            let mut code = instructions(body)?;
            if self.late.is_start(i) {
                code = self.late.replace(code, 0);
            }
            if code.iter().any(uses_table) {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    /// Writes an instruction, or what it is expanded to.
    fn instruction(&self, out: &mut Body<'a>, instruction: Instruction<'a>) {
        use Instruction as I;
        if self.lacks(WasmFeatures::SIGN_EXTENSION) {
            let (shift, wide) = match &instruction {
                I::I32Extend8S => (24, false),
                I::I32Extend16S => (16, false),
                I::I64Extend8S => (56, true),
                I::I64Extend16S => (48, true),
                I::I64Extend32S => (32, true),
                _ => (0, false),
            };
            match (shift, wide) {
                (0, _) => {}
                (n, false) => {
                    let n = I::I32Const(n);
                    return out.extend([n.clone(), I::I32Shl, n, I::I32ShrS]);
                }
                (n, true) => {
                    let n = I::I64Const(i64::from(n));
                    return out.extend([n.clone(), I::I64Shl, n, I::I64ShrS]);
                }
            }
        }
        let saturating = match &instruction {
            I::I32TruncSatF32S => "i32f32s",
            I::I32TruncSatF64S => "i32f64s",
            I::I64TruncSatF32S => "i64f32s",
            I::I64TruncSatF64S => "i64f64s",
            I::I32TruncSatF32U => "i32f32u",
            I::I32TruncSatF64U => "i32f64u",
            I::I64TruncSatF32U => "i64f32u",
            I::I64TruncSatF64U => "i64f64u",
            _ => "",
        };
        if !saturating.is_empty() && self.lacks(WasmFeatures::SATURATING_FLOAT_TO_INT) {
            return out.push(I::Call(self.helpers.index(saturating)));
        }
        let bulk = match &instruction {
            I::MemoryCopy { .. } => "copy",
            I::MemoryFill(_) => "fill",
            _ => "",
        };
        if !bulk.is_empty() && self.lacks(WasmFeatures::BULK_MEMORY) {
            return out.push(I::Call(self.helpers.index(bulk)));
        }
        out.push(match instruction {
            // `select` means the same for the types of the MVP.
            I::TypedSelect(ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64) => I::Select,
            other => other,
        });
    }
}

/// Evaluates extended constant expressions, if the flag is set.
struct Constants<'p, 'a>(&'p Module<'a>, bool);

impl Reencode for Constants<'_, '_> {
    type Error = std::convert::Infallible;

    fn const_expr(
        &mut self,
        expr: wasmparser::ConstExpr,
    ) -> std::result::Result<ConstExpr, reencode::Error> {
        let mut last = None;
        let mut count = 0;
        for op in expr.get_operators_reader() {
            let op = op?;
            if !matches!(op, Operator::End) {
                count += 1;
                last = Some(op);
            }
        }
        if let (true, true, Some(op)) = (self.1, count > 1, last) {
            let wide = matches!(op, Operator::I64Add | Operator::I64Sub | Operator::I64Mul);
            if let Some(value) = self.0.integer(&expr) {
                return Ok(match wide {
                    true => ConstExpr::i64_const(value),
                    false => ConstExpr::i32_const(value as i32),
                });
            }
        }
        utils::const_expr(self, expr)
    }
}
