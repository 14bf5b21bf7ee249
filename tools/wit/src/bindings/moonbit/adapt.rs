//! Adapts generated code to the compiler of the npm package, which is older than the bindings.
//!
//! Since 0.59, the bindings take the address of an object for that of its data. In this compiler,
//! data begin eight bytes later, behind a counter of references and a word with the kind of the
//! object and its length. And inline WebAssembly cannot call `$moonbit.init_array*`, which writes
//! that word.

use rules_wit_common::{Diagnostic, Failure, Result};

/// The function that writes the header of an array: its name without the size of an element, and
/// for each size, in bits, the kind of the object.
const INIT: &str = "$moonbit.init_array";
const KINDS: [(u32, u32); 4] = [
    (8, 0x4000_0000),
    (16, 0x5000_0000),
    (32, 0x6000_0000),
    (64, 0x7000_0000),
];

/// A change of functions.
struct Change {
    /// What the functions do, for errors.
    purpose: &'static str,
    /// Whether a function with this name is changed.
    applies_to: fn(&str) -> bool,
    /// The bodies that these functions have, and the new ones.
    bodies: Vec<(String, String)>,
}

fn changes() -> [Change; 4] {
    let bytes = KINDS[0].1;
    let array = |(size, kind): (u32, u32)| {
        let head = "#|(func (param i32) (param i32) (result i32)";
        let old = [
            head,
            "#| local.get 0",
            &format!("#| local.get 1 call {INIT}{size}"),
            "#| local.get 0)",
        ];
        let new = [
            &format!("{head} (local i32)"),
            "#| local.get 0 i32.const 8 i32.sub local.tee 2",
            &format!("#| local.get 1 i32.const {kind} i32.or i32.store offset=4"),
            "#| local.get 2)",
        ];
        (old.join("\n"), new.join("\n"))
    };
    [
        Change {
            purpose: "the address of an object",
            applies_to: |name| name.ends_with("2ptr"),
            bodies: vec![(
                "#|(func (param i32) (result i32) local.get 0)".to_owned(),
                "#|(func (param i32) (result i32) local.get 0 i32.const 8 i32.add)".to_owned(),
            )],
        },
        Change {
            purpose: "the object at an address",
            applies_to: |name| name.starts_with("ptr2"),
            bodies: KINDS.map(array).to_vec(),
        },
        Change {
            purpose: "allocation",
            applies_to: |name| name == "malloc",
            bodies: vec![(
                format!("#| local.tee 1 i32.const 0 call {INIT}8\n#| local.get 1)"),
                format!(
                    "#| local.tee 1 i32.const {bytes} i32.store offset=4\n\
                     #| local.get 1 i32.const 8 i32.add)"
                ),
            )],
        },
        Change {
            purpose: "deallocation",
            applies_to: |name| name == "free",
            bodies: vec![(
                "#|(func (param i32) local.get 0 call $moonbit.decref)".to_owned(),
                "#|(func (param i32) local.get 0 i32.const 8 i32.sub call $moonbit.decref)"
                    .to_owned(),
            )],
        },
    ]
}

/// Returns the adapted text of a file.
///
/// Fails, with the names of the functions, if a function to change is not what it was in the version
/// that the changes are for.
pub(super) fn adapt(path: &str, text: &str) -> Result<String> {
    let mut text = text.to_owned();
    for change in changes() {
        let mut names = functions(&text);
        names.retain(|name| (change.applies_to)(name));
        let bodies = change.bodies.iter();
        let found: usize = bodies.map(|(old, _)| text.matches(old).count()).sum();
        if found != names.len() {
            return Err(unexpected(path, change.purpose, &names, found));
        }
        for (old, new) in &change.bodies {
            text = text.replace(old, new);
        }
    }
    match text.contains(INIT) {
        true => Err(unexpected(path, "headers", &functions(&text), 0)),
        false => Ok(text),
    }
}

/// The names of the functions for foreign code that a text defines, without their common prefix.
fn functions(text: &str) -> Vec<&str> {
    let prefix = "fn mbt_ffi_";
    text.match_indices(prefix)
        .filter_map(|(at, _)| text[at + prefix.len()..].split('(').next())
        .collect()
}

fn unexpected(path: &str, purpose: &str, names: &[&str], found: usize) -> Failure {
    let names: Vec<String> = names.iter().map(|n| format!("`mbt_ffi_{n}`")).collect();
    let names = match names.is_empty() {
        true => "no function".to_owned(),
        false => names.join(", "),
    };
    let of_which = format!("it has {names}, of which {found} are known");
    Diagnostic::new(format!(
        "the generated code for {purpose} in `{path}` cannot be adapted: {of_which}"
    ))
    .hint("use the generator of rules_wit; other versions generate code for other compilers")
    .into()
}

#[cfg(test)]
mod tests {
    use super::adapt;

    const FREE: &str = "extern \"wasm\" fn mbt_ffi_free(position : Int) =\n\
                        #|(func (param i32) local.get 0 call $moonbit.decref)\n";
    const STRING: &str = "extern \"wasm\" fn mbt_ffi_ptr2str(ptr : Int, len : Int) -> String =\n\
                          #|(func (param i32) (param i32) (result i32)\n#| local.get 0\n\
                          #| local.get 1 call $moonbit.init_array16\n#| local.get 0)\n";
    const LOAD: &str = "extern \"wasm\" fn mbt_ffi_load8(offset : Int) -> Int =\n\
                        #|(func (param i32) (result i32) local.get 0 i32.load8_s)\n";

    #[test]
    fn known_functions_are_changed() {
        let text = adapt("f.mbt", &format!("{LOAD}{FREE}{STRING}")).expect("adapted");
        assert!(text.starts_with(LOAD), "{text}");
        for part in [
            "local.get 0 i32.const 8 i32.sub call $moonbit.decref)",
            "(local i32)\n#| local.get 0 i32.const 8 i32.sub local.tee 2\n",
            "#| local.get 1 i32.const 1342177280 i32.or i32.store offset=4\n#| local.get 2)",
        ] {
            assert_eq!(text.matches(part).count(), 1, "{text}");
        }
    }

    #[test]
    fn other_functions_are_errors() {
        let error = |text: &str| adapt("f.mbt", text).expect_err("not known").render(false);
        let changed = error(&FREE.replace("local.get 0", "local.get 0 nop"));
        assert!(
            changed.contains("`mbt_ffi_free`, of which 0 are known"),
            "{changed}"
        );
        // The same body in another function.
        let added = error(&STRING.replace("ptr2str", "string"));
        assert!(
            added.contains("it has no function, of which 1 are known"),
            "{added}"
        );
        let left = error(&LOAD.replace("i32.load8_s", "call $moonbit.init_array8"));
        assert!(left.contains("headers"), "{left}");
    }
}
