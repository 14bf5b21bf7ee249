//! Calls a script, which is another component.

use bindings::demo::shop::cart::{checkout, Line};

fn order(lines: &[(&str, u32)]) {
    let lines: Vec<Line> = lines
        .iter()
        .map(|(item, count)| Line {
            item: item.to_string(),
            count: *count,
        })
        .collect();
    match checkout(&lines) {
        Ok(receipt) => {
            for line in receipt.lines {
                println!("{line}");
            }
            println!("total: {}", receipt.total);
        }
        Err(error) => println!("error: {error}"),
    }
}

fn main() {
    order(&[("tea", 2), ("scone", 1)]);
    order(&[("island", 1)]);
    order(&[("tea", 1), ("cake", 1)]);
    order(&[("moon", 1)]);
}
