//! The one shape of an error: a first line, source sites, notes, one hint.

use crate::exit;
use annotate_snippets::{renderer::DecorStyle, AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// The result of anything that can fail with errors meant for the user.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

/// A place in a source file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    path: String,
    line: usize,
    /// The text of that line alone, and the range within it.
    text: String,
    range: Range<usize>,
    /// How much of the line is cut off before the text.
    skipped: usize,
    label: String,
}

/// How much of a line is kept on either side of a place. Of lines that no person has written,
/// thousands of sites would otherwise hold thousands of copies.
const AROUND: usize = 400;

impl Site {
    /// A site at the byte `range` of `source`, the whole text of the file `path`.
    pub fn new(path: impl Into<String>, source: &str, range: Range<usize>) -> Self {
        let start = floor_boundary(source, range.start);
        let line_start = source[..start].rfind('\n').map_or(0, |i| i + 1);
        let line_end = source[start..]
            .find('\n')
            .map_or(source.len(), |i| start + i);
        let end = floor_boundary(source, range.end.clamp(start, line_end));
        let end = floor_boundary(source, end.min(start + AROUND));
        let from = match floor_boundary(source, start.saturating_sub(AROUND)) {
            cut if cut > line_start => cut,
            _ => line_start,
        };
        let until = floor_boundary(source, line_end.min(end + AROUND));
        let text = source[from..until].trim_end_matches('\r');
        let clamp = |i: usize| (i - from).min(text.len());
        Site {
            path: path.into(),
            line: source[..line_start].matches('\n').count() + 1,
            text: text.to_owned(),
            range: clamp(start)..clamp(end),
            skipped: from - line_start,
            label: String::new(),
        }
    }

    /// The path of the file.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// The column in bytes, from 1.
    pub fn column(&self) -> usize {
        self.skipped + self.range.start + 1
    }

    /// The text beside the marker, empty where there is none.
    pub fn label_text(&self) -> &str {
        &self.label
    }

    /// The text beside the marker.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

fn floor_boundary(s: &str, i: usize) -> usize {
    let mut i = i.min(s.len());
    while !s.is_char_boundary(i) {
        i -= 1;
    }
    i
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The run fails.
    Error,
    /// Worth a look; the run does not fail.
    Warning,
}

/// One error or warning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    severity: Severity,
    title: String,
    label: Option<String>,
    sites: Vec<Site>,
    notes: Vec<String>,
    hint: Option<String>,
    code: u8,
}

impl Diagnostic {
    /// An error in the input. The title is lowercase and has no trailing period.
    pub fn new(title: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            title: title.into(),
            label: None,
            sites: Vec::new(),
            notes: Vec::new(),
            hint: None,
            code: exit::INPUT,
        }
    }

    /// An error of the environment, such as a file that cannot be read.
    pub fn environment(title: impl Into<String>) -> Self {
        Self::new(title).code(exit::ENVIRONMENT)
    }

    /// An error of the command line.
    pub fn usage(title: impl Into<String>) -> Self {
        Self::new(title).code(exit::USAGE)
    }

    /// Something that does not fail the run.
    pub fn warning(title: impl Into<String>) -> Self {
        let mut d = Self::new(title).code(exit::OK);
        d.severity = Severity::Warning;
        d
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The first line, without `error: ` and without a label.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The source sites.
    pub fn sites(&self) -> &[Site] {
        &self.sites
    }

    /// The notes.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// What mends it.
    pub fn hint_text(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// Puts the label of the target at fault before the title.
    #[must_use]
    pub fn target(mut self, label: Option<&str>) -> Self {
        self.label = label.map(str::to_owned);
        self
    }

    /// Adds a source site.
    #[must_use]
    pub fn site(mut self, site: Site) -> Self {
        self.sites.push(site);
        self
    }

    /// Whether the error shows this place already, with whatever label.
    pub fn has_site(&self, site: &Site) -> bool {
        let place = |s: &Site| (s.path.clone(), s.line, s.range.clone());
        self.sites.iter().any(|s| place(s) == place(site))
    }

    /// Adds a note: what exists, what differs.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the one hint: the attribute, file or command that mends it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the exit code, one of [`crate::exit`].
    #[must_use]
    pub fn code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// The text of this error, ending with a newline.
    pub fn render(&self, colour: bool) -> String {
        let renderer = if colour {
            Renderer::styled()
        } else {
            Renderer::plain()
        };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let title = match &self.label {
            Some(label) => format!("{label}: {}", self.title),
            None => self.title.clone(),
        };
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut group = Group::with_title(level.primary_title(title));
        for site in &self.sites {
            let label = match site.skipped {
                0 => site.label.clone(),
                _ => format!("column {} {}", site.column(), site.label),
            };
            let annotation = AnnotationKind::Primary
                .span(site.range.clone())
                .label((!label.is_empty()).then_some(label));
            group = group.element(
                Snippet::source(site.text.as_str())
                    .line_start(site.line)
                    .path(site.path.as_str())
                    .annotation(annotation),
            );
        }
        let mut out = renderer.render(&[group]);
        out.push('\n');
        // Notes and the hint stand at the margin, so that tables in a note keep their columns.
        for (level, text) in self
            .notes
            .iter()
            .map(|n| (Level::NOTE, n))
            .chain(self.hint.iter().map(|h| (Level::HELP.with_name("hint"), h)))
        {
            let mut lines = text.lines();
            let first = lines.next().unwrap_or_default();
            let title = level.primary_title(first);
            out.push_str(&renderer.render(&[Group::with_title(title)]));
            out.push('\n');
            for line in lines {
                out.extend(line.chars().filter(|c| !c.is_control()));
                out.push('\n');
            }
        }
        out
    }
}

/// One or more errors: everything that a run found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    all: Vec<Diagnostic>,
    told: bool,
}

impl Failure {
    /// The errors as one failure, or `None` where there is no error.
    pub fn from_all(diagnostics: Vec<Diagnostic>) -> Option<Self> {
        (!diagnostics.is_empty()).then_some(Failure {
            all: diagnostics,
            told: false,
        })
    }

    /// The errors one by one.
    pub fn diagnostics(self) -> Vec<Diagnostic> {
        self.all
    }

    /// The same failure when its errors have reached the user in another way, such as JSON: nothing
    /// is left to say.
    #[must_use]
    pub fn already_reported(mut self) -> Self {
        self.told = true;
        self
    }

    /// Puts the label of the target at fault on every error that has none.
    #[must_use]
    pub fn target(mut self, label: Option<&str>) -> Self {
        for d in &mut self.all {
            if d.label.is_none() {
                d.label = label.map(str::to_owned);
            }
        }
        self
    }

    /// The exit code: that of the first error.
    pub fn exit_code(&self) -> u8 {
        let mut errors = self.all.iter().filter(|d| d.severity == Severity::Error);
        errors.next().map_or(exit::INPUT, |d| d.code)
    }

    /// The text of all errors, an empty line between two.
    pub fn render(&self, colour: bool) -> String {
        if self.told {
            return String::new();
        }
        let texts: Vec<String> = self.all.iter().map(|d| d.render(colour)).collect();
        texts.join("\n")
    }
}

impl IntoIterator for Failure {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.all.into_iter()
    }
}

impl From<Diagnostic> for Failure {
    fn from(d: Diagnostic) -> Self {
        Failure {
            all: vec![d],
            told: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_shape() {
        let a = "package a:a;\ninterface x {\n  use b:b/c.{d};\n}\n";
        let b = "package b:b;\n";
        let text = Diagnostic::new("circular dependency detected: a:a -> b:b -> a:a")
            .target(Some("//x:y"))
            .site(Site::new("wit/a.wit", a, 33..36).label("`a:a` uses `b:b` here"))
            .site(Site::new("wit/b.wit", b, 8..11))
            .note("packages known:\n  a:a\n  b:b")
            .hint("move the shared types into a third package")
            .render(false);
        assert_eq!(
            text,
            "error: //x:y: circular dependency detected: a:a -> b:b -> a:a\n\
             \x20--> wit/a.wit:3:7\n\
             \x20 |\n\
             3 |   use b:b/c.{d};\n\
             \x20 |       ^^^ `a:a` uses `b:b` here\n\
             \x20 |\n\
             \x20::: wit/b.wit:1:9\n\
             \x20 |\n\
             1 | package b:b;\n\
             \x20 |         ^^^\n\
             note: packages known:\n  a:a\n  b:b\n\
             hint: move the shared types into a third package\n"
        );
    }

    #[test]
    fn a_warning_does_not_decide_the_exit_code() {
        let failure = |all| Failure::from_all(all).expect("some");
        let warning = Diagnostic::warning("w").hint("h");
        assert_eq!(warning.render(false), "warning: w\nhint: h\n");
        let both = failure(vec![warning, Diagnostic::environment("e")]);
        assert_eq!(both.exit_code(), exit::ENVIRONMENT);
        assert_eq!(both.already_reported().render(false), "");
    }

    #[test]
    fn ranges_outside_the_text_are_harmless() {
        for (text, range) in [("", 0..9), ("é\n", 1..2), ("a\r\nb", 1..3), ("x", 7..9)] {
            let site = Site::new("f", text, range);
            assert!(Diagnostic::new("t").site(site).render(false).contains("f:"));
        }
    }

    #[test]
    fn of_long_lines_only_a_part_is_kept() {
        let line = format!("{}{}", "é".repeat(5000), "x".repeat(5000));
        let site = Site::new("f", &line, 10_000..10_001);
        assert_eq!((site.line(), site.column()), (1, 10_001));
        let text = Diagnostic::new("t").site(site.label("here")).render(false);
        assert!(text.contains("column 10001 here"), "{text}");
        assert!(text.len() < 4000, "{}", text.len());
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let text = Diagnostic::new("a\u{1b}[31mb")
            .note("x\n\u{1b}[2Jy")
            .render(false);
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}
