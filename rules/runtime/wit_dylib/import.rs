//! Calls of functions that the world imports.

use crate::builtins::{self, CANCELLED_BEFORE_STARTED, RETURNED};
use crate::call::Call;
use crate::lend::{self, Loan};
use crate::task;
use crate::value::{Borrow, Value};
use crate::waitable::{self, Waitable};
use crate::world::ImportFunc;
use alloc::boxed::Box;
use alloc::format;
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;
use core::cell::RefCell;
use core::future::Future;
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

impl ImportFunc {
    /// Calls the function, and waits for its result. The error says which argument has the wrong
    /// type, or that the function is asynchronous.
    pub fn call(self, arguments: Vec<Value>) -> Result<Option<Value>, String> {
        self.check(&arguments)?;
        let Some(function) = self.0.call else {
            return Err(format!("{self:?} is asynchronous"));
        };
        let mut call = Call::with(arguments);
        // SAFETY: the arguments have the types of the parameters.
        unsafe { function(call.cx()) };
        Ok(call.values().pop())
    }

    /// Starts a call, and returns a future of its result. The call runs also while the future is
    /// not polled; several calls can run at the same time.
    ///
    /// The error says which argument has the wrong type, or that nothing can wait: only a call of
    /// an export that is asynchronous can. A function that is not asynchronous has returned when
    /// this returns.
    pub fn call_async(self, arguments: Vec<Value>) -> Result<ImportCall, String> {
        let Some(start) = self.0.call_async else {
            return Ok(ImportCall(State::Returned(self.call(arguments)?)));
        };
        self.check(&arguments)?;
        let Some(task) = task::current() else {
            return Err(format!(
                "{self:?} has to wait, which only a call of an asynchronous function can"
            ));
        };
        let mut call = Box::new(Call::with(arguments));
        let area = call.allocate(self.0.area_size, self.0.area_align);
        // SAFETY: the arguments have the types of the parameters; the call and the area live until
        // the call has returned.
        let status = unsafe { start(call.cx(), area) };
        let (state, handle) = (status & 0xf, status >> 4);
        if state == RETURNED {
            return Ok(ImportCall(State::Returned(lift(self, &mut call, area))));
        }
        let loans: Vec<Loan> = call.borrows.iter().filter_map(Borrow::loan).collect();
        loans.iter().copied().for_each(lend::start);
        let subtask = Rc::new(Subtask {
            function: self,
            handle,
            progress: RefCell::new(Progress::Running {
                call,
                area,
                loans,
                waker: None,
            }),
        });
        waitable::add(handle, Some(task), subtask.clone());
        Ok(ImportCall(State::Running(subtask)))
    }

    fn check(self, arguments: &[Value]) -> Result<(), String> {
        let params = self.params();
        if params.len() != arguments.len() {
            let (wanted, given) = (params.len(), arguments.len());
            return Err(format!("{self:?} has {wanted} parameters, not {given}"));
        }
        for (number, (argument, ty)) in (1..).zip(arguments.iter().zip(params)) {
            argument
                .check(ty)
                .map_err(|e| format!("argument {number} of {self:?} is {e}"))?;
        }
        Ok(())
    }
}

/// The result of an asynchronous call that has returned.
fn lift(function: ImportFunc, call: &mut Call, area: *mut u8) -> Option<Value> {
    let lift = function.0.lift_async?;
    // SAFETY: the call has returned, so the area has its result.
    unsafe { lift(call.cx(), area) };
    call.values().pop()
}

/// A call of an imported function, which is the future of its result. If it is dropped before that,
/// the call goes on, and its result is dropped.
pub struct ImportCall(State);

enum State {
    Returned(Option<Value>),
    Running(Rc<Subtask>),
}

/// A call that has not returned at once.
struct Subtask {
    function: ImportFunc,
    handle: u32,
    progress: RefCell<Progress>,
}

enum Progress {
    Running {
        call: Box<Call>,
        area: *mut u8,
        /// What is lent to the call.
        loans: Vec<Loan>,
        waker: Option<Waker>,
    },
    Ended(Option<Value>),
}

impl Future for ImportCall {
    type Output = Option<Value>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut self.0 {
            State::Returned(value) => Poll::Ready(value.take()),
            State::Running(subtask) => match &mut *subtask.progress.borrow_mut() {
                Progress::Ended(value) => Poll::Ready(value.take()),
                Progress::Running { waker, .. } => {
                    *waker = Some(context.waker().clone());
                    Poll::Pending
                }
            },
        }
    }
}

impl Drop for ImportCall {
    fn drop(&mut self) {
        if let State::Running(subtask) = &self.0 {
            if let Progress::Running { waker, .. } = &mut *subtask.progress.borrow_mut() {
                *waker = None;
            }
        }
    }
}

impl ImportCall {
    /// Asks for the end of the call, and waits for it with the whole component: the function may
    /// stop at once, or go on to its end. Its result is dropped.
    ///
    /// Only a call of an asynchronous export can wait; elsewhere, this only drops the future.
    pub fn cancel(self) {
        let State::Running(subtask) = &self.0 else {
            return;
        };
        let is_running = matches!(*subtask.progress.borrow(), Progress::Running { .. });
        if is_running {
            waitable::cancel(subtask.handle);
        }
    }
}

impl Waitable for Subtask {
    fn event(&self, state: u32) {
        if state >= RETURNED {
            waitable::remove(self.handle);
            self.end(state);
        }
    }

    fn cancel(&self) {
        self.end(builtins::subtask_cancel(self.handle));
    }
}

impl Subtask {
    /// Ends a call, which is in no set, with a final state.
    fn end(&self, state: u32) {
        builtins::subtask_drop(self.handle);
        let progress = self.progress.replace(Progress::Ended(None));
        let Progress::Running {
            mut call,
            area,
            loans,
            waker,
        } = progress
        else {
            return;
        };
        if state == RETURNED {
            let result = lift(self.function, &mut call, area);
            self.progress.replace(Progress::Ended(result));
        }
        loans.iter().copied().for_each(lend::end);
        if state == CANCELLED_BEFORE_STARTED {
            // The function has not got them.
            for (drop, handle) in core::mem::take(&mut call.given) {
                // SAFETY: nothing else has the handle.
                unsafe { drop(handle) };
            }
        }
        drop(call);
        if let Some(waker) = waker {
            waker.wake();
        }
        if !loans.is_empty() {
            task::loans_ended();
        }
    }
}
