use bindings::exports::test::lists::api::*;

struct Provider;

impl Guest for Provider {
    fn transpose(rows: Vec<Vec<u32>>) -> Vec<Vec<u32>> {
        let width = rows.iter().map(Vec::len).max().unwrap_or(0);
        (0..width)
            .map(|column| {
                rows.iter()
                    .filter_map(|row| row.get(column).copied())
                    .collect()
            })
            .collect()
    }

    fn words(lines: Vec<String>) -> Vec<Vec<String>> {
        lines
            .iter()
            .map(|line| line.split_whitespace().map(str::to_string).collect())
            .collect()
    }

    fn bytes(chunks: Vec<Vec<u8>>) -> Vec<u8> {
        chunks.concat()
    }

    fn depth(tree: Vec<Vec<Vec<u16>>>) -> Vec<u32> {
        tree.iter()
            .map(|rows| rows.iter().map(|row| row.len() as u32).sum())
            .collect()
    }
}

bindings::export!(Provider with_types_in bindings);
