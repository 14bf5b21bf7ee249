use bindings::exports::example::stock::stock::{Guest, GuestShelf, Item, Problem};
use std::cell::Cell;

struct Stock;

struct Shelf {
    id: u32,
    left: Cell<u16>,
}

impl Guest for Stock {
    type Shelf = Shelf;
}

impl GuestShelf for Shelf {
    fn new(id: u32) -> Self {
        let left = Cell::new(if id == 3 { 0 } else { 5 });
        Shelf { id, left }
    }

    fn take(&self, count: u16) -> Result<Item, Problem> {
        let (name, cents, tags, weight) = match self.id {
            1 => ("tea", 450, vec!["green", "loose"], Some(0.25)),
            2 => ("cup 🍵", 1_200, vec![], None),
            3 => ("pot", 3_000, vec!["iron"], Some(1.5)),
            _ => return Err(Problem::Unknown),
        };
        let left = self.left.get().checked_sub(count).ok_or(Problem::SoldOut)?;
        self.left.set(left);
        Ok(Item {
            name: name.to_owned(),
            cents: cents * u64::from(count),
            tags: tags.into_iter().map(str::to_owned).collect(),
            weight: weight.map(|weight| weight * f32::from(count)),
        })
    }

    fn left(&self) -> u16 {
        self.left.get()
    }
}

bindings::export!(Stock with_types_in bindings);
