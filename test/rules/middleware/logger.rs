//! Adds its name to the path, and in front of the answer.

use bindings::exports::test::middleware::handler::Guest;
use bindings::test::middleware::handler;

struct Middleware;

impl Guest for Middleware {
    fn handle(path: String) -> String {
        format!("logger({})", handler::handle(&(path + "/logger")))
    }
}

bindings::export!(Middleware with_types_in bindings);
