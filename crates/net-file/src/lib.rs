//! Trained two-layer networks in files: W1, b1, W2 and b2 as `.npz` (NumPy) or `.safetensors`, from bytes and to bytes.
//!
//! ```
//! use net::{Activation, Sizes, TwoLayerNet};
//! use net_file::{AnyParameters, Kind, Precision};
//! use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//!
//! let sizes = Sizes { inputs: 784, hidden: 50, classes: 10 };
//! let net = TwoLayerNet::<f32>::random(sizes, Activation::Relu, 0.01, &mut ChaCha8Rng::seed_from_u64(0));
//! let bytes = Kind::Safetensors.write(&AnyParameters::from(net.params.clone()), net.activation)?;
//!
//! let stored = net_file::read(&bytes)?; // either kind of file, recognised by its content
//! assert_eq!(stored.parameters.precision(), Precision::F32);
//! assert_eq!(stored.activation, Some(Activation::Relu));
//! assert_eq!(stored.net::<f32>(Activation::Sigmoid), net); // sigmoid only where the file does not say
//! # Ok::<(), net_file::NetFileError>(())
//! ```
//!
//! - [`read`]: reads a file of either kind as a [`StoredNet`]. [`Kind`] tells the kinds apart and writes them.
//! - [`npz`]: files that `numpy.savez(FILE, W1=..., b1=..., W2=..., b2=..., activation="relu")` writes and `numpy.load`
//!   reads.
//! - [`safetensors`]: files that the Python package of that name reads and writes; the activation is in the metadata.
//! - [`AnyParameters`]: the parameters in the precision of the file.
//! - [`Renamed`]: an array of a PyTorch state dict, which has another name and orientation.
//! - [`NetFileError::advice`]: what to do about an error, including the line of Python that converts the file.
//!
//! `app export` writes these files, and every command of `app` that takes a model reads them.
//!
//! Matrices are stored row by row: W1 has one row per input and one column per neuron. A file with other arrays is an
//! error, because a network of three layers is not one of two. From `.npz`, both byte orders, both memory orders and both
//! precisions are read; numbers keep their bits. A bias may be a row or a column.
//!
//! No file makes this crate panic. If a file does not hold a usable network, the error says what was found and what was
//! expected: truncated or damaged content, shapes that do not fit together, NaN or infinity. Memory grows only with the
//! actual bytes, unpacked from a `.npz` up to [`MOST_BYTES`]. The crate opens no files, reads no clock and starts no
//! threads, so it also compiles to WebAssembly.

#![forbid(unsafe_code)]

mod activation_array;
mod any_parameters;
mod array;
mod error;
mod file_type;
#[doc(hidden)]
pub mod fuzzing;
mod kind;
mod layout;
mod mend;
mod net_arrays;
pub mod npz;
pub mod safetensors;
mod stored_net;

pub use any_parameters::{AnyParameters, Precision};
pub use error::NetFileError;
pub use file_type::FileType;
pub use kind::Kind;
pub use mend::Mend;
pub use npy::NpyError;
pub use stored_net::{Renamed, StoredNet, read};

/// The limit for the four arrays of a file together, in bytes: 1 GiB, or 134 million parameters in `f64`.
pub const MOST_BYTES: usize = 1 << 30;

/// The README's examples as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
