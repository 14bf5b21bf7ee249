//! Streams and futures as values: a stream is written like the list of its elements, and a future like its
//! value.
//!
//! Wasmtime needs to know the type of the elements when it is compiled, so these are numbers, booleans,
//! characters and strings. A parameter, a result, or an element of a tuple that is the result can be a stream
//! or a future.

use crate::host::Host;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use tokio::sync::oneshot;
use wasmtime::component::{
    Accessor, ComponentType, FutureAny, FutureConsumer, FutureReader, Lift, Lower, Source,
    StreamAny, StreamConsumer, StreamReader, StreamResult, Type, Val,
};
use wasmtime::{format_err, AsContextMut, Result, StoreContextMut};

/// The most elements of a stream that are collected.
const MAX_ELEMENTS: usize = 16 << 20;

/// A stream or a future, with the type of its elements if they have one.
pub enum Handle {
    /// A stream.
    Stream(Option<Type>),
    /// A future.
    Future(Option<Type>),
}

impl Handle {
    /// A type that is a stream or a future of supported elements.
    pub fn of(ty: &Type) -> Option<Self> {
        let handle = match ty {
            Type::Stream(stream) => Handle::Stream(stream.ty()),
            Type::Future(future) => Handle::Future(future.ty()),
            _ => return None,
        };
        handle.element().is_some_and(is_supported).then_some(handle)
    }

    /// The type of the elements, or of the value.
    pub fn element(&self) -> Option<&Type> {
        match self {
            Handle::Stream(ty) | Handle::Future(ty) => ty.as_ref(),
        }
    }
}

/// Defines what can be an element: the type in Rust, and the variant of `Type` and `Val`.
macro_rules! elements {
    ($($variant:ident $rust:ty,)*) => {
        $(impl Element for $rust {
            fn from_val(value: &Val) -> Option<Self> {
                match value {
                    Val::$variant(value) => Some(value.clone()),
                    _ => None,
                }
            }

            fn into_val(self) -> Val {
                Val::$variant(self)
            }
        })*

        fn is_supported(ty: &Type) -> bool {
            matches!(ty, $(Type::$variant)|*)
        }

        /// Creates a stream of these elements.
        fn new_stream(store: StoreContextMut<'_, Host>, ty: &Type, elements: &[Val]) -> Result<Val> {
            match ty {
                $(Type::$variant => stream_of::<$rust>(store, elements),)*
                _ => Err(unsupported()),
            }
        }

        /// Creates a future of this value.
        fn new_future(store: StoreContextMut<'_, Host>, ty: &Type, value: &Val) -> Result<Val> {
            match ty {
                $(Type::$variant => future_of::<$rust>(store, value),)*
                _ => Err(unsupported()),
            }
        }

        /// Starts to read a stream or a future.
        fn read(mut store: StoreContextMut<'_, Host>, handle: &Handle, value: Val) -> Result<Slot> {
            match (handle, value) {
                $((Handle::Stream(Some(Type::$variant)), Val::Stream(stream)) => {
                    let (collector, slot) = Collector::<$rust>::new();
                    let reader = stream.try_into_stream_reader::<$rust>()?;
                    reader.pipe(&mut store, collector)?;
                    Ok(Slot::List(slot))
                })*
                $((Handle::Future(Some(Type::$variant)), Val::Future(future)) => {
                    let (collector, slot) = Collector::<$rust>::new();
                    let reader = future.try_into_future_reader::<$rust>()?;
                    reader.pipe(&mut store, collector)?;
                    Ok(Slot::One(slot))
                })*
                _ => Err(unsupported()),
            }
        }
    };
}

trait Element: ComponentType + Lift + Lower + Clone + Send + Sync + Unpin + 'static {
    fn from_val(value: &Val) -> Option<Self>;
    fn into_val(self) -> Val;
}

elements! {
    Bool bool,
    S8 i8,
    U8 u8,
    S16 i16,
    U16 u16,
    S32 i32,
    U32 u32,
    S64 i64,
    U64 u64,
    Float32 f32,
    Float64 f64,
    Char char,
    String String,
}

/// Callers check the types before.
fn unsupported() -> wasmtime::Error {
    format_err!("a stream or future of this type is not supported")
}

fn stream_of<T: Element>(mut store: StoreContextMut<'_, Host>, elements: &[Val]) -> Result<Val> {
    let elements: Option<Vec<T>> = elements.iter().map(T::from_val).collect();
    let reader = StreamReader::new(&mut store, elements.ok_or_else(unsupported)?)?;
    Ok(Val::Stream(StreamAny::try_from_stream_reader(
        store, reader,
    )?))
}

fn future_of<T: Element>(mut store: StoreContextMut<'_, Host>, value: &Val) -> Result<Val> {
    let value = T::from_val(value).ok_or_else(unsupported)?;
    let reader = FutureReader::new(&mut store, async move { wasmtime::error::Ok(value) })?;
    Ok(Val::Future(FutureAny::try_from_future_reader(
        store, reader,
    )?))
}

/// Converts an argument for the guest.
pub fn to_guest(store: StoreContextMut<'_, Host>, ty: &Type, value: &Val) -> Result<Val> {
    match (Handle::of(ty), value) {
        (Some(Handle::Stream(Some(ty))), Val::List(elements)) => new_stream(store, &ty, elements),
        (Some(Handle::Future(Some(ty))), value) => new_future(store, &ty, value),
        (_, value) => Ok(value.clone()),
    }
}

/// Whether a result has streams or futures.
pub fn has_handles(ty: &Type) -> bool {
    match ty {
        Type::Tuple(tuple) => tuple.types().any(|ty| has_handles(&ty)),
        ty => Handle::of(ty).is_some(),
    }
}

/// Reads the streams and futures in a result to their ends.
pub async fn from_guest(accessor: &Accessor<Host>, ty: &Type, value: Val) -> Result<Val> {
    let slot = accessor.with(|mut store| start(store.as_context_mut(), ty, value))?;
    slot.value().await
}

fn start(mut store: StoreContextMut<'_, Host>, ty: &Type, value: Val) -> Result<Slot> {
    match (Handle::of(ty), ty, value) {
        (Some(handle), _, value) => read(store, &handle, value),
        (None, Type::Tuple(tuple), Val::Tuple(values)) => {
            let slots = tuple.types().zip(values).map(|(ty, value)| {
                let store = store.as_context_mut();
                start(store, &ty, value)
            });
            Ok(Slot::Tuple(slots.collect::<Result<_>>()?))
        }
        (None, _, value) => Ok(Slot::Ready(value)),
    }
}

/// A value that may not be complete.
enum Slot {
    Ready(Val),
    List(Reading),
    One(Reading),
    Tuple(Vec<Slot>),
}

/// What a collector has, and its end.
struct Reading {
    values: Arc<Mutex<Vec<Val>>>,
    end: oneshot::Receiver<()>,
}

impl Reading {
    async fn finish(self) -> Vec<Val> {
        // The sender is dropped with the collector.
        let _ = self.end.await;
        std::mem::take(&mut *lock(&self.values))
    }
}

impl Slot {
    async fn value(self) -> Result<Val> {
        Ok(match self {
            Slot::Ready(value) => value,
            Slot::List(reading) => Val::List(reading.finish().await),
            Slot::One(reading) => {
                let values = reading.finish().await;
                let value = values.into_iter().next();
                value.ok_or_else(|| format_err!("the future was dropped without a value"))?
            }
            Slot::Tuple(slots) => {
                let mut values = Vec::new();
                for slot in slots {
                    values.push(Box::pin(slot.value()).await?);
                }
                Val::Tuple(values)
            }
        })
    }
}

/// Collects the elements of a stream, or the value of a future.
struct Collector<T> {
    values: Arc<Mutex<Vec<Val>>>,
    _end: oneshot::Sender<()>,
    element: std::marker::PhantomData<fn() -> T>,
}

impl<T: Element> Collector<T> {
    fn new() -> (Self, Reading) {
        let values: Arc<Mutex<Vec<Val>>> = Arc::default();
        let (sender, end) = oneshot::channel();
        let collector = Collector {
            values: Arc::clone(&values),
            _end: sender,
            element: std::marker::PhantomData,
        };
        (collector, Reading { values, end })
    }
}

impl<T: Element> StreamConsumer<Host> for Collector<T> {
    type Item = T;

    fn poll_consume(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        mut store: StoreContextMut<'_, Host>,
        mut source: Source<'_, T>,
        _finish: bool,
    ) -> Poll<Result<StreamResult>> {
        let mut buffer: Vec<T> = Vec::with_capacity(source.remaining(&mut store));
        if let Err(e) = source.read(&mut store, &mut buffer) {
            return Poll::Ready(Err(e));
        }
        let mut values = lock(&self.values);
        if values.len() + buffer.len() > MAX_ELEMENTS {
            let error = format_err!("the stream has more than {MAX_ELEMENTS} elements");
            return Poll::Ready(Err(error));
        }
        values.extend(buffer.into_iter().map(T::into_val));
        Poll::Ready(Ok(StreamResult::Completed))
    }
}

impl<T: Element> FutureConsumer<Host> for Collector<T> {
    type Item = T;

    fn poll_consume(
        self: Pin<&mut Self>,
        _cx: &mut Context<'_>,
        mut store: StoreContextMut<'_, Host>,
        mut source: Source<'_, T>,
        _finish: bool,
    ) -> Poll<Result<()>> {
        let mut value: Option<T> = None;
        let read = source.read(&mut store, &mut value);
        lock(&self.values).extend(value.map(T::into_val));
        Poll::Ready(read)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
