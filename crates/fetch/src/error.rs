//! Why a data set could not be fetched.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::regular::OpenError;
use crate::state::{Difference, State};
use crate::transfer_error::TransferError;

/// Why a data set could not be fetched.
///
/// A message says what is wrong with which file. It does not say which command to run next, because only your program
/// knows that: match on the variant to add it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetchError {
    /// The system refused to read, write, lock or create something.
    #[error("cannot {action} {}", path.display())]
    Io {
        /// What was tried, such as `write`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's error.
        source: io::Error,
    },
    /// Something that is not a regular file has the name of one in the target folder.
    #[error("{} is {found}, expected a regular file or nothing; remove or rename it", path.display())]
    NotRegular {
        /// Where it is.
        path: PathBuf,
        /// What it is, such as `a folder` or `a named pipe`.
        found: &'static str,
    },
    /// Another program removed a file while it was being fetched.
    #[error("{} vanished while it was fetched", path.display())]
    Vanished {
        /// The file.
        path: PathBuf,
    },
    /// [`Source::Folder`](crate::Source::Folder) is not a folder.
    #[error("{} is not a folder, expected the one that holds the four .gz files", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// Files in [`Source::Folder`](crate::Source::Folder) are missing or damaged. Nothing was copied.
    #[error(
        "cannot take the files from {}:{}\nonly the .gz files with the published digests are taken",
        folder.display(), Lines(files)
    )]
    Unusable {
        /// The folder.
        folder: PathBuf,
        /// All files that are needed but missing or damaged.
        files: Vec<UnusableFile>,
    },
    /// A file in [`Source::Folder`](crate::Source::Folder) changed while it was copied.
    #[error("{} changed while it was copied: {difference}", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
        /// How the copy differs from the published file.
        difference: Difference,
    },
    /// No mirror delivered a file.
    #[error("cannot fetch {file}; tried{}{}", Lines(attempts), Kept { bytes: *kept, of: *size })]
    AllMirrorsFailed {
        /// The name of the file.
        file: &'static str,
        /// Its length.
        size: u64,
        /// The number of bytes that are kept for the next fetch.
        kept: u64,
        /// The mirrors and why each failed.
        attempts: Vec<Attempt>,
    },
    /// A variable of the environment should name a proxy, but does not. Its value is not shown, because it may contain a
    /// password.
    #[error(
        "the environment variable {variable} does not hold a proxy, \
         expected [http|https|socks5]://[USER:PASSWORD@]HOST:PORT"
    )]
    Proxy {
        /// The name of the variable.
        variable: &'static str,
    },
}

impl FetchError {
    pub(crate) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Io { action, path: path.to_owned(), source }
    }

    pub(crate) fn open(action: &'static str, path: &Path) -> impl FnOnce(OpenError) -> Self {
        move |error| match error {
            OpenError::Irregular(found) => Self::NotRegular { path: path.to_owned(), found },
            OpenError::Io(source) => Self::Io { action, path: path.to_owned(), source },
        }
    }
}

/// A file in a local folder that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnusableFile {
    /// Its name.
    pub name: &'static str,
    /// Missing or damaged.
    pub state: State,
    /// Whether the folder has the file in unpacked form.
    pub unpacked: bool,
}

impl fmt::Display for UnusableFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.state {
            State::Damaged(difference) => write!(f, "{}: {difference}", self.name),
            _ if self.unpacked => write!(f, "{}: missing, only the unpacked one is there", self.name),
            _ => write!(f, "{}: missing", self.name),
        }
    }
}

/// An unsuccessful request of a file at one address.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The address of the file.
    pub url: String,
    /// How many times it was tried.
    pub times: u32,
    /// Why the last attempt failed.
    pub reason: TransferError,
}

impl fmt::Display for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let times = if self.times > 1 { format!(" ({} times)", self.times) } else { String::new() };
        write!(f, "{}{times}\n    {}", self.url, self.reason)
    }
}

/// Shows each item on its own line, indented.
struct Lines<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Lines<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|item| write!(f, "\n  {item}"))
    }
}

struct Kept {
    bytes: u64,
    of: u64,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.bytes {
            0 => Ok(()),
            bytes => write!(f, "\n{bytes} of {} bytes are kept; the next fetch continues there", self.of),
        }
    }
}

/// Why a file could not be fetched from one source.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The source is the problem; another one may work.
    Source(TransferError),
    /// This machine is the problem (disk full, no permission): another source would not help.
    Here(FetchError),
}

impl From<FetchError> for Failure {
    fn from(error: FetchError) -> Self {
        Self::Here(error)
    }
}

impl From<TransferError> for Failure {
    fn from(error: TransferError) -> Self {
        Self::Source(error)
    }
}
