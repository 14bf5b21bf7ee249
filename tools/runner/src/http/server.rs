//! A server: accepts connections until it is asked to end.

use crate::http::connection;
use crate::http::service::Service;
use rules_wit_common::{exit, write_stdout, Diagnostic, Result};
use std::future::{poll_fn, Future};
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{watch, Semaphore};
use tokio::time::{sleep, timeout};
use wasmtime_wasi::runtime::in_tokio;

/// The time between attempts to accept a connection, where the machine has no file descriptor left.
const PAUSE: Duration = Duration::from_millis(50);

/// The time for open requests, once the server is asked to end.
const GRACE: Duration = Duration::from_secs(10);

/// Serves at `address` until SIGINT or SIGTERM, and prints the address. Errors: it cannot listen there.
pub fn run(service: &Arc<Service>, address: &str, max_connections: u32) -> Result<u8> {
    in_tokio(async {
        let listener = TcpListener::bind(address).await.map_err(|e| {
            Diagnostic::environment(format!("cannot listen on `{address}`: {e}"))
                .hint("choose another `--addr`: port 0 takes a free port")
        })?;
        let local = listener.local_addr().map_err(|e| {
            Diagnostic::environment(format!("cannot determine the address of the server: {e}"))
        })?;
        let mut signals = Signals::new()?;
        write_stdout(&format!("listening on http://{local}\n"))?;
        serve(service, &listener, max_connections, &mut signals).await;
        Ok(exit::OK)
    })
}

async fn serve(
    service: &Arc<Service>,
    listener: &TcpListener,
    max_connections: u32,
    signals: &mut Signals,
) {
    let connections = Arc::new(Semaphore::new(max_connections as usize));
    let (close, is_closing) = watch::channel(false);
    loop {
        let accept = async {
            let permit = Arc::clone(&connections).acquire_owned().await;
            (permit, accept(listener).await)
        };
        let Some((permit, stream)) = signals.unless(accept).await else {
            break;
        };
        let (service, is_closing) = (Arc::clone(service), is_closing.clone());
        tokio::spawn(async move {
            connection::serve(service, stream, is_closing).await;
            drop(permit);
        });
    }
    // A receiver that is gone is a closed connection.
    let _ = close.send(true);
    let finished = async {
        // The semaphore is never closed.
        let _ = connections.acquire_many(max_connections).await;
        service.finished().await;
    };
    // After that time, or another signal, the process ends anyway.
    let _ = signals.unless(timeout(GRACE, finished)).await;
}

/// Accepts a connection. A client that has gone already, or a machine without file descriptors, does not end
/// the server.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Small chunks are sent at once, if the system can.
                let _ = stream.set_nodelay(true);
                return stream;
            }
            Err(_) => sleep(PAUSE).await,
        }
    }
}

/// The signals that ask the server to end.
#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 2]);

#[cfg(unix)]
impl Signals {
    fn new() -> Result<Self> {
        use tokio::signal::unix::{signal, SignalKind};
        let fail = |e| Diagnostic::environment(format!("cannot handle signals: {e}"));
        let interrupt = signal(SignalKind::interrupt()).map_err(fail)?;
        let terminate = signal(SignalKind::terminate()).map_err(fail)?;
        Ok(Signals([interrupt, terminate]))
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let mut got = Poll::Pending;
        for signal in &mut self.0 {
            if signal.poll_recv(cx).is_ready() {
                got = Poll::Ready(());
            }
        }
        got
    }
}

/// The signals that ask the server to end: on this system, they end the process.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> Result<Self> {
        Ok(Signals)
    }

    fn poll(&mut self, _cx: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl Signals {
    /// The output of `future`, unless a signal arrives first.
    async fn unless<T>(&mut self, future: impl Future<Output = T>) -> Option<T> {
        let mut future = pin!(future);
        poll_fn(|cx| match self.poll(cx) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => future.as_mut().poll(cx).map(Some),
        })
        .await
    }
}
