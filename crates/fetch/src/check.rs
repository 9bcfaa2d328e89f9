//! [`check`]: reports the state of the four files of a data set, and changes nothing.

use std::io::{self, BufRead as _, BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::data_set::DataSet;
use crate::published::PublishedFile;
use crate::regular::{self, OpenError};
use crate::state::State;

/// The state of one file of a data set, with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileState {
    /// The name of the file, such as `train-images-idx3-ubyte.gz`.
    pub name: &'static str,
    /// Its state.
    pub state: State,
}

/// Returns the states of the four files of `dataset` in `folder`. It changes, creates and locks nothing.
///
/// A `.gz` file is compared with files next to it under its other names, because readers such as `dataset::Mnist` refuse
/// two that differ: see [`State::Hidden`].
///
/// ```
/// use fetch::{DataSet, State};
///
/// let states = fetch::check(DataSet::Kmnist, "no/such/folder");
/// assert_eq!(states.len(), 4);
/// assert_eq!(states[0].name, "train-images-idx3-ubyte.gz");
/// assert_eq!(states[0].state, State::Missing);
/// ```
pub fn check(dataset: DataSet, folder: impl AsRef<Path>) -> Vec<FileState> {
    check_files(dataset.files(), folder.as_ref())
}

pub(crate) fn check_files(files: &[PublishedFile], folder: &Path) -> Vec<FileState> {
    let state = |file: &PublishedFile| match file.state_in(folder) {
        State::Whole => hidden(file, folder).map_or(State::Whole, |by| State::Hidden { by }),
        other => other,
    };
    files.iter().map(|file| FileState { name: file.name, state: state(file) }).collect()
}

/// A file next to `file`, under another of its names, that unpacks to other content, if there is one.
fn hidden(file: &PublishedFile, folder: &Path) -> Option<String> {
    // The names that `dataset::Mnist` looks for; if two of them differ, it refuses both.
    let raw = file.name.trim_end_matches(".gz");
    let dotted = raw.replace("-idx", ".idx");
    let names = [raw.to_owned(), dotted.clone(), format!("{dotted}.gz")];
    names.into_iter().filter(|name| *name != file.name && folder.join(name).is_file()).find(|name| {
        let other = folder.join(name);
        file.state_at(&other) != State::Whole && !same_content(&folder.join(file.name), &other).unwrap_or(false)
    })
}

/// The size of the chunks that are read.
const CHUNK: u64 = 1 << 16;

/// Whether two files, raw or compressed, have the same content.
fn same_content(one: &Path, other: &Path) -> io::Result<bool> {
    let (mut one, mut other) = (content(one)?, content(other)?);
    let (mut left, mut right) = (Vec::new(), Vec::new());
    loop {
        next(&mut one, &mut left)?;
        next(&mut other, &mut right)?;
        if left != right {
            return Ok(false);
        }
        if left.is_empty() {
            return Ok(true);
        }
    }
}

/// The content of a file, unpacked if it is gzip.
fn content(path: &Path) -> io::Result<Box<dyn Read>> {
    let file = match regular::open(path) {
        Ok(file) => file,
        Err(OpenError::Irregular(kind)) => return Err(io::Error::new(ErrorKind::InvalidInput, kind)),
        Err(OpenError::Io(error)) => return Err(error),
    };
    let mut file = BufReader::with_capacity(1 << 16, file);
    let packed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if packed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Fills `buffer` with the next bytes of the content: one chunk, or less at the end.
fn next(content: &mut impl Read, buffer: &mut Vec<u8>) -> io::Result<()> {
    buffer.clear();
    content.take(CHUNK).read_to_end(buffer).map(drop)
}
