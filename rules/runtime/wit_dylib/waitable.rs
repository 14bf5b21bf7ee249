//! What tasks wait for: calls of imports, and reads and writes of futures and streams.

use crate::state::Global;
use crate::task;
use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;

/// Something that has not ended. Only the kinds that a program uses are linked.
pub(crate) trait Waitable {
    /// Handles an event, with its code.
    fn event(&self, code: u32);

    /// Cancels it, and waits for that. It is in no set.
    fn cancel(&self);
}

struct Entry {
    /// The task that has it in its set.
    task: Option<u32>,
    waitable: Rc<dyn Waitable>,
}

/// All, by their handles.
static ALL: Global<BTreeMap<u32, Entry>> = Global::new(BTreeMap::new());

/// Adds a waitable to the set of a task, or to that of the next one.
pub(crate) fn add(handle: u32, task: Option<u32>, waitable: Rc<dyn Waitable>) {
    if let Some(task) = task {
        task::join(task, handle);
    }
    ALL.with(|all| all.insert(handle, Entry { task, waitable }));
}

/// Adds those that are in no set to the set of a task.
pub(crate) fn adopt(task: u32) {
    let orphans: Vec<u32> = ALL.with(|all| {
        let orphans = all.iter_mut().filter(|(_, entry)| entry.task.is_none());
        let adopted = orphans.map(|(handle, entry)| {
            entry.task = Some(task);
            *handle
        });
        adopted.collect()
    });
    for handle in orphans {
        task::join(task, handle);
    }
}

/// Removes one that ends, from its set, too.
pub(crate) fn remove(handle: u32) -> Option<Rc<dyn Waitable>> {
    let entry = ALL.with(|all| {
        let entry = all.remove(&handle);
        // An empty map may still have memory.
        if all.is_empty() {
            *all = BTreeMap::new();
        }
        entry
    })?;
    if let Some(task) = entry.task {
        task::leave(task, handle);
    }
    Some(entry.waitable)
}

/// Handles an event.
pub(crate) fn event(handle: u32, code: u32) {
    let waitable = ALL.with(|all| all.get(&handle).map(|entry| entry.waitable.clone()));
    if let Some(waitable) = waitable {
        waitable.event(code);
    }
}

/// Cancels one, and waits for that with the whole component. Only a call of an asynchronous export
/// can wait: elsewhere this does nothing.
pub(crate) fn cancel(handle: u32) {
    if task::current().is_some() {
        // What is in a set cannot be cancelled.
        if let Some(waitable) = remove(handle) {
            waitable.cancel();
        }
    }
}
