//! Chooses the images of each iteration's batch.

use std::fmt;

use crate::random::{Purpose, below, stream};

/// How to choose the images of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sampling {
    /// Each image is drawn independently from the whole set: `np.random.choice(train_size, batch_size)`, as in the book.
    /// In one epoch's worth of draws, about 37 % of the images do not occur.
    #[default]
    Replacement,
    /// The set is shuffled again for each epoch, and the sequence is divided into full batches, without regard to the
    /// ends of epochs. So every image occurs once per epoch and none is left over, but a batch that crosses an end may
    /// contain an image twice. If each epoch should start with a new batch and end with a short one, use
    /// [`Epochs`](crate::Epochs).
    Shuffle,
    /// Rows 0..B, B..2B and so on, starting again at the end of the set. Nothing is random.
    Sequential,
}

/// Chooses the batch of each iteration. It depends only on the seed and the number of the iteration.
///
/// To resume training at iteration 5,000, you don't need to save a random generator: ask for batch 5,000.
///
/// ```
/// use dataset::{Sampler, Sampling};
///
/// let mut sampler = Sampler::new(Sampling::Shuffle, 7, 10, 4)?;
/// let fifth = sampler.batch(5).to_vec();
/// sampler.batch(1_000_000);
/// assert_eq!(sampler.batch(5), fifth);
/// # Ok::<(), dataset::SamplingError>(())
/// ```
#[derive(Clone)]
pub struct Sampler {
    sampling: Sampling,
    seed: u64,
    len: usize,
    batch: Vec<usize>,
    /// The order of epoch `epoch`; used only by `Shuffle`.
    permutation: Vec<usize>,
    epoch: Option<u64>,
}

/// Why batches cannot be formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SamplingError {
    /// The set is empty.
    #[error("no batch of {batch_size} images can be drawn from 0 images")]
    EmptySet {
        /// The batch size that you asked for.
        batch_size: usize,
    },
    /// The batch size is 0, or larger than the set.
    #[error("batch size {batch_size}, expected 1 to {len}, the number of images")]
    BatchSize {
        /// The batch size that you asked for.
        batch_size: usize,
        /// The number of images.
        len: usize,
    },
}

impl Sampler {
    /// Prepares batches of `batch_size` from `len` images.
    ///
    /// # Errors
    ///
    /// If `len` is 0, or if `batch_size` is 0 or more than `len`.
    pub fn new(sampling: Sampling, seed: u64, len: usize, batch_size: usize) -> Result<Self, SamplingError> {
        check(len, batch_size)?;
        let permutation = if sampling == Sampling::Shuffle { (0..len).collect() } else { Vec::new() };
        Ok(Self { sampling, seed, len, batch: vec![0; batch_size], permutation, epoch: None })
    }

    /// The indices of the images of `iteration`, counted from 0: as many as the batch size, each below the size of the
    /// set. You can ask for iterations in any order. With `Shuffle`, ascending order is fastest, because only one
    /// permutation is kept.
    pub fn batch(&mut self, iteration: u64) -> &[usize] {
        match self.sampling {
            Sampling::Replacement => {
                let mut rng = stream(self.seed, REPLACEMENT, iteration);
                self.batch.fill_with(|| below(&mut rng, self.len));
            }
            Sampling::Shuffle => self.cut(iteration),
            Sampling::Sequential => {
                let (_, mut next) = self.start(iteration);
                for index in &mut self.batch {
                    *index = next;
                    next = if next + 1 == self.len { 0 } else { next + 1 };
                }
            }
        }
        &self.batch
    }

    /// Copies the batch from the permutation of one epoch, or of two if it crosses the end of the first.
    fn cut(&mut self, iteration: u64) {
        let (epoch, offset) = self.start(iteration);
        let here = self.batch.len().min(self.len - offset);
        self.permute(epoch);
        self.batch[..here].copy_from_slice(&self.permutation[offset..][..here]);
        if here < self.batch.len() {
            self.permute(epoch + 1);
            let rest = self.batch.len() - here;
            self.batch[here..].copy_from_slice(&self.permutation[..rest]);
        }
    }

    /// Sets `permutation` to the one of `epoch`.
    fn permute(&mut self, epoch: u64) {
        if self.epoch != Some(epoch) {
            shuffle(&mut self.permutation, self.seed, epoch);
            self.epoch = Some(epoch);
        }
    }

    /// The epoch and the position in it at which the batch of `iteration` starts.
    ///
    /// The last iteration ends at 2^64 * B <= 2^64 * len, so every epoch fits into 64 bits.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is less than a usize, the quotient fits: above")]
    fn start(&self, iteration: u64) -> (u64, usize) {
        let position = u128::from(iteration) * self.batch.len() as u128;
        let len = self.len as u128;
        ((position / len) as u64, (position % len) as usize)
    }
}

/// Checks whether batches of `batch_size` can be formed from `len` images.
pub(crate) fn check(len: usize, batch_size: usize) -> Result<(), SamplingError> {
    if len == 0 {
        return Err(SamplingError::EmptySet { batch_size });
    }
    if batch_size == 0 || batch_size > len {
        return Err(SamplingError::BatchSize { batch_size, len });
    }
    Ok(())
}

/// Sets `order` to the permutation of `epoch`. It starts from 0, 1, 2 ... each time: if it shuffled the last one further,
/// an epoch would depend on the ones before it.
pub(crate) fn shuffle(order: &mut [usize], seed: u64, epoch: u64) {
    let mut rng = stream(seed, SHUFFLE, epoch);
    order.iter_mut().enumerate().for_each(|(i, index)| *index = i);
    for i in (1..order.len()).rev() {
        order.swap(i, below(&mut rng, i + 1));
    }
}

/// Without the permutation, which has as many elements as the set.
impl fmt::Debug for Sampler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sampler")
            .field("sampling", &self.sampling)
            .field("seed", &self.seed)
            .field("len", &self.len)
            .field("batch_size", &self.batch.len())
            .finish_non_exhaustive()
    }
}

const REPLACEMENT: &Purpose = b"dataset: replacement\0\0\0\0";
const SHUFFLE: &Purpose = b"dataset: shuffle\0\0\0\0\0\0\0\0";
