//! Uses the interface.

use crate::both::both;
use crate::memory::pause;
use crate::values::*;
use crate::Streamer;
use std::future::{poll_fn, Future};
use std::pin::pin;
use std::task::Poll;
use wit_dylib::{
    Future as FutureEnd, FutureType, FutureWriter, Read, Stream, StreamType, StreamWriter, Type,
    Value,
};

/// Polls a future once, which must be pending.
pub async fn start(future: impl Future) {
    let mut future = pin!(future);
    poll_fn(|context| {
        assert!(future.as_mut().poll(context).is_pending());
        Poll::Ready(())
    })
    .await;
}

async fn start_read(read: &mut Read) {
    start(poll_fn(|context| pin!(&mut *read).poll(context))).await;
}

fn strings(texts: &[&str]) -> Value {
    let texts = texts.iter().map(|text| Value::String((*text).to_owned()));
    Value::List(texts.collect())
}

fn shown(left: Option<Value>) -> String {
    left.map_or_else(String::new, |left| show(Some(left)))
}

impl Streamer {
    pub fn stream_type(&self, function: &str) -> StreamType {
        match self.param(function) {
            Type::Stream(ty) => ty,
            other => panic!("{other:?} is no stream"),
        }
    }

    pub fn future_type(&self, function: &str) -> FutureType {
        match self.param(function) {
            Type::Future(ty) => ty,
            other => panic!("{other:?} is no future"),
        }
    }

    /// A stream that is sent to a function.
    fn make(&self, function: &str) -> (StreamWriter, Stream) {
        self.stream_type(function).make()
    }

    fn promise(&self, function: &str) -> (FutureWriter, FutureEnd) {
        let made = self.future_type(function).make(None);
        made.unwrap_or_else(|e| panic!("{e}"))
    }

    fn page(&self, title: &str) -> Value {
        page(page_type(self.future_type("page-of").ty()), title)
    }

    /// Sends pages to a function. What is left is the result of the write.
    fn send(
        &self,
        function: &str,
        titles: &[&str],
    ) -> (Value, impl Future<Output = String> + 'static) {
        let (writer, stream) = self.make(function);
        let pages = pages(writer.ty(), titles);
        let left = async move { shown(write(&writer, pages).await) };
        (Value::Stream(stream), left)
    }

    async fn stream(&self, function: &str, argument: Value) -> Stream {
        stream(self.call(function, vec![argument]).await)
    }

    async fn events(&self, count: u32) -> Vec<String> {
        texts(self.call("events", vec![Value::U32(count)]).await)
    }

    async fn bytes(&self) -> Vec<String> {
        let stream = self.stream("bytes", Value::U32(200_000)).await;
        let mut received = Vec::new();
        while let Some(Value::Bytes(bytes)) = read(&stream, 100_000).await {
            received.extend(bytes);
        }
        let sum: u64 = received.iter().copied().map(u64::from).sum();
        let len = received.len();
        let (writer, stream) = self.make("pass");
        spawn(async move {
            write(&writer, Value::Bytes(received)).await;
        });
        let passed = self.stream("pass", Value::Stream(stream)).await;
        let Some(Value::U64(passed)) = self.call("sum", vec![Value::Stream(passed)]).await else {
            panic!("no sum");
        };
        vec![len.to_string(), sum.to_string(), passed.to_string()]
    }

    async fn streams(&self) -> Vec<String> {
        let stream = self.stream("pages", strings(&["a", "", "c"])).await;
        let mut results = Vec::new();
        while let pages @ Some(_) = read(&stream, 2).await {
            results.push(show(pages));
        }
        let (sent, left) = self.send("titles", &["x", "y", "z"]);
        let (titles, left) = both(self.call("titles", vec![sent, Value::U32(10)]), left).await;
        results.push(texts(titles).join(",") + &left);
        let (sent, left) = self.send("copy", &["k", "l", "m"]);
        let copied = async {
            let copied = self.stream("copy", sent).await;
            let mut all = Vec::new();
            while let pages @ Some(_) = read(&copied, 10).await {
                all.extend(list(pages));
            }
            show(Some(Value::List(all)))
        };
        let (copied, left) = both(copied, left).await;
        results.push(copied + &left);
        // The type is that of another interface.
        let (writer, stream) = self.make("count-lines");
        let lines = Value::List(vec![strings(&["a"; 3]), strings(&["b"; 3])]);
        let count = self.call("count-others", vec![Value::Stream(stream)]);
        let (count, _) = both(count, async move { write(&writer, lines).await }).await;
        results.push(number(count).to_string());
        results
    }

    async fn ticks(&self) -> Vec<String> {
        let received = count(self.stream("ticks", Value::U32(100_000)).await).await;
        let (writer, stream) = self.make("count");
        spawn(async move {
            let ticks = (0..7).map(|_| Value::Tuple(Vec::new()));
            write(&writer, Value::List(ticks.collect())).await;
        });
        let sent = number(self.call("count", vec![Value::Stream(stream)]).await);
        vec![received.to_string(), sent.to_string()]
    }

    async fn reader_drops(&self) -> Vec<String> {
        let stream = self.stream("pages", strings(&["a", "b", "c"])).await;
        let mut results = vec![show(read(&stream, 1).await)];
        drop(stream);
        results.extend(self.events(1).await);
        let (sent, left) = self.send("titles", &["x", "y", "z"]);
        let (titles, left) = both(self.call("titles", vec![sent, Value::U32(1)]), left).await;
        results.extend([texts(titles).join(","), left]);
        results
    }

    async fn cancel_write(&self) -> Vec<String> {
        let (writer, stream) = self.make("keep");
        let pages = |titles: &[&str]| pages(writer.ty(), titles);
        self.call("keep", vec![Value::Stream(stream)]).await;
        let cancelled = writer.write(pages(&["a", "b"])).expect("a write");
        let mut results = vec![show(cancelled.cancel().err())];
        // What is dropped is cancelled, too.
        start(writer.write(pages(&["dropped"])).expect("a write")).await;
        let taken = self.call("take", vec![Value::U32(5)]);
        let (taken, left) = both(taken, write(&writer, pages(&["c"]))).await;
        results.push(show(taken) + &shown(left));
        results.push(shown(write(&writer, pages(&["d"])).await));
        let (writer, future) = self.promise("keep-page");
        self.call("keep-page", vec![Value::Future(future)]).await;
        let cancelled = writer.write(self.page("e")).expect("a write");
        let page = cancelled.cancel().err().expect("a page");
        results.push(show(Some(page)));
        // This is written when the writer is dropped.
        start(writer.write(self.page("e")).expect("a write")).await;
        drop(writer);
        results.push(show(self.call("take-page", Vec::new()).await));
        results
    }

    async fn cancel_read(&self) -> Vec<String> {
        let stream = stream(self.call("open", Vec::new()).await);
        let mut cancelled = stream.read(2).expect("a read");
        start_read(&mut cancelled).await;
        assert_eq!(cancelled.cancel(), None);
        start(stream.read(2).expect("a read")).await;
        let send = |title| self.call("send", vec![strings(&[title])]);
        let (pages, _) = both(read(&stream, 2), send("a")).await;
        let mut results = vec![show(pages)];
        let mut dropped = stream.read(2).expect("a read");
        start_read(&mut dropped).await;
        send("b").await;
        // It was read already.
        drop(dropped);
        results.push(show(read(&stream, 2).await));
        results
    }

    async fn futures(&self) -> Vec<String> {
        let text = |text: &str| vec![Value::String(text.to_owned())];
        let later = future(self.call("later", text("a")).await);
        let mut results = vec![show(Some(value(later).await))];
        let (writer, sent) = self.promise("page-of");
        let write = writer.write(self.page("b")).expect("a write");
        let page = self.call("page-of", vec![Value::Future(sent)]);
        let (page, written) = both(page, write).await;
        assert!(written.is_ok());
        results.push(show(page));
        let unsent = future(self.call("unsent", Vec::new()).await);
        results.push(show(Some(value(unsent).await)));
        let nested = self.stream("nested", strings(&["d", "e"])).await;
        while let futures @ Some(_) = read(&nested, 1).await {
            for nested in list(futures) {
                results.push(show(Some(value(future(Some(nested))).await)));
            }
        }
        let done = future(self.call("done", Vec::new()).await);
        assert_eq!(value(done).await, Value::Tuple(Vec::new()));
        let done = self
            .future_type("wait")
            .make(Some(Value::Tuple(Vec::new())));
        let (writer, done) = done.expect("a future");
        drop(writer);
        self.call("wait", vec![Value::Future(done)]).await;
        let (writer, sent) = self.promise("ignore");
        self.call("ignore", vec![Value::Future(sent)]).await;
        let left = writer.write(self.page("f")).expect("a write").await;
        results.push(show(left.err()));
        results
    }

    async fn tokens(&self) -> Vec<String> {
        let stream = self.stream("tokens", Value::U32(3)).await;
        let Some(Value::Own(token)) = list(read(&stream, 1).await).pop() else {
            panic!("no token");
        };
        let get = self.imports["[method]token.get"].call(vec![Value::Borrow(token.borrow())]);
        let mut results = vec![number(get.expect("a call")).to_string()];
        drop(stream);
        results.extend(self.events(2).await);
        drop(token);
        results.extend(self.events(1).await);
        results
    }

    /// More than is written at once.
    async fn large(&self) -> Vec<String> {
        let (writer, stream) = self.make("titles");
        let titles: Vec<String> = (0..10_000).map(|i| i.to_string()).collect();
        let sent = write(&writer, pages(writer.ty(), &titles));
        let arguments = vec![Value::Stream(stream), Value::U32(5_000)];
        let (titles, left) = both(self.call("titles", arguments), sent).await;
        let mut left = list(left);
        vec![
            texts(titles).len().to_string(),
            left.len().to_string(),
            show(left.pop()),
        ]
    }

    /// Calls that are cancelled.
    async fn cancelled(&self) -> Vec<String> {
        let cancel = |name: &str, arguments| {
            let call = self.imports[name].call_async(arguments);
            call.expect("a call").cancel();
        };
        cancel("stuck", Vec::new());
        let (writer, future) = self.promise("page-of");
        cancel("page-of", vec![Value::Future(future)]);
        let left = writer.write(self.page("a")).expect("a write").await;
        vec![show(left.err())]
    }

    /// The page of a future that no task of the other component has made, and the memory there.
    async fn unsent_now(&self) -> (String, Option<Value>) {
        let unsent = self.imports["unsent-now"].call(Vec::new());
        let unsent = future(unsent.expect("a call"));
        // Its task gets the event of the write.
        value(future(self.call("done", Vec::new()).await)).await;
        let page = show(Some(value(unsent).await));
        for _ in 0..10 {
            pause().await;
        }
        let allocated = self.imports["allocated"].call(Vec::new());
        (page, allocated.expect("a call"))
    }

    async fn now(&self) -> Vec<String> {
        let first = self.unsent_now().await;
        assert_eq!(self.unsent_now().await, first);
        let mut results = vec![first.0];
        let (writer, stream) = self.make("keep");
        self.call("keep", vec![Value::Stream(stream)]).await;
        self.call("peek", Vec::new()).await;
        let after = vec![Value::String("c".to_owned())];
        let after = future(self.call("after", after).await);
        self.call("forget", Vec::new()).await;
        let taken = self.call("take", vec![Value::U32(5)]);
        let (taken, left) = both(taken, write(&writer, pages(writer.ty(), &["b"]))).await;
        results.push(show(taken) + &shown(left));
        results.push(show(Some(value(after).await)));
        results
    }

    /// The functions that no callee lacks.
    pub fn functions(&self) -> [&'static str; 10] {
        [
            "bytes",
            "streams",
            "ticks",
            "reader drops",
            "cancel write",
            "cancel read",
            "futures",
            "tokens",
            "cancelled",
            "large",
        ]
    }

    pub async fn call_one(&self, which: &str) -> Vec<String> {
        match which {
            "bytes" => self.bytes().await,
            "streams" => self.streams().await,
            "ticks" => self.ticks().await,
            "reader drops" => self.reader_drops().await,
            "cancel write" => self.cancel_write().await,
            "cancel read" => self.cancel_read().await,
            "futures" => self.futures().await,
            "tokens" => self.tokens().await,
            "cancelled" => self.cancelled().await,
            "large" => self.large().await,
            "now" => self.now().await,
            which => self.errors(which).await,
        }
    }

    pub async fn run(&'static self, which: String) -> Option<Value> {
        from_texts(match which.as_str() {
            "memory" => self.memory().await,
            which => self.call_one(which).await,
        })
    }
}
