//! Implements the interface.

use crate::values::*;
use interpreter_support::allocated;
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::task::{Poll, Waker};
use wit_dylib::{
    ExportFunc, Future, FutureType, Own, Read, Stream, StreamType, StreamWriter, Type, Value,
};

#[derive(Default)]
pub struct Pipes {
    events: RefCell<Vec<String>>,
    /// Who waits for them.
    wakers: RefCell<Vec<Waker>>,
    kept: Cell<Option<Stream>>,
    peeked: Cell<Option<Read>>,
    kept_page: Cell<Option<Future>>,
    open: Cell<Option<StreamWriter>>,
}

fn stream_type(function: ExportFunc) -> StreamType {
    match function.result() {
        Some(Type::Stream(ty)) => ty,
        other => panic!("{other:?} is no stream"),
    }
}

fn future_type(function: ExportFunc) -> FutureType {
    match function.result() {
        Some(Type::Future(ty)) => ty,
        other => panic!("{other:?} is no future"),
    }
}

/// A future whose writable end is dropped.
fn unsent(ty: FutureType, title: &str) -> Future {
    let page = page(page_type(ty.ty()), title);
    ty.make(Some(page)).unwrap_or_else(|e| panic!("{e}")).1
}

/// Writes values to a stream while it is read.
fn sent(ty: StreamType, values: Value) -> Option<Value> {
    let (writer, stream) = ty.make();
    spawn(async move {
        write(&writer, values).await;
    });
    Some(Value::Stream(stream))
}

impl Pipes {
    pub fn event(&self, text: String) {
        self.events.borrow_mut().push(text);
        self.wakers.take().into_iter().for_each(Waker::wake);
    }

    async fn events(&self, count: u32) -> Vec<String> {
        poll_fn(|context| {
            if self.events.borrow().len() >= count as usize {
                return Poll::Ready(());
            }
            self.wakers.borrow_mut().push(context.waker().clone());
            Poll::Pending
        })
        .await;
        let mut events = self.events.take();
        events.sort();
        events
    }

    /// Writes pages, and notes which are left.
    async fn write(&self, writer: &StreamWriter, titles: &[String]) {
        if let left @ Some(_) = write(writer, pages(writer.ty(), titles)).await {
            let left: Vec<String> = list(left).into_iter().map(title).collect();
            assert!(writer.is_closed());
            self.event(format!("left {}", left.join(",")));
        }
    }

    pub fn call_now(&self, function: ExportFunc, arguments: Vec<Value>) -> Option<Value> {
        let mut arguments = arguments.into_iter();
        match function.name() {
            "[method]token.get" => match arguments.next() {
                Some(Value::Borrow(token)) => token.rep().map(Value::U32),
                other => panic!("{other:?} is no token"),
            },
            "allocated" => Some(Value::S32(allocated() as i32)),
            "forget" => {
                // It goes on, as nothing can wait for its end.
                assert_eq!(self.peeked.take().map(Read::cancel), Some(None));
                self.event("forgotten".to_owned());
                None
            }
            "unsent-now" => Some(Value::Future(unsent(future_type(function), "unsent"))),
            other => panic!("{other}"),
        }
    }

    pub async fn call(&'static self, function: ExportFunc, arguments: Vec<Value>) -> Option<Value> {
        let mut arguments = arguments.into_iter();
        let first = arguments.next();
        match function.name() {
            "bytes" => {
                let bytes = (0..number(first)).map(|i| (i % 251) as u8);
                sent(stream_type(function), Value::Bytes(bytes.collect()))
            }
            "pages" => {
                let (writer, stream) = stream_type(function).make();
                let titles = texts(first);
                spawn(async move { self.write(&writer, &titles).await });
                Some(Value::Stream(stream))
            }
            "ticks" => {
                let ticks = (0..number(first)).map(|_| Value::Tuple(Vec::new()));
                sent(stream_type(function), Value::List(ticks.collect()))
            }
            "tokens" => {
                let ty = stream_type(function);
                let Some(Type::Own(token)) = ty.ty() else {
                    panic!("{ty:?} has no tokens");
                };
                let tokens = (0..number(first)).filter_map(|i| Own::make(token, i));
                sent(ty, Value::List(tokens.map(Value::Own).collect()))
            }
            name @ ("later" | "after") => {
                let ty = future_type(function);
                let (writer, future) = ty.make(None).unwrap_or_else(|e| panic!("{e}"));
                let page = page(page_type(ty.ty()), &text(first));
                let events = u32::from(name == "after");
                spawn(async move {
                    self.events(events).await;
                    let write = writer.write(page).unwrap_or_else(|e| panic!("{e}"));
                    assert!(write.await.is_ok());
                });
                Some(Value::Future(future))
            }
            "nested" => {
                let ty = stream_type(function);
                let Some(Type::Future(future)) = ty.ty() else {
                    panic!("{ty:?} has no futures");
                };
                let futures = texts(first).into_iter();
                let futures = futures.map(|title| Value::Future(unsent(future, &title)));
                sent(ty, Value::List(futures.collect()))
            }
            "unsent" => Some(Value::Future(unsent(future_type(function), "unsent"))),
            "done" => {
                let done = future_type(function).make(Some(Value::Tuple(Vec::new())));
                Some(Value::Future(done.unwrap_or_else(|e| panic!("{e}")).1))
            }
            "sum" => {
                let bytes = stream(first);
                let mut sum = 0;
                while let Some(Value::Bytes(bytes)) = read(&bytes, 100_000).await {
                    sum += bytes.into_iter().map(u64::from).sum::<u64>();
                }
                Some(Value::U64(sum))
            }
            "count-lines" | "count-others" => {
                let lines = stream(first);
                let mut count = 0;
                while let read @ Some(_) = read(&lines, 5).await {
                    let lists = list(read).into_iter();
                    count += lists.map(|lines| texts(Some(lines)).len()).sum::<usize>();
                }
                Some(Value::U32(count as u32))
            }
            "titles" => {
                let pages = stream(first);
                let at_most = number(arguments.next()) as usize;
                let mut titles = Vec::new();
                while titles.len() < at_most {
                    let Some(read) = read(&pages, 1).await else {
                        break;
                    };
                    titles.extend(list(Some(read)).into_iter().map(title));
                }
                from_texts(titles)
            }
            "count" => Some(Value::U32(count(stream(first)).await)),
            "page-of" => Some(value(future(first)).await),
            "wait" => {
                value(future(first)).await;
                None
            }
            "ignore" => None,
            "pass" => first,
            "copy" => {
                let pages = stream(first);
                let (writer, stream) = stream_type(function).make();
                spawn(async move {
                    while let Some(read) = read(&pages, 2).await {
                        write(&writer, read).await;
                    }
                });
                Some(Value::Stream(stream))
            }
            "keep" => {
                self.kept.set(Some(stream(first)));
                None
            }
            "peek" => {
                let pages = self.kept.take().expect("a stream");
                self.peeked.set(pages.read(5).ok());
                self.kept.set(Some(pages));
                None
            }
            "take" => {
                let pages = self.kept.take().expect("a stream");
                read(&pages, number(first) as usize).await
            }
            "open" => {
                let (writer, stream) = stream_type(function).make();
                self.open.set(Some(writer));
                Some(Value::Stream(stream))
            }
            "send" => {
                let writer = self.open.take().expect("a stream");
                self.write(&writer, &texts(first)).await;
                self.open.set(Some(writer));
                None
            }
            "keep-page" => {
                self.kept_page.set(Some(future(first)));
                None
            }
            "take-page" => {
                let page = self.kept_page.take().expect("a future");
                Some(value(page).await)
            }
            "stuck" => {
                let ty = future_type(function);
                let page = page(page_type(ty.ty()), "stuck");
                let future = ty.make(Some(page));
                // It has the waker of another call.
                self.events(u32::MAX).await;
                drop(future);
                pending().await
            }
            "events" => from_texts(self.events(number(first)).await),
            _ => self.call_now(function, first.into_iter().chain(arguments).collect()),
        }
    }
}
