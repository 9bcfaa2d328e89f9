//! Images for a first neural network: reads MNIST and any other IDX file, draws digits of its own where there is none,
//! and cuts both into batches.
//!
//! ```
//! use dataset::{Digits, Sampler, Sampling, one_hot};
//!
//! // 500 training and 100 test images of 28 x 28, drawn from seed 42. With files: `Mnist::open("data/mnist")?`.
//! let Digits { train, test } = Digits::with_sizes(42, 500, 100);
//! assert_eq!(test.len(), 100);
//!
//! // What iteration 3 trains on follows from the seed 7 and the 3 alone.
//! let mut sampler = Sampler::new(Sampling::Replacement, 7, train.len(), 20)?;
//! let (x, labels) = train.batch::<f32>(sampler.batch(3));
//! let t = one_hot::<f32>(&labels, train.classes());
//!
//! assert_eq!(x.shape(), (20, 784)); // N x D, an image a row, from 0 (background) to 1
//! assert_eq!(t.shape(), (20, 10)); // N x K
//! assert!(x.min() == 0.0 && x.max() <= 1.0);
//! # Ok::<(), dataset::SamplingError>(())
//! ```
//!
//! - [`Mnist`]: the four files of MNIST, Fashion-MNIST or KMNIST in a folder, checked against each other.
//! - [`Digits`]: a synthetic set in the same form, without file or network.
//! - [`ImageSet`]: images with labels, whichever of the two they come from; batches as `nalgebra` matrices.
//! - [`Sampler`]: which images make up the batch of an iteration.
//! - [`mnist_image`]: a digit of any size as MNIST would hold it: 20 x 20, centre of mass in the middle of 28 x 28.
//! - [`Idx`]: one IDX file of any type and rank, raw or gzip.
//!
//! What comes from a file is checked and refused with an error that says where, what was found and what was expected;
//! no file makes this crate panic, nor allocate more than its bytes ask for.
//!
//! # Features
//!
//! | feature | default | what it brings |
//! | --- | --- | --- |
//! | `gzip` | on | [`Idx`] and [`Mnist`] read files compressed with gzip; without it they say so: [`IdxError::GzipDisabled`] |

#![forbid(unsafe_code)]

mod canvas;
mod digits;
mod epochs;
mod idx;
mod idx_error;
mod image_set;
mod mnist;
mod mnist_rule;
mod random;
mod sampling;
mod strokes;

pub use digits::Digits;
pub use epochs::Epochs;
pub use idx::{Idx, IdxData};
pub use idx_error::{IdxError, IdxFileError, IdxSaveError, IdxTypeError, IdxWriteError};
#[cfg(feature = "nalgebra")]
pub use image_set::one_hot;
pub use image_set::{ImageFileError, ImageSet, ImageSetError, one_hot_row_major};
pub use mnist::{Mnist, MnistError};
pub use mnist_rule::{MnistImageError, mnist_image};
pub use sampling::{Sampler, Sampling, SamplingError};

/// The version that [`ImageSet::batch`] and [`one_hot`] return matrices of.
#[cfg(feature = "nalgebra")]
pub use nalgebra;

/// The README's examples, kept true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
