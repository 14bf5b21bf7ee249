//! Limits of what a guest uses.

use wasmtime::ResourceLimiter;

/// The most table elements of a store, over all tables.
const MAX_TABLE_ELEMENTS: usize = 10_000_000;

/// Limits over all memories and tables of a store; the limits of Wasmtime are per memory and table.
pub struct Limits {
    max_memory: u64,
    memory: u64,
    last_growth: u64,
    table_elements: usize,
    refused: Option<Refused>,
}

/// A request of the guest that exceeded a limit, and failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// This many bytes of memory.
    Memory(u64),
    /// This many table elements.
    Table(usize),
}

impl Refused {
    /// Says what was refused and how to raise the limit.
    pub fn explain(self) -> String {
        match self {
            Refused::Memory(bytes) => format!(
                "the guest asked for {} MiB of memory: raise `--max-memory`",
                bytes.div_ceil(1 << 20)
            ),
            Refused::Table(elements) => format!(
                "the guest asked for {elements} table elements: the limit is {MAX_TABLE_ELEMENTS}"
            ),
        }
    }
}

impl Limits {
    /// Limits the memory to `max_memory` bytes.
    pub fn new(max_memory: u64) -> Self {
        Limits {
            max_memory,
            memory: 0,
            last_growth: 0,
            table_elements: 0,
            refused: None,
        }
    }

    /// The last refused request, if any.
    pub fn refused(&self) -> Option<Refused> {
        self.refused
    }
}

impl ResourceLimiter for Limits {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let growth = desired.saturating_sub(current) as u64;
        let total = self.memory.saturating_add(growth);
        if total > self.max_memory {
            self.refused = Some(Refused::Memory(total));
            self.last_growth = 0;
            return Ok(false);
        }
        self.memory = total;
        self.last_growth = growth;
        Ok(true)
    }

    fn memory_grow_failed(&mut self, _error: wasmtime::Error) -> wasmtime::Result<()> {
        self.memory = self.memory.saturating_sub(self.last_growth);
        self.last_growth = 0;
        Ok(())
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let total = self
            .table_elements
            .saturating_add(desired.saturating_sub(current));
        if total > MAX_TABLE_ELEMENTS {
            self.refused = Some(Refused::Table(total));
            return Ok(false);
        }
        self.table_elements = total;
        Ok(true)
    }
}
