//! Core values, and instances of core modules on any engine.

/// A core type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flat {
    I32,
    I64,
    F32,
    F64,
}

impl Flat {
    /// The type that can hold values of both, as for the payloads of a variant.
    pub fn join(self, other: Flat) -> Flat {
        match (self, other) {
            (a, b) if a == b => a,
            (Flat::I32 | Flat::F32, Flat::I32 | Flat::F32) => Flat::I32,
            _ => Flat::I64,
        }
    }

    /// The name in the text format.
    pub fn name(self) -> &'static str {
        match self {
            Flat::I32 => "i32",
            Flat::I64 => "i64",
            Flat::F32 => "f32",
            Flat::F64 => "f64",
        }
    }
}

/// The bits of a core value.
#[derive(Clone, Copy, Debug)]
pub enum Num {
    I32(u32),
    I64(u64),
    F32(u32),
    F64(u64),
}

impl Num {
    /// Makes a value of a type from its bits.
    pub fn new(ty: Flat, bits: u64) -> Num {
        match ty {
            Flat::I32 => Num::I32(bits as u32),
            Flat::I64 => Num::I64(bits),
            Flat::F32 => Num::F32(bits as u32),
            Flat::F64 => Num::F64(bits),
        }
    }

    /// The bits.
    pub fn bits(self) -> u64 {
        match self {
            Num::I32(n) | Num::F32(n) => n.into(),
            Num::I64(n) | Num::F64(n) => n,
        }
    }
}

/// The result of something that may trap; the error is the trap's message.
pub type Done<T> = Result<T, String>;

/// An instance of a core module.
pub trait Core {
    /// Calls an export whose result has this type.
    fn call(&mut self, name: &str, args: &[Num], result: Option<Flat>) -> Done<Option<Num>>;

    /// Reads memory.
    fn read(&mut self, at: u32, length: u32) -> Done<Vec<u8>>;

    /// Writes memory.
    fn write(&mut self, at: u32, bytes: &[u8]) -> Done<()>;

    /// Allocates memory with the module's `cabi_realloc`.
    fn allocate(&mut self, align: u32, size: u32) -> Done<u32> {
        let args = [0, 0, align, size].map(Num::I32);
        let at = self.call("cabi_realloc", &args, Some(Flat::I32))?;
        Ok(at.map_or(0, Num::bits) as u32)
    }
}
