//! Writes the graph as a self-contained HTML page.

use super::model::Model;
use super::svg::svg;
use crate::wording::count;
use picture::escape;
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// An HTML page with the picture, a list of packages, and the uses of each.
pub fn html(model: &Model) -> String {
    let count = count(model.packages.len(), "package");
    let lines = match model.edges.len() {
        1 => "1 dependency".to_owned(),
        n => format!("{n} dependencies"),
    };
    let mut list = String::new();
    for (i, package) in model.packages.iter().enumerate() {
        let missing = if package.missing {
            " class=\"missing\""
        } else {
            ""
        };
        let _ = writeln!(
            list,
            "<li{missing}><button type=\"button\" data-package=\"{i}\">{}</button></li>",
            breakable(&package.id())
        );
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src \
         'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>WIT packages</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n\
         <h1>WIT packages</h1>\n<p>{count}, {lines}</p>\n\
         <label for=\"search\">Search <kbd>/</kbd></label>\n\
         <input id=\"search\" type=\"search\" placeholder=\"package, interface or type\" autocomplete=\"off\" spellcheck=\"false\">\n\
         <div role=\"group\" aria-label=\"Size\"><button type=\"button\" id=\"out\" aria-label=\"Smaller\">\u{2212}</button>\
         <button type=\"button\" id=\"fit\">Fit</button>\
         <button type=\"button\" id=\"full\">100 %</button>\
         <button type=\"button\" id=\"in\" aria-label=\"Larger\">+</button></div>\n</header>\n<main>\n\
         <nav aria-label=\"Packages\"><p id=\"found\" aria-live=\"polite\"></p>\n<ul>\n{list}</ul>\n</nav>\n\
         <section id=\"picture\" tabindex=\"0\" aria-label=\"Picture\">\n{}</section>\n\
         <aside id=\"details\" aria-live=\"polite\" hidden></aside>\n</main>\n\
         <script type=\"application/json\" id=\"model\">{}</script>\n<script>\n{SCRIPT}</script>\n\
         </body>\n</html>\n",
        svg(model),
        json(model),
    )
}

/// A value as JSON for a script element, without anything that could end the element.
fn json(value: &impl serde::Serialize) -> String {
    let text = serde_json::to_string(value).unwrap_or_default();
    text.replace('<', "\\u003c")
}

/// A name with line breaks allowed at its separators.
fn breakable(name: &str) -> String {
    escape(name).replace(':', ":<wbr>").replace('@', "<wbr>@")
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn every_character_stays_in_its_element() {
        let more = ['\u{85}', '\u{2028}', '\u{1f980}'];
        for c in (0..=0x7f_u8).map(char::from).chain(more) {
            let text = format!("{c}</script>{c}<!--");
            let written = json(&text);
            assert!(!written.contains('<'), "{written}");
            assert_eq!(serde_json::from_str::<String>(&written).ok(), Some(text));
        }
    }
}
