//! Built-in functions of the component model for asynchronous functions.
//!
//! `component place` replaces them by traps if no function of the world is asynchronous: components
//! of such worlds run in engines without them.

/// What a task is resumed with.
pub(crate) const EVENT_SUBTASK: u32 = 1;
pub(crate) const EVENT_STREAM_READ: u32 = 2;
pub(crate) const EVENT_STREAM_WRITE: u32 = 3;
pub(crate) const EVENT_FUTURE_READ: u32 = 4;
pub(crate) const EVENT_FUTURE_WRITE: u32 = 5;
pub(crate) const EVENT_CANCELLED: u32 = 6;

/// The state of a call of an import: the code of `EVENT_SUBTASK`, and the low 4 bits of what
/// starting it returns. The other bits are its handle. Those before `RETURNED` are not final.
pub(crate) const RETURNED: u32 = 2;
pub(crate) const CANCELLED_BEFORE_STARTED: u32 = 3;

/// What reading and writing returns, and the code of its events: it goes on; or how it has ended in
/// the low 4 bits, and the number of elements of a stream.
pub(crate) const BLOCKED: u32 = u32::MAX;
pub(crate) const COMPLETED: u32 = 0;
/// The other end was dropped.
pub(crate) const DROPPED: u32 = 1;

/// What a task does: end, or wait for the waitables of a set.
pub(crate) const EXIT: u32 = 0;
pub(crate) const fn wait(set: u32) -> u32 {
    2 | set << 4
}

#[link(wasm_import_module = "$root")]
unsafe extern "C" {
    #[link_name = "[waitable-set-new]"]
    pub(crate) safe fn waitable_set_new() -> u32;
    #[link_name = "[waitable-set-drop]"]
    pub(crate) safe fn waitable_set_drop(set: u32);
    /// Moves a waitable to a set, or to none if `set` is 0.
    #[link_name = "[waitable-join]"]
    pub(crate) safe fn waitable_join(waitable: u32, set: u32);
    #[link_name = "[subtask-drop]"]
    pub(crate) safe fn subtask_drop(subtask: u32);
    /// Asks for the end of a call, which is in no set, waits for it, and returns the final state.
    #[link_name = "[subtask-cancel]"]
    pub(crate) safe fn subtask_cancel(subtask: u32) -> u32;
    /// A number that belongs to the running task.
    #[link_name = "[context-get-0]"]
    pub(crate) safe fn context_get() -> u32;
    #[link_name = "[context-set-0]"]
    pub(crate) safe fn context_set(value: u32);
    #[link_name = "[stream-new-unit]"]
    safe fn unit_stream_new() -> u64;
    #[link_name = "[async-lower][stream-read-unit]"]
    safe fn unit_stream_read(stream: u32, buffer: usize, count: usize) -> u32;
    #[link_name = "[stream-drop-readable-unit]"]
    pub(crate) safe fn unit_stream_drop_readable(stream: u32);
    #[link_name = "[stream-drop-writable-unit]"]
    safe fn unit_stream_drop_writable(stream: u32);
}

#[link(wasm_import_module = "[export]$root")]
unsafe extern "C" {
    /// Ends the running task without a result. The host has asked for it.
    #[link_name = "[task-cancel]"]
    pub(crate) safe fn task_cancel();
}

/// Makes an event, in a set of waitables. Returns the readable end of a stream that has ended.
pub(crate) fn make_event(set: u32) -> u32 {
    let ends = unit_stream_new();
    let (readable, writable) = (ends as u32, (ends >> 32) as u32);
    unit_stream_read(readable, 0, 1);
    waitable_join(readable, set);
    unit_stream_drop_writable(writable);
    readable
}
