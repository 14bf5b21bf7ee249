//! Arguments of a guest that are paths of the host.

use crate::host::{Mount, Setup};
use rules_wit_common::user_path;
use std::path::{Path, PathBuf};

/// Lets the guest read the files and directories that its arguments name.
///
/// Each argument that names one becomes an absolute path, and the directory, or the one that holds the
/// file, becomes readable under the same path. All other arguments stay as they are.
pub fn open_args(setup: &mut Setup) {
    for arg in &mut setup.args {
        if let Some((path, directory)) = named(arg) {
            *arg = path;
            let is_open = |mount: &Mount| mount.guest == directory;
            if !setup.mounts.iter().any(is_open) {
                setup.mounts.push(Mount {
                    host: PathBuf::from(&directory),
                    guest: directory,
                    read_only: true,
                });
            }
        }
    }
}

/// The absolute path of the file or directory that an argument names, and the directory to open for it.
fn named(arg: &str) -> Option<(String, String)> {
    if arg.is_empty() || arg.starts_with('-') {
        return None;
    }
    let mut path = std::path::absolute(user_path(Path::new(arg))).ok()?;
    let is_dir = path.metadata().ok()?.is_dir();
    if !is_dir && path.is_symlink() {
        // The guest cannot follow a link out of the open directory, and sandboxed inputs are such links.
        path = path.canonicalize().ok()?;
    }
    let directory = if is_dir { &*path } else { path.parent()? };
    // Guests do not find a directory whose path ends with `/`.
    let directory = match directory.to_str()?.trim_end_matches('/') {
        "" => "/",
        trimmed => trimmed,
    };
    Some((path.to_str()?.to_owned(), directory.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(args: &[&str]) -> (Vec<String>, Vec<String>) {
        let mut setup = Setup {
            args: args.iter().map(|arg| (*arg).to_owned()).collect(),
            env: Vec::new(),
            mounts: Vec::new(),
            network: std::sync::Arc::default(),
            config: Vec::new(),
            max_memory: 0,
            features: crate::features::BASELINE,
        };
        open_args(&mut setup);
        let guests = setup.mounts.into_iter().map(|mount| {
            assert_eq!(mount.host, PathBuf::from(&mount.guest));
            assert!(mount.read_only);
            mount.guest
        });
        (setup.args, guests.collect())
    }

    #[test]
    fn directories_may_end_with_a_slash() {
        let directory = tempfile::tempdir().expect("tempdir");
        let path = directory.path().display().to_string();
        let slash = format!("{path}/");
        assert_eq!(opened(&[&slash, &path]).1, [path]);
    }

    #[test]
    fn what_names_no_file_stays_as_it_is() {
        let missing = std::env::temp_dir().join("is/not/there");
        let missing = missing.to_str().expect("text");
        let args = ["-x", "", "b+", "a/../b", "is/not/there", missing, "--x=."];
        assert_eq!(opened(&args), (args.map(str::to_owned).to_vec(), vec![]));
    }

    #[test]
    fn files_of_one_directory_open_it_once() {
        let directory = tempfile::tempdir().expect("tempdir");
        let path = |name: &str| directory.path().join(name).display().to_string();
        let args = ["a", "b"].map(path);
        for path in &args {
            std::fs::write(path, "").expect("written");
        }
        let given: Vec<&str> = args.iter().map(String::as_str).collect();
        let expected = directory.path().display().to_string();
        assert_eq!(opened(&given), (args.to_vec(), vec![expected]));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_opens_the_file_that_it_leads_to() {
        use std::os::unix::fs::symlink;
        let directory = tempfile::tempdir().expect("tempdir");
        let root = directory.path().canonicalize().expect("a path");
        let path = |name: &str| root.join(name).display().to_string();
        for folder in ["real", "links"] {
            std::fs::create_dir(path(folder)).expect("created");
        }
        std::fs::write(path("real/file"), "").expect("written");
        symlink("../real/file", path("links/one")).expect("a link");
        symlink(path("links/one"), path("links/two")).expect("a link");
        symlink(path("real"), path("links/directory")).expect("a link");
        symlink("nowhere", path("links/broken")).expect("a link");
        let (args, mounts) = opened(&[
            &path("links/two"),
            &path("links/directory"),
            &path("links/broken"),
            &path("links/directory/file"),
        ]);
        let file = path("real/file");
        // A directory is opened by the host, which follows links.
        let (directory, broken) = (path("links/directory"), path("links/broken"));
        let inside = path("links/directory/file");
        assert_eq!(args, [file, directory.clone(), broken, inside]);
        assert_eq!(mounts, [path("real"), directory]);
    }
}
