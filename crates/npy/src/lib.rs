//! NumPy's array files: reads and writes `.npy`, and reads `.npz`, the archive of several arrays.
//!
//! ```
//! use npy::{Npy, NpyData};
//!
//! // numpy.array([[1, 2, 3], [4, 5, 6]], dtype="<i8")
//! let array = Npy { shape: vec![2, 3], data: NpyData::I64(vec![1, 2, 3, 4, 5, 6]) };
//! let bytes = array.to_bytes(); // what numpy.save writes
//! assert_eq!(Npy::read(&bytes[..], 1 << 20)?, array);
//! # Ok::<(), npy::NpyError>(())
//! ```
//!
//! - [`Npy`]: one array of numbers of any type ([`NpyData`]) and rank.
//! - [`Npz`]: the arrays of an archive, by name.
//!
//! Arrays of Python objects are refused, so nothing is ever unpickled. Memory grows with the bytes that arrive, up to a
//! limit that you choose, whatever a header claims. An archive whose entries unpack to implausibly many bytes is refused.
//! No file makes this crate panic. It opens no files, reads no clock and starts no threads.

#![forbid(unsafe_code)]

mod array;
mod error;
mod header;
mod npz;
mod read;
mod write;

pub use array::{ElementType, Npy, NpyData};
pub use error::{NpyError, NpzError};
pub use npz::{MOST_RATIO, Npz, SMALL};
pub use write::header;

/// The README's examples as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
