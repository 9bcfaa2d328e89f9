//! The samples of one step: the rows that the caller chose, and a compact copy of them, so that the step waits for memory
//! only once.

use super::LANES;
use super::number::Real;
use super::rows::{Packed, Rows, Samples, Sparse, View};
use std::fmt;
use std::hint::black_box;

/// The samples of one step of a [`Trainer`](crate::Trainer): some rows of `x`, with their labels.
///
/// `x` may be a whole training set, from which each step uses a few rows, or a matrix made for this step.
///
/// ```
/// use net::{Batch, Rows};
///
/// let x = Rows::<f64>::from_row_major(&[0., 0., 0., 1., 1., 0., 1., 1.], 2);
/// let t = [0, 1, 1, 0];
/// let (some, all) = (Batch::new(&x, &t, &[3, 0, 3]), Batch::all(&x, &t));
/// assert_eq!((some.len(), all.len()), (3, 4));
/// ```
#[derive(Clone, Copy)]
#[must_use = "a batch does nothing until you pass it to a trainer"]
pub struct Batch<'a, T: Real> {
    pub(super) now: Part<'a, T>,
    pub(super) next: Option<Part<'a, T>>,
}

/// Some rows with their labels.
#[derive(Clone, Copy)]
pub(super) struct Part<'a, T: Real> {
    x: &'a Rows<T>,
    t: &'a [u8],
    /// All rows if it is `None`.
    indices: Option<&'a [usize]>,
}

impl<'a, T: Real> Batch<'a, T> {
    /// The rows `indices` of `x`; an index may occur several times. `t` holds the labels of all rows of `x`.
    ///
    /// # Panics
    ///
    /// If `indices` is empty, if an index is not below the number of rows, or if rows and labels differ in number.
    #[track_caller]
    pub fn new(x: &'a Rows<T>, t: &'a [u8], indices: &'a [usize]) -> Self {
        assert_eq!(x.len(), t.len(), "samples (left) and labels (right) must be equally many");
        assert!(!indices.is_empty(), "the batch is empty");
        for &n in indices {
            assert!(n < t.len(), "sample {n} of {}", t.len());
        }
        Self { now: Part { x, t, indices: Some(indices) }, next: None }
    }

    /// All rows of `x`.
    ///
    /// # Panics
    ///
    /// If there are no rows, or if rows and labels differ in number.
    #[track_caller]
    pub fn all(x: &'a Rows<T>, t: &'a [u8]) -> Self {
        assert_eq!(x.len(), t.len(), "samples (left) and labels (right) must be equally many");
        assert!(!t.is_empty(), "the batch is empty");
        Self { now: Part { x, t, indices: None }, next: None }
    }

    /// Names the batch of the next step. This does not change any result, but saves time: the step continues with the
    /// forward pass of `next`, and the threads wait for each other once per step instead of three times.
    ///
    /// You may still pass another batch to the next step; then this work is wasted.
    ///
    /// ```
    /// # use net::{Activation, Batch, GradientMethod, Rows, Sizes, Trainer, TwoLayerNet};
    /// # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    /// # let x = Rows::<f64>::from_row_major(&[0., 0., 0., 1., 1., 0., 1., 1.], 2);
    /// # let sizes = Sizes { inputs: 2, hidden: 8, classes: 2 };
    /// # let net = TwoLayerNet::random(sizes, Activation::Tanh, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
    /// # let t = [0, 1, 1, 0];
    /// let batches = [[0, 1], [2, 3], [1, 2]];
    /// let mut ahead = Trainer::new(&net, GradientMethod::Backpropagation);
    /// let mut plain = ahead.clone();
    /// for (i, indices) in batches.iter().enumerate() {
    ///     let batch = Batch::new(&x, &t, indices);
    ///     let next = Batch::new(&x, &t, &batches[(i + 1) % 3]);
    ///     assert_eq!(ahead.step_and_loss(batch.then(next), 0.1), plain.step_and_loss(batch, 0.1));
    /// }
    /// ```
    pub fn then(self, next: Self) -> Self {
        Self { next: Some(next.now), ..self }
    }

    /// How many samples it has, at least 1.
    pub fn len(&self) -> usize {
        self.now.len()
    }

    /// Always false: a batch has at least one sample.
    pub fn is_empty(&self) -> bool {
        false
    }
}

impl<T: Real> fmt::Debug for Batch<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch").field("len", &self.len()).field("x", self.now.x).finish_non_exhaustive()
    }
}

impl<T: Real> Part<'_, T> {
    pub(super) fn len(&self) -> usize {
        self.indices.map_or(self.t.len(), <[usize]>::len)
    }

    /// The indices of its rows.
    fn rows(&self) -> impl Iterator<Item = usize> {
        (0..self.len()).map(|n| self.indices.map_or(n, |indices| indices[n]))
    }

    /// Panics if the samples do not fit a network with this many inputs and classes.
    #[track_caller]
    pub(super) fn check(&self, inputs: usize, classes: usize) {
        let found = self.x.inputs();
        assert_eq!(found, inputs, "the width of x (left) must be the number of inputs of the net (right)");
        for n in self.rows() {
            let label = self.t[n];
            assert!(
                usize::from(label) < classes,
                "label {label} of sample {n} is not below the number of classes, {classes}"
            );
        }
    }
}

/// Some samples, copied, with their labels.
#[derive(Clone)]
pub(super) struct Copied<T> {
    /// The rows that were copied; `None` before the first copy.
    rows: Option<u64>,
    indices: Vec<usize>,
    pub(super) labels: Vec<u8>,
    samples: Packed<T>,
    shades: [T; 256],
    /// The largest absolute value of the inputs of these rows.
    pub(super) largest: T,
}

impl<T: Real> Copied<T> {
    /// No samples.
    pub(super) fn empty() -> Self {
        Self {
            rows: None,
            indices: Vec::new(),
            labels: Vec::new(),
            samples: Packed::Bytes(Sparse::empty()),
            shades: [T::zero(); 256],
            largest: T::zero(),
        }
    }

    pub(super) fn clear(&mut self) {
        self.rows = None;
    }

    pub(super) fn is_filled(&self) -> bool {
        self.rows.is_some()
    }

    /// Whether it is a copy of these samples.
    pub(super) fn is(&self, part: &Part<T>) -> bool {
        self.rows == Some(part.x.id)
            && self.indices.iter().copied().eq(part.rows())
            && self.labels.iter().copied().eq(part.rows().map(|n| part.t[n]))
    }

    /// Copies samples and labels. A single thread does this: two threads wait for the same memory, and were slower when
    /// measured.
    pub(super) fn fill(&mut self, part: &Part<T>) {
        let Part { x, t, .. } = part;
        self.indices.clear();
        self.indices.extend(part.rows());
        self.labels.clear();
        self.labels.extend(part.rows().map(|n| t[n]));
        match (&mut self.samples, &x.packed) {
            (Packed::Bytes(samples), Packed::Bytes(rows)) => copy(samples, rows.view(), &self.indices),
            (Packed::Numbers(samples), Packed::Numbers(rows)) => copy(samples, rows.view(), &self.indices),
            (samples, Packed::Bytes(rows)) => *samples = Packed::Bytes(copied(rows.view(), &self.indices)),
            (samples, Packed::Numbers(rows)) => *samples = Packed::Numbers(copied(rows.view(), &self.indices)),
        }
        self.shades = x.shades;
        self.largest = x.largest;
        self.rows = Some(x.id);
    }

    pub(super) fn samples(&self) -> Samples<'_, T> {
        match &self.samples {
            Packed::Bytes(rows) => Samples::Bytes(rows.view(), &self.shades),
            Packed::Numbers(rows) => Samples::Numbers(rows.view()),
        }
    }

    /// The distance between the logits of two classes: N, rounded up to whole lanes.
    pub(super) fn stride(&self) -> usize {
        self.labels.len().next_multiple_of(LANES)
    }
}

fn copied<E: Copy>(rows: View<E>, indices: &[usize]) -> Sparse<E> {
    let mut samples = Sparse::empty();
    copy(&mut samples, rows, indices);
    samples
}

fn copy<E: Copy>(samples: &mut Sparse<E>, rows: View<E>, indices: &[usize]) {
    touch(rows, indices);
    samples.clear();
    samples.reserve(indices.len(), rows);
    for &n in indices {
        samples.push(rows.row(n));
    }
}

/// Reads one value from each cache line of the rows. The rows are scattered over memory, but none of these reads waits
/// for another; a copy would wait for each row in turn.
fn touch<E: Copy>(rows: View<E>, indices: &[usize]) {
    const LINE: usize = 64;
    for &n in indices {
        for entry in rows.row(n).iter().step_by((LINE / size_of::<E>()).max(1)) {
            black_box(*entry);
        }
    }
}
