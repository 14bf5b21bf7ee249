//! The products of the shop.

use bindings::exports::team::catalog::products::{Guest, Problem, Product};

// The table PRODUCTS, which build.rs writes.
include!(concat!(env!("OUT_DIR"), "/products.rs"));

extern "C" {
    fn ean_is_valid(text: *const u8, length: usize) -> i32;
}

fn is_valid(number: &str) -> bool {
    // SAFETY: the function reads the bytes of the text.
    unsafe { ean_is_valid(number.as_ptr(), number.len()) != 0 }
}

fn product(&(number, name, price): &(&str, &str, u64)) -> Product {
    Product {
        number: number.to_owned(),
        name: name.to_owned(),
        price,
    }
}

struct Catalog;

impl Guest for Catalog {
    fn find(number: String) -> Result<Product, Problem> {
        if !is_valid(&number) {
            return Err(Problem::InvalidNumber);
        }
        let found = PRODUCTS.iter().find(|(other, _, _)| *other == number);
        found.map(product).ok_or(Problem::UnknownNumber)
    }

    fn all() -> Vec<Product> {
        PRODUCTS.iter().map(product).collect()
    }
}

bindings::export!(Catalog with_types_in bindings);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_numbers_are_valid_and_found() {
        for product in Catalog::all() {
            let found = Catalog::find(product.number).expect("found");
            assert_eq!(found.name, product.name);
        }
    }

    #[test]
    fn a_wrong_digit_is_invalid() {
        for (number, expected) in [
            ("4006381333931", true),
            ("4006381333932", false),
            ("400638133393", false),
            ("400638133393x", false),
            ("", false),
        ] {
            assert_eq!(is_valid(number), expected, "{number}");
        }
    }
}
