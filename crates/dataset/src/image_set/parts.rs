//! Subsets: the first images, two parts, a selection.

use super::ImageSet;

impl ImageSet {
    /// Splits the set after the first `n` images, without shuffling. Returns the first part and the rest; either may be
    /// empty.
    ///
    /// MNIST's training images are not sorted, so `split_at(50_000)` is a fair split for validation. If your files are
    /// sorted by label, select images with [`subset`](Self::subset) instead.
    ///
    /// # Panics
    ///
    /// If `n` is more than [`len`](Self::len).
    ///
    /// ```
    /// let (train, validation) = dataset::Digits::with_sizes(0, 60, 0).train.split_at(50);
    /// assert_eq!((train.len(), validation.len()), (50, 10));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn split_at(mut self, n: usize) -> (Self, Self) {
        assert!(n <= self.len(), "split at image {n} of a set of {}", self.len());
        let pixels = self.pixels.split_off(n * self.pixels_per_image());
        let labels = self.labels.split_off(n);
        self.truncate(n); // frees the memory of the others
        let rest = Self { pixels, labels, ..Self::empty_like(&self) };
        (self, rest)
    }

    /// The images `indices`, in this order, as a set with the same classes. An index may occur several times.
    ///
    /// # Panics
    ///
    /// If an index is not below [`len`](Self::len).
    ///
    /// ```
    /// use dataset::{Digits, Epochs};
    ///
    /// // A split for validation of a set in any order: 50 images drawn, and the other 10.
    /// let set = Digits::with_sizes(0, 60, 0).train;
    /// let mut order = Epochs::new(7, 60, 60)?;
    /// let order: Vec<usize> = order.batches(0).flatten().copied().collect();
    /// let (train, validation) = (set.subset(&order[..50]), set.subset(&order[50..]));
    /// assert_eq!(train.image(3), set.image(order[3]));
    /// assert_eq!(validation.labels()[9], set.labels()[order[59]]);
    /// # Ok::<(), dataset::SamplingError>(())
    /// ```
    #[must_use]
    #[track_caller]
    pub fn subset(&self, indices: &[usize]) -> Self {
        let labels = self.labels_of(indices);
        let mut pixels = Vec::with_capacity(indices.len() * self.pixels_per_image());
        indices.iter().for_each(|i| pixels.extend_from_slice(self.image(*i)));
        Self { pixels, labels, ..Self::empty_like(self) }
    }

    /// Keeps the first `len` images, or all if there are fewer, and frees the memory of the others.
    pub fn truncate(&mut self, len: usize) {
        let len = len.min(self.len());
        self.pixels.truncate(len * self.pixels_per_image());
        self.pixels.shrink_to_fit();
        self.labels.truncate(len);
        self.labels.shrink_to_fit();
    }

    /// The pixels (N x D, one image after another, row by row) and the labels (N), without a copy. [`ImageSet::new`]
    /// turns them into a set again.
    #[must_use]
    pub fn into_parts(self) -> (Vec<u8>, Vec<u8>) {
        (self.pixels, self.labels)
    }

    fn empty_like(other: &Self) -> Self {
        let Self { rows, cols, classes, .. } = *other;
        Self { rows, cols, classes, pixels: Vec::new(), labels: Vec::new() }
    }
}
