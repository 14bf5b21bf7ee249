//! Uses the interface, in Rust.

mod both;

use bindings::test::streams::others;
use bindings::test::streams::pipes::{self, Page};
use bindings::{wit_future, wit_stream, Guest};
use both::both;
use std::future::{poll_fn, Future};
use std::pin::Pin;
use std::task::Poll;
use wit_bindgen::{
    spawn_local, yield_async, FutureReader, FutureWriteCancel, StreamReader, StreamResult,
};

struct Caller;

fn page(title: &str) -> Page {
    Page {
        title: title.to_owned(),
        lines: vec![title.to_owned(); 2],
    }
}

fn pages(titles: &[&str]) -> Vec<Page> {
    titles.iter().map(|title| page(title)).collect()
}

fn show(pages: &[Page]) -> String {
    let show = |page: &Page| format!("{}:{}", page.title, page.lines.join(","));
    pages.iter().map(show).collect::<Vec<_>>().join(" ")
}

/// Polls a future once, which must be pending.
async fn start(mut future: Pin<&mut impl Future>) {
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

async fn read(stream: &mut StreamReader<Page>, count: usize) -> Option<Vec<Page>> {
    let (result, read) = stream.read(Vec::with_capacity(count)).await;
    match result {
        StreamResult::Dropped => None,
        _ => Some(read),
    }
}

/// Sends pages. What is left is the result of the write.
fn send(titles: &[&str]) -> (StreamReader<Page>, impl Future<Output = String>) {
    let (mut writer, reader) = wit_stream::new();
    let pages = pages(titles);
    let left = async move { show(&writer.write_all(pages).await) };
    (reader, left)
}

fn promise(title: &str) -> FutureReader<Page> {
    let (writer, reader) = wit_future::new(|| unreachable!());
    let page = page(title);
    spawn_local(async move {
        assert!(writer.write(page).await.is_ok());
    });
    reader
}

async fn bytes() -> Vec<String> {
    let received = pipes::bytes(200_000).await.collect().await;
    let sum: u64 = received.iter().copied().map(u64::from).sum();
    let len = received.len();
    let (mut writer, reader) = wit_stream::new();
    spawn_local(async move {
        writer.write_all(received).await;
    });
    let passed = pipes::pass(reader).await;
    vec![
        len.to_string(),
        sum.to_string(),
        pipes::sum(passed).await.to_string(),
    ]
}

async fn streams() -> Vec<String> {
    let mut stream = pipes::pages(["a", "", "c"].map(str::to_owned).to_vec()).await;
    let mut results = Vec::new();
    while let Some(pages) = read(&mut stream, 2).await {
        results.push(show(&pages));
    }
    let (sent, left) = send(&["x", "y", "z"]);
    let (titles, left) = both(pipes::titles(sent, 10), left).await;
    results.push(titles.join(",") + &left);
    let (sent, left) = send(&["k", "l", "m"]);
    let (copied, left) = both(async { pipes::copy(sent).await.collect().await }, left).await;
    results.push(show(&copied) + &left);
    let (mut writer, reader) = wit_stream::new();
    let lines = ["a", "b"].map(|line| vec![line.to_owned(); 3]).to_vec();
    let (count, _) = both(others::count_others(reader), async move {
        writer.write_all(lines).await
    })
    .await;
    results.push(count.to_string());
    results
}

async fn ticks() -> Vec<String> {
    let count = pipes::ticks(100_000).await.collect().await.len();
    let (mut writer, reader) = wit_stream::new();
    spawn_local(async move {
        writer.write_all(vec![(); 7]).await;
    });
    vec![count.to_string(), pipes::count(reader).await.to_string()]
}

async fn reader_drops() -> Vec<String> {
    let mut stream = pipes::pages(["a", "b", "c"].map(str::to_owned).to_vec()).await;
    let read = read(&mut stream, 1).await.unwrap_or_default();
    drop(stream);
    let mut results = vec![show(&read)];
    results.extend(pipes::events(1).await);
    let (sent, left) = send(&["x", "y", "z"]);
    let (titles, left) = both(pipes::titles(sent, 1), left).await;
    results.extend([titles.join(","), left]);
    results
}

async fn cancel_write() -> Vec<String> {
    let (mut writer, reader) = wit_stream::new();
    pipes::keep(reader).await;
    let mut results = Vec::new();
    {
        let mut write = Box::pin(writer.write(pages(&["a", "b"])));
        start(write.as_mut()).await;
        results.push(show(&write.as_mut().cancel().1.into_vec()));
    }
    let (taken, left) = both(pipes::take(5), writer.write_all(pages(&["c"]))).await;
    results.push(show(&taken) + &show(&left));
    results.push(show(&writer.write_all(pages(&["d"])).await));
    let (writer, reader) = wit_future::new(|| unreachable!());
    pipes::keep_page(reader).await;
    let mut write = Box::pin(writer.write(page("e")));
    start(write.as_mut()).await;
    let FutureWriteCancel::Cancelled(page, writer) = write.as_mut().cancel() else {
        panic!("the page was read");
    };
    results.push(show(&[page.clone()]));
    let (taken, _) = both(pipes::take_page(), writer.write(page)).await;
    results.push(show(&[taken]));
    results
}

async fn cancel_read() -> Vec<String> {
    let mut stream = pipes::open().await;
    {
        let mut read = Box::pin(stream.read(Vec::with_capacity(2)));
        start(read.as_mut()).await;
        assert!(read.as_mut().cancel().1.is_empty());
    }
    let send = |title: &str| pipes::send(vec![title.to_owned()]);
    let (read, ()) = both(read(&mut stream, 2), send("a")).await;
    let mut results = vec![show(&read.unwrap_or_default())];
    let mut read = Box::pin(stream.read(Vec::with_capacity(2)));
    start(read.as_mut()).await;
    send("b").await;
    // It was read already.
    results.push(show(&read.as_mut().cancel().1));
    results
}

async fn futures() -> Vec<String> {
    let mut results = vec![show(&[pipes::later("a".to_owned()).await.await])];
    results.push(show(&[pipes::page_of(promise("b")).await]));
    results.push(show(&[pipes::unsent().await.await]));
    let mut nested = pipes::nested(["d", "e"].map(str::to_owned).to_vec()).await;
    while let Some(future) = nested.next().await {
        results.push(show(&[future.await]));
    }
    pipes::done().await.await;
    let (writer, reader) = wit_future::new(|| ());
    drop(writer);
    pipes::wait(reader).await;
    let (writer, reader) = wit_future::new(|| unreachable!());
    pipes::ignore(reader).await;
    let left = writer.write(page("f")).await.expect_err("a page");
    results.push(show(&[left.value]));
    results
}

async fn tokens() -> Vec<String> {
    let mut stream = pipes::tokens(3).await;
    let token = stream.next().await.expect("a token");
    let mut results = vec![token.get().to_string()];
    drop(stream);
    results.extend(pipes::events(2).await);
    drop(token);
    results.extend(pipes::events(1).await);
    results
}

/// More than is written at once.
async fn large() -> Vec<String> {
    let (mut writer, reader) = wit_stream::new();
    let pages = (0..10_000).map(|i| page(&i.to_string())).collect();
    let (titles, left) = both(pipes::titles(reader, 5_000), writer.write_all(pages)).await;
    vec![
        titles.len().to_string(),
        left.len().to_string(),
        show(&left[left.len() - 1..]),
    ]
}

/// Calls that are cancelled.
async fn cancelled() -> Vec<String> {
    {
        let mut call = Box::pin(pipes::stuck());
        start(call.as_mut()).await;
    }
    let (writer, reader) = wit_future::new(|| unreachable!());
    {
        let mut call = Box::pin(pipes::page_of(reader));
        start(call.as_mut()).await;
    }
    let left = writer.write(page("a")).await.expect_err("a page");
    vec![show(&[left.value])]
}

/// The page of a future that no task of the other component has made, and the memory there.
async fn unsent_now() -> (String, i32) {
    let future = pipes::unsent_now();
    // Its task gets the event of the write.
    pipes::done().await.await;
    let page = show(&[future.await]);
    for _ in 0..10 {
        yield_async().await;
    }
    (page, pipes::allocated())
}

async fn now() -> Vec<String> {
    let first = unsent_now().await;
    assert_eq!(unsent_now().await, first);
    let mut results = vec![first.0];
    let (mut writer, reader) = wit_stream::new();
    pipes::keep(reader).await;
    pipes::peek().await;
    let after = pipes::after("c".to_owned()).await;
    pipes::forget();
    let (taken, left) = both(pipes::take(5), writer.write_all(pages(&["b"]))).await;
    results.push(show(&taken) + &show(&left));
    results.push(show(&[after.await]));
    results
}

impl Guest for Caller {
    async fn run(which: String) -> Vec<String> {
        match which.as_str() {
            "bytes" => bytes().await,
            "streams" => streams().await,
            "ticks" => ticks().await,
            "reader drops" => reader_drops().await,
            "cancel write" => cancel_write().await,
            "cancel read" => cancel_read().await,
            "futures" => futures().await,
            "tokens" => tokens().await,
            "cancelled" => cancelled().await,
            "large" => large().await,
            "now" => now().await,
            other => panic!("{other}"),
        }
    }
}

bindings::export!(Caller with_types_in bindings);
