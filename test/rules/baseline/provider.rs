//! Keeps numbers.

use bindings::exports::test::baseline::store::{Guest, Numbers};
use std::sync::Mutex;

static NUMBERS: Mutex<Option<Numbers>> = Mutex::new(None);

struct Provider;

impl Guest for Provider {
    fn put(numbers: Numbers) {
        *NUMBERS.lock().unwrap() = Some(numbers);
    }

    fn all() -> Numbers {
        NUMBERS.lock().unwrap().clone().unwrap_or_default()
    }
}

bindings::export!(Provider with_types_in bindings);
