//! Where the values of a JSON text are.

use rules_wit_common::Line;
use std::collections::HashMap;
use std::ops::Range;

/// The location of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    /// The line on which it starts.
    pub line: Line,
    /// The bytes of a scalar; the opening bracket of a list or object.
    pub range: Range<usize>,
}

/// Returns the locations of all values in a valid JSON text by their JSON pointers (RFC 6901). If an object
/// has a key twice, the last value counts, as for serde_json.
pub fn locations(text: &str) -> HashMap<String, Location> {
    let mut scanner = Scanner {
        text,
        at: 0,
        line: Line {
            number: 1,
            start: 0,
        },
        pointer: String::new(),
        found: HashMap::new(),
    };
    scanner.value();
    scanner.found
}

/// The key as a part of a JSON pointer.
pub fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// Reads text that serde_json has accepted, which also limits its depth.
struct Scanner<'a> {
    text: &'a str,
    at: usize,
    line: Line,
    /// The pointer of the value that is read.
    pointer: String,
    found: HashMap<String, Location>,
}

impl Scanner<'_> {
    fn value(&mut self) {
        let (start, line) = (self.at, self.line);
        let end = match self.peek() {
            Some(b'{' | b'[') => start + 1,
            Some(b'"') => self.string(),
            _ => self.scalar(),
        };
        let location = Location {
            line,
            range: start..end,
        };
        self.found.insert(self.pointer.clone(), location);
        match self.peek_at(start) {
            Some(b'{') => self.members(),
            Some(b'[') => self.elements(),
            _ => {}
        }
    }

    fn members(&mut self) {
        self.at += 1;
        while self.skip_to_item() {
            let start = self.at;
            let end = self.string();
            let key: String = serde_json::from_str(&self.text[start..end]).unwrap_or_default();
            self.skip_to_item();
            self.item(&escape(&key));
        }
        self.at += 1;
    }

    fn elements(&mut self) {
        self.at += 1;
        let mut index = 0;
        while self.skip_to_item() {
            self.item(&index.to_string());
            index += 1;
        }
        self.at += 1;
    }

    fn item(&mut self, part: &str) {
        let parent = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(part);
        self.value();
        self.pointer.truncate(parent);
    }

    /// Skips blanks and separators. Returns whether a value or a key follows, not the end.
    fn skip_to_item(&mut self) -> bool {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => {
                    self.line.number += 1;
                    self.line.start = self.at + 1;
                }
                b' ' | b'\t' | b'\r' | b',' | b':' => {}
                b'}' | b']' => return false,
                _ => return true,
            }
            self.at += 1;
        }
        false
    }

    /// Skips a string and returns its end. A string has no line breaks.
    fn string(&mut self) -> usize {
        self.at += 1;
        while let Some(byte) = self.peek() {
            self.at += match byte {
                b'\\' => 2,
                _ => 1,
            };
            if byte == b'"' {
                break;
            }
        }
        self.at
    }

    fn scalar(&mut self) -> usize {
        let is_end = |c: char| c.is_ascii_whitespace() || ",]}".contains(c);
        let rest = &self.text[self.at..];
        self.at += rest.find(is_end).unwrap_or(rest.len());
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.peek_at(self.at)
    }

    fn peek_at(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    const TEXT: &str =
        "\n { \"a\" : [ 1,\n [],{} , \"x\\\"\\\\\"],\n\t\"\\u0062/~\":{\"c\":null}, \
                        \"d\": true, \"d\": -1e5}\r\n";

    #[test]
    fn every_value_is_found() {
        let found = locations(TEXT.trim_start());
        let text = |pointer: &str| &TEXT.trim_start()[found[pointer].range.clone()];
        for (pointer, expected, line) in [
            ("", "{", 1),
            ("/a", "[", 1),
            ("/a/0", "1", 1),
            ("/a/1", "[", 2),
            ("/a/2", "{", 2),
            ("/a/3", "\"x\\\"\\\\\"", 2),
            ("/b~1~0", "{", 3),
            ("/b~1~0/c", "null", 3),
            ("/d", "-1e5", 3),
        ] {
            assert_eq!(text(pointer), expected, "{pointer}");
            assert_eq!(found[pointer].line.number, line, "{pointer}");
        }
        assert_eq!(found.len(), 9);
    }

    #[test]
    fn pointers_are_those_of_serde_json() {
        let text = TEXT.trim_start();
        let tree: Value = serde_json::from_str(text).expect("JSON");
        for (pointer, location) in locations(text) {
            let value = tree.pointer(&pointer).expect("a value");
            if !value.is_object() && !value.is_array() {
                let read: Value = serde_json::from_str(&text[location.range]).expect("JSON");
                assert_eq!(&read, value, "{pointer}");
            }
        }
    }
}
