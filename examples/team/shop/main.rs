//! Prints the receipt for products, or with `--json` the prices of all. An argument is the number of a product, or several of
//! one: `3x4006381333931`.

use anyhow::{anyhow, Result};
use bindings::team::catalog::products::{self, Problem, Product};
use money_macros::cents;
use regex::Regex;

const FREE_SHIPPING: u64 = cents!(20.00);
const SHIPPING: u64 = cents!(3.90);

fn main() -> Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if args == ["--json"] {
        println!("{}", prices(&products::all()));
        return Ok(());
    }
    let pattern = pattern()?;
    let mut bought = Vec::new();
    for arg in &args {
        let (count, number) = order(&pattern, arg)?;
        bought.extend(vec![find(number)?; count]);
    }
    print!("{}", receipt(&bought));
    Ok(())
}

/// What an argument looks like.
fn pattern() -> Result<Regex> {
    Ok(Regex::new(
        "^(?:(?<count>[1-9][0-9]?)x)?(?<number>[0-9]+)$",
    )?)
}

/// How many products an argument orders, and their number.
fn order<'a>(pattern: &Regex, arg: &'a str) -> Result<(usize, &'a str)> {
    let found = pattern
        .captures(arg)
        .ok_or_else(|| anyhow!("`{arg}` is neither a number nor like `3x4006381333931`"))?;
    let count = found.name("count").map_or(Ok(1), |c| c.as_str().parse())?;
    Ok((count, found.name("number").map_or("", |n| n.as_str())))
}

fn find(number: &str) -> Result<Product> {
    products::find(number).map_err(|problem| match problem {
        Problem::InvalidNumber => anyhow!("`{number}` is not a valid number"),
        Problem::UnknownNumber => anyhow!("no product has the number {number}"),
    })
}

fn prices(products: &[Product]) -> serde_json::Value {
    let entry = |product: &Product| (product.number.clone(), money::format(product.price).into());
    serde_json::Value::Object(products.iter().map(entry).collect())
}

fn receipt(products: &[Product]) -> String {
    let mut text = concat!(env!("SHOP_NAME"), "\n").to_owned();
    let mut line = |name: &str, cents| text += &format!("{name:<20}{:>7}\n", money::format(cents));
    let mut total = 0;
    for product in products {
        line(&product.name, product.price);
        total += product.price;
    }
    if total < FREE_SHIPPING {
        line("Shipping", SHIPPING);
        total += SHIPPING;
    }
    line("Total", total);
    text + include_str!("footer.txt")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(name: &str, price: u64) -> Product {
        Product {
            number: name.to_owned(),
            name: name.to_owned(),
            price,
        }
    }

    #[test]
    fn small_orders_pay_for_shipping() {
        assert_eq!(
            receipt(&[product("Cup", cents!(5.00))]),
            "Corner Shop\n\
             Cup                    5.00\n\
             Shipping               3.90\n\
             Total                  8.90\n\
             Thank you, and come again!\n"
        );
    }

    #[test]
    fn orders_have_a_count() {
        let pattern = pattern().expect("a pattern");
        assert_eq!(order(&pattern, "40").expect("a number"), (1, "40"));
        assert_eq!(order(&pattern, "12x40").expect("a count"), (12, "40"));
        for arg in ["", "x40", "0x40", "100x40", "40x", "4a"] {
            assert!(order(&pattern, arg).is_err(), "{arg}");
        }
    }

    #[test]
    fn prices_are_json() {
        let json = prices(&[product("b", 100), product("a", 5)]);
        assert_eq!(json.to_string(), r#"{"a":"0.05","b":"1.00"}"#);
    }
}
