//! Counts requests in windows of a minute.

use std::sync::{Mutex, PoisonError};

/// The nanoseconds of a window.
const WINDOW: u64 = 60_000_000_000;

/// The requests of the current window.
pub struct Limiter(Mutex<Window>);

struct Window {
    start: u64,
    count: u64,
}

/// Parses the limit in the configuration: 100 without one.
pub fn parse(value: Option<String>) -> u64 {
    value.and_then(|value| value.parse().ok()).unwrap_or(100)
}

impl Limiter {
    /// A limiter without requests.
    pub const fn new() -> Self {
        Limiter(Mutex::new(Window { start: 0, count: 0 }))
    }

    /// Counts a request at the time `now`, in nanoseconds. The error is the number of seconds until the next
    /// window.
    pub fn admit(&self, limit: u64, now: u64) -> Result<(), u64> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if window.count == 0 || now.saturating_sub(window.start) >= WINDOW {
            *window = Window {
                start: now,
                count: 0,
            };
        }
        if window.count >= limit {
            let rest = WINDOW - now.saturating_sub(window.start);
            return Err(rest.div_ceil(1_000_000_000));
        }
        window.count += 1;
        Ok(())
    }
}

impl Default for Limiter {
    fn default() -> Self {
        Limiter::new()
    }
}
