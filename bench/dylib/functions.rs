//! What the scripts do, in Rust.

use bindings::Guest;

struct Functions;

fn fib(n: u32) -> u32 {
    match n {
        0 | 1 => n,
        _ => fib(n - 1) + fib(n - 2),
    }
}

impl Guest for Functions {
    fn add(a: f64, b: f64) -> f64 {
        a + b
    }

    fn greet(name: String) -> String {
        format!("Hello, {name}!")
    }

    fn fib(n: u32) -> u32 {
        fib(n)
    }
}

bindings::export!(Functions with_types_in bindings);
