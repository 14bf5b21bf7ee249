//! Sends the request of a test: HTTP over a pipe in memory, so that no socket is needed.

use crate::http::connection;
use crate::http::service::Service;
use crate::requests::case::RequestCase;
use bytes::Bytes;
use http::{header, HeaderMap, Request, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Body, Frame, Incoming};
use hyper::client::conn::http1;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tokio::sync::watch;
use wasmtime_wasi_http::io::TokioIo;

/// The size of the pipe.
const PIPE: usize = 64 << 10;

/// The most bytes of a response that are compared.
const MAX_BODY: usize = 64 << 20;

/// A response.
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The header.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// Why the body ended early.
    pub broken: Option<String>,
}

/// Sends the request of `case` on a connection of its own. The error says why there is no response.
pub async fn send(service: &Arc<Service>, case: &RequestCase) -> Result<Response, String> {
    let (client, server) = tokio::io::duplex(PIPE);
    let (_open, is_closing) = watch::channel(false);
    tokio::spawn({
        let service = Arc::clone(service);
        async move { connection::serve(service, server, is_closing).await }
    });
    let fail = |e: hyper::Error| format!("the connection broke: {e}");
    let handshake = http1::handshake(TokioIo::new(client));
    let (mut sender, connection) = handshake.await.map_err(fail)?;
    // What ends the connection ends the response too.
    tokio::spawn(async move { drop(connection.await) });
    let response = sender.send_request(request(case)?).await.map_err(fail)?;
    let (parts, body) = response.into_parts();
    let (body, broken) = read(body).await;
    Ok(Response {
        status: parts.status,
        headers: parts.headers,
        body,
        broken,
    })
}

fn request(case: &RequestCase) -> Result<Request<UnsyncBoxBody<Bytes, Infallible>>, String> {
    let (method, path) = case.target().ok_or("it is not a request")?;
    let mut request = Request::builder().method(method).uri(path);
    for (name, values) in &case.headers {
        for value in values.all() {
            request = request.header(name, value);
        }
    }
    let has = |name| {
        let mut names = case.headers.keys();
        names.any(|given| given.eq_ignore_ascii_case(name))
    };
    if !has(header::HOST.as_str()) {
        request = request.header(header::HOST, "localhost");
    }
    let body = if let Some(text) = &case.body {
        Full::new(Bytes::from(text.clone())).boxed_unsync()
    } else if let Some(value) = &case.json {
        if !has(header::CONTENT_TYPE.as_str()) {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        Full::new(Bytes::from(value.to_string())).boxed_unsync()
    } else if let Some(chunks) = &case.chunks {
        Chunks::new(chunks, case.repeat.unwrap_or(1)).boxed_unsync()
    } else {
        Empty::new().boxed_unsync()
    };
    request.body(body).map_err(|e| e.to_string())
}

async fn read(mut body: Incoming) -> (Vec<u8>, Option<String>) {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        match frame {
            Ok(frame) => {
                let data = frame.data_ref().map_or(&[][..], |data| data);
                if bytes.len() + data.len() > MAX_BODY {
                    let limit = MAX_BODY >> 20;
                    return (bytes, Some(format!("the body has more than {limit} MiB")));
                }
                bytes.extend_from_slice(data);
            }
            Err(e) => return (bytes, Some(format!("the body broke off: {e}"))),
        }
    }
    (bytes, None)
}

/// A body whose chunks are sent one after the other, without a length.
struct Chunks {
    chunks: Vec<Bytes>,
    next: usize,
    rounds: u32,
    /// Whether the last chunk was on its way when this was polled.
    is_paused: bool,
}

impl Chunks {
    fn new(chunks: &[String], rounds: u32) -> Self {
        Chunks {
            chunks: chunks
                .iter()
                .map(|chunk| Bytes::from(chunk.clone()))
                .collect(),
            next: 0,
            rounds,
            is_paused: false,
        }
    }
}

impl Body for Chunks {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.next == self.chunks.len() {
            self.next = 0;
            self.rounds = self.rounds.saturating_sub(1);
        }
        if self.rounds == 0 || self.chunks.is_empty() {
            return Poll::Ready(None);
        }
        // Between two chunks, the connection sends what it has.
        self.is_paused = !self.is_paused;
        if self.is_paused {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let chunk = self.chunks[self.next].clone();
        self.next += 1;
        Poll::Ready(Some(Ok(Frame::data(chunk))))
    }
}
