//! Bindings whose types come from another crate of bindings.

use bindings::exports::test::migrate::migrate::{Guest, OldUser, User};

struct Migrate;

/// The type in the world is the type of the other crate, not a copy.
fn old_name(old: base_bindings::test::base::types::User) -> String {
    old.name
}

impl Guest for Migrate {
    fn upgrade(id: u64, old: OldUser) -> User {
        User {
            id,
            name: old_name(old),
        }
    }
}

bindings::export!(Migrate with_types_in bindings);
