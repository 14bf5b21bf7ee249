//! Makes generated code the same in each run: the generator writes helper functions and exports in
//! random order.

/// Lines with which items start that can be in any order.
const STARTS: [&str; 2] = ["///|", "#doc(hidden)"];

/// Returns the text with the items behind the first [`STARTS`] sorted.
///
/// Only files with foreign functions are sorted; in the others, the order is that of the WIT.
pub(super) fn sorted(text: &str) -> String {
    if !text.contains("extern \"wasm\" fn") && !text.contains(STARTS[1]) {
        return text.to_owned();
    }
    let mut head = String::new();
    let mut items: Vec<String> = Vec::new();
    for line in text.lines() {
        if STARTS.contains(&line) {
            items.push(String::new());
        }
        let item = items.last_mut().unwrap_or(&mut head);
        item.push_str(line);
        item.push('\n');
    }
    items.sort();
    let all = std::iter::once(&head).chain(&items);
    let trimmed: Vec<&str> = all.map(|item| item.trim_end()).collect();
    trimmed.join("\n\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::sorted;

    #[test]
    fn items_in_any_order() {
        let item = |name: &str| format!("///|\nextern \"wasm\" fn {name}() =\n#|(func)\n");
        let export = "#doc(hidden)\npub fn e() -> Unit {\n  f()\n}\n\n";
        let head = "// Generated\n\nfn wasmImportF() = \"m\" \"f\"\n\n";
        let (a, b) = (item("a"), item("b"));
        let one = sorted(&format!("{head}{a}\n{b}\n{export}"));
        assert_eq!(one, sorted(&format!("{head}{export}{b}\n{a}")));
        assert_eq!(one.lines().next(), Some("// Generated"));
        assert_eq!(one.matches("fn ").count(), 4);
        let types = "///|\nstruct B {}\n///|\nstruct A {}\n";
        assert_eq!(sorted(types), types);
    }
}
