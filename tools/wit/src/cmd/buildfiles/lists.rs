//! Merges and prints lists of strings.

use super::labels::order;
use super::starlark::{quote, Element};

/// The new elements of a list, or `None` if it needs no change.
///
/// These are the wanted elements, as they are in `old` if they are there, and the elements of `old`
/// with a comment `# keep`, or all with `keep_all`. `same` compares two labels.
pub(super) fn merge(
    old: &[Element],
    wanted: &[String],
    keep_all: bool,
    same: impl Fn(&str, &str) -> bool,
) -> Option<Vec<Element>> {
    let mut out: Vec<Element> = Vec::new();
    for element in old {
        let is_wanted = wanted.iter().any(|w| same(w, &element.text));
        let is_twice = out.iter().any(|e| same(&e.text, &element.text));
        if (is_wanted && !is_twice) || keep_all || element.keep() {
            out.push(element.clone());
        }
    }
    for text in wanted {
        if !out.iter().any(|e| same(&e.text, text)) {
            out.push(Element {
                text: text.clone(),
                before: Vec::new(),
                behind: None,
            });
        }
    }
    if out == old {
        return None;
    }
    out.sort_by(|a, b| order(&a.text).cmp(&order(&b.text)));
    Some(out)
}

/// The list as Starlark. `indent` is the indentation of the line with the attribute.
pub(super) fn print(elements: &[Element], indent: &str) -> String {
    let has_comments = elements
        .iter()
        .any(|e| e.behind.is_some() || !e.before.is_empty());
    match elements {
        [] => return "[]".to_owned(),
        [one] if !has_comments => return format!("[{}]", quote(&one.text)),
        _ => {}
    }
    let mut out = "[\n".to_owned();
    for element in elements {
        for comment in &element.before {
            out.push_str(&format!("{indent}    {comment}\n"));
        }
        out.push_str(&format!("{indent}    {},", quote(&element.text)));
        if let Some(comment) = &element.behind {
            out.push_str(&format!("  {comment}"));
        }
        out.push('\n');
    }
    out.push_str(indent);
    out.push(']');
    out
}

/// Elements without comments.
pub(super) fn plain(texts: &[String]) -> Vec<Element> {
    let element = |text: &String| Element {
        text: text.clone(),
        before: Vec::new(),
        behind: None,
    };
    texts.iter().map(element).collect()
}
