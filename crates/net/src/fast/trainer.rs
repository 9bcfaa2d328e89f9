//! Training by minibatch gradient descent.

use super::batch::Batch;
use super::number::Real;
use super::pipeline::Pipeline;
use super::predictor::Predictor;
use super::rows::Rows;
use crate::{Parameters, TwoLayerNet};
use nalgebra::DMatrix;
use std::fmt;

/// How a [`Trainer`] computes the gradient.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum GradientMethod {
    /// By backpropagation, as [`TwoLayerNet::gradient`] (section 5.7).
    Backpropagation,
    /// By central differences, (L(p + h) - L(p - h)) / 2h for every parameter p, as
    /// [`TwoLayerNet::numerical_gradient_by_definition`] (section 4.5).
    ///
    /// In `f64` this is fast for every h. In `f32` only the slow definition is used: with h = 1e-4, one rounding error of
    /// the loss changes the gradient by 1e-3.
    CentralDifferences {
        /// The step; 1e-4 in the book.
        h: f64,
    },
}

/// A [`TwoLayerNet`] in training: minibatch gradient descent (SGD), laid out for speed, with either gradient.
///
/// A step gives the same parameters, up to rounding, as [`gradient`](TwoLayerNet::gradient) or
/// [`numerical_gradient_by_definition`](TwoLayerNet::numerical_gradient_by_definition) followed by
/// [`update`](TwoLayerNet::update). If a parameter, an input, h or the loss is not finite, or if h is 0 or so large that
/// an exponential overflows, a numerical step calls the definition itself.
///
/// It uses the threads of rayon's pool (the global one, or the one in whose `install` you call it). Its bits depend
/// neither on their number nor on the processor. After the first two steps with a batch size, it allocates no memory.
///
/// ```
/// use net::{Activation, Batch, GradientMethod, Rows, Sizes, Trainer, TwoLayerNet};
/// use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
///
/// // the exclusive or
/// let x = Rows::from_row_major(&[0., 0., 0., 1., 1., 0., 1., 1.], 2);
/// let t = [0, 1, 1, 0];
///
/// let sizes = Sizes { inputs: 2, hidden: 8, classes: 2 };
/// let net = TwoLayerNet::<f64>::random(sizes, Activation::Tanh, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
/// for method in [GradientMethod::Backpropagation, GradientMethod::CentralDifferences { h: 1e-4 }] {
///     let mut trainer = Trainer::new(&net, method);
///     let first = trainer.step_and_loss(Batch::all(&x, &t), 0.5);
///     for _ in 0..500 {
///         trainer.step(Batch::new(&x, &t, &[0, 1, 2, 3]), 0.5);
///     }
///     assert!(trainer.step_and_loss(Batch::all(&x, &t), 0.5) < first / 10.0);
///     assert_eq!(trainer.predictor().accuracy(&x, 0..4, &t), 1.0);
/// }
/// ```
#[must_use = "a trainer does nothing until you call step"]
pub struct Trainer<T: Real> {
    pipeline: Box<Pipeline<T>>,
}

impl<T: Real> Trainer<T> {
    /// Starts training from the parameters of `net`.
    ///
    /// # Panics
    ///
    /// If the four arrays of the parameters do not fit together.
    #[track_caller]
    pub fn new(net: &TwoLayerNet<T>, method: GradientMethod) -> Self {
        let _ = net.sizes(); // checks the arrays
        Self { pipeline: Box::new(Pipeline::new(net, method)) }
    }

    /// One step of gradient descent on a batch: every parameter p becomes p - learning_rate * dL/dp.
    ///
    /// If an input is 0, its weights are not read, even if they are not finite.
    ///
    /// # Panics
    ///
    /// If the rows have another number of inputs than the network, or if a label is not below K.
    #[track_caller]
    pub fn step(&mut self, batch: Batch<T>, learning_rate: T) {
        self.check(&batch);
        self.pipeline.step(batch, learning_rate, false);
    }

    /// [`step`](Self::step), then the loss of the same batch with the new parameters: the value that the book's training
    /// loop records.
    ///
    /// # Panics
    ///
    /// As [`step`](Self::step).
    #[track_caller]
    pub fn step_and_loss(&mut self, batch: Batch<T>, learning_rate: T) -> T {
        self.check(&batch);
        self.pipeline.step(batch, learning_rate, true);
        self.pipeline.loss()
    }

    /// The gradient of the loss of a batch, by the trainer's method; the parameters are not changed. It allocates the
    /// result.
    ///
    /// # Panics
    ///
    /// As [`step`](Self::step).
    #[track_caller]
    #[must_use]
    pub fn gradient(&mut self, batch: Batch<T>) -> Parameters<T> {
        self.check(&batch);
        self.pipeline.gradient(&batch.now)
    }

    /// How it computes the gradient.
    pub fn method(&self) -> GradientMethod {
        self.pipeline.method
    }

    /// The network with the current parameters.
    #[must_use]
    pub fn net(&self) -> TwoLayerNet<T> {
        self.pipeline.net()
    }

    /// A copy of the current network, for inference.
    #[must_use]
    pub fn predictor(&self) -> Predictor<T> {
        let panels = self.pipeline.panels.iter().map(|work| work.panel.clone()).collect();
        Predictor::of_panels(self.pipeline.sizes, panels, self.pipeline.b2.clone())
    }

    /// [`Parameters::first_not_finite`] of the current parameters; cheap if all are finite.
    #[must_use]
    pub fn first_not_finite(&self) -> Option<(&'static str, T)> {
        if self.pipeline.all_finite() { None } else { self.net().params.first_not_finite() }
    }

    /// Whether the weights have become too large for the step h of central differences: with inputs from 0 to 1, a step of
    /// h changes a logit by more than 300. A difference of losses that far apart is no gradient, and the next step would
    /// need the slow definition, which takes minutes. For MNIST's network this happens with weights beyond 10 million, with
    /// relu beyond 10,000, at h = 1e-4. If you choose an h above 1, this check assumes that you mean it.
    #[must_use]
    pub fn has_outgrown_step(&self) -> bool {
        self.pipeline.has_outgrown_step()
    }

    #[track_caller]
    fn check(&self, batch: &Batch<T>) {
        for part in std::iter::once(&batch.now).chain(&batch.next) {
            part.check(self.pipeline.sizes.inputs, self.pipeline.sizes.classes);
        }
    }
}

impl<T: Real> Clone for Trainer<T> {
    fn clone(&self) -> Self {
        Self { pipeline: Box::new(self.pipeline.copy()) }
    }
}

/// Shows sizes and method only: a network has tens of thousands of parameters.
impl<T: Real> fmt::Debug for Trainer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trainer")
            .field("sizes", &self.pipeline.sizes)
            .field("method", &self.pipeline.method)
            .finish_non_exhaustive()
    }
}

impl<T: Real> TwoLayerNet<T> {
    /// The gradient of the loss by central differences, (L(p + h) - L(p - h)) / 2h for every parameter p. It equals
    /// [`numerical_gradient_by_definition`](Self::numerical_gradient_by_definition) up to rounding, for every `h`, and in
    /// `f64` it is ten thousand times faster. See [`GradientMethod::CentralDifferences`].
    ///
    /// For h = 0.5 it is the same inaccurate difference quotient as the definition, not the derivative.
    ///
    /// # Panics
    ///
    /// As all methods, and if the batch is empty.
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
    #[track_caller]
    #[must_use]
    pub fn numerical_gradient(&self, x: &DMatrix<T>, t: &[u8], h: f64) -> Parameters<T> {
        let rows = Rows::from_matrix(x);
        Trainer::new(self, GradientMethod::CentralDifferences { h }).gradient(Batch::all(&rows, t))
    }
}
