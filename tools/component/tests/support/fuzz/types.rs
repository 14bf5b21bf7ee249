//! Random numbers, and the types of the functions that are compared.

use wasmtime::Val;

/// A generator of pseudorandom numbers: SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut n = self.0;
        n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        n ^ (n >> 31)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    /// A number that is often near zero or a power of two.
    pub fn value(&mut self) -> u64 {
        match self.below(4) {
            0 => self.below(20),
            1 => self.below(20).wrapping_neg(),
            2 => 1 << self.below(64),
            _ => self.next(),
        }
    }
}

/// A numeric type.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ty {
    I32,
    I64,
    F32,
    F64,
}

impl Ty {
    /// The name in core modules.
    pub fn core(self) -> &'static str {
        ["i32", "i64", "f32", "f64"][self as usize]
    }

    /// The name in interfaces.
    pub fn interface(self) -> &'static str {
        ["u32", "u64", "f32", "f64"][self as usize]
    }

    /// The value made of `bits`.
    pub fn val(self, bits: u64) -> Val {
        match self {
            Ty::I32 => Val::I32(bits as i32),
            Ty::I64 => Val::I64(bits as i64),
            // Never a NaN, whose payload need not survive.
            Ty::F32 => Val::F32((bits as i32 as f32).to_bits()),
            Ty::F64 => Val::F64((bits as i64 as f64).to_bits()),
        }
    }
}

/// The parameters and the result of a function.
#[derive(Clone)]
pub struct Signature(pub Vec<Ty>, pub Option<Ty>);

impl Signature {
    /// Converts a core signature. `None`: a component function with it would need a memory.
    pub fn new(ty: &wasmparser::FuncType) -> Option<Signature> {
        let convert = |ty: &wasmparser::ValType| match ty {
            wasmparser::ValType::I32 => Some(Ty::I32),
            wasmparser::ValType::I64 => Some(Ty::I64),
            wasmparser::ValType::F32 => Some(Ty::F32),
            wasmparser::ValType::F64 => Some(Ty::F64),
            _ => None,
        };
        let all = |types: &[wasmparser::ValType]| types.iter().map(convert).collect();
        let (params, results): (Option<Vec<Ty>>, Option<Vec<Ty>>) =
            (all(ty.params()), all(ty.results()));
        let (params, results) = (params?, results?);
        (params.len() <= 16 && results.len() <= 1)
            .then(|| Signature(params, results.first().copied()))
    }

    /// The signature in core modules.
    pub fn core(&self) -> String {
        let params: String = self.0.iter().map(|ty| format!(" {}", ty.core())).collect();
        let result = self.1.map(|ty| format!(" (result {})", ty.core()));
        format!("(param{params}){}", result.unwrap_or_default())
    }

    /// The signature in interfaces.
    pub fn interface(&self) -> String {
        let params = self.0.iter().enumerate();
        let params = params.map(|(i, ty)| format!(" (param \"p{i}\" {})", ty.interface()));
        let params: String = params.collect();
        let result = self.1.map(|ty| format!(" (result {})", ty.interface()));
        params + &result.unwrap_or_default()
    }
}
