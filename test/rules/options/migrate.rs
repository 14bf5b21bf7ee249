use bindings::exports::test::migrate::migrate::{Guest, OldUser, User};

struct Migrate;

impl Guest for Migrate {
    fn upgrade(id: u64, old: OldUser) -> User {
        User {
            id,
            name: format!("{} [{}]", old.name, old.tags.join(", ")),
        }
    }

    #[cfg(feature = "downgrade")]
    fn downgrade(new: User) -> OldUser {
        OldUser {
            name: new.name.clone(),
            tags: vec![new.id.to_string()],
        }
    }
}

// This compiles with the derives that the target adds.
#[cfg(feature = "derives")]
const _: fn(&User, &User) -> bool = |one, other| one == other;

bindings::export!(Migrate with_types_in bindings);
