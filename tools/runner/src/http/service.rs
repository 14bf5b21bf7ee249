//! Answers requests with instances of a component.

use crate::call::describe;
use crate::host::{Host, Program, Setup, Stdio};
use crate::http::body::{of_text, Limited, Logged};
use crate::http::handler::{Answer, Failure, Handler, HandlerPre, Reply};
use crate::http::log::{Entry, Log};
use crate::http::options::Options;
use http::{header, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use rules_wit_common::Result;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use wasmtime::Store;
use wasmtime_wasi_http::WasiBody;

/// The time between the points at which a busy guest lets others run.
const TICK: Duration = Duration::from_millis(10);

/// A component that answers requests.
pub struct Service {
    program: Program,
    handler: HandlerPre,
    setup: Setup,
    /// The limits.
    pub options: Options,
    log: Log,
    is_quiet: bool,
    stdio: Mutex<Stdio>,
    requests: Arc<Semaphore>,
    /// Instances that can handle further requests.
    idle: Mutex<Vec<Worker>>,
    next: AtomicU64,
}

/// An instance.
struct Worker {
    store: Store<Host>,
    handler: Handler,
    /// The requests that it handled.
    count: u32,
}

/// A request that is not handled yet.
struct Pending {
    id: u64,
    request: Request<Incoming>,
    /// Set when the body exceeds the limit.
    is_exceeded: Arc<AtomicBool>,
    /// Set when the guest fails.
    is_failed: Arc<AtomicBool>,
}

/// Aborts a task when it is dropped.
struct Abort(Option<JoinHandle<()>>);

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

impl Service {
    /// Creates a service. A quiet one has only failures in its log. Errors: the component handles no
    /// requests.
    pub fn new(
        program: Program,
        setup: Setup,
        options: Options,
        log: Log,
        is_quiet: bool,
    ) -> Result<Arc<Self>> {
        let handler = HandlerPre::of(&program)?;
        let service = Arc::new(Service {
            handler,
            setup,
            requests: Arc::new(Semaphore::new(options.max_requests as usize)),
            options,
            log,
            is_quiet,
            stdio: Mutex::new(Stdio::Output),
            idle: Mutex::default(),
            next: AtomicU64::new(1),
            program,
        });
        let engine = service.program.component.engine().clone();
        let alive = Arc::downgrade(&service);
        std::thread::spawn(move || {
            while alive.strong_count() > 0 {
                std::thread::sleep(TICK);
                engine.increment_epoch();
            }
        });
        Ok(service)
    }

    /// Sets the streams of further instances.
    pub fn set_stdio(&self, stdio: Stdio) {
        *self.stdio.lock().unwrap_or_else(PoisonError::into_inner) = stdio;
    }

    /// Waits until all guests have nothing left to do.
    pub async fn finished(&self) {
        // The semaphore is never closed.
        let _ = self.requests.acquire_many(self.options.max_requests).await;
    }

    /// Answers a request.
    pub async fn handle(self: Arc<Self>, request: Request<Incoming>) -> Response<Logged> {
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let method = request.method().clone();
        let path = request.uri().path_and_query().map_or("/", |p| p.as_str());
        let mut entry = Entry::new(
            Arc::clone(&self.log),
            self.is_quiet,
            id,
            method.as_str(),
            path,
        );
        let is_exceeded = Arc::new(AtomicBool::new(false));
        let is_failed = Arc::new(AtomicBool::new(false));
        let answer = match content_length(request.headers()) {
            Some(length) if length > self.options.max_body => {
                is_exceeded.store(true, Ordering::Relaxed);
                Err(Failure::Silent)
            }
            _ => {
                let request = Pending {
                    id,
                    request,
                    is_exceeded: Arc::clone(&is_exceeded),
                    is_failed: Arc::clone(&is_failed),
                };
                self.answer(request).await
            }
        };
        let response = match answer {
            _ if is_exceeded.load(Ordering::Relaxed) => failed(StatusCode::PAYLOAD_TOO_LARGE),
            Ok(response) => response,
            Err(failure) => failed(Self::explain(&entry, &failure)),
        };
        entry.answered(response.status().as_u16());
        let length = match method {
            Method::HEAD => Some(0),
            _ => content_length(response.headers()),
        };
        response.map(|body| Logged::new(body, entry, length, is_failed))
    }

    /// Writes why there is no response, and returns the status in place of one.
    fn explain(entry: &Entry, failure: &Failure) -> StatusCode {
        match failure {
            Failure::Broken => {}
            Failure::Late => return StatusCode::GATEWAY_TIMEOUT,
            Failure::Busy => {
                entry.write("no instance was free: raise `--max-requests`");
                return StatusCode::SERVICE_UNAVAILABLE;
            }
            Failure::Error(code) => entry.write(&format!("the component returned {code}")),
            Failure::Silent => entry.write("the component returned without a response"),
        }
        StatusCode::INTERNAL_SERVER_ERROR
    }

    async fn answer(self: &Arc<Self>, pending: Pending) -> Answer {
        let limit = self.options.request_timeout;
        let permit = Arc::clone(&self.requests).acquire_owned();
        let Ok(Ok(permit)) = timeout(limit, permit).await else {
            return Err(Failure::Busy);
        };
        let (reply, answer) = Reply::new();
        let task = tokio::spawn(Arc::clone(self).work(pending, reply, permit));
        // Without a client, the guest has nobody to respond to.
        let mut abort = Abort(Some(task));
        // The task answers before it ends, unless it panics.
        let answer = answer.await.unwrap_or(Err(Failure::Broken));
        abort.0.take();
        answer
    }

    /// Handles a request until its guest has nothing left to do, or its time is up.
    async fn work(self: Arc<Self>, pending: Pending, reply: Reply, _permit: OwnedSemaphorePermit) {
        let limit = self.options.request_timeout;
        let (id, max_body) = (pending.id, self.options.max_body);
        let (is_exceeded, is_failed) = (pending.is_exceeded, pending.is_failed);
        let request = pending
            .request
            .map(|body| Limited::new(body, max_body, is_exceeded).boxed_unsync());
        // The response must break off before the instance is dropped, which looks like its end.
        let mut run = pin!(self.run(id, request, &reply, &is_failed));
        if timeout(limit, run.as_mut()).await.is_err() {
            is_failed.store(true, Ordering::Relaxed);
            (self.log)(&format!(
                "request {id}: not finished after {} ms: raise `--request-timeout`",
                limit.as_millis()
            ));
            reply.send(Err(Failure::Late));
        }
    }

    async fn run(
        &self,
        id: u64,
        request: Request<WasiBody>,
        reply: &Reply,
        is_failed: &AtomicBool,
    ) {
        let mut worker = match self.worker().await {
            Ok(worker) => worker,
            Err(why) => {
                (self.log)(&format!("request {id}: {why}"));
                return reply.send(Err(Failure::Broken));
            }
        };
        worker.count += 1;
        let Worker { store, handler, .. } = &mut worker;
        let ended = handler.handle(store, request, reply.clone()).await;
        if let Err(error) = ended {
            is_failed.store(true, Ordering::Relaxed);
            let why = describe(&error, store.data().refused());
            (self.log)(&format!("request {id}: {why}"));
            return reply.send(Err(Failure::Broken));
        }
        if worker.count < self.options.requests_per_instance {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.push(worker);
        }
    }

    /// Returns an idle instance, or a new one. The error says why there is none.
    async fn worker(&self) -> std::result::Result<Worker, String> {
        let idle = self
            .idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        if let Some(worker) = idle {
            return Ok(worker);
        }
        let stdio = self
            .stdio
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let mut store = self
            .program
            .store(&self.setup, stdio)
            .map_err(|e| e.render(false).trim_end().to_owned())?;
        match self.handler.instantiate(&mut store).await {
            Ok(handler) => Ok(Worker {
                store,
                handler,
                count: 0,
            }),
            Err(error) => {
                let why = describe(&error, store.data().refused());
                Err(format!("cannot instantiate the component: {why}"))
            }
        }
    }
}

fn content_length(headers: &http::HeaderMap) -> Option<u64> {
    headers
        .get(header::CONTENT_LENGTH)?
        .to_str()
        .ok()?
        .parse()
        .ok()
}

/// A response with the text of a status.
fn failed(status: StatusCode) -> Response<WasiBody> {
    let mut response = Response::new(of_text(format!("{status}\n")));
    *response.status_mut() = status;
    let text = header::HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    response
}
