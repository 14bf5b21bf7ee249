//! Writes `products.csv` as a table in Rust.

use std::fmt::Write;

fn main() {
    let csv = std::fs::read_to_string("products.csv").expect("products.csv");
    let mut table = "const PRODUCTS: &[(&str, &str, u64)] = &[\n".to_owned();
    for line in csv.lines() {
        let [number, name, price] = line.split(';').collect::<Vec<_>>()[..] else {
            panic!("expected NUMBER;NAME;PRICE: {line}");
        };
        let price = money::parse(price).unwrap_or_else(|| panic!("not a price: {line}"));
        writeln!(table, "    ({number:?}, {name:?}, {price}),").expect("memory");
    }
    table += "];\n";
    let out = std::env::var("OUT_DIR").expect("OUT_DIR");
    std::fs::write(format!("{out}/products.rs"), table).expect("written");
}
