//! Functions with futures and streams.

use bindings::exports::test::flow::flows::{Guest, Point};
use bindings::exports::test::flow::items::{Guest as GuestItems, GuestItem, Item};
use bindings::wasi::clocks::monotonic_clock::wait_for;
use bindings::{wit_future, wit_stream};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Context, Poll, Waker};
use wit_bindgen::{spawn_local, FutureReader, StreamReader, StreamResult};

struct Flow;

struct Named(String);

/// A text that is set later, and who waits for it.
#[derive(Default)]
struct Text(RefCell<Option<String>>, RefCell<Option<Waker>>);

thread_local! {
    static LIVE: Cell<u32> = const { Cell::new(0) };
    static STOPPED: Text = Text::default();
    static NOTIFIED: Text = Text::default();
}

impl Text {
    fn set(&self, text: String) {
        self.0.replace(Some(text));
        if let Some(waker) = self.1.take() {
            waker.wake();
        }
    }

    fn get(&self, cx: &Context<'_>) -> Poll<String> {
        self.1.replace(Some(cx.waker().clone()));
        self.0.borrow().clone().map_or(Poll::Pending, Poll::Ready)
    }
}

async fn wait(millis: u32) {
    wait_for(u64::from(millis) * 1_000_000).await;
}

/// A stream of these values, as long as somebody reads it.
macro_rules! stream_of {
    ($values:expr) => {{
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            for value in $values {
                if writer.write_one(value).await.is_some() {
                    return;
                }
            }
        });
        reader
    }};
}

async fn all<T>(mut reader: StreamReader<T>) -> Vec<T> {
    let mut found = Vec::new();
    while let Some(value) = reader.next().await {
        found.push(value);
    }
    found
}

impl Guest for Flow {
    async fn bytes(count: u32, chunk: u32) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let bytes: Vec<u8> = (0..count).map(|i| i as u8).collect();
            for chunk in bytes.chunks(chunk as usize) {
                if !writer.write_all(chunk.to_vec()).await.is_empty() {
                    return;
                }
            }
        });
        reader
    }

    async fn words(words: Vec<String>) -> StreamReader<String> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            writer.write_all(words).await;
        });
        reader
    }

    async fn points(count: u32, millis: u32) -> StreamReader<Point> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            for x in 0..count {
                wait(millis).await;
                let label = format!("point {x}");
                let x = f64::from(x);
                if writer.write_one(Point { x, label }).await.is_some() {
                    return;
                }
            }
        });
        reader
    }

    async fn ticks(count: u32) -> StreamReader<()> {
        stream_of!((0..count).map(|_| ()))
    }

    async fn endless() -> StreamReader<String> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let mut count = 0;
            while writer.write_one(format!("word {count}")).await.is_none() {
                count += 1;
            }
            STOPPED.with(|stopped| stopped.set(format!("stopped after {count}")));
        });
        reader
    }

    async fn stopped() -> String {
        poll_fn(|cx| STOPPED.with(|stopped| stopped.get(cx))).await
    }

    async fn sum(bytes: StreamReader<u8>) -> (u32, u64) {
        let bytes = all(bytes).await;
        (
            bytes.len() as u32,
            bytes.iter().map(|b| u64::from(*b)).sum(),
        )
    }

    async fn join(words: StreamReader<String>) -> String {
        all(words).await.join(" ")
    }

    async fn first(mut words: StreamReader<String>, count: u32) -> Vec<String> {
        let mut found = Vec::new();
        while found.len() < count as usize {
            found.extend(words.next().await);
        }
        found
    }

    async fn labels(points: StreamReader<Point>) -> String {
        let points = all(points).await;
        let labels = points.iter().map(|p| format!("{} at {}", p.label, p.x));
        labels.collect::<Vec<_>>().join(",")
    }

    async fn count(mut ticks: StreamReader<()>) -> u32 {
        let mut count = 0;
        // A read can have several values, as they need no memory.
        while let (StreamResult::Complete(read), _) = ticks.read(Vec::new()).await {
            count += read as u32;
        }
        count
    }

    async fn shout(words: StreamReader<String>) -> StreamReader<String> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let mut words = words;
            while let Some(word) = words.next().await {
                if writer.write_one(word.to_uppercase()).await.is_some() {
                    return;
                }
            }
        });
        reader
    }

    async fn later() -> FutureReader<String> {
        let (writer, reader) = wit_future::new(String::new);
        spawn_local(async move {
            let text = poll_fn(|cx| NOTIFIED.with(|notified| notified.get(cx))).await;
            let _ = writer.write(text).await;
        });
        reader
    }

    fn notify(text: String) {
        NOTIFIED.with(|notified| notified.set(text));
    }

    async fn notified() -> StreamReader<String> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let text = poll_fn(|cx| NOTIFIED.with(|notified| notified.get(cx))).await;
            writer.write_all(vec![text, "end".to_owned()]).await;
        });
        reader
    }

    async fn both(words: Vec<String>) -> (StreamReader<String>, FutureReader<Result<u32, String>>) {
        let (mut writer, reader) = wit_stream::new();
        let (count, counted) = wit_future::new(|| Err("no words".to_owned()));
        spawn_local(async move {
            let len = words.len() as u32;
            writer.write_all(words).await;
            drop(writer);
            if len > 0 {
                let _ = count.write(Ok(len)).await;
            }
        });
        (reader, counted)
    }

    async fn answer(question: FutureReader<String>) -> String {
        format!("{}!", question.await)
    }

    async fn done(millis: u32) -> FutureReader<()> {
        let (writer, reader) = wit_future::new(|| ());
        spawn_local(async move {
            wait(millis).await;
            let _ = writer.write(()).await;
        });
        reader
    }

    async fn await_done(done: FutureReader<()>) -> String {
        done.await;
        "done".to_owned()
    }

    async fn ignore(_question: FutureReader<String>, _words: StreamReader<String>) {}

    fn same(bytes: StreamReader<u8>) -> StreamReader<u8> {
        bytes
    }

    fn same_future(number: FutureReader<u32>) -> FutureReader<u32> {
        number
    }

    async fn same_async(bytes: StreamReader<u8>) -> StreamReader<u8> {
        bytes
    }
}

impl GuestItems for Flow {
    type Item = Named;

    async fn write(names: Vec<String>) -> StreamReader<Item> {
        stream_of!(names.into_iter().map(|name| Item::new(Named::new(name))))
    }

    async fn take(mut items: StreamReader<Item>, count: u32) -> Vec<String> {
        let mut names = Vec::new();
        while names.len() < count as usize {
            names.extend(items.next().await.map(|item| item.get::<Named>().name()));
        }
        // The next one is being written.
        wait(2).await;
        names
    }
}

impl Named {
    fn new(name: String) -> Self {
        LIVE.set(LIVE.get() + 1);
        Named(name)
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl GuestItem for Named {
    fn new(name: String) -> Self {
        Named::new(name)
    }

    fn name(&self) -> String {
        self.0.clone()
    }

    fn live() -> u32 {
        LIVE.get()
    }
}

bindings::export!(Flow with_types_in bindings);
