//! Generates deep copies of arguments: the caller keeps its buffers, and the callee owns and frees
//! the copies.
//!
//! Source of the layouts:
//! <https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md>.

use super::object_writer::Code;
use wasm_encoder::{BlockType, Instruction as I, MemArg, ValType};
use wit_parser::abi::{FlatTypes, WasmType};
use wit_parser::{Int, Resolve, SizeAlign, Type, TypeDefKind, TypeId};

/// The symbol of the function that copies a block: (address, size, alignment) -> address.
pub const COPY: &str = "static_link_copy";

/// The core type of a flat type.
pub fn core(ty: WasmType) -> ValType {
    match ty {
        WasmType::I32 | WasmType::Pointer | WasmType::Length => ValType::I32,
        WasmType::I64 | WasmType::PointerOrI64 => ValType::I64,
        WasmType::F32 => ValType::F32,
        WasmType::F64 => ValType::F64,
    }
}

/// The offsets and types of parts that have buffers.
type Parts = Vec<(u32, Type)>;

/// Generates code for the types of one `Resolve`.
pub struct ArgumentCopy<'a> {
    resolve: &'a Resolve,
    sizes: SizeAlign,
}

/// The cases of a type with the layout of a variant.
struct Cases {
    tag: Int,
    payloads: Vec<Option<Type>>,
}

impl<'a> ArgumentCopy<'a> {
    /// Computes the layouts.
    pub fn new(resolve: &'a Resolve) -> Self {
        let mut sizes = SizeAlign::default();
        sizes.fill(resolve);
        ArgumentCopy { resolve, sizes }
    }

    /// The size and the alignment of a parameter list in memory, and the offset of each parameter.
    pub fn params(&self, types: &[Type]) -> (u32, u32, Vec<u32>) {
        let info = self.sizes.params(types);
        let offsets = self.sizes.field_offsets(types);
        (
            info.size.size_wasm32() as u32,
            info.align.align_wasm32() as u32,
            offsets
                .iter()
                .map(|(o, _)| o.size_wasm32() as u32)
                .collect(),
        )
    }

    /// The size of a type in memory.
    pub fn size(&self, ty: &Type) -> u32 {
        self.sizes.size(ty).size_wasm32() as u32
    }

    /// Whether values of the type have buffers.
    pub fn has_buffers(&self, ty: &Type) -> bool {
        self.any(ty, &|ty| match ty {
            Type::String => true,
            Type::Id(id) => matches!(
                self.resolve.types[*id].kind,
                TypeDefKind::List(_) | TypeDefKind::Map(..)
            ),
            _ => false,
        })
    }

    /// Whether the predicate is true for the type or a type that it contains.
    pub fn any(&self, ty: &Type, is: &dyn Fn(&Type) -> bool) -> bool {
        if is(ty) {
            return true;
        }
        let Type::Id(id) = ty else { return false };
        match &self.resolve.types[*id].kind {
            TypeDefKind::Type(ty)
            | TypeDefKind::List(ty)
            | TypeDefKind::Option(ty)
            | TypeDefKind::FixedLengthList(ty, _) => self.any(ty, is),
            TypeDefKind::Map(key, value) => self.any(key, is) || self.any(value, is),
            TypeDefKind::Record(r) => r.fields.iter().any(|f| self.any(&f.ty, is)),
            TypeDefKind::Tuple(t) => t.types.iter().any(|ty| self.any(ty, is)),
            TypeDefKind::Variant(v) => v.cases.iter().flat_map(|c| &c.ty).any(|t| self.any(t, is)),
            TypeDefKind::Result(r) => r.ok.iter().chain(&r.err).any(|ty| self.any(ty, is)),
            TypeDefKind::Future(ty) | TypeDefKind::Stream(ty) => {
                ty.as_ref().is_some_and(|ty| self.any(ty, is))
            }
            TypeDefKind::Resource
            | TypeDefKind::Handle(_)
            | TypeDefKind::Flags(_)
            | TypeDefKind::Enum(_)
            | TypeDefKind::Unknown => false,
        }
    }

    /// The core types that a value is flattened to.
    fn flat(&self, ty: &Type) -> Vec<WasmType> {
        let mut storage = [WasmType::I32; Resolve::MAX_FLAT_PARAMS + 1];
        let mut flat = FlatTypes::new(&mut storage);
        self.resolve.push_flat(ty, &mut flat);
        flat.to_vec()
    }

    /// The number of locals of a flattened value.
    pub fn width(&self, ty: &Type) -> usize {
        self.flat(ty).len()
    }

    /// The cases of a variant, an option or a result.
    fn cases(&self, id: TypeId) -> Option<Cases> {
        let (tag, payloads) = match &self.resolve.types[id].kind {
            TypeDefKind::Variant(v) => (v.tag(), v.cases.iter().map(|c| c.ty).collect()),
            TypeDefKind::Option(ty) => (Int::U8, vec![None, Some(*ty)]),
            TypeDefKind::Result(r) => (Int::U8, vec![r.ok, r.err]),
            _ => return None,
        };
        Some(Cases { tag, payloads })
    }

    /// The types of the fields of a record or tuple.
    fn fields(&self, id: TypeId) -> Option<Vec<Type>> {
        match &self.resolve.types[id].kind {
            TypeDefKind::Record(r) => Some(r.fields.iter().map(|f| f.ty).collect()),
            TypeDefKind::Tuple(t) => Some(t.types.clone()),
            _ => None,
        }
    }

    /// The size and the alignment of an element of a list, and its parts that have buffers.
    fn element(&self, id: TypeId) -> Option<(u32, u32, Parts)> {
        let parts = match &self.resolve.types[id].kind {
            TypeDefKind::List(ty) => vec![*ty],
            TypeDefKind::Map(key, value) => vec![*key, *value],
            _ => return None,
        };
        let info = self.sizes.record(&parts);
        let offsets = self.sizes.field_offsets(&parts);
        let inner = offsets
            .iter()
            .map(|(offset, ty)| (offset.size_wasm32() as u32, **ty))
            .filter(|(_, ty)| self.has_buffers(ty))
            .collect();
        Some((
            info.size.size_wasm32() as u32,
            info.align.align_wasm32() as u32,
            inner,
        ))
    }

    /// Copies the buffers of a value in locals.
    pub fn flat_value(&self, code: &mut Code, ty: &Type, locals: &[u32]) {
        if !self.has_buffers(ty) {
            return;
        }
        let Type::Id(id) = ty else {
            return self.string(code, locals);
        };
        if let TypeDefKind::Type(ty) = &self.resolve.types[*id].kind {
            self.flat_value(code, ty, locals);
        } else if self.element(*id).is_some() {
            self.list(code, *id, locals);
        } else if let Some(fields) = self.fields(*id) {
            let mut at = 0;
            for ty in fields {
                let width = self.width(&ty);
                self.flat_value(code, &ty, locals.get(at..at + width).unwrap_or_default());
                at += width;
            }
        } else if let TypeDefKind::FixedLengthList(ty, _) = &self.resolve.types[*id].kind {
            for locals in locals.chunks(self.width(ty).max(1)) {
                self.flat_value(code, ty, locals);
            }
        } else if let (Some(cases), Some((tag, locals))) = (self.cases(*id), locals.split_first()) {
            let joined = self.flat(&Type::Id(*id));
            for (number, payload) in cases.payloads.iter().enumerate() {
                let Some(payload) = payload.filter(|ty| self.has_buffers(ty)) else {
                    continue;
                };
                code.ops(&[
                    I::LocalGet(*tag),
                    I::I32Const(number as i32),
                    I::I32Eq,
                    I::If(BlockType::Empty),
                ]);
                self.case(code, &payload, locals, joined.get(1..).unwrap_or_default());
                code.ops(&[I::End]);
            }
        }
    }

    /// Copies the buffers of the payload of a case. Where another case has 64 bits, addresses are
    /// in the lower half.
    fn case(&self, code: &mut Code, payload: &Type, locals: &[u32], joined: &[WasmType]) {
        let mut own = Vec::new();
        let mut widened = Vec::new();
        for ((ty, joined), local) in self.flat(payload).iter().zip(joined).zip(locals) {
            if (core(*ty), core(*joined)) == (ValType::I32, ValType::I64) {
                let narrow = code.local(ValType::I32);
                code.ops(&[I::LocalGet(*local), I::I32WrapI64, I::LocalSet(narrow)]);
                widened.push((narrow, *local));
                own.push(narrow);
            } else {
                own.push(*local);
            }
        }
        self.flat_value(code, payload, &own);
        for (narrow, local) in widened {
            code.ops(&[I::LocalGet(narrow), I::I64ExtendI32U, I::LocalSet(local)]);
        }
    }

    /// Copies a string.
    fn string(&self, code: &mut Code, locals: &[u32]) {
        if let [address, length] = locals {
            block(code, *address, *length, 1, 1);
        }
    }

    /// Copies a list.
    fn list(&self, code: &mut Code, id: TypeId, locals: &[u32]) {
        let (Some((size, align, inner)), [address, length]) = (self.element(id), locals) else {
            return;
        };
        block(code, *address, *length, size, align);
        if inner.is_empty() {
            return;
        }
        let at = code.local(ValType::I32);
        let end = code.local(ValType::I32);
        code.ops(&[
            I::LocalGet(*address),
            I::LocalTee(at),
            I::LocalGet(*length),
            I::I32Const(size as i32),
            I::I32Mul,
            I::I32Add,
            I::LocalSet(end),
        ]);
        self.each(code, at, end, size, &inner);
    }

    /// Copies the buffers of all elements from one address to another.
    fn each(&self, code: &mut Code, at: u32, end: u32, size: u32, inner: &[(u32, Type)]) {
        code.ops(&[
            I::Block(BlockType::Empty),
            I::Loop(BlockType::Empty),
            I::LocalGet(at),
            I::LocalGet(end),
            I::I32Eq,
            I::BrIf(1),
        ]);
        for (offset, ty) in inner {
            self.value_at(code, ty, at, *offset);
        }
        code.ops(&[
            I::LocalGet(at),
            I::I32Const(size as i32),
            I::I32Add,
            I::LocalSet(at),
            I::Br(0),
            I::End,
            I::End,
        ]);
    }

    /// Copies the buffers of a value in memory, at `offset` from the address in a local.
    pub fn value_at(&self, code: &mut Code, ty: &Type, address: u32, offset: u32) {
        if !self.has_buffers(ty) {
            return;
        }
        let id = match ty {
            Type::Id(id) => *id,
            // A string.
            _ => return self.pair_at(code, address, offset, |code, pair| self.string(code, pair)),
        };
        if let TypeDefKind::Type(ty) = &self.resolve.types[id].kind {
            self.value_at(code, ty, address, offset);
        } else if self.element(id).is_some() {
            self.pair_at(code, address, offset, |code, pair| {
                self.list(code, id, pair)
            });
        } else if let Some(fields) = self.fields(id) {
            for (at, ty) in self.sizes.field_offsets(&fields) {
                self.value_at(code, ty, address, offset + at.size_wasm32() as u32);
            }
        } else if let TypeDefKind::FixedLengthList(ty, length) = &self.resolve.types[id].kind {
            let size = self.size(ty);
            let at = code.local(ValType::I32);
            let end = code.local(ValType::I32);
            code.ops(&[
                I::LocalGet(address),
                I::I32Const(offset as i32),
                I::I32Add,
                I::LocalTee(at),
                I::I32Const(size.wrapping_mul(*length) as i32),
                I::I32Add,
                I::LocalSet(end),
            ]);
            self.each(code, at, end, size, &[(0, *ty)]);
        } else if let Some(cases) = self.cases(id) {
            let payload = self
                .sizes
                .payload_offset(cases.tag, cases.payloads.iter().map(Option::as_ref));
            let payload = offset + payload.size_wasm32() as u32;
            for (number, ty) in cases.payloads.iter().enumerate() {
                let Some(ty) = ty.filter(|ty| self.has_buffers(ty)) else {
                    continue;
                };
                let tag = match cases.tag {
                    Int::U8 => I::I32Load8U(memory(offset)),
                    Int::U16 => I::I32Load16U(memory(offset)),
                    Int::U32 | Int::U64 => I::I32Load(memory(offset)),
                };
                code.ops(&[
                    I::LocalGet(address),
                    tag,
                    I::I32Const(number as i32),
                    I::I32Eq,
                    I::If(BlockType::Empty),
                ]);
                self.value_at(code, &ty, address, payload);
                code.ops(&[I::End]);
            }
        }
    }

    /// Loads an address and a length, runs `copy` on them, and stores the address.
    fn pair_at(
        &self,
        code: &mut Code,
        address: u32,
        offset: u32,
        copy: impl FnOnce(&mut Code, &[u32]),
    ) {
        let pair = [code.local(ValType::I32), code.local(ValType::I32)];
        code.ops(&[
            I::LocalGet(address),
            I::I32Load(memory(offset)),
            I::LocalSet(pair[0]),
            I::LocalGet(address),
            I::I32Load(memory(offset + 4)),
            I::LocalSet(pair[1]),
        ]);
        copy(code, &pair);
        code.ops(&[
            I::LocalGet(address),
            I::LocalGet(pair[0]),
            I::I32Store(memory(offset)),
        ]);
    }
}

/// Copies a block; the local `address` then has the address of the copy.
fn block(code: &mut Code, address: u32, length: u32, size: u32, align: u32) {
    code.ops(&[I::LocalGet(address), I::LocalGet(length)]);
    if size != 1 {
        code.ops(&[I::I32Const(size as i32), I::I32Mul]);
    }
    code.ops(&[I::I32Const(align as i32)]);
    code.call(COPY);
    code.ops(&[I::LocalSet(address)]);
}

/// An unaligned access.
fn memory(offset: u32) -> MemArg {
    MemArg {
        offset: offset.into(),
        align: 0,
        memory_index: 0,
    }
}
