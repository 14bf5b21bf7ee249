//! The guest: asks the dependency to greet the world.

use bindings::example::linking::greeting;
use bindings::Guest;

struct World;

impl Guest for World {
    fn loaded() {
        greeting::greet("World");
    }
}

bindings::export!(World with_types_in bindings);
