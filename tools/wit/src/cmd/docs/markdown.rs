//! Renders documentation comments as HTML.
//!
//! Comments are not trusted: HTML in them becomes text, only plain links are kept, and nothing is
//! loaded from elsewhere.

use pulldown_cmark::{html, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Renders Markdown as HTML.
pub fn markdown(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    // Links do not nest, so a number is enough to know whether the open one was dropped.
    let mut dropped = 0_usize;
    let events = Parser::new_ext(text, options).filter_map(|event| match event {
        Event::Html(html) | Event::InlineHtml(html) => Some(Event::Text(html)),
        // Headings in comments rank below those of the page.
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: lower(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lower(level)))),
        // Of an image, keep the description.
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Link { ref dest_url, .. }) if !is_plain(dest_url) => {
            dropped += 1;
            None
        }
        Event::End(TagEnd::Link) if dropped > 0 => {
            dropped -= 1;
            None
        }
        // A block of HTML becomes a paragraph of text.
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::CodeBlock(_)) => Some(Event::Start(Tag::CodeBlock(
            pulldown_cmark::CodeBlockKind::Fenced(CowStr::Borrowed("")),
        ))),
        other => Some(other),
    });
    let mut out = String::new();
    html::push_html(&mut out, events);
    out
}

/// The first paragraph as HTML, for lists; empty if it is not plain text.
pub fn summary(text: &str) -> String {
    let first = text.trim().split("\n\n").next().unwrap_or_default();
    // Remove the markers of a heading or list.
    let first = first.trim_start_matches(['#', '*', '-', ' ']);
    let html = markdown(first);
    let html = html.trim();
    match html
        .strip_prefix("<p>")
        .and_then(|h| h.strip_suffix("</p>"))
    {
        Some(inner) if !inner.contains("<p>") => inner.to_owned(),
        _ => String::new(),
    }
}

fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 | HeadingLevel::H2 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

/// Whether an address is a plain link, which runs no script.
fn is_plain(address: &str) -> bool {
    let lower = address.trim().to_ascii_lowercase();
    ["http://", "https://", "mailto:", "#"]
        .iter()
        .any(|start| lower.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_text() {
        for text in [
            "<script>alert(1)</script>",
            "a <img src=x onerror=alert(1)> b",
            "<div>\n<b onclick='x'>c</b>\n</div>",
            "[x](javascript:alert(1)) [y]( JaVaScRiPt:alert(1)) [z](data:text/html,x)",
            "[r]\n\n[r]: javascript:alert(1)",
            "![i](http://example.com/x.png \"t\")",
            "```\"><script>alert(1)</script>\nx\n```",
            "<javascript:alert(1)>",
            "# h {#id onclick=x}",
        ] {
            let html = markdown(text);
            let html = html.to_ascii_lowercase();
            for bad in [
                "<script",
                "<img",
                "<b ",
                "href=\"java",
                "href=\"data",
                " onclick=\"",
            ] {
                assert!(!html.contains(bad), "{text}\n{html}");
            }
        }
    }

    #[test]
    fn renders_markdown() {
        let html = markdown("# T\n\nsee [x](https://example.com/a?b=\"c) and `a<b>`\n\n- one\n\n| a |\n|---|\n| b |");
        for part in [
            "<h5>T</h5>",
            "<a href=\"https://example.com/a?b=%22c\">x</a>",
            "<code>a&lt;b&gt;</code>",
            "<li>one</li>",
            "<td>b</td>",
        ] {
            assert!(html.contains(part), "{part}\n{html}");
        }
        assert_eq!(summary("One *two*.\n\nThree."), "One <em>two</em>.");
        // The text of a dropped link is kept, and a later link is complete.
        let html = markdown("[a](javascript:x) [b](https://c)");
        assert_eq!(html, "<p>a <a href=\"https://c\">b</a></p>\n");
    }
}
