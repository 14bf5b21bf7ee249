//! The writable ends of futures and streams.

use crate::end::{Channel, End, Future, Phase, Side, Stream};
use crate::task;
use crate::transfer::{self, waiting_task, Write};
use crate::value::Value;
use crate::world::{FutureType, StreamType, Type};
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::Cell;

/// The writable end of a future.
///
/// When it is dropped and nothing was written, the default value is written. Without one, this
/// panics: the component model does not allow it.
pub struct FutureWriter {
    ty: FutureType,
    unwritten: Rc<Unwritten>,
}

/// The writable end of a stream. The stream ends when it is dropped.
pub struct StreamWriter {
    ty: StreamType,
    end: Rc<End>,
}

/// The writable end of a future, which has to be written.
pub(crate) struct Unwritten {
    end: Rc<End>,
    default: Cell<Option<Value>>,
}

impl Drop for Unwritten {
    fn drop(&mut self) {
        if self.end.phase() != Phase::Idle {
            return;
        }
        let kept = self.end.state.borrow_mut().value.take();
        match kept.or_else(|| self.default.take()) {
            Some(value) => transfer::write(&self.end, task::current(), value),
            None => panic!(
                "the writable end of {} is dropped before it is written",
                self.end.channel.describe()
            ),
        }
    }
}

impl FutureType {
    /// Makes a future, with a value that is written if nothing else is. The error says that this has
    /// another type.
    pub fn make(self, default: Option<Value>) -> Result<(FutureWriter, Future), String> {
        let channel = Channel::Future(self);
        if let Some(value) = &default {
            check(channel, value)?;
        }
        let (readable, writable) = channel.make();
        let unwritten = Unwritten {
            end: End::new(channel, Side::Writable, writable, true),
            default: Cell::new(default),
        };
        let writer = FutureWriter {
            ty: self,
            unwritten: Rc::new(unwritten),
        };
        Ok((writer, Future::of(self, readable, true)))
    }
}

impl StreamType {
    /// Makes a stream.
    pub fn make(self) -> (StreamWriter, Stream) {
        let channel = Channel::Stream(self);
        let (readable, writable) = channel.make();
        let end = End::new(channel, Side::Writable, writable, true);
        let writer = StreamWriter { ty: self, end };
        (writer, Stream::of(self, readable, true))
    }
}

impl FutureWriter {
    /// The type.
    pub fn ty(&self) -> FutureType {
        self.ty
    }

    /// Starts to write the value: once, or again after a write was cancelled. The value of a `future`
    /// without a type is an empty tuple.
    ///
    /// The error says that the value has another type, that nothing can wait, or that the future is
    /// being written or was written.
    pub fn write(&self, value: Value) -> Result<Write, String> {
        let end = &self.unwritten.end;
        let task = start(end, &value)?;
        if end.phase() == Phase::Ended {
            let name = end.channel.describe();
            return Err(format!("{name} was written before"));
        }
        let kept = end.state.borrow_mut().value.take();
        drop(kept);
        transfer::write(end, Some(task), value);
        Ok(Write::new(end, Some(self.unwritten.clone())))
    }
}

impl StreamWriter {
    /// The type.
    pub fn ty(&self) -> StreamType {
        self.ty
    }

    /// Starts to write the values of a list: [`Value::List`], or [`Value::Bytes`]. All are written,
    /// unless the readable end is dropped. The values of a `stream` without a type are empty tuples.
    ///
    /// The error says which value has another type, that nothing can wait, or that an earlier write
    /// is in progress.
    pub fn write(&self, values: Value) -> Result<Write, String> {
        let task = start(&self.end, &values)?;
        match self.end.phase() {
            Phase::Ended => {
                let is_empty = matches!(&values, Value::List(all) if all.is_empty())
                    || matches!(&values, Value::Bytes(bytes) if bytes.is_empty());
                self.end.state.borrow_mut().value = (!is_empty).then_some(values);
            }
            _ => transfer::write(&self.end, Some(task), values),
        }
        Ok(Write::new(&self.end, None))
    }

    /// Whether the readable end was dropped, as a write has found out.
    pub fn is_closed(&self) -> bool {
        self.end.phase() == Phase::Ended
    }
}

/// Checks that a value can be written. Returns the task that can wait for that.
fn start(end: &End, value: &Value) -> Result<u32, String> {
    check(end.channel, value)?;
    let is_busy = {
        let state = end.state.borrow();
        state.awaited || state.phase == Phase::Busy
    };
    match is_busy {
        true => Err(format!("{} is being written", end.channel.describe())),
        false => waiting_task(end, "writing"),
    }
}

/// Checks the value of a future, or the values of a stream.
fn check(channel: Channel, value: &Value) -> Result<(), String> {
    let ty = channel.payload();
    let checked = match (channel, value) {
        (Channel::Future(_), value) => payload(value, ty).map_err(|e| format!("the value is {e}")),
        (Channel::Stream(_), Value::Bytes(_)) if ty == Some(Type::U8) => Ok(()),
        (Channel::Stream(_), Value::List(values)) => {
            let mut all = (1..).zip(values);
            all.try_for_each(|(number, value)| {
                payload(value, ty).map_err(|e| format!("value {number} is {e}"))
            })
        }
        (Channel::Stream(_), value) => Err(format!("{} in place of a list", value.kind())),
    };
    checked.map_err(|e| format!("{}: {e}", channel.describe()))
}

fn payload(value: &Value, ty: Option<Type>) -> Result<(), String> {
    match (ty, value) {
        (Some(ty), value) => value.check(ty),
        (None, Value::Tuple(values)) if values.is_empty() => Ok(()),
        (None, value) => Err(format!("{} in place of an empty tuple", value.kind())),
    }
}
