use bindings::test::permissions::api::*;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        vec![
            (swap(Rights::READ | Rights::EXECUTE) == Rights::WRITE | Rights::EXECUTE).to_string(),
            (swap(Rights::empty()).is_empty()).to_string(),
            (rest(Half::H0 | Half::H8) == Half::all() - (Half::H0 | Half::H8)).to_string(),
            rest(Half::H3).bits().to_string(),
            invert(Word::W16).bits().to_string(),
            (all(&[Rights::READ, Rights::WRITE]) == Rights::READ | Rights::WRITE).to_string(),
            all(&[]).bits().to_string(),
        ]
    }
}

bindings::export!(User with_types_in bindings);
