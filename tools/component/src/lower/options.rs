//! Options of lowering.

use wasmparser::WasmFeatures;

/// How a component is lowered.
#[derive(Clone, Copy)]
pub struct Options {
    pub memory: Memory,
    pub bounds: Bounds,
    /// The default depends on `memory`.
    pub features: Option<Features>,
}

impl Options {
    /// The features of the engine.
    pub fn features(&self) -> Features {
        self.features.unwrap_or(match self.memory {
            Memory::Multi => Features::MultiMemory,
            Memory::Single => Features::Wasm2,
        })
    }
}

/// The memories of a lowered module.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Memory {
    /// A memory for each component and for generated code.
    Multi,
    /// One memory, with a region for each.
    Single,
}

/// Whether accesses to a region of the one memory are checked.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Bounds {
    /// Trap on accesses outside of the component's region.
    Checked,
    /// Check only copies, fills and indirect calls: a faulty component can access the regions of others.
    Unchecked,
}

/// Sets of WebAssembly proposals that engines implement.
#[derive(Clone, Copy, clap::ValueEnum)]
pub enum Features {
    /// WebAssembly 1.0.
    Mvp,
    /// WebAssembly 2.0.
    Wasm2,
    /// WebAssembly 2.0 and several memories.
    MultiMemory,
    /// WebAssembly 3.0; strings are validated with vector instructions.
    Wasm3,
}

impl Features {
    /// The proposals, for validation.
    pub fn set(self) -> WasmFeatures {
        match self {
            Features::Mvp => WasmFeatures::MVP,
            Features::Wasm2 => WasmFeatures::WASM2,
            Features::MultiMemory => WasmFeatures::WASM2 | WasmFeatures::MULTI_MEMORY,
            Features::Wasm3 => WasmFeatures::WASM3,
        }
    }

    /// Whether generated code may use vectors. WebAssembly 2.0 has them, but interpreters for it
    /// are often built without.
    pub fn vectors(self) -> bool {
        matches!(self, Features::Wasm3)
    }
}
