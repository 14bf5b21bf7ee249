//! Counters, as resources.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};

use bindings::exports::test::resources::counters::{Counter, CounterBorrow, Guest, GuestCounter};

static ALIVE: AtomicU32 = AtomicU32::new(0);

struct Provider;

struct Count(Cell<u32>);

impl Drop for Count {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::Relaxed);
    }
}

impl GuestCounter for Count {
    fn new(start: u32) -> Self {
        ALIVE.fetch_add(1, Ordering::Relaxed);
        Count(Cell::new(start))
    }

    fn increment(&self) -> u32 {
        self.0.set(self.0.get() + 1);
        self.0.get()
    }

    fn absorb(&self, other: Counter) -> u32 {
        self.0.set(self.0.get() + other.get::<Count>().0.get());
        self.0.get()
    }

    fn sum(a: CounterBorrow<'_>, b: CounterBorrow<'_>) -> Counter {
        Counter::new(<Count as GuestCounter>::new(
            a.get::<Count>().0.get() + b.get::<Count>().0.get(),
        ))
    }
}

impl Guest for Provider {
    type Counter = Count;

    fn alive() -> u32 {
        ALIVE.load(Ordering::Relaxed)
    }
}

bindings::export!(Provider with_types_in bindings);
