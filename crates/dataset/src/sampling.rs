//! Which images make up the batch of an iteration.

use std::fmt;

use crate::random::{Purpose, below, stream};

/// How the images of a batch are chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Sampling {
    /// Each image drawn on its own from the whole set: `np.random.choice(train_size, batch_size)`, as in the book.
    /// In an epoch's worth of draws about 37 % of the images do not occur.
    #[default]
    Replacement,
    /// An endless row of permutations, a new one for each epoch, cut into full batches without regard to epoch ends. So
    /// every image comes once per epoch, none is left over, and a batch across an end may hold an image twice. When
    /// each epoch should start with a new batch and end with a short one, use [`Epochs`](crate::Epochs).
    Shuffle,
    /// Rows 0..B, B..2B and so on, starting over at the end of the set. Draws nothing.
    Sequential,
}

/// Chooses the batch of each iteration from the seed and the number of the iteration alone.
///
/// A training that is resumed at iteration 5,000 needs no saved generator: it asks for batch 5,000.
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
    /// Of epoch `epoch`; used by `Shuffle` alone.
    permutation: Vec<usize>,
    epoch: Option<u64>,
}

/// Why no batch can be cut.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SamplingError {
    /// There is nothing to draw from.
    #[error("no batch of {batch_size} images can be drawn from 0 images")]
    EmptySet {
        /// The batch size asked for.
        batch_size: usize,
    },
    /// A batch must fit into the set, and hold something.
    #[error("batch size {batch_size}, expected 1 to {len}, the number of images")]
    BatchSize {
        /// The batch size asked for.
        batch_size: usize,
        /// The number of images.
        len: usize,
    },
}

impl Sampler {
    /// Chooses batches of `batch_size` out of `len` images.
    ///
    /// # Errors
    ///
    /// When `len` is 0, or `batch_size` is 0 or more than `len`.
    pub fn new(sampling: Sampling, seed: u64, len: usize, batch_size: usize) -> Result<Self, SamplingError> {
        check(len, batch_size)?;
        let permutation = if sampling == Sampling::Shuffle { (0..len).collect() } else { Vec::new() };
        Ok(Self { sampling, seed, len, batch: vec![0; batch_size], permutation, epoch: None })
    }

    /// The indices of the images of `iteration`, counted from 0: as many as a batch holds, each below the size of the
    /// set. Any order of calls gives the same batches; the order of iterations is the cheapest for `Shuffle`, which
    /// keeps one permutation.
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

    /// Copies the batch from the permutation of one epoch, or of two where it crosses the end of the first.
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

    /// Makes `permutation` the one of `epoch`.
    fn permute(&mut self, epoch: u64) {
        if self.epoch != Some(epoch) {
            shuffle(&mut self.permutation, self.seed, epoch);
            self.epoch = Some(epoch);
        }
    }

    /// Epoch and place within it where the batch of `iteration` starts.
    ///
    /// The last iteration ends at 2^64 * B <= 2^64 * len, so that every epoch fits into 64 bits.
    #[expect(clippy::cast_possible_truncation, reason = "the remainder is less than a usize, the quotient fits: above")]
    fn start(&self, iteration: u64) -> (u64, usize) {
        let position = u128::from(iteration) * self.batch.len() as u128;
        let len = self.len as u128;
        ((position / len) as u64, (position % len) as usize)
    }
}

/// Whether batches of `batch_size` can be cut from `len` images.
pub(crate) fn check(len: usize, batch_size: usize) -> Result<(), SamplingError> {
    if len == 0 {
        return Err(SamplingError::EmptySet { batch_size });
    }
    if batch_size == 0 || batch_size > len {
        return Err(SamplingError::BatchSize { batch_size, len });
    }
    Ok(())
}

/// Makes `order` the permutation of `epoch`. It starts from 0, 1, 2 ... each time: shuffling the last one further would
/// make an epoch depend on the ones before it.
pub(crate) fn shuffle(order: &mut [usize], seed: u64, epoch: u64) {
    let mut rng = stream(seed, SHUFFLE, epoch);
    order.iter_mut().enumerate().for_each(|(i, index)| *index = i);
    for i in (1..order.len()).rev() {
        order.swap(i, below(&mut rng, i + 1));
    }
}

/// Without the permutation, which is as long as the set.
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
