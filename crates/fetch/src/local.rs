//! Files copied from a local folder, under the same checks as downloads.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::data_set::DataSet;
use crate::error::{FetchError, UnusableFile};
use crate::event::Event;
use crate::folder::Folder;
use crate::published::PublishedFile;
use crate::regular;
use crate::state::State;

/// The folder that has files of `dataset`: `from` itself, its subfolder of that name, or torchvision's, such as
/// `MNIST/raw`. If none has any, `from`, so that an error names the folder that you gave.
pub(crate) fn place(from: &Path, dataset: DataSet) -> PathBuf {
    let torchvision = from.join(match dataset {
        DataSet::Mnist => "MNIST/raw",
        DataSet::Fashion => "FashionMNIST/raw",
        DataSet::Kmnist => "KMNIST/raw",
    });
    let places = [from.to_owned(), from.join(dataset.name()), torchvision, from.join("raw")];
    let has_any = |place: &&PathBuf| dataset.files().iter().any(|file| place.join(file.name).exists());
    places.iter().find(has_any).unwrap_or(&places[0]).clone()
}

/// Checks all files before the first is copied, so that one error lists everything that is wrong with the folder.
pub(crate) fn all_usable<'a>(from: &Path, files: impl Iterator<Item = &'a PublishedFile>) -> Result<(), FetchError> {
    if !from.is_dir() {
        return Err(FetchError::NotAFolder { path: from.to_owned() });
    }
    let unusable: Vec<_> = files
        .map(|file| UnusableFile {
            name: file.name,
            state: file.state_in(from),
            unpacked: from.join(file.name.trim_end_matches(".gz")).exists(),
        })
        .filter(|file| file.state != State::Whole)
        .collect();
    if unusable.is_empty() {
        return Ok(());
    }
    Err(FetchError::Unusable { folder: from.to_owned(), files: unusable })
}

/// Copies one file, and returns where it came from.
pub(crate) fn copy(
    from: &Path,
    file: &PublishedFile,
    folder: &Folder,
    report: &mut dyn FnMut(Event<'_>),
) -> Result<String, FetchError> {
    let path = from.join(file.name);
    let mut source = regular::open(&path).map_err(FetchError::open("read", &path))?;
    let mut part = folder.part(file)?;
    part.clear()?;
    let mut buffer = vec![0; 1 << 16];
    // If the file has grown since it was checked, it must not fill the disk.
    while part.len() <= file.size {
        match source.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => part.append(&buffer[..n])?,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(FetchError::io("read", &path)(error)),
        }
        report(Event::Progress { file: file.name, bytes: part.len(), total: file.size });
    }
    match folder.keep(part, file)? {
        None => Ok(from.display().to_string()),
        Some(difference) => Err(FetchError::Changed { path, difference }),
    }
}
