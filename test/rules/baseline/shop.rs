//! Uses two stores.

use bindings::exports::test::baseline::calculations::Guest;
use bindings::{prices, stock};
use std::collections::BTreeMap;

struct Shop;

impl Guest for Shop {
    fn worth(
        in_stock: BTreeMap<String, u32>,
        with_prices: BTreeMap<String, u32>,
    ) -> BTreeMap<String, u32> {
        stock::put(&in_stock);
        prices::put(&with_prices);
        let prices = prices::all();
        let worth = |(name, count): (String, u32)| Some((name.clone(), count * prices.get(&name)?));
        stock::all().into_iter().filter_map(worth).collect()
    }

    fn invert(numbers: BTreeMap<u8, Option<String>>) -> Vec<(String, u8)> {
        let pairs = numbers.into_iter();
        pairs
            .filter_map(|(number, name)| Some((name?, number)))
            .collect()
    }
}

bindings::export!(Shop with_types_in bindings);
