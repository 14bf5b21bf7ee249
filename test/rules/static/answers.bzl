"""Results of the libraries, composed or linked."""

_LINES = [
    "Tree { label: None, nodes: [], outcome: Err(1), pair: ('-', []) }",
    "Tree { label: Some(\"LABEL\"), nodes: [Node::Text(\"\"), Node::Number(144964032628459521), Node::Text(\"TEXT\"), Node::Text(\"\"), Node::Leaves([Leaf { name: \"THREE\", weights: [5, 4, 3, 2, 1, 7] }, Leaf { name: \"\", weights: [7] }, Leaf { name: \"ONE\", weights: [3, 2, 1, 7] }]), Node::Both((3.0, \"both!\")), Node::Nothing], outcome: Ok([\"a\", \"b\"]), pair: ('ß', [[3, 2, 1], [], [4]]) }",
    "Tree { label: None, nodes: [Node::Text(\"\"), Node::Number(144964032628459521), Node::Text(\"TEXT\"), Node::Text(\"\"), Node::Leaves([Leaf { name: \"THREE\", weights: [5, 4, 3, 2, 1, 7] }, Leaf { name: \"\", weights: [7] }, Leaf { name: \"ONE\", weights: [3, 2, 1, 7] }]), Node::Both((3.0, \"both!\")), Node::Nothing], outcome: Err(18446744073709551615), pair: ('ß', [[3, 2, 1], [], [4]]) }",
    "Node::Text(\"\")",
    "Node::Number(144964032628459521)",
    "Node::Text(\"TEXT\")",
    "Node::Text(\"\")",
    "Node::Leaves([Leaf { name: \"THREE\", weights: [5, 4, 3, 2, 1, 7] }, Leaf { name: \"\", weights: [7] }, Leaf { name: \"ONE\", weights: [3, 2, 1, 7] }])",
    "Node::Both((3.0, \"both!\"))",
    "Ok(Some(\"b\"))",
    "Ok(None)",
    "Ok(None)",
    "Err(\"ab\")",
    "Ok(Some(\"a\"))",
    "Ok(None)",
    "a [\"b\", \"a\"] Tree { label: Some(\"label\"), nodes: [Node::Nothing, Node::Number(72623859790382856), Node::Text(\"text\"), Node::Text(\"\"), Node::Leaves([Leaf { name: \"one\", weights: [1, 2, 3] }, Leaf { name: \"\", weights: [] }, Leaf { name: \"three\", weights: [1, 2, 3, 4, 5] }]), Node::Both((1.5, \"both\"))], outcome: Ok([\"b\", \"a\"]), pair: ('ß', [[1, 2, 3], [], [4]]) } 1099511627776 0.25 f",
    "[-9223372036854775808, -1, 2, 3]",
    "[] -0.5",
]

RUN = "[" + ", ".join(["\"" + line.replace("\"", "\\\"") + "\"" for line in _LINES]) + "]"
