//! Training by minibatch gradient descent.

use super::dense::Dense;
use super::pipeline::Pipeline;
use super::rows::Rows;
use crate::TwoLayerNet;
use core_math::Real;
use std::fmt;

/// A [`TwoLayerNet`] in training: minibatch gradient descent by backpropagation, laid out for speed.
///
/// A step gives the parameters that [`gradient`](TwoLayerNet::gradient) followed by [`update`](TwoLayerNet::update)
/// gives, up to rounding. It works on the threads of rayon's pool; its bits do not depend on how many there are. After
/// the first two steps of a batch size nothing is allocated.
///
/// Where more than 60 % of the inputs are not 0, leaving out the others no longer pays, and the steps *are* those of
/// `gradient` and `update`: on one thread, with the matrices that these allocate.
///
/// ```
/// use net::{Activation, Rows, Sizes, Trainer, TwoLayerNet};
/// use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
///
/// // the exclusive or
/// let x = Rows::from_row_major(&[0., 0., 0., 1., 1., 0., 1., 1.], 2);
/// let t = [0, 1, 1, 0];
///
/// let sizes = Sizes { inputs: 2, hidden: 8, classes: 2 };
/// let net = TwoLayerNet::<f64>::random(sizes, Activation::Tanh, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
/// let mut trainer = Trainer::new(&net, &x, &t);
/// let first = trainer.step_and_loss(&[0, 1, 2, 3], 0.5);
/// for _ in 0..500 {
///     trainer.step(&[0, 1, 2, 3], 0.5);
/// }
/// assert!(trainer.step_and_loss(&[0, 1, 2, 3], 0.5) < first / 10.0);
///
/// let net = trainer.net();
/// assert_eq!(net.accuracy(&nalgebra::DMatrix::from_row_slice(4, 2, &[0., 0., 0., 1., 1., 0., 1., 1.]), &t), 1.0);
/// ```
pub struct Trainer<'a, T: Real> {
    samples: usize,
    way: Way<'a, T>,
}

enum Way<'a, T: Real> {
    Sparse(Box<Pipeline<'a, T>>),
    Dense(Box<Dense<'a, T>>),
}

impl<'a, T: Real> Trainer<'a, T> {
    /// Starts from the parameters of `net`, to train on the samples `x` and their labels `t`.
    ///
    /// # Panics
    ///
    /// When `x` has another number of inputs than the net, when samples and labels differ in number, when a label is not
    /// below K, and when the four arrays of the parameters do not fit together.
    pub fn new(net: &TwoLayerNet<T>, x: &'a Rows<T>, t: &'a [u8]) -> Self {
        let sizes = net.sizes();
        assert_eq!(x.inputs(), sizes.inputs, "the width of x (left) must be the number of inputs of the net (right)");
        assert_eq!(x.len(), t.len(), "samples (left) and labels (right) must be equally many");
        if let Some(n) = t.iter().position(|&label| usize::from(label) >= sizes.classes) {
            panic!("label {} of sample {n} is not below the number of classes, {}", t[n], sizes.classes);
        }
        let way = if x.is_dense() {
            Way::Dense(Box::new(Dense::new(net, x, t)))
        } else {
            Way::Sparse(Box::new(Pipeline::new(net, x, t)))
        };
        Self { samples: x.len(), way }
    }

    /// One step of gradient descent on the samples `batch`, which may name a sample several times: every parameter p
    /// becomes p - learning_rate * dL/dp.
    ///
    /// Where an input is 0 its weights are not looked at, even those that are not finite (unless most inputs are not 0).
    ///
    /// # Panics
    ///
    /// When the batch is empty or names a sample that is not there.
    pub fn step(&mut self, batch: &[usize], learning_rate: T) {
        self.check(batch);
        match &mut self.way {
            Way::Sparse(way) => way.step(batch, learning_rate, false),
            Way::Dense(way) => way.step(batch, learning_rate),
        }
    }

    /// [`step`](Self::step), and then the loss of the same batch with the parameters as they are after it: what the
    /// book's training loop records.
    ///
    /// # Panics
    ///
    /// As [`step`](Self::step).
    pub fn step_and_loss(&mut self, batch: &[usize], learning_rate: T) -> T {
        self.check(batch);
        match &mut self.way {
            Way::Sparse(way) => {
                way.step(batch, learning_rate, true);
                way.loss()
            }
            Way::Dense(way) => {
                way.step(batch, learning_rate);
                way.loss()
            }
        }
    }

    /// Says which batch the step *after* the next one will be given. It changes no result, but the threads then wait for
    /// each other once a step instead of three times: the next step goes on with the forward pass of this batch.
    ///
    /// Another batch may follow all the same; the work is then lost.
    ///
    /// # Panics
    ///
    /// When the batch is empty or names a sample that is not there.
    ///
    /// ```
    /// # use net::{Activation, Rows, Sizes, Trainer, TwoLayerNet};
    /// # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
    /// # let x = Rows::<f64>::from_row_major(&[0., 0., 0., 1., 1., 0., 1., 1.], 2);
    /// # let sizes = Sizes { inputs: 2, hidden: 8, classes: 2 };
    /// # let net = TwoLayerNet::random(sizes, Activation::Tanh, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
    /// # let t = [0, 1, 1, 0];
    /// let batches = [[0, 1], [2, 3], [1, 2]];
    /// let (mut ahead, mut plain) = (Trainer::new(&net, &x, &t), Trainer::new(&net, &x, &t));
    /// for (i, batch) in batches.iter().enumerate() {
    ///     if let Some(next) = batches.get(i + 1) {
    ///         ahead.announce(next);
    ///     }
    ///     assert_eq!(ahead.step_and_loss(batch, 0.1), plain.step_and_loss(batch, 0.1));
    /// }
    /// ```
    pub fn announce(&mut self, next: &[usize]) {
        self.check(next);
        match &mut self.way {
            Way::Sparse(way) => way.announce(next),
            Way::Dense(_) => {}
        }
    }

    /// The net with its parameters as they are now.
    pub fn net(&self) -> TwoLayerNet<T> {
        match &self.way {
            Way::Sparse(way) => way.net(),
            Way::Dense(way) => way.net().clone(),
        }
    }

    /// As [`Parameters::first_not_finite`](crate::Parameters::first_not_finite), of the parameters as they are now;
    /// cheap where all are finite.
    pub fn first_not_finite(&self) -> Option<(&'static str, T)> {
        match &self.way {
            Way::Sparse(way) if way.all_finite() => None,
            Way::Sparse(way) => way.net().params.first_not_finite(),
            Way::Dense(way) => way.net().params.first_not_finite(),
        }
    }

    #[track_caller]
    fn check(&self, batch: &[usize]) {
        assert!(!batch.is_empty(), "the batch is empty");
        for &n in batch {
            assert!(n < self.samples, "sample {n} of {}", self.samples);
        }
    }
}

/// The number of samples only: what it holds is as large as the net and its batches.
impl<T: Real> fmt::Debug for Trainer<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer").field("samples", &self.samples).finish_non_exhaustive()
    }
}
