//! Calls that a script cannot make: one that is cancelled, and one whose future is read late.

use bindings::test::flow::flows::{join, later, notify};
use bindings::{wit_stream, Guest};
use std::future::{poll_fn, Future};
use std::task::Poll;

struct Caller;

/// Cancels a call that reads a stream. The script goes on.
async fn cancel() -> Vec<String> {
    let (mut writer, reader) = wit_stream::new();
    let mut call = Box::pin(join(reader));
    let is_pending = poll_fn(|cx| Poll::Ready(call.as_mut().poll(cx).is_pending())).await;
    let before = writer.write_one("a".to_owned()).await;
    drop(call);
    let after = writer.write_one("b".to_owned()).await;
    vec![
        format!("pending: {is_pending}"),
        format!("not read: {before:?}, {after:?}"),
    ]
}

/// Reads a future after its value was written.
async fn read_late() -> String {
    let text = later().await;
    notify("now");
    let (_, no_words) = wit_stream::new();
    join(no_words).await;
    text.await
}

impl Guest for Caller {
    async fn run() -> Vec<String> {
        let mut results = cancel().await;
        results.push(read_late().await);
        results
    }
}

bindings::export!(Caller with_types_in bindings);
