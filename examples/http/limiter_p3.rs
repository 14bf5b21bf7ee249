//! Rate limiting for WASI 0.3: see `limiter_p2.rs`.

use bindings::exports::wasi::http::handler::Guest;
use bindings::wasi::clocks::monotonic_clock;
use bindings::wasi::config::store;
use bindings::wasi::http::handler;
use bindings::wasi::http::types::{ErrorCode, Fields, Request, Response};
use bindings::wit_future;
use limits::Limiter;

static LIMITER: Limiter = Limiter::new();

struct Middleware;

impl Guest for Middleware {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let limit = limits::parse(store::get("limit").ok().flatten());
        let Err(seconds) = LIMITER.admit(limit, monotonic_clock::now()) else {
            return handler::handle(request).await;
        };
        let headers = Fields::new();
        headers
            .append("retry-after", seconds.to_string().as_bytes())
            .expect("the field is valid");
        let (_, trailers) = wit_future::new(|| Ok(None));
        let (response, _sent) = Response::new(headers, None, trailers);
        response.set_status_code(429).expect("the status is valid");
        Ok(response)
    }
}

bindings::export!(Middleware with_types_in bindings);
