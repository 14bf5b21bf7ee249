//! Calls the other library, and checks that its own values do not change.

use bindings::exports::test::linked::check::Guest;
use bindings::test::linked::shapes::{
    address, many, maybe, sort, sum, swap, text, turn, Leaf, Node, Tree,
};

struct User;

fn leaf(name: &str) -> Leaf {
    Leaf {
        name: name.to_owned(),
        weights: (1..=name.len() as u16).collect(),
    }
}

fn nodes() -> Vec<Node> {
    vec![
        Node::Nothing,
        Node::Number(0x0102_0304_0506_0708),
        Node::Text("text".to_owned()),
        Node::Text(String::new()),
        Node::Leaves(vec![leaf("one"), leaf(""), leaf("three")]),
        Node::Both((1.5, "both".to_owned())),
    ]
}

fn tree(label: Option<&str>, outcome: Result<Vec<String>, u64>) -> Tree {
    Tree {
        label: label.map(str::to_owned),
        nodes: nodes(),
        outcome,
        pair: ('ß', vec![vec![1, 2, 3], Vec::new(), vec![4]]),
    }
}

impl Guest for User {
    fn run() -> Vec<String> {
        let mut out = Vec::new();
        let words = || vec!["b".to_owned(), "a".to_owned()];
        let trees = [tree(Some("label"), Ok(words())), tree(None, Err(u64::MAX))];
        let before = format!("{trees:?}");
        for tree in &trees {
            out.push(format!("{:?}", swap(tree)));
        }
        out.push(format!("{:?}", swap(&trees[0])));
        for value in nodes() {
            out.push(format!("{:?}", turn(&value)));
        }
        for a in [None, Some("a")] {
            for b in [Ok("b"), Err(0.5), Err(-0.5)] {
                out.push(format!("{:?}", maybe(a, b)));
            }
        }
        out.push(many("a", &words(), &trees[0], 1 << 40, 0.25, "f"));
        out.push(format!("{:?}", sort(&[3, -1, i64::MIN, 2])));
        out.push(format!("{:?} {}", sort(&[]), sum(1, -2, 0.5)));
        assert_eq!(
            before,
            format!("{trees:?}"),
            "a value of the caller was changed"
        );
        out
    }

    fn hammer(times: u32) -> u32 {
        let calls = |times: u32| {
            for i in 0..times {
                let tree = tree(Some("label"), Ok(vec!["x".repeat(i as usize % 50)]));
                drop(swap(&tree));
                drop(many("a", &[], &tree, 0, 0.0, "f"));
                drop(nodes().iter().map(turn).collect::<Vec<_>>());
            }
        };
        calls(50);
        let pages = core::arch::wasm32::memory_size(0);
        calls(times);
        (core::arch::wasm32::memory_size(0) - pages) as u32
    }

    fn moved() -> bool {
        let text = text();
        text.as_ptr() as u32 == address()
    }
}

bindings::export!(User with_types_in bindings);
