//! The state of a file on disk: whole, missing or damaged. The size is compared first, then the digest.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use crate::digest::Digest;
use crate::published::PublishedFile;
use crate::regular::{self, OpenError};

/// The state of one file of a data set.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum State {
    /// Size and digest are right.
    Whole,
    /// The file does not exist.
    Missing,
    /// There is something else under its name.
    Damaged(Difference),
    /// The file is whole, but a file next to it, under another of its names, has different content. Readers such as
    /// `dataset::Mnist` refuse the two.
    Hidden {
        /// The name of the other file, such as `train-images-idx3-ubyte`.
        by: String,
    },
}

/// The difference between a file and the published one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// Its length differs.
    Size {
        /// Its length.
        found: u64,
        /// The published length.
        expected: u64,
    },
    /// Its length is right, but its digest differs.
    Digest {
        /// Its digest.
        found: Digest,
        /// The published digest.
        expected: Digest,
    },
    /// It is not a regular file.
    Kind {
        /// What it is, such as `a folder` or `a named pipe`.
        found: &'static str,
    },
    /// The file cannot be read.
    Unreadable {
        /// The system's error.
        reason: String,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size { found, expected } => write!(f, "found {found} bytes, expected {expected}"),
            Self::Digest { found, expected } => write!(f, "found {found}, expected {expected}"),
            Self::Kind { found } => write!(f, "found {found}, expected a regular file"),
            Self::Unreadable { reason } => write!(f, "cannot be read: {reason}"),
        }
    }
}

impl PublishedFile {
    /// The state of this file in `folder`, under its own name.
    pub(crate) fn state_in(&self, folder: &Path) -> State {
        self.state_at(&folder.join(self.name))
    }

    /// The state of this file under another name.
    pub(crate) fn state_at(&self, path: &Path) -> State {
        match self.difference(path) {
            Ok(None) => State::Whole,
            Ok(Some(difference)) => State::Damaged(difference),
            Err(OpenError::Irregular(found)) => State::Damaged(Difference::Kind { found }),
            Err(OpenError::Io(error)) if error.kind() == ErrorKind::NotFound => State::Missing,
            Err(OpenError::Io(error)) => State::Damaged(Difference::Unreadable { reason: error.to_string() }),
        }
    }

    fn difference(&self, path: &Path) -> Result<Option<Difference>, OpenError> {
        let mut file = regular::open(path)?;
        let found = file.metadata()?.len();
        if found != self.size {
            return Ok(Some(Difference::Size { found, expected: self.size }));
        }
        let found = self.digest.same_kind_of(&mut file)?;
        Ok((found != self.digest).then_some(Difference::Digest { found, expected: self.digest }))
    }
}
