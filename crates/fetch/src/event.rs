//! What happens during a fetch, for progress bars and logs.

use std::fmt;
use std::path::Path;

use crate::state::Difference;
use crate::transfer_error::TransferError;

/// What happens during a fetch.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// Another process is fetching into the same folder, and this one waits for it.
    Waiting {
        /// The folder.
        folder: &'a Path,
    },
    /// A part of a file has arrived.
    Progress {
        /// The name of the file.
        file: &'static str,
        /// The number of bytes received, including earlier attempts.
        bytes: u64,
        /// The length of the file.
        total: u64,
    },
    /// A mirror failed.
    MirrorFailed {
        /// The address of the file.
        url: &'a str,
        /// Why it failed.
        reason: &'a TransferError,
        /// The mirror that is tried next. `None` after the last one.
        next: Option<&'a str>,
    },
    /// All mirrors failed, but the file has grown, so all of them are tried again.
    TryingAgain {
        /// The name of the file.
        file: &'static str,
        /// The number of bytes received.
        bytes: u64,
        /// The length of the file.
        total: u64,
    },
    /// A file is whole and has its final name.
    Done {
        /// The name of the file.
        file: &'static str,
        /// Where it comes from.
        outcome: &'a Outcome,
    },
}

/// Where a complete file comes from. It is displayed as half a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It was complete before the fetch.
    AlreadyThere,
    /// It was fetched.
    #[non_exhaustive]
    Fetched {
        /// The mirror or local folder that it comes from.
        from: String,
        /// How the replaced file differed from the published one; `None` if there was none.
        damaged: Option<Difference>,
    },
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AlreadyThere => write!(f, "already there, verified"),
            Self::Fetched { from, damaged: None } => write!(f, "from {from}, verified"),
            Self::Fetched { from, damaged: Some(damaged) } => {
                write!(f, "from {from}, verified; replaces a damaged one ({damaged})")
            }
        }
    }
}
