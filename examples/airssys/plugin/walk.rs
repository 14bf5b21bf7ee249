//! Walks a directory tree with the filesystem extension.

use bindings::airssys::ext_filesystem::filesystem::{open, read_directory, File, FileKind};
use bindings::exports::airssys::core_component::component_lifecycle::{
    ComponentError, Config, Digest, Entry,
};
use sha2::{Digest as _, Sha256};

/// The number of bytes in one read, so that memory use does not depend on the size of a file.
const CHUNK: u32 = 1 << 16;

/// Returns all files below the configured root, sorted by name, each with its result.
///
/// Unreadable files are entries too.
pub fn walk(config: &Config) -> Vec<Entry> {
    let mut entries = Vec::new();
    // No recursion, because a tree can be deeper than the guest's stack.
    let mut pending = vec![(config.root.clone(), FileKind::Directory)];
    while let Some((path, kind)) = pending.pop() {
        match kind {
            FileKind::File => entries.push(Entry {
                outcome: digest(&config.id, &path),
                path,
            }),
            FileKind::Directory => match read_directory(&config.id, &path) {
                Ok(names) => pending.extend(names.into_iter().rev().map(|entry| {
                    (
                        format!("{}/{}", path.trim_end_matches('/'), entry.name),
                        entry.kind,
                    )
                })),
                Err(error) => entries.push(Entry {
                    path,
                    outcome: Err(error),
                }),
            },
            FileKind::DirectoryLink => entries.push(Entry {
                path,
                outcome: Err(ComponentError::InvalidInput(
                    "a link to a directory is not followed".to_string(),
                )),
            }),
            FileKind::Other => entries.push(Entry {
                path,
                outcome: Err(ComponentError::InvalidInput(
                    "neither a file nor a directory".to_string(),
                )),
            }),
        }
    }
    entries
}

fn digest(id: &str, path: &str) -> Result<Digest, ComponentError> {
    let file: File = open(id, path)?;
    let metadata = file.metadata()?;
    let mut hash = Sha256::new();
    let mut size = 0;
    loop {
        let bytes = file.read(CHUNK)?;
        if bytes.is_empty() {
            break;
        }
        size += bytes.len() as u64;
        hash.update(&bytes);
    }
    Ok(Digest {
        size,
        modified: metadata.modified,
        sha256: hash.finalize().to_vec(),
    })
}
