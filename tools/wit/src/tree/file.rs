//! A file of a tree.

use rules_wit_common::{Line, Site};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::OnceLock;

/// A file with its text.
#[derive(Clone, Debug, Default)]
pub struct File {
    /// The path for messages.
    pub shown: String,
    /// The path to read it.
    pub path: PathBuf,
    /// Its directory, with symbolic links resolved.
    pub dir: PathBuf,
    /// Its text.
    pub text: String,
    /// How many directories `deps` it is in, below the directory that was given.
    pub level: usize,
    /// Whether it is a package of its own, whatever else is in its directory: a file in `deps`, or a
    /// package that was encoded.
    pub is_alone: bool,
    /// Whether the text was decoded from the file, which is an encoded package.
    pub is_decoded: bool,
    /// Where its lines start.
    pub lines: Lines,
}

/// The offsets at which the lines of a text start, found when they are needed first.
#[derive(Clone, Debug, Default)]
pub struct Lines(OnceLock<Vec<usize>>);

impl Lines {
    /// The line of an offset in `text`, which is the same text in each call.
    fn of(&self, text: &str, offset: usize) -> Line {
        let starts = self.0.get_or_init(|| {
            let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
            std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect()
        });
        let number = starts.partition_point(|start| *start <= offset);
        let start = number.checked_sub(1).and_then(|i| starts.get(i));
        Line {
            number,
            start: start.copied().unwrap_or(0),
        }
    }
}

impl File {
    /// The path with symbolic links of its directory resolved.
    pub fn real(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default();
        self.dir.join(name)
    }

    /// Replaces the text.
    pub fn set_text(&mut self, text: String) {
        self.text = text;
        self.lines = Lines::default();
    }

    /// The site of a range.
    pub fn site(&self, range: &Range<usize>) -> Site {
        let line = self.lines.of(&self.text, range.start.min(self.text.len()));
        Site::in_line(&self.shown, &self.text, line, range.clone())
    }
}
