//! Bodies with limits and a log.

use crate::http::log::Entry;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll};
use wasmtime_wasi_http::{Error, WasiBody};

/// Returns a body of this text.
pub fn of_text(text: impl Into<Bytes>) -> WasiBody {
    Full::new(text.into())
        .map_err(|never| match never {})
        .boxed_unsync()
}

/// The body of a request, with a limit.
pub struct Limited {
    inner: Incoming,
    limit: u64,
    rest: u64,
    is_exceeded: Arc<AtomicBool>,
}

impl Limited {
    /// A body of at most `limit` bytes. A longer one is an error, and sets `is_exceeded`.
    pub fn new(inner: Incoming, limit: u64, is_exceeded: Arc<AtomicBool>) -> Self {
        Limited {
            inner,
            limit,
            rest: limit,
            is_exceeded,
        }
    }
}

impl Body for Limited {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if let Some(Ok(data)) = frame.as_ref().map(|f| f.as_ref().map(Frame::data_ref)) {
            let length = data.map_or(0, |data| data.len() as u64);
            match self.rest.checked_sub(length) {
                Some(rest) => self.rest = rest,
                None => {
                    self.is_exceeded.store(true, Ordering::Relaxed);
                    return Poll::Ready(Some(Err(Error::HttpRequestBodySize(Some(self.limit)))));
                }
            }
        }
        Poll::Ready(frame.map(|f| f.map_err(Error::from)))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// The body of a response, with the entry of its request in the log.
pub struct Logged {
    inner: WasiBody,
    entry: Entry,
    /// The bytes that the client gets, if they are known.
    length: Option<u64>,
    /// Whether the guest failed, which looks like the end of its body.
    is_failed: Arc<AtomicBool>,
}

impl Logged {
    /// A body whose end is the end of the entry. If `is_failed` is set, it breaks off.
    pub fn new(
        inner: WasiBody,
        entry: Entry,
        length: Option<u64>,
        is_failed: Arc<AtomicBool>,
    ) -> Self {
        Logged {
            inner,
            entry,
            length,
            is_failed,
        }
    }
}

impl Body for Logged {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        let mut frame = std::task::ready!(Pin::new(&mut self.inner).poll_frame(cx));
        if frame.is_none() && self.is_failed.load(Ordering::Relaxed) {
            let message = "the component failed".to_owned();
            frame = Some(Err(Error::InternalError(Some(message))));
        }
        match &frame {
            Some(Ok(frame)) => {
                let length = frame.data_ref().map_or(0, |data| data.len() as u64);
                self.entry.bytes += length;
            }
            Some(Err(error)) => self.entry.broken = Some(format!("broke off: {error}")),
            None => self.entry.broken = None,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

impl Drop for Logged {
    fn drop(&mut self) {
        // A body of a known length is not read beyond it.
        let is_sent = self.length.is_some_and(|length| self.entry.bytes >= length);
        if is_sent || self.inner.is_end_stream() {
            self.entry.broken = None;
        }
    }
}
