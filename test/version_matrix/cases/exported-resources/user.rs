use bindings::test::exported_resources::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let mut lines = Vec::new();
        let counters = make(5);
        counters[0].next();
        lines.push(format!("{} {}", counters[0].next(), live()));
        lines.push(sum(&counters.iter().collect::<Vec<_>>()).to_string());
        let last = take(counters).unwrap();
        lines.push(format!("{} {}", last.next(), live()));
        let fork = last.fork();
        lines.push(format!("{} {} {}", fork.next(), fork.next(), last.next()));
        let labelled = label("l", fork);
        lines.push(format!("{} {}", labelled.name, labelled.counter.next()));
        lines.push(take(Vec::new()).is_none().to_string());
        drop(labelled);
        lines.push(live().to_string());
        drop((last, Counter::new(-3)));
        lines.push(live().to_string());
        lines
    }
}

bindings::export!(User with_types_in bindings);
