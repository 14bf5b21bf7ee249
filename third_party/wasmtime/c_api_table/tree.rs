//! Syntax trees as `clang -ast-dump=json` writes them.

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use std::fmt;

/// A JSON value. Objects keep their order, on which the meaning of locations depends.
pub enum Node {
    Object(Vec<(String, Node)>),
    Array(Vec<Node>),
    Text(String),
    Bool(bool),
    /// Numbers and null, which nothing here needs.
    Other,
}

impl Node {
    fn get(&self, key: &str) -> Option<&Node> {
        match self {
            Node::Object(members) => members.iter().find(|(k, _)| k == key).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The string at `key`, or an empty one.
    pub fn text(&self, key: &str) -> &str {
        match self.get(key) {
            Some(Node::Text(text)) => text,
            _ => "",
        }
    }

    pub fn is_true(&self, key: &str) -> bool {
        matches!(self.get(key), Some(Node::Bool(true)))
    }

    /// The type of a declaration.
    pub fn c_type(&self) -> &str {
        self.get("type").map_or("", |ty| ty.text("qualType"))
    }

    /// The nodes below this one.
    pub fn inner(&self) -> &[Node] {
        match self.get("inner") {
            Some(Node::Array(nodes)) => nodes,
            _ => &[],
        }
    }

    /// The nodes of a kind below this one.
    pub fn inner_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Node> {
        self.inner().iter().filter(move |n| n.text("kind") == kind)
    }

    /// The text of a comment.
    pub fn comment(&self) -> String {
        let own = match self.text("kind") {
            "ParamCommandComment" => format!("\\param {}", self.text("param")),
            "InlineCommandComment" => match self.get("args") {
                Some(Node::Array(args)) => {
                    let args = args.iter().filter_map(|arg| match arg {
                        Node::Text(text) => Some(text.as_str()),
                        _ => None,
                    });
                    args.collect::<Vec<_>>().join(" ")
                }
                _ => String::new(),
            },
            _ => self.text("text").to_owned(),
        };
        let mut parts = vec![own];
        parts.extend(self.inner().iter().map(Node::comment));
        let end = match self.text("kind") {
            "ParagraphComment" | "VerbatimBlockComment" | "VerbatimBlockLineComment" => "\n",
            _ => " ",
        };
        parts.join(" ").trim().to_owned() + end
    }
}

/// The files of declarations. clang names a file only where it changes, in the order of the dump.
#[derive(Default)]
pub struct Locations {
    file: String,
}

impl Locations {
    /// Reads the locations of a declaration and of what is below it. Returns its file.
    pub fn visit(&mut self, declaration: &Node) -> String {
        let mut own = None;
        if let Node::Object(members) = declaration {
            for (key, value) in members {
                self.pass(key, value);
                if key == "loc" {
                    own = Some(self.file.clone());
                }
            }
        }
        own.unwrap_or_else(|| self.file.clone())
    }

    /// Reads the locations in a member of an object.
    fn pass(&mut self, key: &str, value: &Node) {
        match value {
            Node::Text(file) if key == "file" => self.file.clone_from(file),
            Node::Object(members) if key != "includedFrom" => {
                members
                    .iter()
                    .for_each(|(key, value)| self.pass(key, value));
            }
            Node::Array(nodes) => nodes.iter().for_each(|node| self.pass("", node)),
            _ => {}
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Node::Object(members))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = seq.next_element()? {
            nodes.push(node);
        }
        Ok(Node::Array(nodes))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Bool(value))
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other)
    }

    fn visit_unit<E: Error>(self) -> Result<Node, E> {
        Ok(Node::Other)
    }
}
