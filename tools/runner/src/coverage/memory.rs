//! Linear memories that are read when they are freed.

use super::profile;
use std::cell::UnsafeCell;
use std::sync::{Arc, Mutex, PoisonError};
use wasmtime::{format_err, LinearMemory, MemoryCreator, MemoryType};

/// Memory is allocated in pieces of this size, aligned to it, so that atomic instructions are aligned on the host.
#[repr(align(4096))]
struct Page {
    _bytes: [u8; 4096],
}

/// The profiles of all memories that were freed, as [`profile::raw`] returns them.
#[derive(Default)]
pub struct Profiles(Mutex<Vec<Result<Vec<u8>, String>>>);

impl Profiles {
    /// Takes the profiles out.
    pub fn take(&self) -> Vec<Result<Vec<u8>, String>> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Creates memories that add to `Profiles`.
pub struct Creator(pub Arc<Profiles>);

struct Memory {
    pages: Vec<UnsafeCell<Page>>,
    size: usize,
    profiles: Arc<Profiles>,
}

impl Memory {
    fn resize(&mut self, size: usize) -> Result<(), std::collections::TryReserveError> {
        let pages = size.div_ceil(size_of::<Page>());
        let more = pages.saturating_sub(self.pages.len());
        self.pages.try_reserve_exact(more)?;
        self.pages.resize_with(pages.max(self.pages.len()), || {
            UnsafeCell::new(Page { _bytes: [0; 4096] })
        });
        self.size = size;
        Ok(())
    }
}

// Safety: only Wasmtime and `drop` use the bytes, and Wasmtime lets one thread use an instance at a time.
#[allow(unsafe_code)]
unsafe impl Sync for Memory {}

// Safety: the bytes stay where they are until `grow_to`, and at least `byte_size` of them are there. There are no guard pages:
// the configuration asks for none.
#[allow(unsafe_code)]
unsafe impl LinearMemory for Memory {
    fn byte_size(&self) -> usize {
        self.size
    }

    fn byte_capacity(&self) -> usize {
        self.pages.len() * size_of::<Page>()
    }

    fn grow_to(&mut self, size: usize) -> wasmtime::Result<()> {
        self.resize(size)
            .map_err(|e| format_err!("cannot allocate {size} bytes: {e}"))
    }

    fn as_ptr(&self) -> *mut u8 {
        UnsafeCell::raw_get(self.pages.as_ptr()).cast()
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // Safety: Wasmtime no longer uses the memory, and all bytes are initialised.
        #[allow(unsafe_code)]
        let bytes = unsafe { std::slice::from_raw_parts(self.as_ptr(), self.size) };
        let found = profile::raw(bytes);
        let mut profiles = self
            .profiles
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        profiles.extend(found);
    }
}

// Safety: see `Memory`.
#[allow(unsafe_code)]
unsafe impl MemoryCreator for Creator {
    fn new_memory(
        &self,
        _: MemoryType,
        minimum: usize,
        _: Option<usize>,
        reserved: Option<usize>,
        guard: usize,
    ) -> Result<Box<dyn LinearMemory>, String> {
        if reserved.is_some_and(|bytes| bytes > 0) || guard > 0 {
            return Err("the configuration asks for reserved memory".to_owned());
        }
        let mut memory = Memory {
            pages: Vec::new(),
            size: 0,
            profiles: Arc::clone(&self.0),
        };
        match memory.resize(minimum) {
            Ok(()) => Ok(Box::new(memory)),
            Err(e) => Err(format!("cannot allocate {minimum} bytes: {e}")),
        }
    }
}
