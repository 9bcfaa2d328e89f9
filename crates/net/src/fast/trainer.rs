//! Training by minibatch gradient descent.

use super::batch::{Block, fill};
use super::panel::{Panel, Step, Work};
use super::rows::{Packed, Rows};
use super::{LANES, output};
use crate::{Activation, Parameters, Sizes, TwoLayerNet};
use core_math::Real;
use rayon::prelude::*;

/// A [`TwoLayerNet`] in training: minibatch gradient descent by backpropagation, laid out for speed.
///
/// A step gives the parameters that [`gradient`](TwoLayerNet::gradient) followed by [`update`](TwoLayerNet::update)
/// gives, up to rounding. It works on the threads of rayon's pool; its bits do not depend on how many there are. After
/// the first step of a batch size nothing is allocated.
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
/// let mut trainer = Trainer::new(&net);
/// let first = trainer.step_and_loss(&x, &t, &[0, 1, 2, 3], 0.5);
/// for _ in 0..500 {
///     trainer.step(&x, &t, &[0, 1, 2, 3], 0.5);
/// }
/// assert!(trainer.step_and_loss(&x, &t, &[0, 1, 2, 3], 0.5) < first / 10.0);
///
/// let net = trainer.net();
/// assert_eq!(net.accuracy(&nalgebra::DMatrix::from_row_slice(4, 2, &[0., 0., 0., 1., 1., 0., 1., 1.]), &t), 1.0);
/// ```
pub struct Trainer<T: Real> {
    sizes: Sizes,
    activation: Activation,
    panels: Vec<Work<T>>,
    b2: Vec<T>,
    // of the batch
    blocks: Vec<Block<T>>,
    labels: Vec<u8>, // N
    logits: Vec<T>,  // K x stride, then dL/da2
}

impl<T: Real> Trainer<T> {
    /// Starts from the parameters of `net`.
    ///
    /// # Panics
    ///
    /// When the four arrays of its parameters do not fit together.
    pub fn new(net: &TwoLayerNet<T>) -> Self {
        Self {
            sizes: net.sizes(),
            activation: net.activation,
            panels: Panel::all(&net.params, net.activation).into_iter().map(Work::new).collect(),
            b2: net.params.b2.iter().copied().collect(),
            blocks: Vec::new(),
            labels: Vec::new(),
            logits: Vec::new(),
        }
    }

    /// One step of gradient descent on the samples `batch` of `x`, whose labels are those places of `t`: every
    /// parameter p becomes p - learning_rate * dL/dp. A sample may occur in the batch several times.
    ///
    /// Where an input is 0 its weights are not looked at, even those that are not finite.
    ///
    /// # Panics
    ///
    /// When `x` has another number of inputs than the net, when samples and labels differ in number, when the batch is
    /// empty or names a sample that is not there, and when a label of it is not below K.
    pub fn step(&mut self, x: &Rows<T>, t: &[u8], batch: &[usize], learning_rate: T) {
        self.advance(x, t, batch, learning_rate, false);
    }

    /// [`step`](Self::step), and then the loss of the same batch with the parameters as they are after it: what the
    /// book's training loop records.
    ///
    /// # Panics
    ///
    /// As [`step`](Self::step).
    pub fn step_and_loss(&mut self, x: &Rows<T>, t: &[u8], batch: &[usize], learning_rate: T) -> T {
        let stride = self.advance(x, t, batch, learning_rate, true);
        add_up(&mut self.logits, stride, &self.b2, &self.panels);
        output::loss(&mut self.logits, stride, &self.labels)
    }

    /// Returns the stride of the logits.
    fn advance(&mut self, x: &Rows<T>, t: &[u8], batch: &[usize], learning_rate: T, forward_again: bool) -> usize {
        let Sizes { inputs, hidden, classes } = self.sizes;
        assert_eq!(x.inputs(), inputs, "the width of x (left) must be the number of inputs of the net (right)");
        assert_eq!(x.len(), t.len(), "samples (left) and labels (right) must be equally many");
        assert!(!batch.is_empty(), "the batch is empty");
        self.labels.clear();
        for &n in batch {
            assert!(n < x.len(), "sample {n} of {}", x.len());
            let label = t[n];
            assert!(usize::from(label) < classes, "label {label} of sample {n} is not below the number of classes, {classes}");
            self.labels.push(label);
        }
        let stride = batch.len().next_multiple_of(LANES);
        self.logits.resize(classes * stride, T::zero());

        // A step so small is over before a second thread has woken.
        let samples = batch.len();
        let parallel = rayon::current_num_threads() > 1
            && self.panels.len() > 1
            && samples * (inputs + classes) * hidden > SMALL;
        match &x.packed {
            Packed::Bytes(rows) => fill(&mut self.blocks, rows.view(), |v| x.shade(v), batch, parallel),
            Packed::Numbers(rows) => fill(&mut self.blocks, rows.view(), |v| v, batch, parallel),
        }
        let blocks = &self.blocks[..];
        for_each(&mut self.panels, parallel, |panel| panel.forward(blocks, samples, stride));

        add_up(&mut self.logits, stride, &self.b2, &self.panels);
        output::gradient(&mut self.logits, stride, &self.labels);
        let step = Step { dy: &self.logits, stride, learning_rate, forward_again };
        for_each(&mut self.panels, parallel, |panel| panel.update(blocks, step));
        for (b2, dy) in self.b2.iter_mut().zip(self.logits.chunks_exact(stride)) {
            *b2 -= learning_rate * dy[..samples].iter().fold(T::zero(), |sum, &dy| sum + dy);
        }
        stride
    }

    /// The net with its parameters as they are now.
    pub fn net(&self) -> TwoLayerNet<T> {
        let mut params = Parameters::zeros(self.sizes);
        for work in &self.panels {
            work.panel.store(&mut params);
        }
        params.b2.copy_from_slice(&self.b2);
        TwoLayerNet { params, activation: self.activation }
    }

    /// As [`Parameters::first_not_finite`], of the parameters as they are now; cheap where all are finite.
    pub fn first_not_finite(&self) -> Option<(&'static str, T)> {
        let all_finite = self.panels.iter().all(|work| work.all_finite) && self.b2.iter().all(|b| b.is_finite());
        if all_finite { None } else { self.net().params.first_not_finite() }
    }
}

/// Multiplications, zeros included, up to which a step is not worth a second thread.
const SMALL: usize = 100_000;

/// The logits: b2 and the parts of all panels, in their order.
fn add_up<T: Real>(logits: &mut [T], stride: usize, b2: &[T], panels: &[Work<T>]) {
    for (logits, &b2) in logits.chunks_exact_mut(stride).zip(b2) {
        logits.fill(b2);
    }
    for panel in panels {
        for (sum, &part) in logits.iter_mut().zip(&panel.logits) {
            *sum += part;
        }
    }
}

fn for_each<I: Send>(items: &mut [I], parallel: bool, work: impl Fn(&mut I) + Send + Sync) {
    if parallel { items.par_iter_mut().for_each(work) } else { items.iter_mut().for_each(work) }
}
