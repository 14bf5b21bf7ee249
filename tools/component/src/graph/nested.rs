//! What a graph shows of components that are defined within another.

use wasmparser::{ComponentName, ComponentNameSectionReader};

/// A component that is defined within.
#[derive(Clone, Default)]
pub struct Nested {
    /// The number of instances of components in it.
    pub instances: usize,
    /// Whether it may run code.
    pub has_code: bool,
    /// Its name, if it has one.
    name: Option<String>,
    /// Its first export, and the number of exports.
    exports: (String, usize),
}

impl Nested {
    /// Its name, or else that of what it exports.
    pub fn title(&self) -> Option<String> {
        let (first, count) = &self.exports;
        self.name.clone().or_else(|| match count {
            0 => None,
            1 => Some(first.clone()),
            count => Some(format!("{first} and {} more", count - 1)),
        })
    }

    /// An imported component, whose content is unknown.
    pub fn unknown() -> Self {
        Nested {
            has_code: true,
            ..Nested::default()
        }
    }

    /// It may run code.
    pub fn code(&mut self) {
        self.has_code = true;
    }

    /// It has an instance of a component.
    pub fn instance(&mut self) {
        self.instances += 1;
        self.has_code = true;
    }

    /// It has this export.
    pub fn export(&mut self, name: &str) {
        let (first, count) = &mut self.exports;
        if *count == 0 {
            name.clone_into(first);
        }
        *count += 1;
    }

    /// It has names.
    pub fn names(&mut self, names: ComponentNameSectionReader<'_>) {
        for section in names.into_iter().flatten() {
            if let ComponentName::Component { name, .. } = section {
                self.name = Some(name.to_owned());
            }
        }
    }
}
