//! Calls of asynchronous exports, which are tasks of the host.
//!
//! A task that cannot go on returns to the host, with a set of waitables: the calls of imports, reads
//! and writes that it has started. The host resumes it with the event of one of them. Another task may wake it up:
//! then an event is made for it.

use crate::builtins;
use crate::call::Call;
use crate::lend;
use crate::state::Global;
use crate::value::Value;
use crate::world::ExportFunc;
use crate::CallFuture;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::task::Wake;
use alloc::vec::Vec;
use core::future::Future;
use core::pin::Pin;
use core::task::Waker;

/// A future that a task has spawned.
type Spawned = Pin<Box<dyn Future<Output = ()>>>;

/// A call.
struct Task {
    function: ExportFunc,
    /// `None` while it is polled, and when it has ended.
    future: Option<CallFuture>,
    /// The futures that it has spawned, and those of them that were not polled yet.
    spawned: Vec<Spawned>,
    new: Vec<Spawned>,
    /// `None` if the host has the result, or wants none.
    call: Option<Box<Call>>,
    /// What the host has to get.
    outcome: Option<Outcome>,
    wakeup: Arc<Wakeup>,
    /// Whether the future has to be polled.
    woken: bool,
    /// Whether it has returned to the host, until the host resumes it.
    waiting: bool,
    /// The set of waitables, or 0, and how many are in it besides an event.
    set: u32,
    waitables: usize,
    /// The waitable of an event that was made to wake it up.
    event: Option<u32>,
}

/// How a call ends.
pub(crate) enum Outcome {
    Returned(Option<Value>),
    Cancelled,
}

struct Tasks {
    all: BTreeMap<u32, Task>,
    next: u32,
    /// The one whose future is polled.
    current: Option<u32>,
}

static TASKS: Global<Tasks> = Global::new(Tasks {
    all: BTreeMap::new(),
    next: 0,
    current: None,
});

/// Wakes a task up, by its number.
struct Wakeup(u32);

impl Wake for Wakeup {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        with(self.0, Task::wake);
    }
}

impl Task {
    fn wake(&mut self) {
        self.woken = true;
        let has_ended =
            self.future.is_none() && self.outcome.is_none() && self.spawned.is_empty();
        if self.waiting && self.event.is_none() && !has_ended {
            self.event = Some(builtins::make_event(self.set));
        }
    }

    fn set(&mut self) -> u32 {
        if self.set == 0 {
            self.set = builtins::waitable_set_new();
        }
        self.set
    }
}

/// Reads or changes a task that has not ended.
fn with<R>(id: u32, f: impl FnOnce(&mut Task) -> R) -> Option<R> {
    TASKS.with(|tasks| tasks.all.get_mut(&id).map(f))
}

/// A new task, which is to be polled.
pub(crate) fn add(function: ExportFunc, call: Box<Call>) -> u32 {
    TASKS.with(|tasks| {
        while tasks.all.contains_key(&tasks.next) {
            tasks.next = tasks.next.wrapping_add(1);
        }
        let id = tasks.next;
        tasks.next = id.wrapping_add(1);
        let task = Task {
            function,
            future: None,
            spawned: Vec::new(),
            new: Vec::new(),
            call: Some(call),
            outcome: None,
            wakeup: Arc::new(Wakeup(id)),
            woken: true,
            waiting: false,
            set: 0,
            waitables: 0,
            event: None,
        };
        tasks.all.insert(id, task);
        id
    })
}

/// Sets the task that runs. Returns the previous one.
pub(crate) fn enter(id: Option<u32>) -> Option<u32> {
    TASKS.with(|tasks| core::mem::replace(&mut tasks.current, id))
}

/// The task that runs.
pub(crate) fn current() -> Option<u32> {
    TASKS.with(|tasks| tasks.current)
}

/// Notes that the host has resumed a task.
pub(crate) fn resume(id: u32) {
    with(id, |task| task.waiting = false);
}

/// Removes an event that has woken a task up. Returns whether the waitable is one.
pub(crate) fn remove_event(id: u32, waitable: u32) -> bool {
    let is_event = with(id, |task| {
        let is_event = task.event == Some(waitable);
        task.event = task.event.filter(|event| *event != waitable);
        is_event
    });
    if is_event == Some(true) {
        builtins::waitable_join(waitable, 0);
        builtins::unit_stream_drop_readable(waitable);
    }
    is_event == Some(true)
}

/// Puts a waitable into the set of a task.
pub(crate) fn join(id: u32, waitable: u32) {
    with(id, |task| {
        task.waitables += 1;
        builtins::waitable_join(waitable, task.set());
    });
}

/// Removes a waitable from the set of its task.
pub(crate) fn leave(id: u32, waitable: u32) {
    with(id, |task| task.waitables -= 1);
    builtins::waitable_join(waitable, 0);
}

/// What has to be polled.
pub(crate) struct Woken {
    pub(crate) future: Option<CallFuture>,
    pub(crate) spawned: Vec<Spawned>,
    pub(crate) waker: Waker,
}

/// Takes the futures of a task out if it was woken up, or has new ones.
pub(crate) fn take_woken(id: u32) -> Option<Woken> {
    with(id, |task| {
        let woken = core::mem::replace(&mut task.woken, false);
        (woken || !task.new.is_empty()).then(|| Woken {
            future: task.future.take(),
            spawned: core::mem::take(&mut task.spawned),
            waker: Waker::from(task.wakeup.clone()),
        })
    })
    .flatten()
}

/// Takes a future out that was not polled yet.
pub(crate) fn take_new(id: u32) -> Option<Spawned> {
    with(id, |task| task.new.pop()).flatten()
}

/// Adds a spawned future that is pending.
pub(crate) fn set_spawned(id: u32, future: Spawned) {
    with(id, |task| task.spawned.push(future));
}

/// Runs a future as a part of the call that runs, also after this has returned: such as one that
/// writes to a stream that the call returns. If the host cancels the call, the future is dropped.
///
/// The error says that there is no call of an asynchronous export.
pub fn spawn(future: impl Future<Output = ()> + 'static) -> Result<(), String> {
    let id = current().ok_or_else(|| {
        "only a call of an asynchronous function can spawn a future".to_string()
    })?;
    with(id, |task| task.new.push(Box::pin(future)));
    Ok(())
}

/// Sets the future of a task.
pub(crate) fn set_future(id: u32, future: CallFuture) {
    with(id, |task| task.future = Some(future));
}

/// Takes the futures of a task out that is cancelled.
pub(crate) fn take_cancelled(id: u32) -> Option<(CallFuture, Vec<Spawned>)> {
    with(id, |task| {
        let future = task.future.take()?;
        task.outcome = Some(Outcome::Cancelled);
        Some((future, core::mem::take(&mut task.spawned)))
    })
    .flatten()
}

/// Sets the result of a task.
pub(crate) fn set_result(id: u32, result: Option<Value>) {
    with(id, |task| task.outcome = Some(Outcome::Returned(result)));
}

/// Takes what the host has to get, once no call of an import uses what the caller has lent.
pub(crate) fn take_outcome(id: u32) -> Option<(Outcome, ExportFunc, Box<Call>)> {
    with(id, |task| {
        let call = task.call.as_ref()?;
        if call.received.iter().copied().any(lend::is_lent) {
            return None;
        }
        let outcome = task.outcome.take()?;
        Some((outcome, task.function, task.call.take()?))
    })
    .flatten()
}

/// Wakes up the tasks that have not ended because of what their callers have lent.
pub(crate) fn loans_ended() {
    TASKS.with(|tasks| {
        let ending = tasks.all.values_mut();
        ending
            .filter(|task| task.outcome.is_some())
            .for_each(Task::wake);
    });
}

/// The function of a task with a pending future that can never be polled again, and whether it has
/// returned.
pub(crate) fn forgotten(id: u32) -> Option<(ExportFunc, bool)> {
    with(id, |task| {
        let has_returned = task.future.is_none();
        let is_pending = !(has_returned && task.spawned.is_empty() || task.woken);
        (is_pending && Arc::strong_count(&task.wakeup) == 1)
            .then_some((task.function, has_returned))
    })
    .flatten()
}

/// What a task does next. One that has nothing to do ends.
pub(crate) fn next(id: u32) -> u32 {
    TASKS.with(|tasks| {
        let Some(task) = tasks.all.get_mut(&id) else {
            return builtins::EXIT;
        };
        let is_waiting = task.call.is_some() || task.waitables > 0 || task.event.is_some();
        if is_waiting || !task.spawned.is_empty() {
            let set = task.set();
            task.waiting = true;
            if task.woken {
                task.wake();
            }
            return builtins::wait(set);
        }
        let set = task.set;
        tasks.all.remove(&id);
        // An empty map may still have memory.
        if tasks.all.is_empty() {
            tasks.all = BTreeMap::new();
        }
        if set != 0 {
            builtins::waitable_set_drop(set);
        }
        builtins::EXIT
    })
}
