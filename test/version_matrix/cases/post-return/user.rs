use bindings::test::post_return::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let mut total = big(4).len();
        let before = pages();
        // 200 times 256 KiB: 800 pages, if the post-return function did not free them.
        for _ in 0..200 {
            total += big(4).iter().map(String::len).sum::<usize>();
        }
        vec![total.to_string(), (pages() - before < 16).to_string()]
    }
}

bindings::export!(User with_types_in bindings);
