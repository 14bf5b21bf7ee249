//! One connection of a client: HTTP/1.1 with limits.

use crate::http::service::Service;
use crate::http::stall::Stall;
use hyper::rt::{Sleep, Timer};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use std::convert::Infallible;
use std::future::{poll_fn, Future};
use std::pin::{pin, Pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use wasmtime_wasi_http::io::TokioIo;

/// The time in which the header of a request must arrive, and between two requests.
const HEADER_TIMEOUT: Duration = Duration::from_secs(30);

/// The time for which a client may read nothing of a response.
const WRITE_TIMEOUT: Duration = Duration::from_secs(30);

/// The most bytes of a header, and of a buffer.
const MAX_HEADER: usize = 64 << 10;

/// The most fields of a header.
const MAX_FIELDS: usize = 100;

/// Answers the requests of a connection, until the client closes it or `is_closing` becomes true.
pub async fn serve(
    service: Arc<Service>,
    io: impl AsyncRead + AsyncWrite + Unpin,
    mut is_closing: watch::Receiver<bool>,
) {
    let limit = service.options.request_timeout.min(HEADER_TIMEOUT);
    let answer = service_fn(|request| {
        let service = Arc::clone(&service);
        async move { Ok::<_, Infallible>(service.handle(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer)
        .header_read_timeout(limit)
        .max_buf_size(MAX_HEADER)
        .max_header_size(MAX_HEADER)
        .max_headers(MAX_FIELDS)
        .serve_connection(TokioIo::new(Stall::new(io, WRITE_TIMEOUT)), answer);
    let mut connection = pin!(connection);
    let mut closing = pin!(async {
        // The sender lives as long as the server.
        let _ = is_closing.wait_for(|is_closing| *is_closing).await;
    });
    let mut is_open = true;
    poll_fn(|cx| {
        if is_open && closing.as_mut().poll(cx).is_ready() {
            is_open = false;
            connection.as_mut().graceful_shutdown();
        }
        // The client caused an error, and got a status if it still listens.
        connection.as_mut().poll(cx).map(drop)
    })
    .await;
}

/// The timers of Tokio, for hyper.
struct TokioTimer;

struct TokioSleep(Pin<Box<tokio::time::Sleep>>);

impl Timer for TokioTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        Box::pin(TokioSleep(Box::pin(tokio::time::sleep(duration))))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let sleep = tokio::time::sleep_until(deadline.into());
        Box::pin(TokioSleep(Box::pin(sleep)))
    }
}

impl Future for TokioSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.as_mut().poll(cx)
    }
}

impl Sleep for TokioSleep {}
