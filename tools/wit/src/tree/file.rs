//! A file of a tree.

use rules_wit_common::Site;
use std::ops::Range;
use std::path::PathBuf;

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
}

impl File {
    /// The path with symbolic links of its directory resolved.
    pub fn real(&self) -> PathBuf {
        let name = self.path.file_name().unwrap_or_default();
        self.dir.join(name)
    }

    /// The site of a range.
    pub fn site(&self, range: &Range<usize>) -> Site {
        Site::new(&self.shown, &self.text, range.clone())
    }
}
