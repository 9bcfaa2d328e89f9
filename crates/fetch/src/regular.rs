//! Opens regular files only. Opening a named pipe would wait until another program opens its other end.

use std::fs::{self, File, FileType, OpenOptions};
use std::io;
use std::path::Path;

/// Why a file was not opened.
pub(crate) enum OpenError {
    /// It is not a regular file; this says what it is.
    Irregular(&'static str),
    Io(io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Opens a file for reading. A symbolic link is followed.
pub(crate) fn open(path: &Path) -> Result<File, OpenError> {
    if let Some(kind) = irregular(fs::metadata(path)?.file_type()) {
        return Err(OpenError::Irregular(kind));
    }
    Ok(File::open(path)?)
}

/// Opens a file for writing without truncating it, or creates it. A symbolic link is not followed, because it could lead
/// to any of the user's files.
pub(crate) fn open_or_create(path: &Path) -> Result<File, OpenError> {
    if let Ok(metadata) = fs::symlink_metadata(path)
        && let Some(kind) = irregular(metadata.file_type())
    {
        return Err(OpenError::Irregular(kind));
    }
    Ok(OpenOptions::new().create(true).truncate(false).write(true).open(path)?)
}

/// The kind of something that is not a regular file.
fn irregular(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        None
    } else if kind.is_dir() {
        Some("a folder")
    } else if kind.is_symlink() {
        Some("a symbolic link")
    } else {
        Some(special(kind))
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    if kind.is_fifo() {
        "a named pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> &'static str {
    "a special file"
}
