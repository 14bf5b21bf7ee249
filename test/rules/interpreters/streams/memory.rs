//! Whether memory is freed.

use crate::Streamer;
use interpreter_support::allocated;
use std::future::poll_fn;
use std::task::Poll;

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
