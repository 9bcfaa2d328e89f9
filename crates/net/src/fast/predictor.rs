//! Inference.

use super::LANES;
use super::number::Real;
use super::panel::Panel;
use super::rows::Rows;
use crate::{Sizes, TwoLayerNet};
use core_math::argmax_rows;
use nalgebra::DMatrix;
use rayon::prelude::*;
use std::fmt;
use std::ops::Range;

/// A [`TwoLayerNet`] laid out for speed. It takes samples as [`Rows`], and gives the same answers up to rounding.
///
/// Its bits depend neither on the processor nor on the number of threads. [`loss`](Self::loss),
/// [`accuracy`](Self::accuracy) and [`correct`](Self::correct) share the samples among the threads of rayon's pool; the
/// other methods use one thread.
///
/// ```
/// # use net::{Activation, Predictor, Rows, Sizes, TwoLayerNet};
/// # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
/// let sizes = Sizes { inputs: 784, hidden: 50, classes: 10 };
/// let net = TwoLayerNet::<f32>::random(sizes, Activation::Sigmoid, 0.01, &mut ChaCha8Rng::seed_from_u64(0));
/// let x = Rows::from_bytes(&[7; 3 * 784], 784); // three images
///
/// let predictor = Predictor::new(&net);
/// let y = predictor.probabilities(&x, 0..3);
/// assert_eq!(y.shape(), (3, 10));
/// assert_eq!(predictor.classes(&x, 0..3), core_math::argmax_rows(&y));
/// ```
#[derive(Clone)]
pub struct Predictor<T: Real> {
    sizes: Sizes,
    panels: Vec<Panel<T>>,
    b2: Vec<T>,
}

/// How many samples a thread takes at a time.
const SLICE: usize = 1000;

impl<T: Real> Predictor<T> {
    /// Copies the parameters of `net`. From a trainer, use [`Trainer::predictor`](crate::Trainer::predictor).
    ///
    /// # Panics
    ///
    /// If the four arrays of its parameters do not fit together.
    #[track_caller]
    #[must_use]
    pub fn new(net: &TwoLayerNet<T>) -> Self {
        let sizes = net.sizes(); // checks the arrays
        Self::of_panels(sizes, Panel::all(&net.params, net.activation), net.params.b2.as_slice().to_vec())
    }

    pub(super) fn of_panels(sizes: Sizes, panels: Vec<Panel<T>>, b2: Vec<T>) -> Self {
        Self { sizes, panels, b2 }
    }

    /// The sizes of the network.
    pub fn sizes(&self) -> Sizes {
        self.sizes
    }

    /// The logits (the inputs of the softmax), N x K, for the samples `range` of `x`.
    ///
    /// If an input is 0, its weights are not read, even if they are not finite.
    ///
    /// # Panics
    ///
    /// If `x` has another number of inputs than the network, or if `range` is not within `x`.
    #[track_caller]
    #[must_use]
    pub fn logits(&self, x: &Rows<T>, range: Range<usize>) -> DMatrix<T> {
        self.check(x, &range);
        let n = range.len();
        // nalgebra stores column by column: K x N here is the N x K of the matrix
        DMatrix::from_vec(n, self.b2.len(), self.logits_by_class(x, range, n))
    }

    /// The probability of each class for each sample, N x K: the softmax of the [`logits`](Self::logits). Every row sums
    /// to 1.
    ///
    /// # Panics
    ///
    /// As [`logits`](Self::logits).
    #[track_caller]
    #[must_use]
    pub fn probabilities(&self, x: &Rows<T>, range: Range<usize>) -> DMatrix<T> {
        self.check(x, &range);
        let n = range.len();
        let stride = n.next_multiple_of(LANES);
        let mut y = self.logits_by_class(x, range, stride);
        let mut others = vec![T::zero(); y.len()];
        T::probabilities(&mut y, &mut others, stride);
        DMatrix::from_fn(n, self.b2.len(), |n, k| y[k * stride + n])
    }

    /// The predicted class of each sample: the class with the largest logit, the first one if several are equal.
    ///
    /// # Panics
    ///
    /// As [`logits`](Self::logits), and if there are more than 256 classes.
    #[track_caller]
    #[must_use]
    pub fn classes(&self, x: &Rows<T>, range: Range<usize>) -> Vec<u8> {
        argmax_rows(&self.logits(x, range))
    }

    /// How many of the samples `range` the network classifies correctly. `t` holds the labels of these samples. A label that
    /// is not below K counts as wrong.
    ///
    /// # Panics
    ///
    /// As [`classes`](Self::classes), and if samples and labels differ in number.
    #[track_caller]
    #[must_use]
    pub fn correct(&self, x: &Rows<T>, range: Range<usize>, t: &[u8]) -> usize {
        self.check_labels(x, &range, t);
        let right =
            |(slice, t): (Range<usize>, &[u8])| self.classes(x, slice).iter().zip(t).filter(|(y, t)| y == t).count();
        slices(range, t).map(right).sum()
    }

    /// The accuracy on the samples `range`, from 0 to 1; NaN if the range is empty.
    ///
    /// # Panics
    ///
    /// As [`correct`](Self::correct).
    #[track_caller]
    #[must_use]
    pub fn accuracy(&self, x: &Rows<T>, range: Range<usize>, t: &[u8]) -> f64 {
        self.correct(x, range, t) as f64 / t.len() as f64
    }

    /// The mean cross-entropy of the samples `range`, as in [`TwoLayerNet::loss`].
    ///
    /// # Panics
    ///
    /// As [`logits`](Self::logits), if samples and labels differ in number, if there are no samples, or if a label is not
    /// below K.
    #[track_caller]
    #[must_use]
    pub fn loss(&self, x: &Rows<T>, range: Range<usize>, t: &[u8]) -> f64 {
        self.check_labels(x, &range, t);
        assert!(!t.is_empty(), "the batch is empty");
        let classes = self.sizes.classes;
        if let Some(n) = t.iter().position(|&label| usize::from(label) >= classes) {
            panic!("label {} of sample {n} is not below the number of classes, {classes}", t[n]);
        }
        let total = |(slice, t): (Range<usize>, &[u8])| {
            let stride = slice.len().next_multiple_of(LANES);
            let mut logits = self.logits_by_class(x, slice, stride);
            T::loss(&mut logits, stride, t).to_f64() * t.len() as f64
        };
        // collect first, then add in order: the sum must not depend on which thread finishes first
        let totals: Vec<f64> = slices(range, t).map(total).collect();
        totals.iter().sum::<f64>() / t.len() as f64
    }

    /// The logits as K x `stride`; `stride` is at least the number of samples.
    fn logits_by_class(&self, x: &Rows<T>, range: Range<usize>, stride: usize) -> Vec<T> {
        let mut logits: Vec<T> = self.b2.iter().flat_map(|&b| std::iter::repeat_n(b, stride)).collect();
        for panel in self.panels.iter().filter(|_| !range.is_empty()) {
            T::add_logits(panel, x.samples(range.clone()), &mut logits, stride);
        }
        logits
    }

    #[track_caller]
    fn check(&self, x: &Rows<T>, range: &Range<usize>) {
        let inputs = self.sizes.inputs;
        assert_eq!(x.inputs(), inputs, "the width of x (left) must be the number of inputs of the net (right)");
        assert!(range.start <= range.end && range.end <= x.len(), "rows {range:?} of {}", x.len());
    }

    #[track_caller]
    fn check_labels(&self, x: &Rows<T>, range: &Range<usize>, t: &[u8]) {
        self.check(x, range);
        assert_eq!(range.len(), t.len(), "samples (left) and labels (right) must be equally many");
    }
}

/// Splits the range and its labels into slices, for the threads.
fn slices(range: Range<usize>, t: &[u8]) -> impl IndexedParallelIterator<Item = (Range<usize>, &[u8])> {
    t.par_chunks(SLICE).enumerate().map(move |(number, t)| {
        let start = range.start + number * SLICE;
        (start..start + t.len(), t)
    })
}

/// Shows the sizes only: a network has tens of thousands of parameters.
impl<T: Real> fmt::Debug for Predictor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predictor").field("sizes", &self.sizes).finish_non_exhaustive()
    }
}
