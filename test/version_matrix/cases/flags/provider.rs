use bindings::exports::test::permissions::api::*;

struct Provider;

impl Guest for Provider {
    fn swap(rights: Rights) -> Rights {
        let mut out = rights & Rights::EXECUTE;
        out.set(Rights::READ, rights.contains(Rights::WRITE));
        out.set(Rights::WRITE, rights.contains(Rights::READ));
        out
    }

    fn rest(value: Half) -> Half {
        Half::all() - value
    }

    fn invert(value: Word) -> Word {
        !value
    }

    fn all(values: Vec<Rights>) -> Rights {
        values
            .into_iter()
            .fold(Rights::empty(), |all, one| all | one)
    }
}

bindings::export!(Provider with_types_in bindings);
