//! Handles of resources that are lent to calls which have not returned. Meanwhile they must exist.

use crate::state::Global;
use alloc::collections::BTreeMap;

/// A handle: the address of its type, and its number.
pub(crate) type Loan = (usize, u32);

type DropHandle = unsafe extern "C" fn(u32);

/// The number of calls, and how to drop the handle if its owner is gone.
static LENT: Global<BTreeMap<Loan, (usize, Option<DropHandle>)>> = Global::new(BTreeMap::new());

/// The handle of a resource.
pub(crate) fn key<T>(ty: &'static T, handle: u32) -> Loan {
    (core::ptr::from_ref(ty).addr(), handle)
}

/// Lends a handle to a call.
#[cfg(target_family = "wasm")]
pub(crate) fn start(loan: Loan) {
    LENT.with(|lent| lent.entry(loan).or_insert((0, None)).0 += 1);
}

/// Ends a loan, as the call has returned.
#[cfg(target_family = "wasm")]
pub(crate) fn end(loan: Loan) {
    let orphan = LENT.with(|lent| {
        let (calls, orphan) = lent.get_mut(&loan)?;
        *calls -= 1;
        if *calls > 0 {
            return None;
        }
        let orphan = *orphan;
        lent.remove(&loan);
        // An empty map may still have memory.
        if lent.is_empty() {
            *lent = BTreeMap::new();
        }
        orphan
    });
    if let Some(drop) = orphan {
        drop_handle(loan, drop);
    }
}

/// Whether a call that has not returned has the handle.
pub(crate) fn is_lent(loan: Loan) -> bool {
    LENT.with(|lent| lent.contains_key(&loan))
}

/// Drops a handle that has an owner no more: now, or when the last call that it is lent to has
/// returned.
pub(crate) fn drop_handle(loan: Loan, drop: DropHandle) {
    let is_lent = LENT.with(|lent| match lent.get_mut(&loan) {
        Some((_, orphan)) => {
            *orphan = Some(drop);
            true
        }
        None => false,
    });
    if !is_lent {
        // SAFETY: the caller owned the handle, and nothing uses it.
        unsafe { drop(loan.1) };
    }
}
