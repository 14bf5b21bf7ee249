//! A plugin that computes with orders, and logs what it does.

use bindings::example::hosts::log::{write, Level};
use bindings::exports::example::hosts::orders::{Guest, Item, Problem};

const LIMIT: u64 = 1_000_000;

struct Plugin;

impl Guest for Plugin {
    fn total(items: Vec<Item>) -> Result<u64, Problem> {
        if items.is_empty() {
            write(Level::Warning, "no items");
            return Err(Problem::Empty);
        }
        let prices = items
            .iter()
            .map(|item| u64::from(item.price) * u64::from(item.amount));
        let total = prices.sum();
        write(Level::Info, &format!("{} items", items.len()));
        match total > LIMIT {
            true => Err(Problem::TooExpensive(total)),
            false => Ok(total),
        }
    }

    fn describe(item: Item) -> String {
        let Item {
            name,
            price,
            amount,
        } = item;
        format!("{amount} x {name} at {}.{:02}", price / 100, price % 100)
    }
}

bindings::export!(Plugin with_types_in bindings);
