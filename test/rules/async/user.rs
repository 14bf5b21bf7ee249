//! Asynchronous imports.

use bindings::test::concurrency::work::{self, Entry};
use bindings::wasi::clocks::monotonic_clock::{now, wait_for};
use bindings::{wit_stream, Guest};
use std::future::{poll_fn, Future};
use std::pin::pin;
use std::task::Poll;
use wit_bindgen::spawn_local;

struct User;

impl Guest for User {
    async fn concurrently(count: u32, millis: u32) -> Vec<String> {
        let start = now();
        let mut calls: Vec<_> = (0..count)
            .map(|n| Box::pin(work::later(n.to_string(), millis)))
            .collect();
        let mut results: Vec<Option<String>> = vec![None; calls.len()];
        poll_fn(|cx| {
            for (call, result) in calls.iter_mut().zip(&mut results) {
                if result.is_none() {
                    if let Poll::Ready(text) = call.as_mut().poll(cx) {
                        *result = Some(text);
                    }
                }
            }
            match results.iter().all(Option::is_some) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            }
        })
        .await;
        // One after the other, they would take longer.
        assert!(now() - start < u64::from(count * millis) * 1_000_000);
        results.into_iter().flatten().collect()
    }

    async fn doubled(numbers: Vec<u32>) -> Vec<u32> {
        let (mut writer, sent) = wit_stream::new();
        spawn_local(async move {
            writer.write_all(numbers).await;
        });
        work::double(sent).await.collect().await
    }

    async fn labelled(texts: Vec<String>) -> Vec<String> {
        let (mut writer, sent) = wit_stream::new();
        spawn_local(async move {
            let entries = (0..).zip(texts);
            let entries = entries.map(|(key, text)| Entry { key, text });
            writer.write_all(entries.collect()).await;
        });
        let entries = work::emphasise(sent).await.collect().await;
        let labels = entries.iter().map(|e| format!("{} {}", e.key, e.text));
        labels.collect()
    }

    async fn promised() -> Vec<Result<String, u8>> {
        vec![
            work::promise(Some("kept".to_owned())).await.await,
            work::promise(None).await.await,
        ]
    }

    async fn cancel() -> u32 {
        {
            let mut call = pin!(work::forever());
            let mut timer = pin!(wait_for(1_000_000));
            poll_fn(|cx| match call.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => timer.as_mut().poll(cx),
            })
            .await;
        }
        work::cancelled()
    }
}

bindings::export!(User with_types_in bindings);
