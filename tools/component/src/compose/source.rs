//! The source of a composition.

use rules_wit_common::Site;

/// The source of a composition, for errors.
pub struct Source<'a> {
    pub path: String,
    pub text: &'a str,
}

impl Source<'_> {
    /// The site of `len` bytes at `offset`. Past the end of the source, that of its last character.
    pub fn site(&self, offset: usize, len: usize) -> Site {
        let end = self.text.trim_end().len();
        let offset = offset.min(end.saturating_sub(1));
        Site::new(self.path.as_str(), self.text, offset..offset + len)
    }
}
