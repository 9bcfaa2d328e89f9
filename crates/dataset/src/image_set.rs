//! Grey images of one size with their labels, and batches of them for training.

mod files;
#[cfg(feature = "nalgebra")]
mod matrix;
mod parts;
mod row_major;

use std::fmt;
use std::ops::Range;

#[cfg(feature = "nalgebra")]
use nalgebra::{DMatrix, RealField};

pub use self::files::ImageFileError;
pub(crate) use self::files::{IMAGES, LABELS, Part};
#[cfg(feature = "nalgebra")]
pub use self::matrix::one_hot;
pub use self::row_major::one_hot_row_major;

/// Labelled grey images, all of one size, one byte per pixel.
///
/// As in the whole crate, N is the number of images, D = rows * cols the number of pixels per image, K the number of
/// classes.
///
/// | you have or need | call |
/// | --- | --- |
/// | bytes in memory | [`new`](Self::new), [`into_parts`](Self::into_parts) |
/// | IDX files, or readers and writers of them | [`open`](Self::open), [`read`](Self::read), [`save`](Self::save), [`write_images`](Self::write_images) |
/// | a part of the images | [`split_at`](Self::split_at), [`subset`](Self::subset), [`truncate`](Self::truncate) |
/// | a batch in row-major order | [`batch_row_major`](Self::batch_row_major), [`range_row_major`](Self::range_row_major) |
#[cfg_attr(
    feature = "nalgebra",
    doc = "| a batch as a matrix of nalgebra, which is column-major | [`batch`](Self::batch), [`range`](Self::range) |"
)]
#[derive(Clone, PartialEq, Eq)]
pub struct ImageSet {
    rows: usize,
    cols: usize,
    classes: usize,
    pixels: Vec<u8>, // N x D, one image after another, row by row
    labels: Vec<u8>, // N
}

/// Why pixels and labels do not make an [`ImageSet`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageSetError {
    /// The images have no pixels, or more pixels than memory has addresses.
    #[error("images of {rows} x {cols} pixels, expected at least 1 x 1 and at most what memory can address")]
    Size {
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        cols: usize,
    },
    /// The number of pixels is not D times the number of labels.
    #[error("{pixels} pixels for {labels} labels, expected {pixels_per_image} for each")]
    Lengths {
        /// The number of pixels.
        pixels: usize,
        /// The number of labels.
        labels: usize,
        /// D.
        pixels_per_image: usize,
    },
    /// A label is not below the number of classes.
    #[error("label {label} of image {index}, expected a number below {classes}")]
    Label {
        /// The first image concerned.
        index: usize,
        /// Its label.
        label: u8,
        /// K.
        classes: usize,
    },
}

impl ImageSet {
    /// Creates a set from `pixels` (N x D, one image after another, row by row, 0 is background) and `labels` (N, each
    /// below `classes`). There may be no images at all.
    ///
    /// # Errors
    ///
    /// [`ImageSetError`], if the numbers do not fit each other.
    pub fn new(
        rows: usize,
        cols: usize,
        classes: usize,
        pixels: Vec<u8>,
        labels: Vec<u8>,
    ) -> Result<Self, ImageSetError> {
        let pixels_per_image = match rows.checked_mul(cols) {
            None | Some(0) => return Err(ImageSetError::Size { rows, cols }),
            Some(product) => product,
        };
        if labels.len().checked_mul(pixels_per_image) != Some(pixels.len()) {
            let (pixels, labels) = (pixels.len(), labels.len());
            return Err(ImageSetError::Lengths { pixels, labels, pixels_per_image });
        }
        if let Some(index) = labels.iter().position(|label| usize::from(*label) >= classes) {
            return Err(ImageSetError::Label { index, label: labels[index], classes });
        }
        Ok(Self { rows, cols, classes, pixels, labels })
    }

    /// The pixels of image `index`, row by row.
    ///
    /// # Panics
    ///
    /// If `index` is not below [`len`](Self::len).
    #[track_caller]
    pub fn image(&self, index: usize) -> &[u8] {
        let size = self.pixels_per_image();
        &self.pixels[self.checked(index) * size..][..size]
    }

    /// The labels, one per image, each below [`classes`](Self::classes).
    pub fn labels(&self) -> &[u8] {
        &self.labels
    }

    /// All pixels, one image after another.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }

    /// N, the number of images.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no images.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The height of each image, at least 1.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The width of each image, at least 1.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// D, the number of pixels per image: rows * cols.
    pub fn pixels_per_image(&self) -> usize {
        self.rows * self.cols
    }

    /// K, the number of classes. Not every class has to occur.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// The labels of the images `indices`. A loop, because a panic in a closure would not name the caller's line.
    #[track_caller]
    fn labels_of(&self, indices: &[usize]) -> Vec<u8> {
        let mut labels = Vec::with_capacity(indices.len());
        for &index in indices {
            labels.push(self.labels[self.checked(index)]);
        }
        labels
    }

    #[track_caller]
    fn checked(&self, index: usize) -> usize {
        assert!(index < self.len(), "image {index} of a set of {}", self.len());
        index
    }

    #[track_caller]
    fn checked_range(&self, range: Range<usize>) -> Range<usize> {
        let Range { start, end } = range;
        assert!(start <= end && end <= self.len(), "images {start}..{end} of a set of {}", self.len());
        range
    }
}

/// Batches as matrices of nalgebra. They are column-major: pixel j of image i is `x[(i, j)]`, but in `x.as_slice()` the
/// first pixels of all images come first. For a library that expects rows, use [`ImageSet::batch_row_major`] (or pass
/// `x.transpose().as_slice()`).
#[cfg(feature = "nalgebra")]
impl ImageSet {
    /// The images `indices` as a batch: pixels divided by 255 (N x D, one image per row) and labels (N). An index may
    /// occur several times.
    ///
    /// nalgebra stores matrices column by column, so `as_slice()` of the result is not one image after another. If you
    /// need that, use [`batch_row_major`](Self::batch_row_major).
    ///
    /// # Panics
    ///
    /// If an index is not below [`len`](Self::len).
    #[must_use]
    #[track_caller]
    pub fn batch<T: RealField + Copy>(&self, indices: &[usize]) -> (DMatrix<T>, Vec<u8>) {
        let labels = self.labels_of(indices);
        (self.matrix(indices.len(), |i| indices[i]), labels)
    }

    /// The images of a range, in the form of [`batch`](Self::batch). Use it to evaluate a large set slice by slice.
    ///
    /// # Panics
    ///
    /// If the range ends after [`len`](Self::len) or before it starts.
    ///
    /// ```
    /// # let set = dataset::Digits::with_sizes(0, 0, 25).test;
    /// for start in (0..set.len()).step_by(10) {
    ///     let (x, labels) = set.range::<f32>(start..set.len().min(start + 10));
    ///     assert_eq!(x.shape(), (labels.len(), 784));
    /// }
    /// ```
    #[must_use]
    #[track_caller]
    pub fn range<T: RealField + Copy>(&self, range: Range<usize>) -> (DMatrix<T>, &[u8]) {
        let Range { start, end } = self.checked_range(range);
        (self.matrix(end - start, |i| start + i), &self.labels[start..end])
    }
}

/// Shows sizes only: a set has millions of pixels.
impl fmt::Debug for ImageSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageSet")
            .field("len", &self.len())
            .field("rows", &self.rows)
            .field("cols", &self.cols)
            .field("classes", &self.classes)
            .finish_non_exhaustive()
    }
}
