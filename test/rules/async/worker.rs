//! Asynchronous exports, streams and futures.

use bindings::exports::test::concurrency::work::{Entry, Guest};
use bindings::wasi::clocks::monotonic_clock::wait_for;
use bindings::{wit_future, wit_stream};
use std::sync::atomic::{AtomicU32, Ordering};
use wit_bindgen::{spawn_local, FutureReader, StreamReader};

static CANCELLED: AtomicU32 = AtomicU32::new(0);

struct Worker;

/// Counts a call that ends before its time.
struct Canary;

impl Drop for Canary {
    fn drop(&mut self) {
        CANCELLED.fetch_add(1, Ordering::Relaxed);
    }
}

impl Guest for Worker {
    async fn later(text: String, millis: u32) -> String {
        wait_for(u64::from(millis) * 1_000_000).await;
        format!("{text} later")
    }

    async fn double(mut numbers: StreamReader<u32>) -> StreamReader<u32> {
        let (mut writer, doubled) = wit_stream::new();
        spawn_local(async move {
            while let Some(number) = numbers.next().await {
                if writer.write_one(number.wrapping_mul(2)).await.is_some() {
                    // Nobody reads.
                    return;
                }
            }
        });
        doubled
    }

    async fn emphasise(mut entries: StreamReader<Entry>) -> StreamReader<Entry> {
        let (mut writer, emphasised) = wit_stream::new();
        spawn_local(async move {
            while let Some(mut entry) = entries.next().await {
                entry.text.push('!');
                if writer.write_one(entry).await.is_some() {
                    return;
                }
            }
        });
        emphasised
    }

    async fn promise(value: Option<String>) -> FutureReader<Result<String, u8>> {
        let (writer, promise) = wit_future::new(|| Err(7));
        match value {
            Some(value) => {
                spawn_local(async move {
                    wait_for(1_000_000).await;
                    // The reader may have gone.
                    let _ = writer.write(Ok(value)).await;
                });
            }
            // The default is written.
            None => drop(writer),
        }
        promise
    }

    async fn forever() {
        let _canary = Canary;
        loop {
            wait_for(3_600_000_000_000).await;
        }
    }

    fn cancelled() -> u32 {
        CANCELLED.load(Ordering::Relaxed)
    }
}

bindings::export!(Worker with_types_in bindings);
