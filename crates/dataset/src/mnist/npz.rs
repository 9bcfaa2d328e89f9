//! Keras's `mnist.npz`: the arrays `x_train`, `y_train`, `x_test` and `y_test`.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use npy::{Npy, NpyData, Npz, NpzError};

use super::{Mnist, MnistError};
use crate::idx::Idx;
use crate::image_set::ImageSet;

/// Why an archive cannot be read.
///
/// The message may be only what was read, with the reason in `source()`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum NpzSetError {
    /// The archive cannot be read, or an array is missing, damaged or too large.
    #[error("expected the arrays x_train, y_train, x_test and y_test")]
    Npz(#[from] NpzError),
    /// An array has another type or shape.
    #[error("{name} is {found}, expected {expected}")]
    Kind {
        /// `x_train`, `y_train`, `x_test` or `y_test`.
        name: &'static str,
        /// Its type and shape.
        found: String,
        /// The expected type and shape.
        expected: &'static str,
    },
    /// A label is not a class.
    #[error("{name} holds {label} for image {index}, expected 0 to 9")]
    Label {
        /// `y_train` or `y_test`.
        name: &'static str,
        /// The index of the first such image.
        index: usize,
        /// Its label.
        label: i128,
    },
    /// The numbers of images and labels differ.
    #[error("{images_name} holds {images} images, but {labels_name} {labels} labels")]
    Count {
        /// The array of images.
        images_name: &'static str,
        /// The number of images.
        images: usize,
        /// The array of labels.
        labels_name: &'static str,
        /// The number of labels.
        labels: usize,
    },
}

impl Mnist {
    /// Reads Keras's `mnist.npz`: the arrays `x_train`, `y_train`, `x_test` and `y_test`; images are `uint8`, labels
    /// integers of any type. For files, use [`MnistFolder`](crate::MnistFolder). Needs the feature `npz`.
    ///
    /// Memory grows with the bytes that arrive, up to [`Idx::MAX_BYTES`] for the four arrays together.
    ///
    /// # Errors
    ///
    /// [`MnistError::Npz`], which calls the content "the archive", and [`MnistError::ImageSize`].
    pub fn read_npz(content: impl Read + Seek) -> Result<Self, MnistError> {
        read(content, Path::new("the archive"))
    }
}

pub(super) fn open(path: &Path) -> Result<Mnist, MnistError> {
    let file = File::open(path).map_err(|error| {
        let source = Box::new(NpzError::Zip { source: error.into() }.into());
        MnistError::Npz { path: path.to_owned(), source }
    })?;
    read(file, path)
}

/// In errors, `path` is the name of the content.
fn read(content: impl Read + Seek, path: &Path) -> Result<Mnist, MnistError> {
    let (train, test) =
        sets(content).map_err(|source| MnistError::Npz { path: path.to_owned(), source: source.into() })?;
    Mnist::of_one_size(train, test, path.join("x_train"), path.join("x_test"))
}

/// The training and test images in an archive, of at most [`Idx::MAX_BYTES`] together.
fn sets(content: impl Read + Seek) -> Result<(ImageSet, ImageSet), NpzSetError> {
    let mut archive = Npz::open(content)?;
    let mut left = usize::try_from(Idx::MAX_BYTES).unwrap_or(usize::MAX);
    let mut array = |name| -> Result<Npy, NpzSetError> {
        let array = archive.array(name, left)?;
        left -= array.data.bytes();
        Ok(array)
    };
    let train = set(["x_train", "y_train"], array("x_train")?, array("y_train")?)?;
    let test = set(["x_test", "y_test"], array("x_test")?, array("y_test")?)?;
    Ok((train, test))
}

fn set([x_name, y_name]: [&'static str; 2], x: Npy, y: Npy) -> Result<ImageSet, NpzSetError> {
    let wrong = |name, array: &Npy, expected| {
        let found = format!("{} of shape {:?}", array.data.type_name(), array.shape);
        NpzSetError::Kind { name, found, expected }
    };
    const IMAGES: &str = "uint8 of shape N x rows x columns, or N x D for square images, from 0 (background) to 255";
    let (rows, cols) = match x.shape[..] {
        [_, rows, cols] => (rows, cols),
        [_, pixels] if pixels.isqrt().pow(2) == pixels => (pixels.isqrt(), pixels.isqrt()),
        _ => return Err(wrong(x_name, &x, IMAGES)),
    };
    let images = x.shape[0];
    let pixels = match x {
        Npy { data: NpyData::U8(pixels), .. } if rows.checked_mul(cols).is_some_and(|size| size > 0) => pixels,
        other => return Err(wrong(x_name, &other, IMAGES)),
    };
    let labels = match (&y.data, &y.shape[..]) {
        (_, [_] | [_, 1]) => labels(&y.data),
        _ => None,
    };
    let labels = labels.ok_or_else(|| wrong(y_name, &y, "whole numbers of shape N: a class per image"))?;
    let labels: Vec<u8> = labels
        .enumerate()
        .map(|(index, label)| match u8::try_from(label) {
            Ok(class) if usize::from(class) < Mnist::CLASSES => Ok(class),
            _ => Err(NpzSetError::Label { name: y_name, index, label }),
        })
        .collect::<Result<_, _>>()?;
    let count = labels.len();
    ImageSet::new(rows, cols, Mnist::CLASSES, pixels, labels).map_err(|_| NpzSetError::Count {
        images_name: x_name,
        images,
        labels_name: y_name,
        labels: count,
    })
}

/// Integers of any type.
fn labels(data: &NpyData) -> Option<Box<dyn Iterator<Item = i128> + '_>> {
    fn wide<T: Copy + Into<i128>>(values: &[T]) -> Box<dyn Iterator<Item = i128> + '_> {
        Box::new(values.iter().map(|value| (*value).into()))
    }
    Some(match data {
        NpyData::U8(values) => wide(values),
        NpyData::I8(values) => wide(values),
        NpyData::U16(values) => wide(values),
        NpyData::I16(values) => wide(values),
        NpyData::U32(values) => wide(values),
        NpyData::I32(values) => wide(values),
        NpyData::U64(values) => wide(values),
        NpyData::I64(values) => wide(values),
        _ => return None,
    })
}
