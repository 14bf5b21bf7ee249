//! Writes a module with fewer proposals, for engines that know the first version only.
//!
//! What is lowered: sign extension, conversions that saturate, copies and fills of memory, blocks
//! with parameters or several results, several tables, elements that are expressions. What
//! remains is found by validation.

use super::names::Named;
use super::parse::Parsed;
use super::sections::{instructions, Body, Helpers, Sections};
use super::tables::Tables;
use super::values::{self, simple, Signatures, Values};
use super::{encode, unsupported};
use rules_wit_common::Result;
use std::fmt::Write;
use wasm_encoder::reencode::{utils, Error, Reencode};
use wasm_encoder::{ConstExpr, Instruction, ValType};
use wasmparser::{Operator, WasmFeatures};

/// Copies and fills: what is out of bounds traps before anything is written.
const BULK: &str = include_str!("bulk.wat");

/// Conversions that saturate: from, to, the sign, the least and the greatest value of the result,
/// and the first numbers below and above that do not fit. A number that is not one becomes 0.
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

/// The helpers' text.
fn helpers(results: usize) -> String {
    let globals = values::globals(results);
    let mut text = format!("(module (memory 0)\n{globals}{BULK}");
    for [from, to, sign, least, most, below, above] in SATURATING {
        // Writing to a string does not fail.
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

/// Writes the module again for an engine with these features.
pub fn lower(module: &[u8], features: WasmFeatures) -> Result<Vec<u8>> {
    let parsed = Parsed::new(module)?;
    let signatures = match features.contains(WasmFeatures::MULTI_VALUE) {
        true => None,
        false => Signatures::new(&parsed)?,
    };
    let results = signatures.as_ref().map_or(0, Signatures::most);
    let lowering = Lowering {
        helpers: Helpers::new(&helpers(results), &parsed)?,
        parsed: &parsed,
        signatures,
        features,
    };
    lowering.write()
}

struct Lowering<'p, 'a> {
    parsed: &'p Parsed<'a>,
    helpers: Helpers,
    features: WasmFeatures,
    /// The types, where functions have to be changed for them.
    signatures: Option<Signatures<'p>>,
}

impl<'a> Lowering<'_, 'a> {
    fn lacks(&self, feature: WasmFeatures) -> bool {
        !self.features.contains(feature)
    }

    fn write(&self) -> Result<Vec<u8>> {
        let parsed = self.parsed;
        let mut out = Sections {
            counted: !self.lacks(WasmFeatures::BULK_MEMORY),
            ..Sections::default()
        };
        out.keep(parsed, self.signatures.is_some())?;
        let mut constants = Constants(parsed, self.lacks(WasmFeatures::EXTENDED_CONST));
        self.check_tables()?;
        let tables = self
            .lacks(WasmFeatures::REFERENCE_TYPES)
            .then(|| Tables::new(parsed))
            .flatten();
        (|| {
            for memory in &parsed.memories {
                out.memories.memory(constants.memory_type(*memory)?);
            }
            for global in &parsed.globals {
                constants.parse_global(&mut out.globals, global.clone())?;
            }
            for data in &parsed.data {
                constants.parse_data(&mut out.data, data.clone())?;
            }
            if tables.is_none() {
                for table in &parsed.tables {
                    constants.parse_table(&mut out.tables, table.clone())?;
                }
                for element in &parsed.elements {
                    constants.parse_element(&mut out.elements, element.clone())?;
                }
            }
            Ok(())
        })()
        .map_err(|e| encode(&e))?;
        // Blocks are numbered in their order, and checks have added some.
        out.names.forget(Named::Label);
        if let Some(tables) = &tables {
            tables.write(&mut out)?;
            out.names.forget(Named::Table);
            out.names.forget(Named::Element);
        }
        for (body, ty) in parsed.bodies.iter().zip(parsed.defined_signatures()?) {
            let mut new = Body::new(ty.params().len(), body)?;
            let mut values = match &self.signatures {
                Some(all) => Values::new(body, all, ty, &self.helpers, &mut new)?,
                None => None,
            };
            instructions(body, |instruction| {
                let instruction = match &tables {
                    Some(tables) => tables.instruction(&mut new, instruction),
                    None => instruction,
                };
                let instruction = match (&mut values, &self.signatures) {
                    (Some(values), _) => values.instruction(&mut new, instruction)?,
                    (None, Some(all)) => Some(simple(instruction, all)),
                    (None, None) => Some(instruction),
                };
                if let Some(instruction) = instruction {
                    self.instruction(&mut new, instruction);
                }
                Ok(())
            })?;
            new.finish(&mut out.code);
        }
        self.helpers.append(&mut out)?;
        Ok(out.finish())
    }

    /// Nothing can look at a table in the first version, or change it.
    fn check_tables(&self) -> Result<()> {
        if !self.lacks(WasmFeatures::BULK_MEMORY) {
            return Ok(());
        }
        for (i, body) in self.parsed.bodies.iter().enumerate() {
            instructions(body, |instruction| {
                match instruction {
                Instruction::TableInit { .. }
                | Instruction::TableCopy { .. }
                | Instruction::TableFill(_)
                | Instruction::TableGet(_)
                | Instruction::TableGrow(_)
                | Instruction::TableSet(_)
                | Instruction::TableSize(_)
                | Instruction::ElemDrop(_) => Err(unsupported(
                    &format!("`{}` reads or changes a table", self.parsed.function_name(i)),
                    "lower for an engine with bulk memory and references, such as `--features wasm2`",
                )),
                _ => Ok(()),
            }
            })?;
        }
        Ok(())
    }

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
            // The same for the first version's types, which need not say which.
            I::TypedSelect(ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64) => I::Select,
            other => other,
        });
    }
}

/// Writes out constant expressions of several instructions where the engine knows only one.
struct Constants<'p, 'a>(&'p Parsed<'a>, bool);

impl Reencode for Constants<'_, '_> {
    type Error = std::convert::Infallible;

    fn const_expr(&mut self, expr: wasmparser::ConstExpr) -> std::result::Result<ConstExpr, Error> {
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
