//! The version that a package needs for its changes.

use semver::Version;

/// The level of the changes of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Level {
    /// No change.
    None,
    /// The documentation has changed.
    Patch,
    /// Something was added or deprecated.
    Minor,
    /// Something breaks.
    Major,
}

/// The smallest version after `old` that allows changes of this level.
///
/// Before 1.0.0, a change of the leftmost non-zero number allows breaking changes.
pub(super) fn needed(old: &Version, level: Level) -> Version {
    // A pre-release allows any change, also to the next pre-release.
    if !old.pre.is_empty() {
        return old.clone();
    }
    let Version {
        major,
        minor,
        patch,
        ..
    } = *old;
    match (level, major, minor) {
        (Level::None, ..) => Version::new(major, minor, patch),
        (_, 0, 0) => Version::new(0, 0, patch.saturating_add(1)),
        (Level::Major, 0, _) => Version::new(0, minor.saturating_add(1), 0),
        (_, 0, _) | (Level::Patch, ..) => Version::new(major, minor, patch.saturating_add(1)),
        (Level::Minor, ..) => Version::new(major, minor.saturating_add(1), 0),
        (Level::Major, ..) => Version::new(major.saturating_add(1), 0, 0),
    }
}

/// Whether `new` allows changes of this level since `old`.
pub(super) fn is_enough(old: &Version, new: &Version, level: Level) -> bool {
    if !old.pre.is_empty() {
        return new > old || (new == old && level == Level::None);
    }
    let needed = needed(old, level);
    // A pre-release of the needed version allows the same changes.
    let released = Version::new(new.major, new.minor, new.patch);
    *new >= needed || (!new.pre.is_empty() && released >= needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bumps() {
        use Level::{Major, Minor, None, Patch};
        for (old, level, expected) in [
            ("1.2.3", None, "1.2.3"),
            ("1.2.3", Patch, "1.2.4"),
            ("1.2.3", Minor, "1.3.0"),
            ("1.2.3", Major, "2.0.0"),
            ("0.2.3", Patch, "0.2.4"),
            ("0.2.3", Minor, "0.2.4"),
            ("0.2.3", Major, "0.3.0"),
            ("0.0.3", Patch, "0.0.4"),
            ("0.0.3", Major, "0.0.4"),
        ] {
            let old = Version::parse(old).expect("version");
            assert_eq!(needed(&old, level).to_string(), expected, "{old} {level:?}");
        }
        for (old, new, level, enough) in [
            ("1.2.3", "1.2.3", None, true),
            ("1.2.3", "1.2.2", None, false),
            ("1.2.3", "1.3.0", Minor, true),
            ("1.2.3", "1.3.0-rc.1", Minor, true),
            ("1.2.3", "1.2.4", Minor, false),
            ("1.2.3", "1.9.0", Major, false),
            ("1.2.3", "2.0.0-rc.1", Major, true),
            ("1.0.0-rc.1", "1.0.0-rc.2", Major, true),
            ("1.0.0-rc.1", "1.0.0-rc.1", Major, false),
            ("1.0.0-rc.1", "1.0.0", Major, true),
            ("0.2.0", "0.2.1", Minor, true),
            ("0.2.0", "0.2.1", Major, false),
        ] {
            let (a, b) = (Version::parse(old), Version::parse(new));
            let found = is_enough(&a.expect("version"), &b.expect("version"), level);
            assert_eq!(found, enough, "{old} {new} {level:?}");
        }
    }
}
