//! Streams and futures of a world with a crate for each package.
//!
//! The modules `wit_stream` and `wit_future` implement a trait for the payloads of the functions in
//! their crate. The traits of two crates differ, so the crate of a world implements its own for the
//! payloads of all functions. The code is that of the world as one crate: its paths are those of the
//! re-exports.

use super::parameters::closing;
use std::ops::Range;
use wit_parser::{InterfaceId, Resolve, WorldId, WorldItem};

/// The modules with the implementations, and with the items that these use.
const MODULES: [&str; 3] = ["mod _rt {", "pub mod wit_future {", "pub mod wit_stream {"];

/// Whether a function of an imported interface in another crate passes streams or futures.
pub(super) fn are_elsewhere(
    resolve: &Resolve,
    world: WorldId,
    is_elsewhere: impl Fn(InterfaceId) -> bool,
) -> bool {
    resolve.worlds[world]
        .imports
        .values()
        .any(|item| match item {
            WorldItem::Interface { id, .. } if is_elsewhere(*id) => {
                let mut functions = resolve.interfaces[*id].functions.values();
                functions.any(|f| !f.find_futures_and_streams(resolve).is_empty())
            }
            _ => false,
        })
}

/// `code` with the modules of `whole`, the code of the same world as one crate.
pub(super) fn with_modules_of(code: &str, whole: &str) -> String {
    let mut out = code.to_owned();
    for opening in MODULES {
        if let Some(new) = module(whole, opening) {
            match module(&out, opening) {
                Some(old) => out.replace_range(old, &whole[new]),
                None => {
                    out.push_str(&whole[new]);
                    out.push('\n');
                }
            }
        }
    }
    out
}

/// The last module with this first line: those of interfaces are before it.
fn module(code: &str, opening: &str) -> Option<Range<usize>> {
    let mut found = code.rmatch_indices(opening).map(|(at, _)| at);
    let start = found.find(|at| {
        let before = code[..*at].rsplit('\n').next().unwrap_or_default();
        before.trim().is_empty()
    })?;
    let open = start + opening.len() - 1;
    Some(start..open + closing(&code[open..])? + 1)
}

#[cfg(test)]
mod tests {
    use super::with_modules_of;

    #[test]
    fn modules_are_replaced_or_added() {
        let code = "pub mod a {\n    pub mod wit_stream {\n        a\n    }\n}\n\
                    #[x]\nmod _rt {\n    b\n}\npub mod wit_stream {\n    fn c() { [0]; }\n}\nfn d() {}\n";
        let whole = "pub mod a {}\nmod _rt {\n    e\n}\npub mod wit_future {\n    f {}\n}\n\
                     pub mod wit_stream {\n    g\n}\nfn h() {}\n";
        assert_eq!(
            with_modules_of(code, whole),
            "pub mod a {\n    pub mod wit_stream {\n        a\n    }\n}\n\
             #[x]\nmod _rt {\n    e\n}\npub mod wit_stream {\n    g\n}\nfn d() {}\n\
             pub mod wit_future {\n    f {}\n}\n"
        );
    }
}
