//! Values of the interface.

use std::future::Future;
use wit_dylib::{Future as FutureEnd, Record, Stream, StreamType, StreamWriter, Type, Value};

pub fn text(value: Option<Value>) -> String {
    match value {
        Some(Value::String(text)) => text,
        other => panic!("{other:?} is no text"),
    }
}

pub fn texts(value: Option<Value>) -> Vec<String> {
    let texts = list(value).into_iter();
    texts.map(|value| text(Some(value))).collect()
}

pub fn from_texts(texts: Vec<String>) -> Option<Value> {
    let texts = texts.into_iter().map(Value::String);
    Some(Value::List(texts.collect()))
}

pub fn number(value: Option<Value>) -> u32 {
    match value {
        Some(Value::U32(number)) => number,
        other => panic!("{other:?} is no number"),
    }
}

pub fn list(value: Option<Value>) -> Vec<Value> {
    match value {
        Some(Value::List(values)) => values,
        other => panic!("{other:?} is no list"),
    }
}

pub fn stream(value: Option<Value>) -> Stream {
    match value {
        Some(Value::Stream(stream)) => stream,
        other => panic!("{other:?} is no stream"),
    }
}

pub fn future(value: Option<Value>) -> FutureEnd {
    match value {
        Some(Value::Future(future)) => future,
        other => panic!("{other:?} is no future"),
    }
}

/// The record of pages.
pub fn page_type(payload: Option<Type>) -> Record {
    match payload {
        Some(Type::Record(record)) => record,
        other => panic!("{other:?} is no page"),
    }
}

pub fn page(ty: Record, title: &str) -> Value {
    let title = || {
        // The canonical ABI frees a string by its length.
        let mut text = String::with_capacity(title.len() + 100);
        text.push_str(title);
        Value::String(text)
    };
    Value::Record(ty, vec![title(), Value::List(vec![title(), title()])])
}

pub fn pages<T: AsRef<str>>(ty: StreamType, titles: &[T]) -> Value {
    let record = page_type(ty.ty());
    let pages = titles.iter().map(|title| page(record, title.as_ref()));
    Value::List(pages.collect())
}

pub fn title(page: Value) -> String {
    match page {
        Value::Record(_, fields) => text(fields.into_iter().next()),
        other => panic!("{other:?} is no page"),
    }
}

/// Pages, or one, as a text.
pub fn show(value: Option<Value>) -> String {
    match value {
        Some(Value::List(pages)) => {
            let pages = pages.into_iter().map(|page| show(Some(page)));
            pages.collect::<Vec<_>>().join(" ")
        }
        Some(Value::Record(_, fields)) => {
            let mut fields = fields.into_iter();
            let title = text(fields.next());
            format!("{title}:{}", texts(fields.next()).join(","))
        }
        other => panic!("{other:?} is no page"),
    }
}

/// Writes all values. Returns those that are left.
pub async fn write(writer: &StreamWriter, values: Value) -> Option<Value> {
    let write = writer.write(values).unwrap_or_else(|e| panic!("{e}"));
    write.await.err()
}

/// Reads at most so many values.
pub async fn read(stream: &Stream, count: usize) -> Option<Value> {
    stream.read(count).unwrap_or_else(|e| panic!("{e}")).await
}

/// Reads a stream to its end, and returns the number of values.
pub async fn count(stream: Stream) -> u32 {
    let mut count = 0;
    while let Some(values) = read(&stream, 1_000).await {
        count += list(Some(values)).len();
    }
    count as u32
}

/// Reads a future.
pub async fn value(future: FutureEnd) -> Value {
    let read = future.read().unwrap_or_else(|e| panic!("{e}"));
    read.await.expect("a value")
}

/// Runs a future after the call has returned.
pub fn spawn(future: impl Future<Output = ()> + 'static) {
    wit_dylib::spawn(future).unwrap_or_else(|e| panic!("{e}"));
}
