//! The dependency: greets somebody by name.

use bindings::example::linking::console;
use bindings::exports::example::linking::greeting::Guest;

struct Dependency;

impl Guest for Dependency {
    fn greet(name: String) {
        console::print(&format!("Hello, {name}!"));
    }
}

bindings::export!(Dependency with_types_in bindings);
