//! A diagnostic: an error or a warning, and its text.

use crate::exit;
use crate::site::Site;
use annotate_snippets::{renderer::DecorStyle, AnnotationKind, Group, Level, Renderer, Snippet};

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The run fails.
    Error,
    /// The run succeeds.
    Warning,
}

/// An error or a warning: a first line, source sites, notes, and at most one hint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Diagnostic {
    pub(crate) severity: Severity,
    title: String,
    /// The label of the target at fault.
    pub(crate) label: Option<String>,
    sites: Vec<Site>,
    notes: Vec<String>,
    hint: Option<String>,
    rule_hint: Option<String>,
    pub(crate) code: u8,
}

impl Diagnostic {
    /// Returns an error in the input. The title is lower-case and has no trailing period.
    pub fn new(title: impl Into<String>) -> Self {
        Diagnostic {
            severity: Severity::Error,
            title: title.into(),
            label: None,
            sites: Vec::new(),
            notes: Vec::new(),
            hint: None,
            rule_hint: None,
            code: exit::INPUT,
        }
    }

    /// Returns an error of the environment, such as a file that cannot be read.
    pub fn environment(title: impl Into<String>) -> Self {
        Self::new(title).code(exit::ENVIRONMENT)
    }

    /// Returns an error of the command line.
    pub fn usage(title: impl Into<String>) -> Self {
        Self::new(title).code(exit::USAGE)
    }

    /// Returns a warning, which does not fail the run.
    pub fn warning(title: impl Into<String>) -> Self {
        let mut d = Self::new(title).code(exit::OK);
        d.severity = Severity::Warning;
        d
    }

    /// The severity.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The first line, without `error: ` and without the label.
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

    /// The hint: the attribute, file or command that fixes the problem. If a target is at fault, the
    /// one of [`Diagnostic::rule_hint`].
    pub fn hint_text(&self) -> Option<&str> {
        let of_rule = self.rule_hint.as_ref().filter(|_| self.label.is_some());
        of_rule.or(self.hint.as_ref()).map(String::as_str)
    }

    /// Sets the label of the target at fault, which is shown before the title.
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

    /// Whether the diagnostic already has a site at this location, with any label.
    pub fn has_site(&self, site: &Site) -> bool {
        let location = |s: &Site| (s.path.clone(), s.line, s.range.clone());
        self.sites.iter().any(|s| location(s) == location(site))
    }

    /// Adds a note, such as the candidates or the differences.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Sets the hint: the attribute, file or command that fixes the problem.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Sets the hint that replaces the other one if a rule runs the tool, which then names a target:
    /// attributes in place of flags.
    #[must_use]
    pub fn rule_hint(mut self, hint: impl Into<String>) -> Self {
        self.rule_hint = Some(hint.into());
        self
    }

    /// Sets the exit code, one of [`crate::exit`].
    #[must_use]
    pub fn code(mut self, code: u8) -> Self {
        self.code = code;
        self
    }

    /// The text of the diagnostic, ending with a newline. Control characters are replaced or dropped.
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
            let annotation = AnnotationKind::Primary
                .span(site.range.clone())
                .label((!site.label.is_empty()).then_some(site.label.as_str()));
            group = group.element(
                Snippet::source(site.text.as_str())
                    .line_start(site.line)
                    .path(site.path.as_str())
                    .annotation(annotation),
            );
        }
        let mut out = renderer.render(&[group]);
        self.correct_columns(&mut out);
        out.push('\n');
        // Notes and the hint start at the margin, so that tables in a note keep their columns.
        for (level, text) in self
            .notes
            .iter()
            .map(|n| (Level::NOTE, n.as_str()))
            .chain(self.hint_text().map(|h| (Level::HELP.with_name("hint"), h)))
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

    /// Corrects the columns of sites in a rendered text. The renderer counts from the start of the text
    /// that it shows, which may be a part of the line.
    fn correct_columns(&self, out: &mut String) {
        let mut from = out.find('\n').unwrap_or(out.len());
        for site in &self.sites {
            let (column, shown) = site.shown_columns();
            let line = format!("{}:{}:", site.path, site.line);
            let Some(at) = out[from..].find(&format!("{line}{shown}")) else {
                continue;
            };
            let at = from + at + line.len();
            let new = column.to_string();
            out.replace_range(at..at + shown.to_string().len(), &new);
            from = at + new.len();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_layout() {
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
    fn a_rule_has_a_hint_of_its_own() {
        let d = Diagnostic::new("t").hint("pass `--a`").rule_hint("set `a`");
        assert_eq!(d.render(false), "error: t\nhint: pass `--a`\n");
        let d = d.target(Some("//x"));
        assert_eq!(d.render(false), "error: //x: t\nhint: set `a`\n");
        assert_eq!(d.hint_text(), Some("set `a`"));
    }

    #[test]
    fn ranges_outside_the_text_are_clamped() {
        for (text, range) in [("", 0..9), ("é\n", 1..2), ("a\r\nb", 1..3), ("x", 7..9)] {
            let site = Site::new("f", text, range);
            assert!(Diagnostic::new("t").site(site).render(false).contains("f:"));
        }
    }

    #[test]
    fn only_a_part_of_a_long_line_is_shown() {
        let line = format!("{}{}", "é".repeat(5000), "x".repeat(5000));
        let site = Site::new("f", &line, 10_000..10_001);
        assert_eq!((site.line(), site.column()), (1, 10_001));
        let text = Diagnostic::new("t").site(site.label("here")).render(false);
        assert!(text.contains("--> f:1:10001\n"), "{text}");
        assert!(text.len() < 4000, "{}", text.len());
    }

    #[test]
    fn columns_are_those_of_the_line() {
        let line = format!("a\n{}bad {}", "x".repeat(1000), "y".repeat(1000));
        let sites = [1002, 1006, 0].map(|at| Site::new("f", &line, at..at + 3));
        let d = Diagnostic::new("in f:2:401").site(sites[0].clone());
        let d = d.site(sites[1].clone()).site(sites[2].clone());
        for colour in [false, true] {
            let text = d.render(colour);
            let at = ["f:2:401", "f:2:1001", "f:2:1005", "f:1:1"];
            let found: Vec<usize> = at.iter().filter_map(|a| text.find(a)).collect();
            assert!(found.len() == 4 && found.is_sorted(), "{text}");
        }
    }

    #[test]
    fn control_characters_do_not_reach_the_terminal() {
        let text = Diagnostic::new("a\u{1b}[31mb")
            .note("x\n\u{1b}[2Jy")
            .render(false);
        assert!(!text.contains('\u{1b}'), "{text:?}");
    }
}
