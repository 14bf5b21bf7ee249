use bindings::exports::example::linking::console::Guest;

struct Printer;

impl Guest for Printer {
    fn print(message: String) {
        println!("[*] {message}");
    }
}

bindings::export!(Printer with_types_in bindings);
