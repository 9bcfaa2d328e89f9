//! [`check`]: the state of the four files of a data set, without changing anything.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read};
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

/// The states of the four files of `dataset` in `folder`. Nothing is changed, created or locked.
///
/// An unpacked file next to a `.gz` is compared with it, because readers such as `dataset::Mnist` take the unpacked one
/// of the two: see [`State::Hidden`].
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

/// The unpacked file that is read instead of `file` and has other content, if there is one.
fn hidden(file: &PublishedFile, folder: &Path) -> Option<String> {
    // `dataset::Mnist` takes the first of these that is a regular file, before any .gz.
    let raw = file.name.trim_end_matches(".gz");
    let names = [raw.to_owned(), raw.replace("-idx", ".idx")];
    let name = names.into_iter().find(|name| folder.join(name).is_file())?;
    let path = folder.join(&name);
    let same = file.state_at(&path) == State::Whole || unpacks_to(&folder.join(file.name), &path).unwrap_or(false);
    (!same).then_some(name)
}

/// Whether the packed file has the content of the raw one.
fn unpacks_to(packed: &Path, raw: &Path) -> io::Result<bool> {
    let open = |path| match regular::open(path) {
        Ok(file) => Ok(BufReader::with_capacity(1 << 16, file)),
        Err(OpenError::Irregular(kind)) => Err(io::Error::new(ErrorKind::InvalidInput, kind)),
        Err(OpenError::Io(error)) => Err(error),
    };
    let (mut unpacked, mut raw): (_, BufReader<File>) = (MultiGzDecoder::new(open(packed)?), open(raw)?);
    let (mut left, mut right) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    loop {
        let (n, m) = (fill(&mut unpacked, &mut left)?, fill(&mut raw, &mut right)?);
        if left[..n] != right[..m] {
            return Ok(false);
        }
        if n < left.len() {
            return Ok(true);
        }
    }
}

/// Reads until the buffer is full or the content ends, and returns how much was read.
fn fill(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match reader.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(n) => filled += n,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
