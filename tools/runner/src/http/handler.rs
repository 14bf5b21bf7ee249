//! Components that handle HTTP requests, in both versions of the interface.

use crate::host::{Host, Program};
use http::{Request, Response};
use rules_wit_common::{Diagnostic, Result};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;
use wasmtime::component::Accessor;
use wasmtime::Store;
use wasmtime_wasi_http::p2::bindings::http::types::Scheme;
use wasmtime_wasi_http::p2::bindings::{Proxy, ProxyPre};
use wasmtime_wasi_http::p3;
use wasmtime_wasi_http::p3::bindings::{Service, ServicePre};
use wasmtime_wasi_http::{WasiBody, WasiHttpView};

/// A handler that is not instantiated yet.
pub enum HandlerPre {
    /// `wasi:http/incoming-handler@0.2`.
    P2(ProxyPre<Host>),
    /// `wasi:http/handler@0.3`.
    P3(ServicePre<Host>),
}

/// An instance of a handler.
pub enum Handler {
    /// `wasi:http/incoming-handler@0.2`.
    P2(Proxy),
    /// `wasi:http/handler@0.3`.
    P3(Service),
}

/// The answer of a guest: a response, or why there is none.
pub type Answer = std::result::Result<Response<WasiBody>, Failure>;

/// Why a guest does not respond.
#[derive(Debug)]
pub enum Failure {
    /// The guest trapped, exited, or cannot be instantiated. The log has the reason.
    Broken,
    /// The guest returned an error code.
    Error(String),
    /// The guest returned without a response.
    Silent,
    /// The time is up.
    Late,
    /// Too many requests are handled.
    Busy,
}

/// Takes the first answer.
#[derive(Clone)]
pub struct Reply(Arc<Mutex<Option<oneshot::Sender<Answer>>>>);

impl Reply {
    /// Returns a reply, and its receiver.
    pub fn new() -> (Self, oneshot::Receiver<Answer>) {
        let (sender, receiver) = oneshot::channel();
        (Reply(Arc::new(Mutex::new(Some(sender)))), receiver)
    }

    /// Answers, unless there is an answer already.
    pub fn send(&self, answer: Answer) {
        let mut sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = sender.take() {
            // The client is gone if this fails.
            let _ = sender.send(answer);
        }
    }
}

impl HandlerPre {
    /// Finds the handler of a component. Errors: it exports none.
    pub fn of(program: &Program) -> Result<Self> {
        let pre = program.pre().clone();
        if let Ok(service) = ServicePre::new(pre.clone()) {
            return Ok(HandlerPre::P3(service));
        }
        ProxyPre::new(pre).map(HandlerPre::P2).map_err(|_| {
            Diagnostic::new(format!(
                "`{}` does not handle HTTP requests: it exports neither `wasi:http/incoming-handler@0.2` nor \
                 `wasi:http/handler@0.3`",
                program.name
            ))
            .hint("export one of them in the world of the component, or run it with `runner run`")
            .into()
        })
    }

    /// Creates an instance in `store`.
    pub async fn instantiate(&self, store: &mut Store<Host>) -> wasmtime::Result<Handler> {
        Ok(match self {
            HandlerPre::P2(pre) => Handler::P2(pre.instantiate_async(store).await?),
            HandlerPre::P3(pre) => Handler::P3(pre.instantiate_async(store).await?),
        })
    }
}

impl Handler {
    /// Handles a request. The answer comes when the response starts; the call ends when the guest has
    /// nothing left to do.
    pub async fn handle(
        &self,
        store: &mut Store<Host>,
        request: Request<WasiBody>,
        reply: Reply,
    ) -> wasmtime::Result<()> {
        match self {
            Handler::P2(proxy) => handle_p2(proxy, store, request, reply).await,
            Handler::P3(service) => {
                let handle = async |accessor: &Accessor<Host>| {
                    handle_p3(service, accessor, request, reply).await
                };
                store.run_concurrent(handle).await?
            }
        }
    }
}

async fn handle_p2(
    proxy: &Proxy,
    store: &mut Store<Host>,
    request: Request<WasiBody>,
    reply: Reply,
) -> wasmtime::Result<()> {
    let first = reply.clone();
    let mut http = store.data_mut().http();
    let request = http.new_incoming_request(Scheme::Http, request)?;
    let out = http.new_response_outparam_from_callback(move |response| {
        first.send(response.map_err(|code| Failure::Error(format!("{code:?}"))));
    })?;
    let handler = proxy.wasi_http_incoming_handler();
    handler.call_handle(&mut *store, request, out).await?;
    reply.send(Err(Failure::Silent));
    Ok(())
}

async fn handle_p3(
    service: &Service,
    accessor: &Accessor<Host>,
    request: Request<WasiBody>,
    reply: Reply,
) -> wasmtime::Result<()> {
    let (request, is_sent) =
        accessor.with(|mut store| p3::Request::from_http(store.get().http().hooks, request));
    match service.handle(accessor, request).await? {
        Ok(response) => {
            let response = accessor.with(|mut store| response.into_http(&mut store, is_sent))?;
            reply.send(Ok(response));
        }
        Err(code) => reply.send(Err(Failure::Error(format!("{code:?}")))),
    }
    // The body of the response may come from tasks that the guest spawned.
    poll_fn(|cx| accessor.poll_no_interesting_tasks(cx)).await;
    Ok(())
}
