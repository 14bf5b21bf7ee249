//! Reading and writing of futures and streams.

use crate::builtins::{BLOCKED, COMPLETED, DROPPED};
use crate::elements::{Incoming, Outgoing};
use crate::end::{Channel, End, Phase, Stream};
use crate::task;
use crate::value::Value;
use crate::waitable::{self, Waitable};
use crate::world::Type;
use crate::writer::Unwritten;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll};

/// A read or write that is in progress.
struct Transfer {
    end: Rc<End>,
    elements: RefCell<Option<Elements>>,
}

enum Elements {
    Incoming(Incoming),
    Outgoing(Outgoing),
}

/// Starts a read or write, as a part of a task, or of the next one.
fn start(end: &Rc<End>, task: Option<u32>, elements: Elements) {
    end.state.borrow_mut().phase = Phase::Busy;
    let transfer = Rc::new(Transfer {
        end: end.clone(),
        elements: RefCell::new(Some(elements)),
    });
    match transfer.next() {
        Some(BLOCKED) => waitable::add(end.handle, task, transfer),
        code => transfer.finish(code),
    }
}

/// Starts to write what was checked.
pub(crate) fn write(end: &Rc<End>, task: Option<u32>, value: Value) {
    let elements = Elements::Outgoing(Outgoing::new(end.channel, value));
    start(end, task, elements);
}

impl Transfer {
    /// Reads or writes the next elements, until that is blocked or has ended. Returns the code, or
    /// `None` if there are no more.
    fn next(&self) -> Option<u32> {
        loop {
            let code = match self.elements.borrow_mut().as_mut()? {
                Elements::Incoming(incoming) => Some(incoming.start(self.end.handle)),
                Elements::Outgoing(outgoing) => outgoing.start(self.end.channel, self.end.handle),
            }?;
            if code == BLOCKED || !self.has_more(code) {
                return Some(code);
            }
        }
    }

    /// Whether a write goes on after this code. Then what was written is noted.
    fn has_more(&self, code: u32) -> bool {
        match (&self.end.channel, &mut *self.elements.borrow_mut()) {
            (Channel::Stream(_), Some(Elements::Outgoing(outgoing))) if code & 0xf == COMPLETED => {
                outgoing.advance((code >> 4) as usize);
                true
            }
            _ => false,
        }
    }

    /// Ends with a code that is not noted yet, or with `None` when all is written.
    fn finish(&self, code: Option<u32>) {
        let channel = self.end.channel;
        let (state, count) = match (code, channel) {
            (None, _) => (COMPLETED, 0),
            (Some(code), Channel::Stream(_)) => (code & 0xf, (code >> 4) as usize),
            (Some(code), Channel::Future(_)) => (code & 0xf, (code & 0xf == COMPLETED).into()),
        };
        let value = match self.elements.take() {
            Some(Elements::Incoming(incoming)) => match count {
                0 if state != COMPLETED => None,
                count => incoming.take(count),
            },
            Some(Elements::Outgoing(mut outgoing)) => {
                outgoing.advance(count);
                outgoing.rest(channel)
            }
            None => None,
        };
        let is_future = matches!(channel, Channel::Future(_));
        let waker = {
            let mut end = self.end.state.borrow_mut();
            end.phase = match state {
                DROPPED => Phase::Ended,
                COMPLETED if is_future => Phase::Ended,
                _ => Phase::Idle,
            };
            end.value = value;
            end.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

impl Waitable for Transfer {
    fn event(&self, code: u32) {
        let code = match self.has_more(code) {
            true => self.next(),
            false => Some(code),
        };
        if code != Some(BLOCKED) {
            waitable::remove(self.end.handle);
            self.finish(code);
        }
    }

    fn cancel(&self) {
        let end = &self.end;
        self.finish(Some(end.channel.cancel(end.side, end.handle)));
    }
}

/// A read or write whose result somebody waits for.
struct Waiting(Option<Rc<End>>);

impl Waiting {
    fn new(end: &Rc<End>) -> Self {
        end.state.borrow_mut().awaited = true;
        Waiting(Some(end.clone()))
    }

    /// The value that was read or is left, once the operation has ended.
    fn poll(&mut self, context: &Context<'_>) -> Poll<Option<Value>> {
        let Some(end) = &self.0 else {
            return Poll::Ready(None);
        };
        let value = {
            let mut state = end.state.borrow_mut();
            if state.phase == Phase::Busy {
                state.waker = Some(context.waker().clone());
                return Poll::Pending;
            }
            state.awaited = false;
            state.value.take()
        };
        self.0 = None;
        Poll::Ready(value)
    }

    /// Cancels the operation if a task can, or lets it go on. Returns the end with what was read or
    /// is left.
    fn end(&mut self) -> Option<Rc<End>> {
        let end = self.0.take()?;
        if end.phase() == Phase::Busy {
            waitable::cancel(end.handle);
        }
        let waker = {
            let mut state = end.state.borrow_mut();
            state.awaited = false;
            state.waker.take()
        };
        drop(waker);
        Some(end)
    }

    fn cancel(&mut self) -> Option<Value> {
        let end = self.end()?;
        let value = end.state.borrow_mut().value.take();
        value
    }
}

/// A read, which is the future of what is read: the value of a future, or a list of values of a
/// stream, which is [`Value::Bytes`] for `stream<u8>`. `None` if the writable end was dropped.
///
/// If this is dropped before, the read is cancelled. What it has got until then is the result of the
/// next read.
pub struct Read(Waiting);

impl Future for Read {
    type Output = Option<Value>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll(context)
    }
}

impl Read {
    /// Cancels the read, and returns what it has got. Only a call of an asynchronous export can wait
    /// for that; elsewhere, this only drops the future, and the read goes on.
    pub fn cancel(mut self) -> Option<Value> {
        self.0.cancel()
    }
}

impl Drop for Read {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// A write, which is the future of its end. The error is what was not written, as the readable end
/// was dropped: the value of a future, or the rest of the list for a stream.
///
/// If this is dropped before, the write is cancelled, and values that were not written are dropped;
/// but that of a future is kept until its writable end is dropped, and written then.
pub struct Write {
    waiting: Waiting,
    /// Only for a future.
    writer: Option<Rc<Unwritten>>,
}

impl Future for Write {
    type Output = Result<(), Value>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.waiting
            .poll(context)
            .map(|rest| rest.map_or(Ok(()), Err))
    }
}

impl Write {
    pub(crate) fn new(end: &Rc<End>, writer: Option<Rc<Unwritten>>) -> Self {
        Write {
            waiting: Waiting::new(end),
            writer,
        }
    }

    /// Cancels the write. The error is what was not written. Only a call of an asynchronous export
    /// can wait for that; elsewhere, this only drops the future, and the write goes on.
    pub fn cancel(mut self) -> Result<(), Value> {
        self.waiting.cancel().map_or(Ok(()), Err)
    }
}

impl Drop for Write {
    fn drop(&mut self) {
        let end = self.waiting.end();
        if let (Some(end), None) = (end, &self.writer) {
            let rest = end.state.borrow_mut().value.take();
            drop(rest);
        }
    }
}

/// The task that can wait for an operation.
pub(crate) fn waiting_task(end: &End, what: &str) -> Result<u32, String> {
    task::current().ok_or_else(|| {
        let name = end.channel.describe();
        format!("{what} {name} has to wait, which only a call of an asynchronous function can")
    })
}

/// Starts to read at most `count` elements.
fn read(end: &Rc<End>, count: usize) -> Result<Read, String> {
    let name = || end.channel.describe();
    let (phase, awaited, has_value) = {
        let state = end.state.borrow();
        (state.phase, state.awaited, state.value.is_some())
    };
    let is_future = matches!(end.channel, Channel::Future(_));
    match phase {
        _ if awaited => return Err(format!("{} is being read", name())),
        Phase::Ended if is_future && !has_value => {
            return Err(format!("{} was read before", name()))
        }
        Phase::Idle if !has_value => {
            let task = waiting_task(end, "reading")?;
            if end.is_own && !is_number(end.channel.payload()) {
                return Err(format!(
                    "{} cannot be read by the component that writes it: only numbers can",
                    name()
                ));
            }
            let incoming = Incoming::new(end.channel, count);
            start(end, Some(task), Elements::Incoming(incoming));
        }
        // It has ended, or this is the result of a read whose future was dropped.
        _ => {}
    }
    Ok(Read(Waiting::new(end)))
}

/// Whether a component can read what it writes itself.
fn is_number(payload: Option<Type>) -> bool {
    use Type::*;
    match payload {
        None | Some(U8 | U16 | U32 | U64 | S8 | S16 | S32 | S64 | F32 | F64) => true,
        Some(_) => false,
    }
}

impl crate::end::Future {
    /// Starts to read the value, once. The value of a `future` without a type is an empty tuple.
    ///
    /// The error says that nothing can wait, as for
    /// [`ImportFunc::call_async`](crate::ImportFunc::call_async); that the value is being read or was
    /// read; or that this component writes it, and that it is no number: the component model does not
    /// support this.
    pub fn read(&self) -> Result<Read, String> {
        read(&self.end, 1)
    }
}

impl Stream {
    /// Starts to read at most `count` values, of at most 64 KiB, but at least one. The read ends as
    /// soon as there are any, and its list may have fewer, or none if the writer writes none. After
    /// the end, the result is `None`. The values of a `stream` without a type are empty tuples.
    ///
    /// The error is as for [`Future::read`](crate::Future::read).
    pub fn read(&self, count: usize) -> Result<Read, String> {
        read(&self.end, count)
    }
}

