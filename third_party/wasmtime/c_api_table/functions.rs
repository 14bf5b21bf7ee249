//! The functions that headers declare.

use super::owners::{self, is_word, Owner};
use super::tree::{Locations, Node};
use serde::Serialize;
use std::collections::HashSet;
use std::path::Path;

const PREFIXES: &[&str] = &["wasm_", "wasmtime_", "wasi_"];

/// A function of the API. The order of the fields is that of the JSON.
#[derive(Serialize)]
pub struct Function {
    pub class: &'static str,
    /// The documentation, without the markup of comments.
    pub doc: String,
    /// The path of the header, relative to `wasmtime.h`.
    pub header: String,
    /// Whether the function has no symbol.
    pub inline: bool,
    pub name: String,
    pub params: Vec<Param>,
    pub returns: Returns,
    /// The type that the function belongs to.
    pub subject: String,
}

#[derive(Serialize)]
pub struct Param {
    pub name: String,
    pub owner: Option<Owner>,
    #[serde(rename = "type")]
    pub c: String,
    /// Whether this is a pointer to something that the headers define, so that callers can allocate it.
    pub value: bool,
}

#[derive(Serialize)]
pub struct Returns {
    pub owner: Option<Owner>,
    #[serde(rename = "type")]
    pub c: String,
}

/// Whether the API has the name.
pub fn is_api(name: &str) -> bool {
    PREFIXES.iter().any(|prefix| name.starts_with(prefix))
}

/// Returns the functions in a syntax tree, without their classes. `root` is the directory of `wasmtime.h`.
pub fn functions(tree: &Node, root: &Path) -> Vec<Function> {
    let mut locations = Locations::default();
    let defined = defined_types(tree);
    let mut found = Vec::new();
    for node in tree.inner() {
        let file = locations.visit(node);
        if node.text("kind") == "FunctionDecl" && is_api(node.text("name")) {
            found.push(function(node, Path::new(&file), root, &defined));
        }
    }
    found
}

fn function(node: &Node, file: &Path, root: &Path, defined: &HashSet<String>) -> Function {
    let name = node.text("name").to_owned();
    let doc = documentation(node);
    let params = node.inner_of("ParmVarDecl").enumerate().map(|(at, param)| {
        let c = param.c_type().to_owned();
        let name = match param.text("name") {
            "" => format!("arg{at}"),
            name => name.to_owned(),
        };
        Param {
            owner: owners::param(node.text("name"), &name, &c, &doc, has_own(param)),
            value: is_value(&c, defined),
            name,
            c,
        }
    });
    let params = params.collect();
    let c = node
        .c_type()
        .split('(')
        .next()
        .unwrap_or("")
        .trim()
        .to_owned();
    let header = match file.strip_prefix(root) {
        Ok(path) => path.to_string_lossy().replace('\\', "/"),
        Err(_) => file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    };
    Function {
        class: "",
        subject: String::new(),
        inline: node.text("storageClass") == "static",
        returns: Returns {
            owner: owners::result(&name, &c, &header, has_own(node)),
            c,
        },
        name,
        params,
        doc,
        header,
    }
}

/// The documentation of a function: lines of words with a space between them.
fn documentation(node: &Node) -> String {
    let text: String = node.inner_of("FullComment").map(Node::comment).collect();
    let lines = text.trim().split('\n');
    let words = |line: &str| {
        line.split([' ', '\t'])
            .filter(|w| !w.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    lines.map(words).collect::<Vec<_>>().join("\n")
}

/// Whether a declaration is annotated with `own`.
fn has_own(node: &Node) -> bool {
    node.inner_of("AnnotateAttr").next().is_some()
}

/// Names of structures, unions and enumerations that the headers define, and of types that are not such.
fn defined_types(tree: &Node) -> HashSet<String> {
    let mut names = HashSet::new();
    for node in tree.inner() {
        let is_defined = match node.text("kind") {
            "RecordDecl" => node.is_true("completeDefinition"),
            "EnumDecl" => true,
            _ => false,
        };
        let name = node.text("name");
        if is_defined && !name.is_empty() {
            names.extend(["", "struct ", "union ", "enum "].map(|kind| format!("{kind}{name}")));
        }
    }
    let mut is_unnamed = false;
    for node in tree.inner() {
        if node.text("kind") == "TypedefDecl" {
            let target = node.c_type();
            let is_handle = target.starts_with("struct ")
                || target.starts_with("wasm")
                    && target.ends_with("_t")
                    && target.chars().all(is_word);
            if names.contains(target) || is_unnamed || !is_handle {
                names.insert(node.text("name").to_owned());
            }
        }
        // A structure without a name has that of the `typedef` around it.
        is_unnamed = node.text("kind") == "RecordDecl" && node.text("name").is_empty();
    }
    names
}

/// Whether `c` is a pointer to a defined type.
fn is_value(c: &str, defined: &HashSet<String>) -> bool {
    let target = c.strip_prefix("const ").unwrap_or(c).strip_suffix('*');
    let Some(target) = target.map(|target| target.strip_suffix(' ').unwrap_or(target)) else {
        return false;
    };
    let is_name = target.starts_with(is_word) && target.chars().all(|c| is_word(c) || c == ' ');
    is_name && target != "void" && (defined.contains(target) || !target.ends_with("_t"))
}
