//! Batches and one-hot labels as matrices of nalgebra, which stores them column by column.

use nalgebra::{DMatrix, RealField};

use super::ImageSet;
use super::row_major::{check_label, shades};

impl ImageSet {
    /// Row i of the result is image `index(i)`, divided by 255.
    pub(super) fn matrix<T: RealField + Copy>(&self, n: usize, index: impl Fn(usize) -> usize) -> DMatrix<T> {
        let d = self.pixels_per_image();
        let shades: [T; 256] = shades(|value| nalgebra::convert(f64::from(value)));
        let mut values = vec![T::zero(); n * d]; // column-major: pixel j of image i is at j * n + i
        // Written in memory order, a few images at a time, so that the rows being read stay in the cache.
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
}

/// How many images [`ImageSet::matrix`] transposes at a time: one cache line (64 bytes) of each fills half of a small L1.
const BLOCK: usize = 256;

/// One-hot labels: rows with a single 1 (N x K), as with the book's `one_hot_label=True`.
///
/// nalgebra stores matrices column by column: `as_slice()` of the result is not one row after another. If you need that,
/// use [`one_hot_row_major`](crate::one_hot_row_major).
///
/// # Panics
///
/// If a label is not below `classes`.
///
/// ```
/// let t = dataset::one_hot::<f64>(&[2, 0], 3);
/// assert_eq!(t, nalgebra::DMatrix::from_row_slice(2, 3, &[0.0, 0.0, 1.0, 1.0, 0.0, 0.0]));
/// ```
#[must_use]
#[track_caller]
pub fn one_hot<T: RealField + Copy>(labels: &[u8], classes: usize) -> DMatrix<T> {
    let mut rows = DMatrix::zeros(labels.len(), classes);
    for (i, &label) in labels.iter().enumerate() {
        check_label(i, label, classes);
        rows[(i, usize::from(label))] = T::one();
    }
    rows
}
