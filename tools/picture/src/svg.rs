//! Writes boxes and lines as SVG.

use crate::layout::{layout, Input};
use pulldown_cmark_escape::escape_html;
use std::fmt::Write;

/// The font sizes of names, and of other text. The font is monospaced, so that boxes can fit it.
const NAME: f64 = 13.0;
const SMALL: f64 = 11.0;

/// The maximum width of a letter of a monospaced font, relative to the font size.
const LETTER: f64 = 0.63;

const PADDING: f64 = 12.0;
const MARGIN: f64 = 24.0;
const HEIGHT: f64 = 46.0;
const LINE: f64 = 15.0;

/// The maximum number of lines with visible labels. In larger graphs, labels are shown on hover.
const MOST_LABELS: usize = 60;

/// The maximum width of a label in letters, and its maximum height in lines.
const LABEL_WIDTH: usize = 34;
const LABEL_LINES: usize = 3;

const STYLE: &str = include_str!("picture.css");

/// A picture to draw: boxes, and the lines between them.
pub struct Picture {
    /// The description for screen readers.
    pub about: String,
    /// The boxes.
    pub boxes: Vec<Box>,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A box.
pub struct Box {
    /// Its name.
    pub name: String,
    /// The line below the name.
    pub more: String,
    /// The tooltip.
    pub title: String,
    /// Whether to draw it as missing: dashed.
    pub missing: bool,
}

/// A line from a user to its dependency.
pub struct Line {
    /// The number of the box at its start.
    pub from: usize,
    /// The number of the box at its end.
    pub to: usize,
    /// The lines of its label.
    pub lines: Vec<String>,
    /// The tooltip.
    pub title: String,
}

/// Renders a picture as an SVG document, which can also be embedded in an HTML page.
pub fn svg(picture: &Picture) -> String {
    let boxes: Vec<(f64, f64)> = picture
        .boxes
        .iter()
        .map(|b| {
            let name = width(&b.name, NAME).max(width(&b.more, SMALL));
            (name + 2.0 * PADDING, HEIGHT)
        })
        .collect();
    let with_labels = picture.lines.len() <= MOST_LABELS;
    let labels: Vec<Vec<String>> = picture
        .lines
        .iter()
        .map(|l| {
            if with_labels {
                label(&l.lines)
            } else {
                Vec::new()
            }
        })
        .collect();
    let lines: Vec<_> = picture
        .lines
        .iter()
        .zip(&labels)
        .map(|(l, label)| {
            let widest = label.iter().map(|l| width(l, SMALL)).fold(0.0, f64::max);
            let size = (widest + 10.0, label.len() as f64 * LINE + 4.0);
            (l.from, l.to, (!label.is_empty()).then_some(size))
        })
        .collect();
    let placed = layout(&Input {
        boxes: &boxes,
        lines: &lines,
        gap: if with_labels { 72.0 } else { 110.0 },
        spacing: 14.0,
    });

    let (w, h) = (placed.size.0 + 2.0 * MARGIN, placed.size.1 + 2.0 * MARGIN);
    let mut out = String::new();
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"{} {} {} {}\" \
         class=\"graph\" role=\"img\" aria-label=\"{}\">\n<style>\n{STYLE}</style>\n",
        n(w), n(h), n(-MARGIN), n(-MARGIN), n(w), n(h),
        escape(&picture.about),
    );
    out.push_str("<g class=\"edges\">\n");
    for (i, line) in picture.lines.iter().enumerate() {
        let kind = if placed.back.contains(&i) {
            " back"
        } else {
            ""
        };
        let _ = writeln!(
            out,
            "<g class=\"edge{kind}\" id=\"e{i}\"><title>{}</title><path d=\"{}\"/>{}</g>",
            escape(&line.title),
            path(&placed.lines[i]),
            arrow(&placed.lines[i]),
        );
    }
    out.push_str("</g>\n<g class=\"labels\">\n");
    for (i, lines) in labels.iter().enumerate() {
        let Some((x, y)) = placed.labels[i] else {
            continue;
        };
        let size = placed_size(lines);
        let _ =
            write!(
            out,
            "<g class=\"label\" id=\"l{i}\"><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" \
             height=\"{}\" rx=\"4\"/>",
            escape(&picture.lines[i].title),
            n(x), n(y), n(size.0), n(size.1),
        );
        for (row, line) in lines.iter().enumerate() {
            let y = y + LINE * (row as f64 + 0.85);
            let _ = write!(
                out,
                "<text x=\"{}\" y=\"{}\">{}</text>",
                n(x + 5.0),
                n(y),
                escape(line)
            );
        }
        out.push_str("</g>\n");
    }
    out.push_str("</g>\n<g class=\"nodes\">\n");
    for (i, b) in picture.boxes.iter().enumerate() {
        let (x, y) = placed.boxes[i];
        let kind = if b.missing { " missing" } else { "" };
        let _ = writeln!(
            out,
            "<g class=\"node{kind}\" id=\"p{i}\"><title>{}</title><rect x=\"{}\" y=\"{}\" width=\"{}\" \
             height=\"{}\" rx=\"8\"/><text class=\"name\" x=\"{}\" y=\"{}\">{}</text>\
             <text class=\"more\" x=\"{}\" y=\"{}\">{}</text></g>",
            escape(&b.title),
            n(x), n(y), n(placed.widths[i]), n(HEIGHT),
            n(x + PADDING), n(y + 20.0), escape(&b.name),
            n(x + PADDING), n(y + 36.0), escape(&b.more),
        );
    }
    out.push_str("</g>\n</svg>\n");
    out
}

fn width(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * LETTER
}

fn placed_size(lines: &[String]) -> (f64, f64) {
    let widest = lines.iter().map(|l| width(l, SMALL)).fold(0.0, f64::max);
    (widest + 10.0, lines.len() as f64 * LINE + 4.0)
}

/// The lines of a label, truncated.
fn label(all: &[String]) -> Vec<String> {
    let shown = if all.len() > LABEL_LINES {
        LABEL_LINES - 1
    } else {
        all.len()
    };
    let mut out: Vec<String> = all.iter().take(shown).map(|l| cut(l)).collect();
    if all.len() > shown {
        out.push(format!("and {} more", all.len() - shown));
    }
    out
}

fn cut(line: &str) -> String {
    if line.chars().count() <= LABEL_WIDTH {
        return line.to_owned();
    }
    let mut out: String = line.chars().take(LABEL_WIDTH - 1).collect();
    out.push('\u{2026}');
    out
}

/// A smooth path through the points, horizontal at boxes and labels.
fn path(points: &[(f64, f64)]) -> String {
    let mut out = String::new();
    let mut last: Option<(f64, f64)> = None;
    for (x, y) in points.iter().copied() {
        match last {
            None => {
                let _ = write!(out, "M{} {}", n(x), n(y));
            }
            Some((_, before)) if before == y => {
                let _ = write!(out, "H{}", n(x));
            }
            Some((before, level)) => {
                let middle = (before + x) / 2.0;
                let _ = write!(
                    out,
                    "C{} {} {} {} {} {}",
                    n(middle),
                    n(level),
                    n(middle),
                    n(y),
                    n(x),
                    n(y)
                );
            }
        }
        last = Some((x, y));
    }
    out
}

/// The arrow head of a line.
fn arrow(points: &[(f64, f64)]) -> String {
    let [.., before, (x, y)] = points else {
        return String::new();
    };
    let back = if before.0 < *x { -8.0 } else { 8.0 };
    format!(
        "<path class=\"head\" d=\"M{} {}L{} {}L{} {}Z\"/>",
        n(*x),
        n(*y),
        n(x + back),
        n(y - 4.0),
        n(x + back),
        n(y + 4.0)
    )
}

/// A number with at most one decimal.
fn n(value: f64) -> String {
    let text = format!("{value:.1}");
    let text = text.strip_suffix(".0").unwrap_or(&text);
    if text == "-0" { "0" } else { text }.to_owned()
}

/// Escapes text for an element or a quoted attribute of HTML or SVG.
///
/// Control characters, which XML does not allow even as references, become U+FFFD.
pub fn escape(text: &str) -> String {
    let is_forbidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    let text = text.replace(is_forbidden, "\u{fffd}");
    let mut out = String::with_capacity(text.len());
    // Writing to a string does not fail.
    let _ = escape_html(&mut out, &text);
    out
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn every_character_is_text() {
        let more = ['\u{85}', '\u{e9}', '\u{202e}', '\u{1f980}'];
        for c in (0..=0x7f_u8).map(char::from).chain(more) {
            let escaped = escape(&format!("a{c}b"));
            let inner = &escaped[1..escaped.len() - 1];
            let is_markup = matches!(c, '<' | '>' | '&' | '"' | '\'');
            let is_forbidden = c.is_control() && !matches!(c, '\n' | '\t');
            match (is_markup, is_forbidden) {
                (true, _) => assert!(inner.starts_with('&') && inner.ends_with(';'), "{c:?}"),
                (_, true) => assert_eq!(inner, "\u{fffd}"),
                _ => assert_eq!(inner, c.to_string()),
            }
        }
    }

    #[test]
    fn escapes() {
        let text = "<a b=\"c\" d='e'>&\u{0}\u{7f}\u{85}\n\t\r</a>";
        let escaped = "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;\u{fffd}\u{fffd}\u{fffd}\n\t\u{fffd}&lt;/a&gt;";
        assert_eq!(escape(text), escaped);
    }
}
