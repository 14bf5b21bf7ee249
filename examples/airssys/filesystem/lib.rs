//! Implements the filesystem extension on WASI. Each request is first checked against the capabilities.

use std::cell::RefCell;
use std::fs;
use std::io::{self, Read};
use std::time::UNIX_EPOCH;

use bindings::airssys::core_capabilities::capabilities::{check, Action, Permission};
use bindings::exports::airssys::ext_filesystem::filesystem::{
    ComponentError, ComponentId, DirectoryEntry, File, FileKind, FileMetadata, Guest, GuestFile,
    Timestamp,
};

/// The maximal number of bytes that one `read` returns.
const LIMIT: u32 = 1 << 20;

struct Provider;

struct OpenFile {
    owner: ComponentId,
    path: String,
    file: RefCell<fs::File>,
}

impl GuestFile for OpenFile {
    fn metadata(&self) -> Result<FileMetadata, ComponentError> {
        let metadata = self
            .file
            .borrow()
            .metadata()
            .map_err(|error| failed(&self.path, &error))?;
        let modified = metadata
            .modified()
            .ok()
            .and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        Ok(FileMetadata {
            owner: self.owner.clone(),
            size: metadata.len(),
            modified: modified.map(|since| Timestamp {
                seconds: since.as_secs(),
                nanoseconds: since.subsec_nanos(),
            }),
        })
    }

    fn read(&self, limit: u32) -> Result<Vec<u8>, ComponentError> {
        let mut bytes = vec![0; limit.min(LIMIT) as usize];
        let read = self
            .file
            .borrow_mut()
            .read(&mut bytes)
            .map_err(|error| failed(&self.path, &error))?;
        bytes.truncate(read);
        Ok(bytes)
    }
}

impl Guest for Provider {
    type File = OpenFile;

    fn read_directory(
        id: ComponentId,
        path: String,
    ) -> Result<Vec<DirectoryEntry>, ComponentError> {
        allowed(&id, &path, Action::Enumerate)?;
        let mut entries = Vec::new();
        for entry in fs::read_dir(&path).map_err(|error| failed(&path, &error))? {
            let entry = entry.map_err(|error| failed(&path, &error))?;
            let name = entry
                .file_name()
                .into_string()
                .map_err(|_| ComponentError::Io(format!("a name in {path} is not Unicode")))?;
            let kind = kind(&entry);
            entries.push(DirectoryEntry { name, kind });
        }
        entries.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(entries)
    }

    fn open(id: ComponentId, path: String) -> Result<File, ComponentError> {
        allowed(&id, &path, Action::Read)?;
        let file = fs::File::open(&path).map_err(|error| failed(&path, &error))?;
        Ok(File::new(OpenFile {
            owner: id,
            path,
            file: RefCell::new(file),
        }))
    }
}

/// Returns the kind of a link's target. A broken link counts as a file, so that `open` reports the error.
fn kind(entry: &fs::DirEntry) -> FileKind {
    match entry.file_type() {
        Ok(kind) if kind.is_dir() => FileKind::Directory,
        Ok(kind) if kind.is_file() => FileKind::File,
        Ok(kind) if kind.is_symlink() => match fs::metadata(entry.path()) {
            Ok(target) if target.is_dir() => FileKind::DirectoryLink,
            Ok(target) if !target.is_file() => FileKind::Other,
            _ => FileKind::File,
        },
        _ => FileKind::Other,
    }
}

fn allowed(id: &str, path: &str, action: Action) -> Result<(), ComponentError> {
    check(
        id,
        &Permission {
            resource: path.to_string(),
            action,
        },
    )
}

fn failed(path: &str, error: &io::Error) -> ComponentError {
    match error.kind() {
        io::ErrorKind::NotFound => ComponentError::NotFound(path.to_string()),
        _ => ComponentError::Io(error.to_string()),
    }
}

bindings::export!(Provider with_types_in bindings);
