//! Arguments of a guest that are paths of the host.

use crate::host::{Mount, Setup};
use rules_wit_common::user_path;
use std::path::{Path, PathBuf};

/// Lets the guest read the files and directories that its arguments name.
///
/// Each argument that is not an option becomes an absolute path. The directory that it names, or that
/// holds the file, becomes readable under the same path. The guest reports paths that do not exist.
pub fn open_args(setup: &mut Setup) {
    for arg in &mut setup.args {
        open_arg(arg, &mut setup.mounts);
    }
}

fn open_arg(arg: &mut String, mounts: &mut Vec<Mount>) {
    if arg.is_empty() || arg.starts_with('-') {
        return;
    }
    let Ok(path) = std::path::absolute(user_path(Path::new(arg))) else {
        return;
    };
    let directory = match path.metadata() {
        Ok(m) if m.is_dir() => Some(path.as_path()),
        Ok(_) => path.parent(),
        Err(_) => None,
    };
    let Some(text) = path.to_str() else { return };
    if let Some(guest) = directory.and_then(Path::to_str) {
        // Guests do not find a directory whose path ends with `/`.
        let guest = match guest.trim_end_matches('/') {
            "" => "/",
            trimmed => trimmed,
        };
        let mount = Mount {
            host: PathBuf::from(guest),
            guest: guest.to_owned(),
            read_only: true,
        };
        if !mounts.iter().any(|m| m.guest == mount.guest) {
            mounts.push(mount);
        }
    }
    *arg = text.to_owned();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories_may_end_with_a_slash() {
        let directory = tempfile::tempdir().expect("tempdir");
        let path = directory.path().display().to_string();
        let mut mounts = Vec::new();
        let mut arg = format!("{path}/");
        open_arg(&mut arg, &mut mounts);
        assert_eq!(mounts.len(), 1);
        assert_eq!(mounts[0].guest, path);
    }

    #[test]
    fn options_and_missing_files_open_nothing() {
        let mut mounts = Vec::new();
        for (arg, expected) in [("-x", "-x".to_owned()), ("", String::new())] {
            let mut arg = arg.to_owned();
            open_arg(&mut arg, &mut mounts);
            assert_eq!(arg, expected);
        }
        let missing = std::env::temp_dir().join("is/not/there");
        let mut arg = missing.display().to_string();
        open_arg(&mut arg, &mut mounts);
        assert_eq!(arg, missing.display().to_string());
        let mut arg = "is/not/there".to_owned();
        open_arg(&mut arg, &mut mounts);
        let expected = std::path::absolute("is/not/there").expect("absolute");
        assert_eq!(arg, expected.display().to_string());
        assert!(mounts.is_empty());
    }
}
