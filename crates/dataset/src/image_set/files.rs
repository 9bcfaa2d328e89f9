//! An image set as a pair of IDX files, one of images and one of labels.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use super::{ImageSet, ImageSetError};
use crate::idx::write::{header, save, write};
use crate::idx::{Idx, IdxData};
use crate::idx_error::{IdxError, IdxFileError, IdxSaveError, IdxWriteError};

/// Why a file of images and a file of labels cannot be read.
///
/// As with [`IdxFileError`], the cause of "cannot read PATH" is in `source()`; the documentation there shows how to print
/// both.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ImageFileError {
    /// A file cannot be read, or is not an IDX file.
    #[error(transparent)]
    Idx(#[from] IdxFileError),
    /// A file holds something else; often images and labels are swapped.
    #[error("{} holds {found}, expected {expected}", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// Type and rank of its content.
        found: String,
        /// The expected type and rank.
        expected: &'static str,
    },
    /// The images have no pixels.
    #[error("{} holds images of {rows} x {cols} pixels, expected at least 1 x 1", path.display())]
    NoPixels {
        /// The file.
        path: PathBuf,
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        cols: usize,
    },
    /// The numbers of images and labels differ.
    #[error("{} holds {images} images, but {} holds {labels} labels", images_path.display(), labels_path.display())]
    Count {
        /// The file of images.
        images_path: PathBuf,
        /// The number of images.
        images: usize,
        /// The file of labels.
        labels_path: PathBuf,
        /// The number of labels.
        labels: usize,
    },
    /// A label is not below the number of classes.
    #[error("{} holds label {label} for image {index} (byte {offset}), expected {}", path.display(), range(*classes))]
    Label {
        /// The file of labels.
        path: PathBuf,
        /// The index of the first such image.
        index: usize,
        /// The position of the label in the decompressed file.
        offset: usize,
        /// The label.
        label: u8,
        /// The number of classes.
        classes: usize,
    },
}

fn range(classes: usize) -> String {
    match classes.checked_sub(1) {
        Some(last) => format!("0 to {last}"),
        None => "no labels, as there are 0 classes".to_owned(),
    }
}

impl ImageSet {
    /// Reads a file of images (u8 of rank 3: N x rows x cols) and its file of labels (u8 of rank 1: N). They may have any
    /// names, and be raw or compressed with gzip. The checks are the same as in [`Mnist::open`](crate::Mnist::open).
    ///
    /// `classes` is one more than the largest label: 47 for EMNIST Balanced, and 27 for EMNIST Letters, which labels its
    /// 26 letters from 1 to 26. (EMNIST stores each image transposed.)
    ///
    /// # Errors
    ///
    /// [`ImageFileError`]: a file is missing or damaged, holds something else, the numbers of images and labels differ,
    /// or a label is not below `classes`.
    ///
    /// ```no_run
    /// use dataset::ImageSet;
    ///
    /// let letters = ImageSet::open(
    ///     "emnist/emnist-letters-train-images-idx3-ubyte.gz",
    ///     "emnist/emnist-letters-train-labels-idx1-ubyte.gz",
    ///     27,
    /// )?;
    /// assert_eq!((letters.rows(), letters.cols()), (28, 28));
    /// # Ok::<(), dataset::ImageFileError>(())
    /// ```
    pub fn open(images: impl AsRef<Path>, labels: impl AsRef<Path>, classes: usize) -> Result<Self, ImageFileError> {
        Part::open(images.as_ref(), IMAGES)?.with_labels(Part::open(labels.as_ref(), LABELS)?, classes)
    }

    /// [`ImageSet::open`] from any two readers, such as byte slices. Errors call them "the file of images" and "the file
    /// of labels".
    ///
    /// # Errors
    ///
    /// As [`ImageSet::open`].
    ///
    /// ```
    /// let images = [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 10, 20, 30, 40, 50, 60]; // 2 x 1 x 3
    /// let labels = [0, 0, 8, 1, 0, 0, 0, 2, 26, 7]; // 2
    /// let set = dataset::ImageSet::read(&images[..], &labels[..], 27)?;
    /// assert_eq!((set.len(), set.image(1), set.labels()), (2, &[40, 50, 60][..], &[26, 7][..]));
    /// # Ok::<(), dataset::ImageFileError>(())
    /// ```
    pub fn read(images: impl Read, labels: impl Read, classes: usize) -> Result<Self, ImageFileError> {
        let images = Part::read(images, Path::new("the file of images"), IMAGES)?;
        images.with_labels(Part::read(labels, Path::new("the file of labels"), LABELS)?, classes)
    }

    /// Writes the images as an uncompressed IDX file: u8 of rank 3, N x rows x cols.
    ///
    /// # Errors
    ///
    /// [`IdxWriteError`]: the number of images, rows or columns is above 2^32 - 1, or writing fails.
    ///
    /// ```
    /// use dataset::{Digits, ImageSet};
    ///
    /// let set = Digits::with_sizes(0, 20, 0).train;
    /// let (mut images, mut labels) = (Vec::new(), Vec::new());
    /// set.write_images(&mut images)?;
    /// set.write_labels(&mut labels)?;
    /// assert_eq!((images.len(), labels.len()), (16 + 20 * 784, 8 + 20));
    /// assert_eq!(ImageSet::read(&images[..], &labels[..], 10)?, set);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn write_images(&self, writer: impl Write) -> Result<(), IdxWriteError> {
        write(writer, &self.images_header()?, |writer| writer.write_all(&self.pixels))
    }

    /// Writes the labels as an uncompressed IDX file: u8 of rank 1, N.
    ///
    /// # Errors
    ///
    /// As [`write_images`](Self::write_images).
    pub fn write_labels(&self, writer: impl Write) -> Result<(), IdxWriteError> {
        write(writer, &self.labels_header()?, |writer| writer.write_all(&self.labels))
    }

    /// Writes both files, uncompressed; [`ImageSet::open`] reads them. Existing files are replaced, as by
    /// [`Idx::save`](crate::Idx::save). If you save a training and a test set under the names in
    /// [`Mnist::FILES`](crate::Mnist::FILES), [`Mnist::open`](crate::Mnist::open) can read the folder.
    ///
    /// # Errors
    ///
    /// As [`write_images`](Self::write_images), or if a file cannot be created.
    pub fn save(&self, images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<(), IdxSaveError> {
        save(images.as_ref(), self.images_header(), |file| file.write_all(&self.pixels))?;
        save(labels.as_ref(), self.labels_header(), |file| file.write_all(&self.labels))
    }

    fn images_header(&self) -> Result<Vec<u8>, IdxWriteError> {
        header(0x08, &[self.len(), self.rows, self.cols], self.pixels.len(), 1)
    }

    fn labels_header(&self) -> Result<Vec<u8>, IdxWriteError> {
        header(0x08, &[self.len()], self.labels.len(), 1)
    }
}

pub(crate) const IMAGES: &str = "images (u8 of rank 3)";
pub(crate) const LABELS: &str = "labels (u8 of rank 1)";

/// One of the two files after reading; type and rank are as expected.
pub(crate) struct Part {
    path: PathBuf,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Part {
    pub(crate) fn open(path: &Path, expected: &'static str) -> Result<Self, ImageFileError> {
        Self::check(Idx::open(path)?, path, expected)
    }

    /// In errors, `path` is the name of the content of `reader`.
    pub(crate) fn read(reader: impl Read, path: &Path, expected: &'static str) -> Result<Self, ImageFileError> {
        let named = |source: IdxError| IdxFileError { path: path.to_owned(), source };
        Self::check(Idx::read(reader).map_err(named)?, path, expected)
    }

    fn check(Idx { shape, data }: Idx, path: &Path, expected: &'static str) -> Result<Self, ImageFileError> {
        let path = path.to_owned();
        let found = match (data, shape.len()) {
            (IdxData::U8(bytes), 3) if expected == IMAGES => return Ok(Self { path, shape, bytes }),
            (IdxData::U8(bytes), 1) if expected == LABELS => return Ok(Self { path, shape, bytes }),
            (IdxData::U8(_), 3) => IMAGES.to_owned(),
            (IdxData::U8(_), 1) => LABELS.to_owned(),
            (data, rank) => format!("{} of rank {rank}", data.type_name()),
        };
        Err(ImageFileError::Kind { path, found, expected })
    }

    /// Combines images, which `self` must be, and their labels.
    pub(crate) fn with_labels(self, labels: Self, classes: usize) -> Result<ImageSet, ImageFileError> {
        let (images, rows, cols) = (self.shape[0], self.shape[1], self.shape[2]); // `check` has checked the rank
        ImageSet::new(rows, cols, classes, self.bytes, labels.bytes).map_err(|error| match error {
            ImageSetError::Size { rows, cols } => ImageFileError::NoPixels { path: self.path, rows, cols },
            ImageSetError::Lengths { labels: count, .. } => {
                ImageFileError::Count { images_path: self.path, images, labels_path: labels.path, labels: count }
            }
            ImageSetError::Label { index, label, classes } => ImageFileError::Label {
                path: labels.path,
                index,
                offset: 8 + index, // after magic number and count
                label,
                classes,
            },
        })
    }
}
