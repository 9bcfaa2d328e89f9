//! Inference.

use super::panel::Panel;
use super::rows::Rows;
use crate::TwoLayerNet;
use core_math::{Real, argmax_rows};
use nalgebra::DMatrix;
use std::fmt;
use std::ops::Range;

/// A [`TwoLayerNet`] laid out for speed: the same logits, up to rounding, for samples that are [`Rows`].
///
/// One call works on one thread; whoever has many samples cuts them into ranges and spreads these.
///
/// ```
/// # use net::{Activation, Predictor, Rows, Sizes, TwoLayerNet};
/// # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
/// let sizes = Sizes { inputs: 784, hidden: 50, classes: 10 };
/// let net = TwoLayerNet::<f32>::random(sizes, Activation::Sigmoid, 0.01, &mut ChaCha8Rng::seed_from_u64(0));
/// let pixels = vec![7; 3 * 784]; // three images
///
/// let logits = Predictor::new(&net).logits(&Rows::from_bytes(&pixels, 784), 0..3);
/// assert_eq!(logits.shape(), (3, 10));
/// ```
#[derive(Clone)]
pub struct Predictor<T: Real> {
    net: TwoLayerNet<T>,
    panels: Vec<Panel<T>>,
}

impl<T: Real> Predictor<T> {
    /// Copies the parameters of the net.
    ///
    /// # Panics
    ///
    /// When the four arrays of its parameters do not fit together.
    pub fn new(net: &TwoLayerNet<T>) -> Self {
        net.sizes(); // which checks them
        Self { panels: Panel::all(&net.params, net.activation), net: net.clone() }
    }

    /// What stands before the softmax, N x K, for the samples `range` of `x`.
    ///
    /// Where an input is 0 its weights are not looked at, even those that are not finite (unless most inputs are not 0).
    ///
    /// # Panics
    ///
    /// When `x` has another number of inputs than the net, or `range` does not lie within `x`.
    pub fn logits(&self, x: &Rows<T>, range: Range<usize>) -> DMatrix<T> {
        let inputs = self.net.params.w1.nrows();
        assert_eq!(x.inputs(), inputs, "the width of x (left) must be the number of inputs of the net (right)");
        assert!(range.start <= range.end && range.end <= x.len(), "rows {range:?} of {}", x.len());
        if x.is_dense() {
            return self.net.logits(&x.to_transposed_matrix(range).transpose());
        }
        let (n, samples) = (range.len(), x.samples(range));
        // nalgebra stores by column: K x N here is the N x K of the matrix
        let b2 = &self.net.params.b2;
        let mut logits: Vec<T> = b2.iter().flat_map(|&b| std::iter::repeat_n(b, n)).collect();
        for panel in &self.panels {
            panel.add_logits(samples, &mut logits, n.max(1));
        }
        DMatrix::from_vec(n, b2.len(), logits)
    }

    /// How many of the samples `range` the net gets right: the class of the largest logit, the first on ties, is the
    /// label. `t` holds the labels of the range.
    ///
    /// # Panics
    ///
    /// As [`logits`](Self::logits), and when there is not one label for each sample.
    pub fn correct(&self, x: &Rows<T>, range: Range<usize>, t: &[u8]) -> usize {
        assert_eq!(range.len(), t.len(), "samples (left) and labels (right) must be equally many");
        let y = argmax_rows(&self.logits(x, range));
        y.iter().zip(t).filter(|(y, t)| y == t).count()
    }
}

/// Sizes and activation only: a net has tens of thousands of parameters.
impl<T: Real> fmt::Debug for Predictor<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Predictor")
            .field("sizes", &self.net.sizes())
            .field("activation", &self.net.activation)
            .finish_non_exhaustive()
    }
}
