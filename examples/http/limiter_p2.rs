//! Rate limiting for WASI 0.2: a component in front of a service, which passes on a number of requests in a
//! minute. It counts in its memory, so it needs an instance for several requests.

use bindings::exports::wasi::http::incoming_handler::Guest;
use bindings::wasi::clocks::monotonic_clock;
use bindings::wasi::config::store;
use bindings::wasi::http::incoming_handler;
use bindings::wasi::http::types::{Fields, IncomingRequest, OutgoingResponse, ResponseOutparam};
use limits::Limiter;

static LIMITER: Limiter = Limiter::new();

struct Middleware;

impl Guest for Middleware {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let limit = limits::parse(store::get("limit").ok().flatten());
        match LIMITER.admit(limit, monotonic_clock::now()) {
            Ok(()) => incoming_handler::handle(request, out),
            Err(seconds) => {
                let headers = Fields::new();
                headers
                    .append("retry-after", seconds.to_string().as_bytes())
                    .expect("the field is valid");
                let response = OutgoingResponse::new(headers);
                response.set_status_code(429).expect("the status is valid");
                ResponseOutparam::set(out, Ok(response));
            }
        }
    }
}

bindings::export!(Middleware with_types_in bindings);
