//! Owns its arguments: changes them in place, keeps them, and frees them later.

use bindings::exports::test::linked::shapes::{Guest, Leaf, Node, Tree};
use std::cell::{Cell, RefCell};

thread_local! {
    static KEPT: RefCell<Option<Tree>> = const { RefCell::new(None) };
    static ADDRESS: Cell<u32> = const { Cell::new(0) };
}

struct Provider;

fn leaf(mut leaf: Leaf) -> Leaf {
    leaf.name.make_ascii_uppercase();
    leaf.weights.reverse();
    leaf.weights.push(7);
    leaf
}

fn node(value: Node) -> Node {
    match value {
        Node::Nothing => Node::Text(String::new()),
        Node::Number(n) => Node::Number(n.rotate_left(8)),
        Node::Text(mut text) => {
            text.make_ascii_uppercase();
            Node::Text(text)
        }
        Node::Leaves(leaves) => Node::Leaves(leaves.into_iter().map(leaf).rev().collect()),
        Node::Both((n, text)) => Node::Both((n * 2.0, text + "!")),
    }
}

impl Guest for Provider {
    fn swap(mut value: Tree) -> Tree {
        let empty = Tree {
            label: None,
            nodes: Vec::new(),
            outcome: Err(1),
            pair: ('-', Vec::new()),
        };
        if let Some(label) = &mut value.label {
            label.make_ascii_uppercase();
        }
        value.nodes = value.nodes.into_iter().map(node).collect();
        value.nodes.push(Node::Nothing);
        if let Ok(outcome) = &mut value.outcome {
            outcome.sort();
        }
        for bytes in &mut value.pair.1 {
            bytes.reverse();
        }
        KEPT.with(|kept| kept.replace(Some(value))).unwrap_or(empty)
    }

    fn turn(value: Node) -> Node {
        node(value)
    }

    fn maybe(a: Option<String>, b: Result<String, f64>) -> Result<Option<String>, String> {
        match (a, b) {
            (Some(a), Ok(b)) => Err(a + &b),
            (a, Err(n)) if n > 0.0 => Ok(a),
            (None, Ok(b)) => Ok(Some(b)),
            (_, Err(_)) => Ok(None),
        }
    }

    fn many(a: String, b: Vec<String>, c: Tree, d: u64, e: f32, f: String) -> String {
        format!("{a} {b:?} {c:?} {d} {e} {f}")
    }

    fn sort(mut values: Vec<i64>) -> Vec<i64> {
        values.sort_unstable();
        values
    }

    fn sum(a: u8, b: i64, c: f64) -> f64 {
        f64::from(a) + b as f64 + c
    }

    fn text() -> String {
        let text = "a text that is made anew".repeat(3);
        ADDRESS.set(text.as_ptr() as u32);
        text
    }

    fn address() -> u32 {
        ADDRESS.get()
    }
}

bindings::export!(Provider with_types_in bindings);
