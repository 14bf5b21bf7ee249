use std::env;
use std::process::exit;

fn main() {
    let name = env::args().nth(1).unwrap_or_else(|| "nobody".to_string());
    let greeting = env::var("GREETING").unwrap_or_else(|_| "Hello".to_string());
    println!("{greeting}, {name}!");
    if env::args().nth(2).is_some() {
        // In WASI 0.2, every failure is exit code 1.
        exit(1);
    }
}
