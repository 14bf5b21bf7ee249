//! Calls a library in C, which calls back.

use bindings::exports::test::linked::{listener, talk};
use bindings::test::linked::text::{constructed, motto, motto_address, say, total, upper};
use std::cell::RefCell;

thread_local! {
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Talker;

impl listener::Guest for Talker {
    fn heard(words: Vec<String>, count: u32) {
        HEARD.with_borrow_mut(|heard| {
            heard.extend(words);
            heard.push(count.to_string());
        });
    }
}

impl talk::Guest for Talker {
    fn run() -> Vec<String> {
        let mut out = vec![upper("loud"), upper(""), motto(), motto()];
        out.push(total(&[u32::MAX, 2, 3]).to_string());
        say(&["well".to_owned(), String::new(), "then".to_owned()]);
        say(&[]);
        // A result that the callee does not free is copied.
        out.push((motto().as_ptr() as u32 != motto_address()).to_string());
        out.push(constructed().to_string());
        out.append(&mut HEARD.take());
        out
    }
}

bindings::export!(Talker with_types_in bindings);
