//! Streams and futures of numbers: making them, and reading those that come back.

use std::future::{poll_fn, Future};
use std::pin::{pin, Pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use wasmtime::component::{
    FutureAny, FutureConsumer, FutureReader, Source, StreamAny, StreamConsumer, StreamReader,
    StreamResult, Val,
};
use wasmtime::{Result, Store, StoreContextMut};

/// The number of polls after which a future does not end.
const POLLS: usize = 1_000_000;

/// Runs a future that waits for nothing outside of this program.
pub fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..POLLS {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("a call, a stream or a future does not end");
}

/// Lets others run.
pub async fn pause() {
    let mut paused = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        match std::mem::replace(&mut paused, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
}

/// A stream of numbers.
pub fn stream(store: &mut Store<()>, numbers: Vec<u32>) -> Result<Val> {
    let reader = StreamReader::new(&mut *store, numbers)?;
    Ok(Val::Stream(StreamAny::try_from_stream_reader(
        store, reader,
    )?))
}

/// A future of a number.
pub fn future(store: &mut Store<()>, number: u32) -> Result<Val> {
    let value = async move { wasmtime::error::Ok(number) };
    let reader = FutureReader::new(&mut *store, value)?;
    Ok(Val::Future(FutureAny::try_from_future_reader(
        store, reader,
    )?))
}

/// Reads a stream or a future to its end.
pub fn read(store: &mut Store<()>, value: &Val) -> Result<Vec<u32>> {
    let (numbers, ended): (Arc<Mutex<Vec<u32>>>, Arc<AtomicBool>) = Default::default();
    let collector = Collector(numbers.clone(), ended.clone());
    match value.clone() {
        Val::Stream(stream) => stream
            .try_into_stream_reader::<u32>()?
            .pipe(&mut *store, collector)?,
        Val::Future(future) => future
            .try_into_future_reader::<u32>()?
            .pipe(&mut *store, collector)?,
        other => return Err(wasmtime::format_err!("{other:?} is no stream")),
    }
    block_on(store.run_concurrent(async |_| {
        poll_fn(|_| match ended.load(Ordering::Relaxed) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }))?;
    let numbers = numbers.lock().expect("numbers");
    Ok(numbers.clone())
}

/// Collects numbers, and notes when it is dropped.
struct Collector(Arc<Mutex<Vec<u32>>>, Arc<AtomicBool>);

impl Drop for Collector {
    fn drop(&mut self) {
        self.1.store(true, Ordering::Relaxed);
    }
}

impl StreamConsumer<()> for Collector {
    type Item = u32;

    fn poll_consume(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<'_, ()>,
        mut source: Source<'_, u32>,
        _: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut buffer = Vec::with_capacity(source.remaining(&mut store));
        source.read(&mut store, &mut buffer)?;
        self.0.lock().expect("numbers").extend(buffer);
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

impl FutureConsumer<()> for Collector {
    type Item = u32;

    fn poll_consume(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<'_, ()>,
        mut source: Source<'_, u32>,
        _: bool,
    ) -> Poll<Result<()>> {
        let mut number: Option<u32> = None;
        source.read(&mut store, &mut number)?;
        self.0.lock().expect("numbers").extend(number);
        Poll::Ready(Ok(()))
    }
}
