//! Functions that take their time.

use bindings::exports::test::waiting::slow::{CounterBorrow, Failure, Guest, GuestCounter, Page};
use bindings::wasi::clocks::monotonic_clock::wait_for;
use std::cell::{Cell, RefCell};

struct Slow;

struct Counter(Cell<u32>);

thread_local! {
    static EVENTS: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

async fn wait(millis: u32) {
    wait_for(u64::from(millis) * 1_000_000).await;
}

impl Guest for Slow {
    type Counter = Counter;

    async fn later(text: String, millis: u32) -> String {
        EVENTS.with_borrow_mut(|events| events.push(format!("start {text}")));
        wait(millis).await;
        EVENTS.with_borrow_mut(|events| events.push(format!("end {text}")));
        format!("{text} later")
    }

    async fn at_once(text: String) -> String {
        text
    }

    async fn nothing(millis: u32) {
        wait(millis).await;
    }

    async fn publish(page: Page, millis: u32) -> Result<Page, Failure> {
        wait(millis).await;
        match (page.title.as_str(), page.lines.is_empty()) {
            ("", true) => Err(Failure::Closed),
            (_, true) => Err(Failure::Refused(page.title)),
            _ => Ok(page),
        }
    }

    async fn sum(counters: Vec<CounterBorrow<'_>>, millis: u32) -> u32 {
        let sum = counters.iter().map(|c| c.get::<Counter>().0.get()).sum();
        wait(millis).await;
        sum
    }

    fn events() -> Vec<String> {
        EVENTS.take()
    }
}

impl GuestCounter for Counter {
    fn new(start: u32) -> Self {
        Counter(Cell::new(start))
    }

    async fn add(&self, n: u32, millis: u32) -> u32 {
        wait(millis).await;
        self.0.set(self.0.get() + n);
        self.0.get()
    }
}

bindings::export!(Slow with_types_in bindings);
