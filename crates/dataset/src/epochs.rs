//! Each image once per epoch, in batches.

use std::fmt;
use std::slice::Chunks;

use crate::sampling::{SamplingError, check, shuffle};

/// Cuts each epoch into batches: every image once, in an order that follows from the seed and the epoch alone, the last
/// batch shorter when the batch size does not divide the number of images.
///
/// You need no saved generator to resume with epoch 12: ask for epoch 12. The order of an epoch is the one that
/// [`Sampling::Shuffle`](crate::Sampling::Shuffle) has for it; only the cuts differ, because a [`Sampler`](crate::Sampler) fills every batch and
/// lets it cross the end of an epoch.
///
/// ```
/// use dataset::{Digits, Epochs};
///
/// let train = Digits::with_sizes(0, 250, 0).train;
/// let mut epochs = Epochs::new(7, train.len(), 100)?;
/// for epoch in 0..3 {
///     let mut images = 0;
///     for batch in epochs.batches(epoch) {
///         let (x, labels) = train.batch_row_major::<f32>(batch);
///         assert_eq!(x.len(), labels.len() * 784);
///         images += labels.len(); // 100, 200, 250
///     }
///     assert_eq!(images, 250);
/// }
/// # Ok::<(), dataset::SamplingError>(())
/// ```
#[derive(Clone)]
pub struct Epochs {
    seed: u64,
    batch_size: usize,
    order: Vec<usize>,  // a permutation of 0..N
    epoch: Option<u64>, // whose order that is
}

impl Epochs {
    /// Prepares epochs of `len` images in batches of `batch_size`.
    ///
    /// # Errors
    ///
    /// When `len` is 0, or `batch_size` is 0 or more than `len`.
    pub fn new(seed: u64, len: usize, batch_size: usize) -> Result<Self, SamplingError> {
        check(len, batch_size)?;
        Ok(Self { seed, batch_size, order: (0..len).collect(), epoch: None })
    }

    /// The batches of `epoch`, counted from 0: [`batches_per_epoch`](Self::batches_per_epoch) lists of indices, each
    /// index of the set in one of them. Any order of calls gives the same batches.
    pub fn batches(&mut self, epoch: u64) -> Chunks<'_, usize> {
        if self.epoch != Some(epoch) {
            shuffle(&mut self.order, self.seed, epoch);
            self.epoch = Some(epoch);
        }
        self.order.chunks(self.batch_size)
    }

    /// How many batches an epoch has, the short one included.
    pub fn batches_per_epoch(&self) -> usize {
        self.order.len().div_ceil(self.batch_size)
    }
}

/// Without the order, which is as long as the set.
impl fmt::Debug for Epochs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epochs")
            .field("seed", &self.seed)
            .field("len", &self.order.len())
            .field("batch_size", &self.batch_size)
            .finish_non_exhaustive()
    }
}
