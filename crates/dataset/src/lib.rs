//! x
#![forbid(unsafe_code)]

mod canvas;
mod digits;
mod idx;
mod idx_error;
mod image_set;
mod mnist;
mod random;
mod sampling;
mod strokes;

pub use digits::Digits;
pub use idx::{Idx, IdxData};
pub use idx_error::{IdxError, IdxFileError};
pub use image_set::{ImageSet, ImageSetError, one_hot};
pub use mnist::{Mnist, MnistError};
pub use sampling::{Sampler, Sampling, SamplingError};
