use bindings::exports::test::resources::api::*;

struct Provider;

use std::cell::RefCell;

thread_local! {
    static DROPPED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct MyLog {
    name: String,
    lines: RefCell<Vec<String>>,
}

impl Drop for MyLog {
    fn drop(&mut self) {
        DROPPED.with_borrow_mut(|dropped| dropped.push(self.name.clone()));
    }
}

impl GuestLog for MyLog {
    fn new(name: String) -> Self {
        MyLog {
            name,
            lines: RefCell::new(Vec::new()),
        }
    }

    fn append(&self, line: String) -> u32 {
        self.lines.borrow_mut().push(line);
        self.lines.borrow().len() as u32
    }

    fn both(a: LogBorrow<'_>, b: LogBorrow<'_>) -> String {
        let (a, b) = (a.get::<MyLog>(), b.get::<MyLog>());
        format!(
            "{} {} {}",
            a.name,
            b.name,
            a.lines.borrow().len() + b.lines.borrow().len()
        )
    }

    fn consume(log: Log) -> Vec<String> {
        log.into_inner::<MyLog>().lines.take()
    }
}

impl Guest for Provider {
    type Log = MyLog;

    fn dropped() -> Vec<String> {
        DROPPED.take()
    }
}

bindings::export!(Provider with_types_in bindings);
