//! New numbers for what the modules refer to.

use super::link::{Def, Kind, Linked};
use wasm_encoder::reencode::{utils, Error, Reencode};
use wasm_encoder::{ConstExpr, Instruction};
use wasmparser::Operator;

/// The merged index of the first type, element segment and data segment of each instance.
pub struct Spaces {
    pub types: Vec<u32>,
    pub elements: u32,
    pub data: u32,
}

/// Renumbers types while they are read.
pub struct TypeMap<'t> {
    pub own: &'t [u32],
}

impl Reencode for TypeMap<'_> {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, ty: u32) -> std::result::Result<u32, Error> {
        let own = self.own.get(ty as usize).copied();
        own.ok_or(Error::CanonicalizedHeapTypeReference)
    }
}

/// Renumbers what an instance refers to.
pub struct Map<'m, 'a> {
    pub linked: &'m Linked<'a>,
    pub spaces: &'m [Spaces],
    pub instance: usize,
    /// How many constants were followed already.
    pub depth: u32,
}

impl Map<'_, '_> {
    fn find(&self, kind: Kind, index: u32) -> std::result::Result<u32, Error> {
        let found = self.linked.index(self.instance, kind, index);
        // Validated before: there is no such index only if this tool is at fault.
        found.ok_or(Error::UnexpectedNonCoreModuleSection)
    }

    /// The instructions of a constant expression, of which integers are all that offsets have.
    pub fn offset(
        &mut self,
        expr: &wasmparser::ConstExpr<'_>,
    ) -> std::result::Result<Vec<Instruction<'static>>, Error> {
        let mut all = Vec::new();
        for op in expr.get_operators_reader() {
            match op? {
                Operator::End => {}
                Operator::I32Const { value } => all.push(Instruction::I32Const(value)),
                Operator::I32Add => all.push(Instruction::I32Add),
                Operator::I32Sub => all.push(Instruction::I32Sub),
                Operator::I32Mul => all.push(Instruction::I32Mul),
                Operator::GlobalGet { global_index } => {
                    all.push(Instruction::GlobalGet(self.global_index(global_index)?));
                }
                _ => return Err(Error::InvalidConstExpr),
            }
        }
        Ok(all)
    }
}

impl Reencode for Map<'_, '_> {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, ty: u32) -> std::result::Result<u32, Error> {
        let own = self.spaces[self.instance].types.get(ty as usize).copied();
        own.ok_or(Error::CanonicalizedHeapTypeReference)
    }

    fn function_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        self.find(Kind::Func, index)
    }

    fn table_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        self.find(Kind::Table, index)
    }

    fn memory_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        self.find(Kind::Memory, index)
    }

    fn global_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        self.find(Kind::Global, index)
    }

    fn tag_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        self.find(Kind::Tag, index)
    }

    fn element_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        Ok(self.spaces[self.instance].elements + index)
    }

    fn data_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        Ok(self.spaces[self.instance].data + index)
    }

    /// A constant that another instance defined is written out: engines that know no more than
    /// imported globals in such places could not read it.
    fn const_expr(&mut self, expr: wasmparser::ConstExpr) -> std::result::Result<ConstExpr, Error> {
        let only = match expr.get_operators_reader().read()? {
            Operator::GlobalGet { global_index } => Some(global_index),
            _ => None,
        };
        if let Some(Def::Item(instance, _, index)) =
            only.and_then(|g| self.linked.origin(self.instance, Kind::Global, g))
        {
            let module = self.linked.instances[instance].module.clone();
            let mut origin = Map {
                instance,
                depth: self.depth + 1,
                ..*self
            };
            if origin.depth > 1000 {
                return Err(Error::InvalidConstExpr);
            }
            let mut ops = expr.get_operators_reader();
            ops.read()?;
            if let (Some(constant), true) = (module.constant(index), ops.is_end_then_eof()) {
                return origin.const_expr(constant.clone());
            }
        }
        utils::const_expr(self, expr)
    }
}
