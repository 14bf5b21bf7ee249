//! Elements of futures and streams in memory, in the canonical ABI.

use crate::call::{Call, Mark};
use crate::end::{Channel, Side};
use crate::value::Value;
use crate::world::{FutureType, StreamType, Type};
use alloc::boxed::Box;
use alloc::vec::{self, Vec};

/// The most bytes of elements that are read or written at once, unless one element is larger.
const MOST_BYTES: usize = 1 << 16;

/// The most elements of an operation in the canonical ABI.
const MOST_ELEMENTS: usize = (1 << 28) - 1;

/// Uses what futures and streams have in common.
macro_rules! both {
    ($channel:expr, $raw:ident => $value:expr) => {
        match $channel {
            Channel::Future(FutureType($raw)) => $value,
            Channel::Stream(StreamType($raw)) => $value,
        }
    };
}

impl Channel {
    /// Makes a future or stream. Returns the readable and the writable end.
    pub(crate) fn make(self) -> (u32, u32) {
        // SAFETY: the function has no parameters.
        let ends = both!(self, raw => unsafe { (raw.make)() });
        (ends as u32, (ends >> 32) as u32)
    }

    /// Cancels the operation of an end that is in no set.
    pub(crate) fn cancel(self, side: Side, handle: u32) -> u32 {
        // SAFETY: the end is read or written.
        both!(self, raw => unsafe {
            match side {
                Side::Readable => (raw.cancel_read)(handle),
                Side::Writable => (raw.cancel_write)(handle),
            }
        })
    }

    /// Starts reading or writing.
    ///
    /// # Safety
    ///
    /// The elements live until the operation has ended, and nothing else changes them. There is one
    /// for a future.
    unsafe fn start(self, side: Side, handle: u32, elements: *mut u8, count: usize) -> u32 {
        match (self, side) {
            (Channel::Future(ty), Side::Readable) => unsafe { (ty.0.read)(handle, elements) },
            (Channel::Future(ty), Side::Writable) => unsafe { (ty.0.write)(handle, elements) },
            (Channel::Stream(ty), Side::Readable) => unsafe {
                (ty.0.read)(handle, elements, count)
            },
            (Channel::Stream(ty), Side::Writable) => unsafe {
                (ty.0.write)(handle, elements, count)
            },
        }
    }

    fn most(self, count: usize) -> usize {
        let size = both!(self, raw => raw.size).max(1);
        match self {
            Channel::Future(_) => 1,
            Channel::Stream(_) => count.clamp(1, (MOST_BYTES / size).max(1)),
        }
    }

    fn is_bytes(self) -> bool {
        matches!(self, Channel::Stream(ty) if ty.ty() == Some(Type::U8))
    }
}

/// A block of elements, and what belongs to them.
struct Block {
    channel: Channel,
    call: Box<Call>,
    at: *mut u8,
    size: usize,
}

impl Block {
    fn new(channel: Channel, count: usize) -> Self {
        let (size, align) = both!(channel, raw => (raw.size, raw.align));
        let mut call = Box::<Call>::default();
        Block {
            channel,
            at: call.allocate(size * count, align),
            call,
            size,
        }
    }

    fn element(&self, index: usize) -> *mut u8 {
        self.at.wrapping_add(index * self.size)
    }

    fn lower(&mut self, index: usize, value: Value) {
        if let Some(lower) = both!(self.channel, raw => raw.lower) {
            self.call.push(value);
            // SAFETY: the value was checked, and the block has room for it.
            unsafe { lower(self.call.cx(), self.element(index)) };
        }
    }

    /// Lifts an element, once, that was read or lowered.
    fn lift(&mut self, index: usize) -> Value {
        match both!(self.channel, raw => raw.lift) {
            Some(lift) => {
                // SAFETY: the caller's promise.
                unsafe { lift(self.call.cx(), self.element(index)) };
                self.call.pop()
            }
            None => Value::Tuple(Vec::new()),
        }
    }
}

/// A value of a future, or the values of a stream as a list.
fn value(channel: Channel, mut values: Vec<Value>) -> Option<Value> {
    match channel {
        Channel::Future(_) => values.pop(),
        Channel::Stream(_) => Some(Value::List(values)),
    }
}

/// Where a read puts elements.
pub(crate) struct Incoming {
    block: Block,
    count: usize,
}

impl Incoming {
    /// Room for so many elements, or fewer.
    pub(crate) fn new(channel: Channel, count: usize) -> Self {
        let count = channel.most(count);
        Incoming {
            block: Block::new(channel, count),
            count,
        }
    }

    /// Reads. This must live until the operation has ended.
    pub(crate) fn start(&self, handle: u32) -> u32 {
        let channel = self.block.channel;
        // SAFETY: the block has room for them, and lives as long as this.
        unsafe { channel.start(Side::Readable, handle, self.block.at, self.count) }
    }

    /// The elements, of which so many were read.
    pub(crate) fn take(mut self, count: usize) -> Option<Value> {
        let count = count.min(self.count);
        let channel = self.block.channel;
        if channel.is_bytes() {
            // SAFETY: they were read.
            let bytes = unsafe { core::slice::from_raw_parts(self.block.at, count) };
            return Some(Value::Bytes(bytes.to_vec()));
        }
        let values = (0..count).map(|index| self.block.lift(index));
        value(channel, values.collect())
    }
}

/// What a write has to pass on.
pub(crate) enum Outgoing {
    Bytes {
        bytes: Vec<u8>,
        written: usize,
    },
    Values {
        lowered: Option<Lowered>,
        rest: vec::IntoIter<Value>,
    },
}

/// The next elements.
pub(crate) struct Lowered {
    block: Block,
    /// What belonged to the elements before each one.
    marks: Vec<Mark>,
    written: usize,
}

impl Outgoing {
    /// What was checked for the type.
    pub(crate) fn new(channel: Channel, value: Value) -> Self {
        let values = match (channel, value) {
            (Channel::Stream(_), Value::Bytes(bytes)) => {
                return Outgoing::Bytes { bytes, written: 0 }
            }
            (Channel::Stream(_), Value::List(values)) => values,
            (_, value) => Vec::from([value]),
        };
        Outgoing::Values {
            lowered: None,
            rest: values.into_iter(),
        }
    }

    /// Writes what is left. `None` if that is nothing. This must live until the operation has ended.
    pub(crate) fn start(&mut self, channel: Channel, handle: u32) -> Option<u32> {
        let (elements, count) = match self {
            Outgoing::Bytes { bytes, written } => {
                let left = &bytes[*written..];
                (left.as_ptr().cast_mut(), left.len().min(MOST_ELEMENTS))
            }
            Outgoing::Values { lowered, rest } => {
                if lowered.is_none() && rest.len() > 0 {
                    *lowered = Some(Lowered::new(channel, rest));
                }
                match lowered {
                    Some(lowered) => lowered.left(),
                    None => (core::ptr::null_mut(), 0),
                }
            }
        };
        // SAFETY: they are neither changed nor moved until the operation has ended.
        (count > 0).then(|| unsafe { channel.start(Side::Writable, handle, elements, count) })
    }

    /// Notes that so many elements were written.
    pub(crate) fn advance(&mut self, count: usize) {
        match self {
            Outgoing::Bytes { bytes, written } => *written = (*written + count).min(bytes.len()),
            Outgoing::Values { lowered, .. } => {
                if let Some(some) = lowered {
                    some.written += count;
                    if some.written >= some.marks.len() {
                        *lowered = None;
                    }
                }
            }
        }
    }

    /// What was not written, if there is anything.
    pub(crate) fn rest(self, channel: Channel) -> Option<Value> {
        match self {
            Outgoing::Bytes { mut bytes, written } => {
                bytes.drain(..written);
                (!bytes.is_empty()).then_some(Value::Bytes(bytes))
            }
            Outgoing::Values { lowered, rest } => {
                let mut values = lowered.map(Lowered::lift).unwrap_or_default();
                values.extend(rest);
                match values.is_empty() {
                    true => None,
                    false => value(channel, values),
                }
            }
        }
    }
}

impl Lowered {
    /// Takes the next values.
    fn new(channel: Channel, values: &mut vec::IntoIter<Value>) -> Self {
        let count = channel.most(values.len());
        let mut block = Block::new(channel, count);
        let mut marks = Vec::with_capacity(count);
        for (index, value) in values.take(count).enumerate() {
            marks.push(block.call.mark());
            block.lower(index, value);
        }
        Lowered {
            block,
            marks,
            written: 0,
        }
    }

    fn left(&self) -> (*mut u8, usize) {
        let count = self.marks.len() - self.written;
        (self.block.element(self.written), count)
    }

    /// The values that were not written.
    fn lift(mut self) -> Vec<Value> {
        if let Some(mark) = self.marks.get(self.written) {
            // They own it again.
            self.block.call.release(mark);
        }
        let left = self.written..self.marks.len();
        left.map(|index| self.block.lift(index)).collect()
    }
}
