use bindings::exports::test::maps::api::*;
use std::collections::BTreeMap;

struct Provider;

impl Guest for Provider {
    fn swap(counts: BTreeMap<String, u32>) -> BTreeMap<u32, String> {
        counts.into_iter().map(|(name, n)| (n, name)).collect()
    }

    fn merge(mut a: Nested, b: Nested) -> Nested {
        a.lists.extend(b.lists);
        a.other = a.other.or(b.other);
        a
    }
}

impl bindings::Guest for Provider {
    fn total(counts: BTreeMap<String, u32>) -> BTreeMap<String, u64> {
        let sum = counts.values().copied().map(u64::from).sum();
        BTreeMap::from([("total".to_string(), sum)])
    }
}

bindings::export!(Provider with_types_in bindings);
