//! Calls several functions of a script at the same time.

use bindings::test::waiting::work::{events, later};
use bindings::Guest;
use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::Poll;

struct Driver;

type Call = Pin<Box<dyn Future<Output = String>>>;

fn call(text: &str, millis: u32) -> Call {
    Box::pin(later(text.to_owned(), millis))
}

/// Polls all calls until they have returned.
async fn all(mut calls: Vec<Call>) -> Vec<String> {
    let mut results = vec![None; calls.len()];
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
    results.into_iter().flatten().collect()
}

impl Guest for Driver {
    async fn run(which: String) -> Vec<String> {
        let mut results = vec![which];
        if results == ["cancelled"] {
            let mut cancelled = call("never", 50);
            poll_fn(|cx| {
                assert!(cancelled.as_mut().poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            drop(cancelled);
            results.extend(events());
            // The script goes on, or ends, while others run.
            results.extend(all(vec![call("next", 100)]).await);
        } else {
            let calls = vec![call("a", 100), call("b", 20), call("c", 60)];
            results.extend(all(calls).await);
        }
        results.extend(events());
        results
    }
}

bindings::export!(Driver with_types_in bindings);
