//! Downloads MNIST, Fashion-MNIST and KMNIST, and verifies every file.
//!
//! ```
//! use fetch::{DataSet, FetchError, Source, State};
//!
//! let place = tempfile::tempdir()?;
//! let folder = place.path().join("mnist");
//!
//! // From the web: `fetch::fetch(DataSet::Mnist, &folder, &Source::BuiltIn, |_| {})?`.
//! // From a local folder, which is empty here:
//! let source = Source::Folder(place.path().to_owned());
//! let error = fetch::fetch(DataSet::Mnist, &folder, &source, |_| {}).unwrap_err();
//! assert!(matches!(error, FetchError::Unusable { .. }));
//! assert!(error.to_string().contains("t10k-labels-idx1-ubyte.gz: missing"));
//!
//! // The four files as they are now:
//! for file in fetch::check(DataSet::Mnist, &folder) {
//!     assert_eq!(file.state, State::Missing);
//! }
//! println!("{}", DataSet::Mnist.attribution());
//! # Ok::<(), std::io::Error>(())
//! ```
//!
//! - [`fetch`]: makes sure that a folder has the four `.gz` files of a [`DataSet`], from a [`Source`]. An [`Event`]
//!   reports the progress.
//! - [`check`]: the [`State`] of each of the four files.
//!
//! A file gets its final name only after its size and digest have been verified. An interrupted download is continued. If
//! a server fails, is too slow or sends something else, the next one is tried, at the latest after a time limit. The
//! crate prints nothing.

#![forbid(unsafe_code)]

mod check;
mod client;
mod data_set;
mod digest;
mod download;
mod error;
mod event;
mod fetching;
mod folder;
mod local;
mod mirrors;
mod patience;
mod proxy;
mod published;
mod regular;
mod state;
#[cfg(test)]
mod tests;
mod transfer_error;

pub use check::{FileState, check};
pub use data_set::{DataSet, UnknownDataSet};
pub use digest::Digest;
pub use error::{Attempt, FetchError, UnusableFile};
pub use event::{Event, Outcome};
pub use fetching::{Source, fetch};
pub use mirrors::{Mirror, MirrorError};
pub use published::PublishedFile;
pub use state::{Difference, State};
pub use transfer_error::TransferError;

/// The README's example as a test.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
