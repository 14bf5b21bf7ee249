use bindings::exports::test::exported_resources::api::*;

struct Provider;

use std::cell::Cell;

thread_local! {
    static LIVE: Cell<i32> = const { Cell::new(0) };
}

struct MyCounter(Cell<i32>);

impl MyCounter {
    fn make(start: i32) -> Self {
        LIVE.set(LIVE.get() + 1);
        MyCounter(Cell::new(start))
    }
}

impl Drop for MyCounter {
    fn drop(&mut self) {
        LIVE.set(LIVE.get() - 1);
    }
}

impl GuestCounter for MyCounter {
    fn new(start: i32) -> Self {
        Self::make(start)
    }

    fn next(&self) -> i32 {
        self.0.replace(self.0.get() + 1)
    }

    fn fork(&self) -> Counter {
        Counter::new(Self::make(self.0.get()))
    }
}

impl Guest for Provider {
    type Counter = MyCounter;

    fn make(count: u32) -> Vec<Counter> {
        (0..count)
            .map(|i| Counter::new(MyCounter::make(i as i32)))
            .collect()
    }

    fn sum(counters: Vec<CounterBorrow<'_>>) -> i32 {
        counters
            .iter()
            .map(|counter| counter.get::<MyCounter>().0.get())
            .sum()
    }

    fn take(mut counters: Vec<Counter>) -> Option<Counter> {
        counters.pop()
    }

    fn label(name: String, counter: Counter) -> Labelled {
        counter.get::<MyCounter>().next();
        Labelled { name, counter }
    }

    fn live() -> i32 {
        LIVE.get()
    }
}

bindings::export!(Provider with_types_in bindings);
