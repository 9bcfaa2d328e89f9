//! Batches that use each image once per epoch.

use std::fmt;
use std::slice::Chunks;

use crate::sampling::{SamplingError, check, shuffle};

/// Divides each epoch into batches that contain every image once. The order depends only on the seed and the number of
/// the epoch. The last batch is shorter if the batch size does not divide the number of images.
///
/// To resume with epoch 12, you don't need to save a random generator: ask for epoch 12. The images have the same order
/// as with [`Sampling::Shuffle`](crate::Sampling::Shuffle); only the batches differ, because a
/// [`Sampler`](crate::Sampler) fills every batch and lets it cross the end of an epoch.
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
    /// If `len` is 0, or if `batch_size` is 0 or more than `len`.
    pub fn new(seed: u64, len: usize, batch_size: usize) -> Result<Self, SamplingError> {
        check(len, batch_size)?;
        Ok(Self { seed, batch_size, order: (0..len).collect(), epoch: None })
    }

    /// The batches of `epoch`, counted from 0: [`batches_per_epoch`](Self::batches_per_epoch) lists of indices; each
    /// index of the set is in exactly one of them. You can ask for epochs in any order.
    pub fn batches(&mut self, epoch: u64) -> Chunks<'_, usize> {
        if self.epoch != Some(epoch) {
            shuffle(&mut self.order, self.seed, epoch);
            self.epoch = Some(epoch);
        }
        self.order.chunks(self.batch_size)
    }

    /// The number of batches per epoch, including the short one.
    pub fn batches_per_epoch(&self) -> usize {
        self.order.len().div_ceil(self.batch_size)
    }
}

/// Without the order, which has as many elements as the set.
impl fmt::Debug for Epochs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Epochs")
            .field("seed", &self.seed)
            .field("len", &self.order.len())
            .field("batch_size", &self.batch_size)
            .finish_non_exhaustive()
    }
}
