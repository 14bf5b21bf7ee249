//! The interface in Rust.

use bindings::exports::test::streams::others;
use bindings::exports::test::streams::pipes::{Guest, GuestToken, Page, Token};
use bindings::{wit_future, wit_stream};
use std::cell::{Cell, RefCell};
use std::future::pending;
use wit_bindgen::{
    spawn_local, yield_async, FutureReader, StreamReader, StreamResult, StreamWriter,
};

struct Pipes;

struct Number(u32);

thread_local! {
    static EVENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static KEPT: Cell<Option<StreamReader<Page>>> = const { Cell::new(None) };
    static KEPT_PAGE: Cell<Option<FutureReader<Page>>> = const { Cell::new(None) };
    static OPEN: Cell<Option<StreamWriter<Page>>> = const { Cell::new(None) };
}

fn event(text: String) {
    EVENTS.with_borrow_mut(|events| events.push(text));
}

fn page(title: &str) -> Page {
    Page {
        title: title.to_owned(),
        lines: vec![title.to_owned(); 2],
    }
}

/// A page that is written later.
fn promise(title: String) -> FutureReader<Page> {
    let (writer, reader) = wit_future::new(|| unreachable!());
    spawn_local(async move {
        yield_async().await;
        assert!(writer.write(page(&title)).await.is_ok());
    });
    reader
}

async fn read(pages: &mut StreamReader<Page>, at_most: u32) -> Option<Vec<Page>> {
    let (result, read) = pages.read(Vec::with_capacity(at_most as usize)).await;
    match result {
        StreamResult::Dropped => None,
        _ => Some(read),
    }
}

/// Writes pages, and notes which are left.
async fn write(writer: &mut StreamWriter<Page>, titles: Vec<String>) {
    let pages = titles.iter().map(|title| page(title)).collect();
    let left = writer.write_all(pages).await;
    if !left.is_empty() {
        let left: Vec<String> = left.into_iter().map(|page| page.title).collect();
        event(format!("left {}", left.join(",")));
    }
}

impl Guest for Pipes {
    type Token = Number;

    async fn bytes(count: u32) -> StreamReader<u8> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let bytes = (0..count).map(|i| (i % 251) as u8).collect();
            writer.write_all(bytes).await;
        });
        reader
    }

    async fn pages(titles: Vec<String>) -> StreamReader<Page> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move { write(&mut writer, titles).await });
        reader
    }

    async fn ticks(count: u32) -> StreamReader<()> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            writer.write_all(vec![(); count as usize]).await;
        });
        reader
    }

    async fn tokens(count: u32) -> StreamReader<Token> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let tokens = (0..count).map(|i| Token::new(Number(i)));
            writer.write_all(tokens.collect()).await;
        });
        reader
    }

    async fn later(title: String) -> FutureReader<Page> {
        promise(title)
    }

    async fn nested(titles: Vec<String>) -> StreamReader<FutureReader<Page>> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            let futures = titles.into_iter().map(promise);
            writer.write_all(futures.collect()).await;
        });
        reader
    }

    async fn unsent() -> FutureReader<Page> {
        wit_future::new(|| page("unsent")).1
    }

    fn unsent_now() -> FutureReader<Page> {
        unimplemented!()
    }

    fn allocated() -> i32 {
        unimplemented!()
    }

    fn forget() {
        unimplemented!()
    }

    async fn peek() {
        unimplemented!()
    }

    async fn after(_: String) -> FutureReader<Page> {
        unimplemented!()
    }

    async fn done() -> FutureReader<()> {
        wit_future::new(|| ()).1
    }

    async fn sum(bytes: StreamReader<u8>) -> u64 {
        bytes.collect().await.into_iter().map(u64::from).sum()
    }

    async fn count_lines(lines: StreamReader<Vec<String>>) -> u32 {
        lines.collect().await.iter().map(Vec::len).sum::<usize>() as u32
    }

    async fn titles(mut pages: StreamReader<Page>, at_most: u32) -> Vec<String> {
        let mut titles = Vec::new();
        while titles.len() < at_most as usize {
            let Some(read) = read(&mut pages, 1).await else {
                break;
            };
            titles.extend(read.into_iter().map(|page| page.title));
        }
        titles
    }

    async fn count(ticks: StreamReader<()>) -> u32 {
        ticks.collect().await.len() as u32
    }

    async fn page_of(page: FutureReader<Page>) -> Page {
        page.await
    }

    async fn wait(done: FutureReader<()>) {
        done.await;
    }

    async fn ignore(page: FutureReader<Page>) {
        drop(page);
    }

    async fn pass(bytes: StreamReader<u8>) -> StreamReader<u8> {
        bytes
    }

    async fn copy(mut pages: StreamReader<Page>) -> StreamReader<Page> {
        let (mut writer, reader) = wit_stream::new();
        spawn_local(async move {
            while let Some(read) = read(&mut pages, 2).await {
                writer.write_all(read).await;
            }
        });
        reader
    }

    async fn keep(pages: StreamReader<Page>) {
        KEPT.set(Some(pages));
    }

    async fn take(at_most: u32) -> Vec<Page> {
        let mut pages = KEPT.take().expect("a stream");
        read(&mut pages, at_most).await.unwrap_or_default()
    }

    async fn open() -> StreamReader<Page> {
        let (writer, reader) = wit_stream::new();
        OPEN.set(Some(writer));
        reader
    }

    async fn send(titles: Vec<String>) {
        let mut writer = OPEN.take().expect("a stream");
        write(&mut writer, titles).await;
        OPEN.set(Some(writer));
    }

    async fn keep_page(page: FutureReader<Page>) {
        KEPT_PAGE.set(Some(page));
    }

    async fn take_page() -> Page {
        KEPT_PAGE.take().expect("a future").await
    }

    async fn stuck() -> FutureReader<Page> {
        let _unsent = wit_future::new(|| page("stuck"));
        pending().await
    }

    async fn events(count: u32) -> Vec<String> {
        while EVENTS.with_borrow(Vec::len) < count as usize {
            yield_async().await;
        }
        let mut events = EVENTS.take();
        events.sort();
        events
    }
}

impl others::Guest for Pipes {
    async fn count_others(lines: StreamReader<Vec<String>>) -> u32 {
        Self::count_lines(lines).await
    }
}

impl GuestToken for Number {
    fn get(&self) -> u32 {
        self.0
    }
}

impl Drop for Number {
    fn drop(&mut self) {
        event(format!("dropped {}", self.0));
    }
}

bindings::export!(Pipes with_types_in bindings);
