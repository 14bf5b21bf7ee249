//! Counters, as resources.

use bindings::exports::test::types::counters::{Counter, CounterBorrow, Guest, GuestCounter};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

static LIVE: AtomicU32 = AtomicU32::new(0);

struct Counters;

struct Count(Cell<u32>);

impl Drop for Count {
    fn drop(&mut self) {
        LIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl GuestCounter for Count {
    fn new(start: u32) -> Self {
        LIVE.fetch_add(1, Ordering::Relaxed);
        Count(Cell::new(start))
    }

    fn add(&self, by: u32) -> u32 {
        self.0.set(self.0.get() + by);
        self.0.get()
    }

    fn get(&self) -> u32 {
        self.0.get()
    }

    fn merge(a: Counter, b: Counter) -> Counter {
        let (a, b) = (a.into_inner::<Count>(), b.into_inner::<Count>());
        let merged = Count::new(a.get() + b.get());
        // A script that owns a resource again does not drop it.
        std::mem::forget((a, b));
        Counter::new(merged)
    }
}

impl Guest for Counters {
    type Counter = Count;

    fn read(c: CounterBorrow<'_>) -> u32 {
        c.get::<Count>().get()
    }

    fn live() -> u32 {
        LIVE.load(Ordering::Relaxed)
    }
}

bindings::export!(Counters with_types_in bindings);
