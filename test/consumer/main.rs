use std::env;
use std::process::exit;

fn main() {
    let name = env::args().nth(1).unwrap_or_else(|| "nobody".to_string());
    let greeting = env::var("GREETING").unwrap_or_else(|_| "Hello".to_string());
    println!("{greeting}, {name}!");
    if let Some(code) = env::args().nth(2).and_then(|code| code.parse().ok()) {
        exit(code);
    }
}
