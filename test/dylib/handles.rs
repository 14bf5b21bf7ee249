//! Streams and futures: making them, and reading those that come back.

use crate::payloads::{with_type, Kind, Payload};
use crate::values::Random;
use std::future::{poll_fn, Future};
use std::marker::PhantomData;
use std::pin::{pin, Pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use wasmtime::component::{
    FutureAny, FutureConsumer, FutureReader, Source, StreamAny, StreamConsumer, StreamReader,
    StreamResult, Val,
};
use wasmtime::{Result, Store, StoreContextMut};

/// The most payloads of a stream.
const MOST: usize = 500;

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

/// A stream of random payloads, and these as texts.
pub fn stream(
    store: &mut Store<()>,
    kind: Kind,
    random: &mut Random,
) -> Result<(Val, Vec<String>)> {
    with_type!(kind, T => {
        let len = random.len(0).min(MOST);
        let payloads: Vec<T> = (0..len).map(|_| T::random(random)).collect();
        let texts = payloads.iter().map(text).collect();
        let reader = StreamReader::new(&mut *store, payloads)?;
        let any = StreamAny::try_from_stream_reader(store, reader)?;
        Ok((Val::Stream(any), texts))
    })
}

/// A future of a random payload, and this as a text.
pub fn future(store: &mut Store<()>, kind: Kind, random: &mut Random) -> Result<(Val, String)> {
    with_type!(kind, T => {
        let payload = T::random(random);
        let text = text(&payload);
        let value = async move { wasmtime::error::Ok(payload) };
        let reader = FutureReader::new(&mut *store, value)?;
        let any = FutureAny::try_from_future_reader(store, reader)?;
        Ok((Val::Future(any), text))
    })
}

fn text(payload: &impl Payload) -> String {
    format!("{payload:?}")
}

/// Reads a future, or so many payloads of a stream, or fewer.
pub fn read(store: &mut Store<()>, value: &Val, kind: Kind, most: usize) -> Result<Vec<String>> {
    let (texts, ended): (Arc<Mutex<Vec<String>>>, Arc<AtomicBool>) = Default::default();
    with_type!(kind, T => {
        let collector = Collector {
            texts: texts.clone(),
            most,
            ended: ended.clone(),
            ty: PhantomData::<fn() -> T>,
        };
        match value.clone() {
            Val::Stream(stream) => stream
                .try_into_stream_reader::<T>()?
                .pipe(&mut *store, collector)?,
            Val::Future(future) => future
                .try_into_future_reader::<T>()?
                .pipe(&mut *store, collector)?,
            other => return Err(wasmtime::format_err!("{other:?} is no stream")),
        }
    });
    block_on(store.run_concurrent(async |_| {
        poll_fn(|_| match ended.load(Ordering::Relaxed) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }))?;
    let texts = texts.lock().expect("texts");
    Ok(texts.clone())
}

/// Collects payloads, and notes when it is dropped.
struct Collector<T> {
    texts: Arc<Mutex<Vec<String>>>,
    most: usize,
    ended: Arc<AtomicBool>,
    ty: PhantomData<fn() -> T>,
}

impl<T> Drop for Collector<T> {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

impl<T: Payload> StreamConsumer<()> for Collector<T> {
    type Item = T;

    fn poll_consume(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<'_, ()>,
        mut source: Source<'_, T>,
        _: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut texts = self.texts.lock().expect("texts");
        let wanted = self.most - texts.len();
        // A vector of units would take all.
        for _ in 0..source.remaining(&mut store).min(wanted) {
            let mut payload: Option<T> = None;
            source.read(&mut store, &mut payload)?;
            texts.extend(payload.iter().map(text));
        }
        Poll::Ready(Ok(match texts.len() < self.most {
            true => StreamResult::Completed,
            false => StreamResult::Dropped,
        }))
    }
}

impl<T: Payload> FutureConsumer<()> for Collector<T> {
    type Item = T;

    fn poll_consume(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut store: StoreContextMut<'_, ()>,
        mut source: Source<'_, T>,
        _: bool,
    ) -> Poll<Result<()>> {
        let mut payload: Option<T> = None;
        source.read(&mut store, &mut payload)?;
        let mut texts = self.texts.lock().expect("texts");
        texts.extend(payload.iter().map(text));
        Poll::Ready(Ok(()))
    }
}
