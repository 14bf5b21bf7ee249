//! Uses the counters of another component.

use bindings::exports::test::resources::check::Guest;
use bindings::test::resources::counters::{alive, Counter};

struct User;

impl Guest for User {
    fn run() -> Vec<u32> {
        let one = Counter::new(1);
        let two = Counter::new(20);
        let sum = Counter::sum(&one, &two);
        let mut seen = vec![one.increment(), two.increment(), sum.increment(), alive()];
        seen.push(one.absorb(two));
        seen.push(alive());
        drop(one);
        drop(sum);
        seen.push(alive());
        seen
    }
}

bindings::export!(User with_types_in bindings);
