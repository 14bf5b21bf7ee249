use bindings::test::{split_k_v::left::Left, split_kv::right::Right};

struct Sum;

impl bindings::Guest for Sum {
    fn sum(left: Left, right: Right) -> u32 {
        left.x + right.y
    }
}

bindings::export!(Sum with_types_in bindings);
