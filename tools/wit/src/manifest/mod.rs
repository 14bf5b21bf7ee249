//! Reads manifests: which packages a package declares as dependencies, and where they are.
//!
//! Three dialects: `deps.toml` with `[dependencies]` and entries `name = { path, version }`;
//! `deps.toml` of wit-deps, with its entries at top level; `wkg.toml`, with `[overrides]` and
//! `[workspace]`. Lock files are `deps.lock` and `wkg.lock`.

mod keys;
mod lock;
mod model;
mod names;
mod read;
mod wkg;

pub use lock::{lock, Lock, Locked};
pub use model::{Dialect, Entry, Manifest, Source};
pub use names::is_local_name;
pub use read::manifest;

#[cfg(test)]
mod tests {
    use super::{read, wkg};
    use std::collections::BTreeSet;

    /// The page documents every key, and each of its cases exists.
    #[test]
    fn the_page_has_every_key() {
        let tests = golden::tests_dir();
        let page = std::env::var_os("MANIFESTS_PAGE");
        let page =
            page.unwrap_or_else(|| tests.join("../../../docs/manifests.md").into_os_string());
        let page = std::fs::read_to_string(page).expect("the page is readable");
        let mut sections = page.split("\n## ");
        let codes = |text: &str| -> BTreeSet<String> {
            let parts = text.split('`').skip(1).step_by(2);
            let words = parts.flat_map(|p| p.split(|c: char| !(c.is_alphanumeric() || c == '-')));
            words.map(str::to_owned).collect()
        };
        let metadata = wkg::METADATA
            .iter()
            .flat_map(|(key, other)| [Some(*key), *other]);
        let of_wkg = [wkg::TABLES, wkg::OVERRIDE, wkg::WORKSPACE].concat();
        let keys: Vec<(&str, Vec<&str>)> = vec![
            ("deps.toml", read::ENTRY.to_vec()),
            (
                "deps.lock",
                vec!["url", "prefix", "path", "sha256", "sha512", "deps"],
            ),
            (
                "wkg.toml",
                of_wkg.into_iter().chain(metadata.flatten()).collect(),
            ),
            (
                "wkg.lock",
                vec![
                    "version",
                    "packages",
                    "package",
                    "name",
                    "registry",
                    "versions",
                    "requirement",
                    "digest",
                ],
            ),
        ];
        for (file, keys) in keys {
            let section = sections.find(|s| s.starts_with(file)).expect(file);
            let named = codes(section);
            for key in keys {
                assert!(named.contains(key), "{file}: {key}");
            }
            for case in named
                .iter()
                .filter(|n| n.starts_with("ok-") || n.starts_with("error-"))
            {
                assert!(
                    tests.join(format!("check/{case}.txtar")).is_file(),
                    "{file}: {case}"
                );
            }
            for row in section
                .lines()
                .filter(|l| l.starts_with("| ") && !l.starts_with("| key"))
            {
                assert!(row.ends_with("` |"), "no case: {row}");
            }
        }
    }
}
