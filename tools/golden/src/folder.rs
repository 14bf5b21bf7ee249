//! A folder of cases, and the checks on them.

use crate::case::Done;
use crate::tree::Tree;

/// A folder of cases.
#[derive(Clone)]
pub struct Folder {
    pub(crate) name: &'static str,
    pub(crate) check: Option<fn(&Done<'_>)>,
    pub(crate) derive: Option<fn(&Tree)>,
    pub(crate) unlisted: &'static [&'static str],
}

impl Folder {
    /// The folder `tests/NAME`.
    pub fn new(name: &'static str) -> Folder {
        Folder {
            name,
            check: None,
            derive: None,
            unlisted: &[],
        }
    }

    /// What must hold in each case beyond what the case records. It panics where it does not hold.
    pub fn check(self, check: fn(&Done<'_>)) -> Folder {
        Folder {
            check: Some(check),
            ..self
        }
    }

    /// Runs after the commands: writes files that are made of theirs, to compare those.
    pub fn derive(self, derive: fn(&Tree)) -> Folder {
        Folder {
            derive: Some(derive),
            ..self
        }
    }

    /// The starts of paths of files that the commands may write without a section.
    pub fn unlisted(self, prefixes: &'static [&'static str]) -> Folder {
        Folder {
            unlisted: prefixes,
            ..self
        }
    }
}
