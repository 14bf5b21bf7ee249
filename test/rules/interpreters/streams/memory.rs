//! Whether memory is freed.

use crate::Streamer;
use std::alloc::{GlobalAlloc, Layout, System};
use std::future::poll_fn;
use std::sync::atomic::{AtomicIsize, Ordering};
use std::task::Poll;

/// The number of bytes.
pub fn allocated() -> isize {
    ALLOCATED.load(Ordering::Relaxed)
}

/// Lets the host run others.
pub async fn pause() {
    let mut paused = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        match std::mem::replace(&mut paused, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

/// The allocator of the standard library, which counts.
struct Counting;

static ALLOCATED: AtomicIsize = AtomicIsize::new(0);

// SAFETY: this is the allocator of the standard library.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.fetch_add(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        ALLOCATED.fetch_sub(layout.size() as isize, Ordering::Relaxed);
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

impl Streamer {
    /// Runs a function, and lets others run.
    async fn left(&self, which: &str) -> isize {
        self.call_one(which).await;
        for _ in 0..10 {
            pause().await;
        }
        allocated()
    }

    /// How many bytes each function leaves when it runs again.
    pub async fn memory(&self) -> Vec<String> {
        let mut left = Vec::new();
        for which in self.functions() {
            let first = self.left(which).await;
            let again = self.left(which).await;
            if again != first {
                left.push(format!("{which}: {}", again - first));
            }
        }
        left
    }
}
