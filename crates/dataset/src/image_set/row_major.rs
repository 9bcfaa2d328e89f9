//! Batches as plain vectors, one sample after another, for all libraries other than nalgebra.

use std::ops::{Div, Range};

use super::ImageSet;

impl ImageSet {
    /// The images `indices` as a batch in row-major order: N x D pixels divided by 255, one image after another, and N
    /// labels. An index may occur several times. `T` is `f32` or `f64`.
    ///
    /// This is the layout of NumPy, ndarray, candle, burn and PyTorch, for example
    /// `ndarray::Array2::from_shape_vec((labels.len(), set.pixels_per_image()), x)`.
    ///
    /// # Panics
    ///
    /// If an index is not below [`len`](Self::len).
    ///
    /// ```
    /// // Two images of 1 x 3 pixels.
    /// let set = dataset::ImageSet::new(1, 3, 2, vec![0, 51, 255, 255, 0, 0], vec![1, 0])?;
    /// let (x, labels) = set.batch_row_major::<f32>(&[1, 0]);
    /// assert_eq!(x, [1.0, 0.0, 0.0, 0.0, 0.2, 1.0]);
    /// assert_eq!(labels, [0, 1]);
    /// # Ok::<(), dataset::ImageSetError>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn batch_row_major<T>(&self, indices: &[usize]) -> (Vec<T>, Vec<u8>)
    where
        T: From<f32> + Div<Output = T> + Copy,
    {
        let labels = self.labels_of(indices);
        let shades = float_shades::<T>();
        let mut x = Vec::with_capacity(indices.len() * self.pixels_per_image());
        indices.iter().for_each(|i| x.extend(self.image(*i).iter().map(|pixel| shades[usize::from(*pixel)])));
        (x, labels)
    }

    /// The images of a range, in the form of [`batch_row_major`](Self::batch_row_major). Use it to evaluate a large set
    /// slice by slice.
    ///
    /// # Panics
    ///
    /// If the range ends after [`len`](Self::len) or before it starts.
    #[must_use]
    #[track_caller]
    pub fn range_row_major<T>(&self, range: Range<usize>) -> (Vec<T>, &[u8])
    where
        T: From<f32> + Div<Output = T> + Copy,
    {
        let Range { start, end } = self.checked_range(range);
        let shades = float_shades::<T>();
        let d = self.pixels_per_image();
        let pixels = &self.pixels[start * d..end * d];
        (pixels.iter().map(|pixel| shades[usize::from(*pixel)]).collect(), &self.labels[start..end])
    }
}

/// One-hot labels in row-major order: rows with a single 1, N x K, one row after another. `T` is any number type, such as
/// `f32`.
///
/// # Panics
///
/// If a label is not below `classes`.
///
/// ```
/// assert_eq!(dataset::one_hot_row_major::<f32>(&[2, 0], 3), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
/// ```
#[must_use]
#[track_caller]
pub fn one_hot_row_major<T: From<bool> + Clone>(labels: &[u8], classes: usize) -> Vec<T> {
    let mut rows = vec![T::from(false); labels.len() * classes];
    for (i, &label) in labels.iter().enumerate() {
        check_label(i, label, classes);
        rows[i * classes + usize::from(label)] = T::from(true);
    }
    rows
}

#[track_caller]
pub(super) fn check_label(i: usize, label: u8, classes: usize) {
    assert!(usize::from(label) < classes, "label {label} of row {i} among {classes} classes");
}

/// v / 255 for each byte, rounded once in `T`. The bound is `From<f32>`, not `From<u8>`, which integers implement too:
/// with integers, everything except white would be 0.
fn float_shades<T: From<f32> + Div<Output = T> + Copy>() -> [T; 256] {
    shades(|value| T::from(f32::from(value)))
}

/// v / 255 for each byte.
pub(super) fn shades<T: Div<Output = T>>(number: impl Fn(u8) -> T) -> [T; 256] {
    let mut value = 0_u8;
    [(); 256].map(|()| {
        let shade = number(value) / number(255);
        value = value.wrapping_add(1);
        shade
    })
}
