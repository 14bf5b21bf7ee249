//! Runs calls of asynchronous exports.

use crate::abi::check_result;
use crate::builtins::{
    self, EVENT_CANCELLED, EVENT_FUTURE_READ, EVENT_FUTURE_WRITE, EVENT_STREAM_READ,
    EVENT_STREAM_WRITE, EVENT_SUBTASK,
};
use crate::call::Call;
use crate::raw::Cx;
use crate::state;
use crate::task::{self, Outcome};
use crate::value::Value;
use crate::waitable;
use crate::world::ExportFunc;
use crate::CallFuture;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::task::{Context, Poll};

extern "Rust" {
    fn wit_dylib_interpreter_call_async(function: ExportFunc, arguments: Vec<Value>) -> CallFuture;
}

/// Starts a call. It owns `cx`.
#[no_mangle]
unsafe extern "C" fn wit_dylib_export_async_call(cx: Cx, which: usize) -> u32 {
    // SAFETY: `wit_dylib_export_start` made it.
    let mut call = unsafe { Box::from_raw(cx.cast::<Call>()) };
    let function = ExportFunc::at(state::world(), which);
    let arguments = call.values();
    let id = task::add(function, call);
    builtins::context_set(id);
    waitable::adopt(id);
    let outer = task::enter(Some(id));
    // SAFETY: `export!` defines it.
    let future = unsafe { wit_dylib_interpreter_call_async(function, arguments) };
    task::enter(outer);
    task::set_future(id, future);
    advance(id)
}

/// Resumes a call with an event that it waits for.
#[no_mangle]
unsafe extern "C" fn wit_dylib_export_async_callback(
    event: u32,
    waitable: u32,
    code: u32,
    _which: usize,
) -> u32 {
    let id = builtins::context_get();
    task::resume(id);
    match event {
        EVENT_STREAM_READ if task::remove_event(id, waitable) => {}
        EVENT_SUBTASK | EVENT_STREAM_READ | EVENT_STREAM_WRITE | EVENT_FUTURE_READ
        | EVENT_FUTURE_WRITE => waitable::event(waitable, code),
        EVENT_CANCELLED => {
            // What is dropped may be cancelled, and wait for that.
            let outer = task::enter(Some(id));
            drop(task::take_cancelled(id));
            task::enter(outer);
        }
        _ => {}
    }
    advance(id)
}

/// Polls the future of a task that was woken up. Returns what the host has to do.
fn advance(id: u32) -> u32 {
    let outer = task::enter(Some(id));
    if let Some(woken) = task::take_woken(id) {
        let context = &mut Context::from_waker(&woken.waker);
        if let Some(mut future) = woken.future {
            match future.as_mut().poll(context) {
                Poll::Pending => task::set_future(id, future),
                Poll::Ready(result) => {
                    // What it has borrowed has to be dropped before the call returns.
                    drop(future);
                    task::set_result(id, result);
                }
            }
        }
        for mut future in woken.spawned {
            if future.as_mut().poll(context).is_pending() {
                task::set_spawned(id, future);
            }
        }
        while let Some(mut future) = task::take_new(id) {
            if future.as_mut().poll(context).is_pending() {
                task::set_spawned(id, future);
            }
        }
    }
    task::enter(outer);
    if let Some((outcome, function, call)) = task::take_outcome(id) {
        end(outcome, function, call);
    }
    if let Some((function, has_returned)) = task::forgotten(id) {
        let what = match has_returned {
            false => "never returns",
            true => "has spawned a future that never ends",
        };
        panic!("{function:?} {what}: nothing is left that could wake it up");
    }
    task::next(id)
}

/// Gives the host the result of a call.
fn end(outcome: Outcome, function: ExportFunc, mut call: Box<Call>) {
    match outcome {
        Outcome::Cancelled => builtins::task_cancel(),
        Outcome::Returned(result) => {
            check_result(function, result.as_ref());
            result.into_iter().for_each(|value| call.push(value));
            if let Some(task_return) = function.0.task_return {
                // SAFETY: the result has the type of the function.
                unsafe { task_return(call.cx()) };
            }
        }
    }
}
