//! Where the items of packages in normal form are declared: in the sources of their targets.

use rules_wit_common::{Line, Site};
use std::collections::BTreeMap;

/// The most columns of a line that are shown before an item.
const MAX_INDENT: usize = 1 << 10;

/// The declarations of the items of packages, by the path of the package.
#[derive(Clone, Debug, Default)]
pub struct Declarations(BTreeMap<String, BTreeMap<Position, Declared>>);

/// A line and a column, from 1.
type Position = (usize, usize);

#[derive(Clone, Debug)]
struct Declared {
    file: String,
    position: Position,
}

impl Declarations {
    /// Adds the declaration of the item at a position of a package.
    pub fn add(&mut self, package: &str, at: Position, file: &str, position: Position) {
        let declared = Declared {
            file: file.to_owned(),
            position,
        };
        let items = self.0.entry(package.to_owned()).or_default();
        items.entry(at).or_insert(declared);
    }

    /// The declaration of the innermost item around an offset in the text of a package.
    pub fn site(&self, package: &str, text: &str, offset: usize) -> Option<Site> {
        let items = self.0.get(package)?;
        let before = text.get(..offset)?;
        let line = before.matches('\n').count() + 1;
        let column = offset - before.rfind('\n').map_or(0, |i| i + 1) + 1;
        let lines: Vec<&str> = text.lines().take(line).collect();
        let mut around = items.range(..=(line, column)).rev();
        let (at, declared) = around.find(|(at, _)| contains(&lines, at.0))?;
        let shown = lines.get(at.0.checked_sub(1)?)?;
        let (keyword, item) = shown.split_at_checked(at.1 - 1)?;
        let column = declared.position.1.saturating_sub(1).min(MAX_INDENT);
        // The text is that of the package, at the column of the source.
        let keyword = keyword.trim_start();
        let keyword = if keyword.len() > column { "" } else { keyword };
        let indent = " ".repeat(column - keyword.len());
        let name = item.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '%'));
        let length = name.unwrap_or(item.len());
        let start = Line {
            number: declared.position.0,
            start: 0,
        };
        let shown = format!("{indent}{keyword}{item}");
        let range = column..column + length;
        Some(Site::in_line(&declared.file, &shown, start, range))
    }
}

/// Whether the last line belongs to the item that starts in `line`: all lines between are indented.
fn contains(lines: &[&str], line: usize) -> bool {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let Some(first) = line.checked_sub(1).and_then(|i| lines.get(i)) else {
        return false;
    };
    let mut others = lines.iter().skip(line);
    others.all(|other| other.trim().is_empty() || indent(other) > indent(first))
}

#[cfg(test)]
mod tests {
    use super::Declarations;

    const TEXT: &str = "// label: //x:y
package a:b;

world w {
  use c:d/i.{t};
  export run: func(a: t) -> future;
  record r {
    f: u32,
  }
}
";

    fn site(at: &str) -> Option<String> {
        let mut all = Declarations::default();
        all.add("p.wit", (4, 7), "src/a.wit", (10, 7));
        all.add("p.wit", (6, 10), "src/a.wit", (20, 12));
        all.add("p.wit", (7, 10), "src/b.wit", (3, 1));
        let offset = TEXT.find(at).expect("the text");
        let site = all.site("p.wit", TEXT, offset)?;
        let d = rules_wit_common::Diagnostic::new("wrong").site(site);
        Some(d.render(false))
    }

    #[test]
    fn items_are_found_at_their_declarations() {
        for (at, location) in [
            ("run", "src/a.wit:20:12"),
            ("future", "src/a.wit:20:12"),
            ("r {", "src/b.wit:3:1"),
            ("f: u32", "src/b.wit:3:1"),
            ("c:d/i", "src/a.wit:10:7"),
            ("w {", "src/a.wit:10:7"),
        ] {
            let site = site(at).unwrap_or_default();
            assert!(site.contains(location), "{at}: {site}");
        }
    }

    #[test]
    fn the_line_is_that_of_the_item() {
        let site = site("run").unwrap_or_default();
        assert!(
            site.contains("     export run: func(a: t) -> future;"),
            "{site}"
        );
    }

    #[test]
    fn what_is_outside_of_all_items_has_none() {
        assert_eq!(site("package"), None);
    }
}
