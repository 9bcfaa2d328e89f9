//! The numerical gradient that finishes: central differences of the loss in every parameter, each evaluated by what
//! the moved parameter touches and nothing else.
//!
//! The definition evaluates the whole loss 2 x 39,760 times. But a moved element of W1 changes one hidden unit, and
//! only in the samples whose input there is not 0; a moved element of W2 changes one logit. All the rest is known from
//! one forward pass. What is left to compute for each sample is the change of its loss, and that has closed forms that
//! hold for every step h, small or large:
//!
//! * `hidden`: W1 and b1. Moving a unit's input by e moves its output by a quotient of known numbers (no exponential
//!   but one for each distinct value of e), and the loss by the logarithm of a sum over the classes.
//! * `output`: W2 and b2. Moving one logit by e changes one term of that sum.
//! * `batch`: equal inputs of a sample move a unit equally, so each distinct value is evaluated once.
//!
//! No derivative is used anywhere. The oracle is
//! [`numerical_gradient_by_definition`](TwoLayerNet::numerical_gradient_by_definition).

mod batch;
mod hidden;
mod output;

use crate::two_layer_net::Forward;
use crate::{Activation, Parameters, Sizes, TwoLayerNet};
use batch::Batch;
use core_math::{softmax, softmax_cross_entropy};
use nalgebra::DMatrix;
use rayon::prelude::*;

/// Hidden units that are worked on at once: one AVX2 register of `f64`.
const LANES: usize = 4;
type Lanes = [f64; LANES];

/// A step of more than this, times the largest input, is left to the definition: its exponential squared overflows.
const LARGEST_MOVE: f64 = 300.0;

/// What one forward pass leaves for all the differences.
struct Cache<'a> {
    net: &'a TwoLayerNet<f64>,
    labels: &'a [u8],
    a1: DMatrix<f64>,     // N x H
    z1: DMatrix<f64>,     // N x H
    logits: DMatrix<f64>, // N x K
    y: DMatrix<f64>,      // N x K, softmax of the logits
    others: DMatrix<f64>, // N x K, the sum of y over all other classes: 1 - y without its cancellation
    h: f64,               // above 0
}

impl TwoLayerNet<f64> {
    /// The gradient of the loss by central differences, (L(p + h) - L(p - h)) / 2h for every parameter p: the value of
    /// [`numerical_gradient_by_definition`](Self::numerical_gradient_by_definition) up to rounding, for every `h`,
    /// thousands of times faster.
    ///
    /// At h = 0.5 it is the same far-off difference quotient as the definition's, not the derivative. It works on all
    /// threads of rayon's pool, and its bits do not depend on how many there are. Where `x`, a parameter, `h` or the
    /// loss is not finite, where `h` is 0 or so large that an exponential overflows, it *is* the definition.
    ///
    /// In `f32` only the definition exists: with h = 1e-4 one rounding step of the loss moves the slope by 1e-3.
    ///
    /// # Panics
    ///
    /// As all methods, and when the batch is empty.
    ///
    /// ```
    /// # use nalgebra::DMatrix;
    /// # use net::{Activation, Sizes, TwoLayerNet};
    /// # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    /// let sizes = Sizes { inputs: 6, hidden: 5, classes: 3 };
    /// let net = TwoLayerNet::<f64>::random(sizes, Activation::Sigmoid, 0.5, &mut ChaCha8Rng::seed_from_u64(0));
    /// let x = DMatrix::from_fn(2, 6, |i, j| (i + j) as f64 / 7.0);
    ///
    /// let fast = net.numerical_gradient(&x, &[2, 0], 1e-4);
    /// let definition = net.numerical_gradient_by_definition(&x, &[2, 0], 1e-4);
    /// assert!((fast.w1 - definition.w1).amax() < 1e-11);
    /// ```
    pub fn numerical_gradient(&self, x: &DMatrix<f64>, t: &[u8], h: f64) -> Parameters<f64> {
        // neither needs the other
        let (forward, batch) = rayon::join(|| self.forward(x), || Batch::new(x));
        let loss = softmax_cross_entropy(&forward.a2, t); // checks samples and labels, too
        let largest_input = batch.largest();
        let largest_move = h.abs() * largest_input.max(forward.z1.iter().fold(0.0, |max, z| max.max(z.abs())));
        let all_finite = loss.is_finite() && largest_input.is_finite() && self.params.first_not_finite().is_none();
        if !all_finite || h == 0.0 || largest_move.is_nan() || largest_move > LARGEST_MOVE {
            return self.numerical_gradient_by_definition(x, t, h);
        }

        let cache = Cache::new(self, t, forward, h);
        let gradient = cache.gradient(&batch);
        match gradient.first_not_finite() {
            None => gradient,
            Some(_) => self.numerical_gradient_by_definition(x, t, h),
        }
    }
}

impl<'a> Cache<'a> {
    fn new(net: &'a TwoLayerNet<f64>, labels: &'a [u8], Forward { a1, z1, a2 }: Forward<f64>, h: f64) -> Self {
        let y = softmax(&a2);
        // -h gives the same quotient: numerator and denominator change their signs
        Self { net, labels, a1, z1, logits: a2, others: others(&y), y, h: h.abs() }
    }

    /// All differences, the hidden units in blocks of [`LANES`]. A block is the work of one thread; which one does not
    /// matter, since blocks share no sum.
    fn gradient(&self, batch: &Batch) -> Parameters<f64> {
        let Sizes { inputs, hidden, classes } = self.net.sizes();
        let moves = self.moves(batch);
        let largest_move = self.h * batch.largest();
        let blocks: Vec<(Vec<Lanes>, Vec<Lanes>)> = (0..hidden.div_ceil(LANES))
            .into_par_iter()
            .map(|block| {
                let first = block * LANES;
                (hidden::differences(self, batch, &moves, largest_move, first), output::differences(self, first))
            })
            .collect();

        let scale = 1.0 / (2.0 * self.h * self.labels.len() as f64);
        let mut gradient = Parameters::zeros(Sizes { inputs, hidden, classes });
        for j in 0..hidden {
            let ((in_sums, out_sums), lane) = (&blocks[j / LANES], j % LANES);
            for (slope, sum) in gradient.w1.column_mut(j).iter_mut().zip(in_sums) {
                *slope = sum[lane] * scale;
            }
            gradient.b1[j] = in_sums[inputs][lane] * scale;
            for (slope, sum) in gradient.w2.row_mut(j).iter_mut().zip(out_sums) {
                *slope = sum[lane] * scale;
            }
        }
        for (slope, sum) in gradient.b2.iter_mut().zip(output::bias_differences(self)) {
            *slope = sum * scale;
        }
        gradient
    }

    /// For each distinct input value what [`hidden`] makes of it; see there.
    fn moves(&self, batch: &Batch) -> Vec<hidden::Move> {
        let amount = |e: f64| match self.net.activation {
            Activation::Sigmoid => e.exp_m1(),
            Activation::Tanh => (2.0 * e).exp_m1(),
            Activation::Relu => e,
        };
        batch.values().iter().map(|v| hidden::Move { amount: amount(self.h * v.abs()), sign: v.signum() }).collect()
    }
}

/// For each probability the sum of the others in its row, N x K.
fn others(y: &DMatrix<f64>) -> DMatrix<f64> {
    let mut others = DMatrix::zeros(y.nrows(), y.ncols());
    for (mut sums, row) in others.row_iter_mut().zip(y.row_iter()) {
        for (k, sum) in sums.iter_mut().enumerate() {
            *sum = row.iter().enumerate().map(|(other, p)| if other == k { 0.0 } else { *p }).sum();
        }
    }
    others
}
