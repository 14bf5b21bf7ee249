//! Random WIT packages for tests: those of wit-smith, and mutations of texts.

use crate::tree::decoded_texts;
use arbitrary::Unstructured;
use wit_smith::Config;

/// Pseudo-random numbers (xorshift), equal in each run.
pub struct Numbers(u64);

impl Numbers {
    /// The numbers of a seed.
    pub fn new(seed: u64) -> Self {
        let mut numbers = Numbers(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..8 {
            numbers.below(2);
        }
        numbers
    }

    /// A number below `n`; 0 if `n` is 0.
    pub fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from((self.0 >> 11) % (n.max(1) as u64)).expect("fits")
    }

    /// Some bytes.
    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        let byte = |_| u8::try_from(self.below(256)).expect("a byte");
        (0..n).map(byte).collect()
    }

    /// A random element.
    pub fn one_of<'a, T>(&mut self, things: &'a [T]) -> Option<&'a T> {
        things.get(self.below(things.len()))
    }
}

/// Some packages that use each other: the name of a file and the text of each.
pub fn packages(numbers: &mut Numbers, is_async: bool) -> Vec<(String, String)> {
    let config = Config {
        max_packages: 1 + numbers.below(3),
        max_type_size: 30,
        max_interface_items: 6,
        max_world_items: 5,
        max_pkg_items: 4,
        max_type_parts: 4,
        max_files_per_package: 2,
        max_resource_items: 4,
        async_: is_async,
        futures: is_async,
        streams: is_async,
        error_context: is_async,
        ..Config::default()
    };
    loop {
        let bytes = numbers.bytes(2000);
        let Ok(wasm) = wit_smith::smith(&config, &mut Unstructured::new(&bytes)) else {
            continue;
        };
        let Ok(texts) = decoded_texts(&wasm) else {
            continue;
        };
        let named = texts.into_iter().enumerate();
        return named
            .map(|(i, (_, text))| (format!("{i}.wit"), without_ids(&text)))
            .collect();
    }
}

/// The text without `@external-id`, which the validator of upstream rejects by default.
fn without_ids(text: &str) -> String {
    let lines = text
        .lines()
        .filter(|l| !l.trim_start().starts_with("@external-id("));
    lines.map(|l| format!("{l}\n")).collect()
}

/// Mutates a text such that most stay valid: adds, removes or swaps lines, changes types or names.
pub fn edit(text: &str, numbers: &mut Numbers) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=numbers.below(4) {
        // Keep the header.
        if lines.len() < 3 {
            break;
        }
        let at = 1 + numbers.below(lines.len() - 1);
        let is_statement = |l: &str| l.trim_end().ends_with([';', ',']);
        match numbers.below(8) {
            0 | 1 if is_statement(&lines[at]) => {
                lines.remove(at);
            }
            2 if is_statement(&lines[at]) => {
                let copy = lines[at].clone();
                let name = copy.trim_start();
                let name = name.strip_prefix("import ").unwrap_or(name);
                let name = name.strip_prefix("export ").unwrap_or(name);
                let (before, name) = copy.split_at(copy.len() - name.len());
                lines.insert(at, format!("{before}x-{name}"));
            }
            3 if at + 1 < lines.len()
                && is_statement(&lines[at])
                && is_statement(&lines[at + 1]) =>
            {
                lines.swap(at, at + 1);
            }
            4 => {
                let indent = " ".repeat(lines[at].len() - lines[at].trim_start().len());
                lines.insert(at, format!("{indent}new-one: func(a: u32) -> string;"));
            }
            5 => {
                if let Some(i) = lines[at].find(": ") {
                    lines[at].insert(i, 'z');
                }
            }
            _ => {
                const TYPES: &[&str] = &[
                    "u8", "u16", "u32", "u64", "s8", "s64", "f32", "f64", "bool", "char", "string",
                ];
                let line = lines[at].clone();
                let found: Vec<&&str> = TYPES.iter().filter(|t| line.contains(**t)).collect();
                if let (Some(from), Some(to)) = (numbers.one_of(&found), numbers.one_of(TYPES)) {
                    lines[at] = line.replacen(**from, to, 1);
                }
            }
        }
    }
    lines.join("\n") + "\n"
}
