//! Maps the indices of each module to those of the merged one.

use crate::lower::link::{Def, Linked};
use crate::module::{evaluate, Kind};
use wasm_encoder::reencode::{utils, Error, Reencode};
use wasm_encoder::{ConstExpr, Instruction};
use wasmparser::{Operator, ValType};

/// The merged indices of the types and of the first segments of an instance.
pub struct Bases {
    pub types: Vec<u32>,
    pub elements: u32,
    pub data: u32,
}

/// Maps the type indices of a module while its types are read.
pub struct ReindexTypes<'t> {
    /// The merged indices of the types so far.
    pub own: &'t [u32],
}

impl Reencode for ReindexTypes<'_> {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, ty: u32) -> std::result::Result<u32, Error> {
        let own = self.own.get(ty as usize).copied();
        own.ok_or(Error::CanonicalizedHeapTypeReference)
    }
}

/// Maps the indices of an instance.
pub struct Reindex<'m, 'a> {
    pub linked: &'m Linked<'a>,
    pub bases: &'m [Bases],
    pub instance: usize,
    /// The number of constants that were followed to reach this one.
    pub depth: u32,
}

impl Reindex<'_, '_> {
    fn find(&self, kind: Kind, index: u32) -> std::result::Result<u32, Error> {
        let found = self.linked.index(self.instance, kind, index);
        // The module is valid, so a missing index is a bug of this tool.
        found.ok_or(Error::UnexpectedNonCoreModuleSection)
    }

    /// The value of a constant integer expression.
    pub fn integer(&self, expr: &wasmparser::ConstExpr<'_>) -> Option<i64> {
        evaluate(expr, |global| {
            let Some(Def::Item(instance, _, index)) =
                self.linked.origin(self.instance, Kind::Global, global)
            else {
                return None;
            };
            self.linked.constant(instance, index)
        })
    }

    /// The instructions of the constant expression of an offset.
    pub fn offset(
        &mut self,
        expr: &wasmparser::ConstExpr<'_>,
    ) -> std::result::Result<Vec<Instruction<'static>>, Error> {
        match self.integer(expr) {
            Some(value) => Ok(vec![Instruction::I32Const(value as i32)]),
            None => Err(Error::InvalidConstExpr),
        }
    }

    /// Whether the value of a constant expression is an `i64`.
    fn is_wide(&self, expr: &wasmparser::ConstExpr<'_>) -> bool {
        let mut first = expr.get_operators_reader();
        match first.read() {
            Ok(Operator::I64Const { .. }) => true,
            Ok(Operator::GlobalGet { global_index }) => {
                match self
                    .linked
                    .origin(self.instance, Kind::Global, global_index)
                {
                    Some(Def::Item(instance, _, index)) => {
                        let module = &self.linked.instances[instance].module;
                        let global = module.constant(index);
                        global.is_some_and(|g| g.ty.content_type == ValType::I64)
                    }
                    _ => false,
                }
            }
            _ => false,
        }
    }
}

impl Reencode for Reindex<'_, '_> {
    type Error = std::convert::Infallible;

    fn type_index(&mut self, ty: u32) -> std::result::Result<u32, Error> {
        let own = self.bases[self.instance].types.get(ty as usize).copied();
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
        Ok(self.bases[self.instance].elements + index)
    }

    fn data_index(&mut self, index: u32) -> std::result::Result<u32, Error> {
        Ok(self.bases[self.instance].data + index)
    }

    /// Replaces a reference to an immutable global by its value: without extended constant
    /// expressions, only imported globals can be referred to.
    fn const_expr(&mut self, expr: wasmparser::ConstExpr) -> std::result::Result<ConstExpr, Error> {
        if let Some(value) = self.integer(&expr) {
            return Ok(match self.is_wide(&expr) {
                true => ConstExpr::i64_const(value),
                false => ConstExpr::i32_const(value as i32),
            });
        }
        let only = match expr.get_operators_reader().read()? {
            Operator::GlobalGet { global_index } => Some(global_index),
            _ => None,
        };
        if let Some(Def::Item(instance, _, index)) =
            only.and_then(|g| self.linked.origin(self.instance, Kind::Global, g))
        {
            let module = self.linked.instances[instance].module.clone();
            let mut origin = Reindex {
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
                return origin.const_expr(constant.init_expr.clone());
            }
        }
        utils::const_expr(self, expr)
    }
}
