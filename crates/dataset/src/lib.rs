//! Images for a first neural network: reads MNIST and any other IDX file, writes IDX, draws digits if you have no files,
//! and divides image sets into epochs and batches.
//!
//! ```
//! use dataset::{Digits, Epochs, one_hot_row_major};
//!
//! // 500 training and 100 test images of 28 x 28, drawn from seed 42. With files: `Mnist::open("data/mnist")?`.
//! let Digits { train, test } = Digits::with_sizes(42, 500, 100);
//! let (train, validation) = train.split_at(400);
//! assert_eq!((train.len(), validation.len(), test.len()), (400, 100, 100));
//!
//! // Each image once per epoch. The order of epoch 3 follows from the seed 7 and the 3 alone.
//! let mut epochs = Epochs::new(7, train.len(), 128)?;
//! for batch in epochs.batches(3) {
//!     let (x, labels) = train.batch_row_major::<f32>(batch); // one image after another, from 0 (background) to 1
//!     let t = one_hot_row_major::<f32>(&labels, train.classes());
//!     assert_eq!((x.len(), t.len()), (batch.len() * 784, batch.len() * 10)); // N x D and N x K
//! }
//! # Ok::<(), dataset::SamplingError>(())
//! ```
//!
//! - [`Mnist`]: the four files of MNIST, Fashion-MNIST or KMNIST, in a folder or from four readers.
//! - [`MnistFolder`]: the same in the usual places: torchvision's folders, Kaggle's CSV files, Keras's archive.
//! - [`Digits`]: a synthetic data set of the same form, without files or network.
//! - [`ImageSet`]: images with labels, from any of these or from any pair of IDX files; subsets and batches of them.
//! - [`Epochs`]: batches that use each image once per epoch. [`Sampler`]: the batch of an iteration, drawn with
//!   replacement as in the book.
//! - [`digit_image`]: turns a drawn or photographed digit into an image like MNIST's. [`mnist_image`]: only the rule of
//!   MNIST's makers: 20 x 20, with the centre of mass in the middle of 28 x 28.
//! - [`Idx`]: reads (raw or gzip) and writes one IDX file of any type and rank.
//!
//! Everything that comes from a file is checked. An error says where, what was found and what was expected. No file makes
//! this crate panic, or allocate more memory than the file's actual size justifies.
//!
//! # Matrices are column-major, vectors row-major
//!
//! `ImageSet::batch`, `ImageSet::range` and `one_hot` return matrices of nalgebra, which stores them column by column:
//! their `as_slice()` is not one image after another. Libraries that expect rows (NumPy, ndarray, candle, burn, PyTorch)
//! would accept it without an error, but with wrong images. For them use [`ImageSet::batch_row_major`],
//! [`ImageSet::range_row_major`] and [`one_hot_row_major`].
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `gzip` | on | [`Idx`] and [`Mnist`] read files compressed with gzip; without it they return [`IdxError::GzipDisabled`] |
//! | `npz` | off | [`MnistFolder`] reads Keras's `mnist.npz`; without it, the error says that the archive needs this feature |
//! | `nalgebra` | on | `ImageSet::batch`, `ImageSet::range`, `one_hot`, and `dataset::nalgebra`, version 0.35 |
//!
//! The crate needs Rust 1.89 or newer. It compiles for wasm32: for every function that opens a path there is one that
//! takes bytes or any `Read`.

#![forbid(unsafe_code)]

mod canvas;
mod digit_image;
mod digits;
mod epochs;
mod idx;
mod idx_error;
mod image_set;
mod ink_parts;
mod mnist;
mod mnist_rule;
mod random;
mod sampling;
mod strokes;

pub use digit_image::digit_image;
pub use digits::Digits;
pub use epochs::Epochs;
pub use idx::{Idx, IdxData};
pub use idx_error::{IdxError, IdxFileError, IdxSaveError, IdxTypeError, IdxWriteError};
#[cfg(feature = "nalgebra")]
pub use image_set::one_hot;
pub use image_set::{ImageFileError, ImageSet, ImageSetError, one_hot_row_major};
pub use ink_parts::has_digits_side_by_side;
#[cfg(feature = "npz")]
pub use mnist::NpzSetError;
pub use mnist::{CsvError, CsvFileError, Mnist, MnistError, MnistFolder, MnistKind, NoMnist};
pub use mnist_rule::{MnistImageError, mnist_image};
pub use sampling::{Sampler, Sampling, SamplingError};

/// The nalgebra version whose matrices [`ImageSet::batch`] and [`one_hot`] return.
#[cfg(feature = "nalgebra")]
pub use nalgebra;

/// The README's examples as tests.
#[cfg(all(doctest, feature = "nalgebra"))]
#[doc = include_str!("../README.md")]
struct Readme;
