//! Answers with the path.

use bindings::exports::test::middleware::handler::Guest;

struct Service;

impl Guest for Service {
    fn handle(path: String) -> String {
        path
    }
}

bindings::export!(Service with_types_in bindings);
