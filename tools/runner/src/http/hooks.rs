//! Requests that a guest sends.

use crate::network::Network;
use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body_util::BodyExt;
use std::future::Future;
use std::sync::Arc;
use wasmtime_wasi_http::{default_send_request, Error, RequestOptions, WasiBody, WasiHttpHooks};

type Finished = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sent = Box<dyn Future<Output = Result<(Response<WasiBody>, Finished), Error>> + Send>;

/// Sends requests to the destinations that the guest can reach.
pub struct Hooks {
    network: Arc<Network>,
}

impl Hooks {
    /// Requests of a guest with this network.
    pub fn new(network: Arc<Network>) -> Self {
        Hooks { network }
    }

    fn allows(&self, uri: &Uri) -> bool {
        let default = match uri.scheme() == Some(&Scheme::HTTPS) {
            true => 443,
            false => 80,
        };
        // Wasmtime refuses a request without an authority.
        uri.host().is_none_or(|host| {
            self.network
                .allows_request(host, uri.port_u16().unwrap_or(default))
        })
    }
}

impl WasiHttpHooks for Hooks {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Finished,
    ) -> Sent {
        let is_allowed = self.allows(request.uri());
        Box::new(async move {
            if !is_allowed {
                return Err(Error::HttpRequestDenied);
            }
            let (response, finished) = default_send_request(request, options).await?;
            let finished: Finished = Box::new(finished);
            Ok((response.map(BodyExt::boxed_unsync), finished))
        })
    }
}
