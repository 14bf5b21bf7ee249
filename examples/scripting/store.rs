use bindings::exports::demo::shop::store::{Error, Guest, Item};

struct Store;

impl Guest for Store {
    fn find(name: String) -> Result<Item, Error> {
        let price = match name.as_str() {
            "tea" => 450,
            "scone" => 275,
            // More than a double can hold exactly.
            "island" => 9_007_199_254_740_993,
            "cake" => return Err(Error::SoldOut),
            _ => return Err(Error::UnknownItem),
        };
        Ok(Item { name, price })
    }

    fn log(message: String) {
        println!("[script] {message}");
    }
}

bindings::export!(Store with_types_in bindings);
