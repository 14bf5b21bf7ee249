//! What holds in the pictures of `wit graph`, which are not compared to the letter.

use golden::{Case, Tree};

/// Draws a tree, and returns the picture.
fn draw(tree: &Tree, format: &str) -> String {
    let output = tree.run(&["graph", "--format", format, "."]);
    assert_eq!(output.code, 0, "{}", output.text());
    assert_eq!(output.stderr, "");
    output.stdout
}

/// The picture of each tree of `check/` that has one shows every package and every edge, nothing in
/// it covers anything else, and the page with it loads nothing.
pub fn picture(_: &Case, tree: &Tree) {
    let output = tree.run(&["graph", "--format", "json", "."]);
    if output.code != 0 {
        assert_eq!(output.code, 1, "{}", output.text());
        return;
    }
    let json = output.stdout;
    let svg = draw(tree, "svg");
    well_formed(&svg);
    boxes(&svg);
    let nodes = svg.matches("\" id=\"p").count();
    assert_eq!(nodes, json.matches("\"interfaces\":").count());
    let edges = svg.matches("\" id=\"e").count();
    assert_eq!(edges, json.matches("\"from\":").count());

    let html = draw(tree, "html");
    assert!(html.contains(&svg), "the page lacks the picture");
    let own = html.replace("http://www.w3.org/2000/svg", "");
    for address in ["src=", "href=", "url(", "@import", "http://", "https://"] {
        assert!(!own.contains(address), "not self-contained: {address}");
    }
}

/// Every start tag has its end tag, and there is nothing but text, tags and the five entities.
fn well_formed(text: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        for part in rest[..at].split('&').skip(1) {
            let known = ["lt;", "gt;", "amp;", "quot;", "#39;"];
            assert!(known.iter().any(|k| part.starts_with(k)), "{part}");
        }
        let end = at + rest[at..].find('>').expect("a tag ends");
        let tag = &rest[at + 1..end];
        if let Some(name) = tag.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') {
            open.push(tag.split_whitespace().next().expect("a name"));
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}

/// The value of an attribute of the element that begins the text.
fn number(text: &str, attribute: &str) -> f64 {
    let end = text.find('>').expect("an element");
    let start = text[..end]
        .find(&format!(" {attribute}=\""))
        .expect(attribute);
    let value = &text[start + attribute.len() + 3..];
    let value = &value[..value.find('"').expect("quoted")];
    value.parse().expect("a number")
}

struct Rect {
    x: f64,
    y: f64,
    w: f64,
    h: f64,
}

impl Rect {
    fn of(element: &str) -> Self {
        let [x, y, w, h] = ["x", "y", "width", "height"].map(|a| number(element, a));
        Rect { x, y, w, h }
    }

    fn meets(&self, other: &Rect) -> bool {
        self.x < other.x + other.w
            && other.x < self.x + self.w
            && self.y < other.y + other.h
            && other.y < self.y + self.h
    }
}

/// Texts are inside their boxes, boxes inside the picture, and no two boxes meet.
fn boxes(svg: &str) {
    let (w, h) = (number(svg, "width"), number(svg, "height"));
    let mut rects: Vec<Rect> = Vec::new();
    for group in svg.split("<g class=\"").skip(1) {
        let is_node = group.starts_with("node ") || group.starts_with("node\"");
        if !is_node && !group.starts_with("label\"") {
            continue;
        }
        let rect = Rect::of(&group[group.find("<rect").expect("a box")..]);
        for element in group.split("<text").skip(1) {
            let text = &element[element.find('>').expect("a tag") + 1..];
            let text = &text[..text.find('<').expect("an end")];
            let is_name = element.starts_with(" class=\"name\"");
            let size = if is_name { 13.0 } else { 11.0 };
            let left = number(&format!("<text{element}"), "x");
            let right = left + text.chars().count() as f64 * size * 0.6;
            assert!(left > rect.x && right < rect.x + rect.w, "{text}");
        }
        assert!(rect.x >= -24.0 && rect.x + rect.w <= w - 24.0);
        assert!(rect.y >= -24.0 && rect.y + rect.h <= h - 24.0);
        assert!(
            !rects.iter().any(|r| r.meets(&rect)),
            "a box covers another"
        );
        rects.push(rect);
    }
}
