//! Uses the counters of another component.

use bindings::test::types::counters::{live, read, Counter};
use bindings::Guest;

struct User;

impl Guest for User {
    fn run() -> Vec<u32> {
        let a = Counter::new(1);
        let b = Counter::new(10);
        let mut values = vec![a.add(2), b.get(), read(&a), live()];
        let c = Counter::merge(a, b);
        values.extend([c.get(), live()]);
        // That `merge` owns them now is an error of the compiler here, and one at run time in scripts.
        values.push(1);
        drop(c);
        values.push(live());
        values
    }
}

bindings::export!(User with_types_in bindings);
