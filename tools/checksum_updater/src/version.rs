//! The order of versions, including incomplete ones and rolling tags.

use semver::Version;

/// Parses a version for comparison: `32` counts as `32.0.0`. Returns `None` for rolling tags such as
/// `canary`.
pub fn parse(text: &str) -> Option<Version> {
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (numbers, rest) = text.split_at(end);
    let count = numbers.split('.').count();
    if count > 3 {
        return None;
    }
    Version::parse(&format!("{numbers}{}{rest}", ".0".repeat(3 - count))).ok()
}

/// Returns the highest version; a rolling tag only if there is no version.
pub fn highest<'a>(versions: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    versions.into_iter().max_by_key(|v| rank(v))
}

/// The sort key of a version. Rolling tags are lower than versions.
fn rank(text: &str) -> (bool, Option<Version>, String) {
    let version = parse(text);
    let tie = if version.is_some() {
        String::new()
    } else {
        text.to_owned()
    };
    (version.is_some(), version, tie)
}

/// Sorts the highest version first.
pub fn sort<'a>(versions: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut sorted: Vec<&str> = versions.into_iter().collect();
    sorted.sort_by_cached_key(|v| std::cmp::Reverse(rank(v)));
    sorted
}

/// The version of the libraries in a release of wasm-tools: 0.N.P in release 1.N.P.
pub fn of_crates(release: &str) -> Option<String> {
    release.strip_prefix("1.").map(|rest| format!("0.{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order() {
        assert_eq!(
            sort([
                "9.0.0",
                "canary",
                "10.0.0",
                "32",
                "10.0.0-rc.1",
                "10.0.1-rc.2",
                "1.2"
            ]),
            [
                "32",
                "10.0.1-rc.2",
                "10.0.0",
                "10.0.0-rc.1",
                "9.0.0",
                "1.2",
                "canary"
            ]
        );
        assert_eq!(highest(["canary", "0.91.0"]), Some("0.91.0"));
        assert_eq!(highest(["canary"]), Some("canary"));
        assert_eq!(highest([]), None);
    }

    #[test]
    fn libraries_of_wasm_tools() {
        assert_eq!(of_crates("1.999.7").as_deref(), Some("0.999.7"));
        assert_eq!(of_crates("0.99.7"), None);
    }
}
