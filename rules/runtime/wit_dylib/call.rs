//! The stack of a call.

use crate::lend::Loan;
use crate::raw::Cx;
use crate::value::{Borrow, Value};
use crate::world::Type;
use alloc::alloc::{alloc, dealloc, handle_alloc_error, Layout};
use alloc::boxed::Box;
use alloc::vec::{self, Vec};

/// The stack of a call, and what lives as long as it.
#[derive(Default)]
pub(crate) struct Call {
    pub(crate) stack: Vec<Slot>,
    /// Blocks to free.
    blocks: Vec<(*mut u8, Layout)>,
    /// Bytes that were handed out by pointer.
    bytes: Vec<Vec<u8>>,
    /// Resources that are lent to the function.
    pub(crate) borrows: Vec<Borrow>,
    /// Resources that the caller has lent.
    pub(crate) received: Vec<Loan>,
    /// Handles that were given away, with the functions that drop them.
    pub(crate) given: Vec<(unsafe extern "C" fn(u32), u32)>,
}

/// What a call owns at some point.
pub(crate) struct Mark {
    blocks: usize,
    bytes: usize,
}

/// A value on the stack, or the rest of one.
pub(crate) enum Slot {
    Value(Value),
    List(vec::IntoIter<Value>),
    Map(vec::IntoIter<(Value, Value)>),
}

impl Drop for Call {
    fn drop(&mut self) {
        for (block, layout) in self.blocks.drain(..) {
            // SAFETY: the allocator returned it, and this call owns it.
            unsafe { dealloc(block, layout) };
        }
    }
}

impl Call {
    /// A call with arguments, of which the first is on top.
    pub(crate) fn with(arguments: Vec<Value>) -> Self {
        let mut call = Call::default();
        call.push_all(arguments);
        call
    }

    /// A pointer for the library.
    pub(crate) fn cx(&mut self) -> Cx {
        core::ptr::from_mut(self).cast()
    }

    /// Allocates a block that lives as long as the call.
    pub(crate) fn allocate(&mut self, size: usize, align: usize) -> *mut u8 {
        if size == 0 {
            return core::ptr::without_provenance_mut(align);
        }
        let layout = Layout::from_size_align(size, align).expect("a layout");
        // SAFETY: the size is not 0.
        let block = unsafe { alloc(layout) };
        if block.is_null() {
            handle_alloc_error(layout);
        }
        self.blocks.push((block, layout));
        block
    }

    /// Frees a block of `cabi_realloc` with the call.
    pub(crate) fn own(&mut self, block: *mut u8, layout: Layout) {
        self.blocks.push((block, layout));
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            blocks: self.blocks.len(),
            bytes: self.bytes.len(),
        }
    }

    /// Gives away what the call has owned since then.
    pub(crate) fn release(&mut self, since: &Mark) {
        self.blocks.truncate(since.blocks);
        let bytes = self.bytes.drain(since.bytes..);
        bytes.for_each(core::mem::forget);
    }

    /// Hands bytes out by pointer. Whoever owns them later frees a block of their size.
    pub(crate) fn lend(&mut self, mut bytes: Vec<u8>, to: &mut *const u8) -> usize {
        bytes.shrink_to_fit();
        let size = bytes.len();
        // Empty vectors have an address that is not null.
        *to = bytes.as_ptr();
        if size > 0 {
            self.bytes.push(bytes);
        }
        size
    }

    /// The values, the lowest first.
    pub(crate) fn values(&mut self) -> Vec<Value> {
        let slots = core::mem::take(&mut self.stack).into_iter();
        slots
            .filter_map(|slot| match slot {
                Slot::Value(value) => Some(value),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn push(&mut self, value: Value) {
        self.stack.push(Slot::Value(value));
    }

    pub(crate) fn pop(&mut self) -> Value {
        match self.stack.pop() {
            Some(Slot::Value(value)) => value,
            _ => panic!("the stack of the call is not as the library requires"),
        }
    }

    pub(crate) fn pop_many(&mut self, count: usize) -> Vec<Value> {
        let start = self.stack.len().saturating_sub(count);
        let slots = self.stack.drain(start..);
        slots
            .filter_map(|slot| match slot {
                Slot::Value(value) => Some(value),
                _ => None,
            })
            .collect()
    }

    pub(crate) fn payload(&mut self, ty: Option<Type>) -> Option<Box<Value>> {
        ty.map(|_| Box::new(self.pop()))
    }

    pub(crate) fn push_payload(&mut self, payload: Option<Box<Value>>) {
        if let Some(payload) = payload {
            self.push(*payload);
        }
    }

    pub(crate) fn push_all(&mut self, values: Vec<Value>) {
        self.stack.extend(values.into_iter().rev().map(Slot::Value));
    }
}

/// The call of a pointer that the library passes.
///
/// # Safety
///
/// The pointer is that of a call which is not used elsewhere.
pub(crate) unsafe fn call<'a>(cx: Cx) -> &'a mut Call {
    unsafe { &mut *cx.cast::<Call>() }
}
