use bindings::test::maps::api::*;
use std::collections::BTreeMap;

struct User;

impl bindings::Guest for User {
    fn run() -> Vec<String> {
        let counts = BTreeMap::from([("a".to_string(), 2), (String::new(), 1 << 31)]);
        let nested = |key, name: &str, other| Nested {
            lists: BTreeMap::from([(
                key,
                vec![BTreeMap::new(), BTreeMap::from([(name.to_string(), '🦀')])],
            )]),
            other,
        };
        let other = BTreeMap::from([(true, "yes".to_string()), (false, "no".to_string())]);
        let merged = merge(&nested(2, "x", None), &nested(1, "y", Some(other)));
        let lists = merged.lists.iter().flat_map(|(key, maps)| {
            maps.iter()
                .flatten()
                .map(move |(name, value)| format!("{key}{name}{value}"))
        });
        vec![
            swap(&counts)
                .iter()
                .map(|(n, name)| format!("{n}{name} "))
                .collect(),
            lists.collect(),
            merged.other.unwrap_or_default().into_values().collect(),
            bindings::total(&counts)["total"].to_string(),
        ]
    }
}

bindings::export!(User with_types_in bindings);
