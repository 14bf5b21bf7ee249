//! Arguments that name a file: `[NAME=]FILE`.

use std::path::PathBuf;

/// A file and its name in the output.
#[derive(Clone, Debug)]
pub struct NamedFile {
    /// The name; by default, that of the file.
    pub name: String,
    /// The file.
    pub file: PathBuf,
}

/// Parses `[NAME=]FILE`.
pub fn named_file(text: &str) -> Result<NamedFile, String> {
    let (name, file) = match text.split_once('=') {
        Some((name, file)) => (name.to_owned(), PathBuf::from(file)),
        None => {
            let file = PathBuf::from(text);
            let name = file.file_name().and_then(|n| n.to_str());
            (name.unwrap_or_default().to_owned(), file)
        }
    };
    if name.is_empty() || file.as_os_str().is_empty() {
        return Err("expected FILE or NAME=FILE".to_owned());
    }
    Ok(NamedFile { name, file })
}
