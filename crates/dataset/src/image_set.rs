//! Grey images of one size with their labels, and what training takes from them: batches as matrices.

use std::fmt;
use std::ops::Range;

use nalgebra::{DMatrix, RealField};

/// Labelled grey images, all of one size, a byte a pixel.
///
/// Letters as in the whole crate: N images, D = rows * cols pixels each, K classes.
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
    /// Images without pixels, or of more pixels than memory has addresses.
    #[error("images of {rows} x {cols} pixels, expected at least 1 x 1 and at most what memory can address")]
    Size {
        /// The number of rows.
        rows: usize,
        /// The number of columns.
        cols: usize,
    },
    /// There are not D pixels for each label.
    #[error("{pixels} pixels for {labels} labels, expected {pixels_per_image} for each")]
    Lengths {
        /// The number of pixels.
        pixels: usize,
        /// The number of labels.
        labels: usize,
        /// D.
        pixels_per_image: usize,
    },
    /// A label names no class.
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
    /// Joins `pixels` (N x D, one image after another, row by row, 0 is background) and `labels` (N, each below
    /// `classes`). No images at all are fine.
    ///
    /// # Errors
    ///
    /// [`ImageSetError`], when the numbers do not fit each other.
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

    /// The images `indices` as a batch: pixels divided by 255 (N x D, an image a row) and labels (N). An index may occur
    /// several times.
    ///
    /// # Panics
    ///
    /// When an index is not below [`len`](Self::len).
    pub fn batch<T: RealField + Copy>(&self, indices: &[usize]) -> (DMatrix<T>, Vec<u8>) {
        let labels = indices.iter().map(|&i| self.labels[self.checked(i)]).collect();
        (self.matrix(indices.len(), |i| indices[i]), labels)
    }

    /// The images of a range, as [`batch`](Self::batch) gives them: to evaluate a large set slice by slice.
    ///
    /// # Panics
    ///
    /// When the range ends after [`len`](Self::len) or before it starts.
    ///
    /// ```
    /// # let set = dataset::Digits::with_sizes(0, 0, 25).test;
    /// for start in (0..set.len()).step_by(10) {
    ///     let (x, labels) = set.range::<f32>(start..set.len().min(start + 10));
    ///     assert_eq!(x.shape(), (labels.len(), 784));
    /// }
    /// ```
    pub fn range<T: RealField + Copy>(&self, range: Range<usize>) -> (DMatrix<T>, &[u8]) {
        let Range { start, end } = range;
        assert!(start <= end && end <= self.len(), "images {start}..{end} of a set of {}", self.len());
        (self.matrix(end - start, |i| start + i), &self.labels[start..end])
    }

    /// The pixels of image `index`, row by row.
    ///
    /// # Panics
    ///
    /// When `index` is not below [`len`](Self::len).
    pub fn image(&self, index: usize) -> &[u8] {
        let size = self.pixels_per_image();
        &self.pixels[self.checked(index) * size..][..size]
    }

    /// The labels, one an image, each below [`classes`](Self::classes).
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

    /// Whether there is no image.
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

    /// D, rows * cols.
    pub fn pixels_per_image(&self) -> usize {
        self.rows * self.cols
    }

    /// K, the number of classes; not every class need occur.
    pub fn classes(&self) -> usize {
        self.classes
    }

    /// Keeps the first `len` images, all when there are fewer, and gives the memory of the others back.
    pub fn truncate(&mut self, len: usize) {
        let len = len.min(self.len());
        self.pixels.truncate(len * self.pixels_per_image());
        self.pixels.shrink_to_fit();
        self.labels.truncate(len);
        self.labels.shrink_to_fit();
    }

    /// Row i of the result is image `index(i)`, divided by 255.
    fn matrix<T: RealField + Copy>(&self, n: usize, index: impl Fn(usize) -> usize) -> DMatrix<T> {
        let d = self.pixels_per_image();
        let shades = shades::<T>();
        let mut values = vec![T::zero(); n * d]; // column-major: pixel j of image i stands at j * n + i
        // Written in the order of memory, for a few images at a time, so that the rows read from stay in the cache.
        for first in (0..n).step_by(BLOCK) {
            let images: Vec<&[u8]> = (first..n.min(first + BLOCK)).map(|i| self.image(index(i))).collect();
            for j in 0..d {
                let column = &mut values[j * n + first..][..images.len()];
                for (value, image) in column.iter_mut().zip(&images) {
                    *value = shades[usize::from(image[j])];
                }
            }
        }
        DMatrix::from_vec(n, d, values)
    }

    #[track_caller]
    fn checked(&self, index: usize) -> usize {
        assert!(index < self.len(), "image {index} of a set of {}", self.len());
        index
    }
}

/// How many images [`ImageSet::matrix`] turns at once: a cache line of each, 64 bytes, fills half of a small L1.
const BLOCK: usize = 256;

/// Sizes only: a set has millions of pixels.
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

/// Labels as rows with a single 1 (N x K), as the book's `one_hot_label=True` gives them.
///
/// # Panics
///
/// When a label is not below `classes`.
///
/// ```
/// let t = dataset::one_hot::<f64>(&[2, 0], 3);
/// assert_eq!(t, nalgebra::DMatrix::from_row_slice(2, 3, &[0.0, 0.0, 1.0, 1.0, 0.0, 0.0]));
/// ```
pub fn one_hot<T: RealField + Copy>(labels: &[u8], classes: usize) -> DMatrix<T> {
    let mut rows = DMatrix::zeros(labels.len(), classes);
    for (i, &label) in labels.iter().enumerate() {
        assert!(usize::from(label) < classes, "label {label} of row {i} among {classes} classes");
        rows[(i, usize::from(label))] = T::one();
    }
    rows
}

/// v / 255 for each byte, rounded once in `T`.
fn shades<T: RealField + Copy>() -> [T; 256] {
    let white: T = nalgebra::convert(255.0);
    let mut shade: f64 = -1.0;
    [(); 256].map(|()| {
        shade += 1.0;
        nalgebra::convert::<f64, T>(shade) / white
    })
}
