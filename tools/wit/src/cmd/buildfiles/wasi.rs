//! The packages of WASI that the rules provide.

use rules_wit_common::versions::{WASI_P2, WASI_P3};
use semver::Version;
use wit_parser::PackageName;

/// The packages of both versions.
const NAMES: &[&str] = &["cli", "clocks", "filesystem", "http", "random", "sockets"];

/// What the rules provide in place of a package.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Provided {
    /// This target of `//rules/wasi`.
    Target(String),
    /// The same package, but in these versions: that of the same minor version, or else all.
    Versions(Vec<&'static str>),
}

/// Looks up a package of WASI. `None` if the rules do not provide it in any version.
pub(super) fn provided(name: &PackageName) -> Option<Provided> {
    if name.namespace != "wasi" {
        return None;
    }
    let is_shared = NAMES.contains(&name.name.as_str());
    let versions = [
        (WASI_P2, is_shared || name.name == "io", ""),
        (WASI_P3, is_shared, "_p3"),
    ];
    let versions = versions.into_iter().filter(|(_, is_known, _)| *is_known);
    let mut others: Vec<&str> = Vec::new();
    for (version, _, suffix) in versions {
        if name
            .version
            .as_ref()
            .is_some_and(|v| v.to_string() == version)
        {
            return Some(Provided::Target(format!("{}{suffix}", name.name)));
        }
        others.push(version);
    }
    let is_near = |version: &&str| {
        let (version, wanted) = (Version::parse(version).ok(), name.version.as_ref());
        let minor = |v: &Version| (v.major, v.minor);
        version.as_ref().map(minor) == wanted.map(minor)
    };
    if let Some(near) = others.iter().copied().find(is_near) {
        others = vec![near];
    }
    (!others.is_empty()).then_some(Provided::Versions(others))
}

#[cfg(test)]
mod tests {
    use super::{provided, Provided};
    use rules_wit_common::versions::{WASI_P2, WASI_P3};
    use wit_parser::PackageName;

    #[test]
    fn only_the_versions_of_the_rules() {
        let provided = |namespace: &str, name: &str, version: &str| {
            provided(&PackageName {
                namespace: namespace.to_owned(),
                name: name.to_owned(),
                version: version.parse().ok(),
            })
        };
        let target = |name: &str| Some(Provided::Target(name.to_owned()));
        let versions = |list: &[&'static str]| Some(Provided::Versions(list.to_vec()));
        assert_eq!(provided("wasi", "io", WASI_P2), target("io"));
        assert_eq!(provided("wasi", "http", WASI_P2), target("http"));
        assert_eq!(provided("wasi", "cli", WASI_P3), target("cli_p3"));
        assert_eq!(provided("wasi", "io", WASI_P3), versions(&[WASI_P2]));
        assert_eq!(provided("wasi", "io", "0.2.0"), versions(&[WASI_P2]));
        assert_eq!(provided("wasi", "cli", "0.2.0"), versions(&[WASI_P2]));
        assert_eq!(provided("wasi", "cli", "0.3.1"), versions(&[WASI_P3]));
        assert_eq!(provided("wasi", "cli", ""), versions(&[WASI_P2, WASI_P3]));
        assert_eq!(provided("wasi", "nn", WASI_P2), None);
        assert_eq!(provided("other", "io", WASI_P2), None);
    }
}
