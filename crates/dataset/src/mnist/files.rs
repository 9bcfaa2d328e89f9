//! One of the four files in a folder: under which of its names it exists, and whether there are two of it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::MnistError;
use super::same::same_content;
use crate::idx_error::{IdxError, IdxFileError};
use crate::image_set::ImageFileError;

/// The names of a file, in order of preference.
fn names(file: &str) -> [String; 4] {
    let dotted = file.replace("-idx", ".idx");
    [file.to_owned(), dotted.clone(), format!("{file}.gz"), format!("{dotted}.gz")]
}

/// The same names, each in a folder of its own name: some archives unpack this way.
fn nested(names: &[String; 4]) -> impl Iterator<Item = PathBuf> {
    names.iter().flat_map(move |folder| names.iter().map(move |name| Path::new(folder).join(name)))
}

/// Whether `dir` has `file` under any of its names; also true if that cannot be determined.
pub(super) fn is_present(dir: &Path, file: &str) -> bool {
    let names = names(file);
    names.iter().map(PathBuf::from).chain(nested(&names)).any(|name| exists(&dir.join(name)).unwrap_or(true))
}

/// Whether a regular file exists.
pub(super) fn exists(path: &Path) -> io::Result<bool> {
    match fs::metadata(path) {
        Ok(metadata) => Ok(metadata.is_file()),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(false),
        Err(e) => Err(e),
    }
}

/// The first name of `file` that exists in `dir`. Files with other names of it must unpack to the same content.
pub(super) fn find(dir: &Path, file: &str) -> Result<PathBuf, MnistError> {
    let names = names(file);
    let mut found = those_in(dir, names.iter().map(PathBuf::from))?;
    if found.is_empty() {
        found = those_in(dir, nested(&names))?;
    }
    let mut found = found.into_iter();
    let Some(first) = found.next() else {
        return Err(MnistError::Missing { dir: dir.to_owned(), names });
    };
    for other in found {
        if !same_content(&first, &other).map_err(ImageFileError::from)? {
            return Err(MnistError::TwoFiles { one: first, other });
        }
    }
    Ok(first)
}

fn those_in(dir: &Path, names: impl Iterator<Item = PathBuf>) -> Result<Vec<PathBuf>, MnistError> {
    let mut found = Vec::new();
    for path in names.map(|name| dir.join(name)) {
        match exists(&path) {
            Ok(true) => found.push(path),
            Ok(false) => {}
            Err(source) => {
                let error = IdxFileError { path, source: IdxError::Io { offset: 0, source } };
                return Err(ImageFileError::from(error).into());
            }
        }
    }
    Ok(found)
}
