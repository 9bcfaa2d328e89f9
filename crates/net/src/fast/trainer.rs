//! Training by minibatch gradient descent.

use super::batch::Batch;
use super::output;
use super::panel::{Panel, Step, Work};
use super::rows::Rows;
use crate::{Activation, Parameters, Sizes, TwoLayerNet};
use core_math::Real;
use rayon::prelude::*;
use std::mem;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// A [`TwoLayerNet`] in training: minibatch gradient descent by backpropagation, laid out for speed.
///
/// A step gives the parameters that [`gradient`](TwoLayerNet::gradient) followed by [`update`](TwoLayerNet::update)
/// gives, up to rounding. It works on the threads of rayon's pool; its bits do not depend on how many there are. After
/// the first steps of a batch size nothing is allocated.
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
    x: &'a Rows<T>,
    t: &'a [u8],
    sizes: Sizes,
    activation: Activation,
    panels: Vec<Work<T>>,
    b2: Vec<T>,
    batch: Batch<T>, // of the last step
    /// Of the step after the next one, as far as it is known.
    announced: Vec<usize>,
    /// Of the next step. The thread that needs it first fills it, while others still work on the batch before it.
    next: RwLock<Batch<T>>,
    /// Whether the panels have made the forward pass of `next`.
    ahead: bool,
    logits: Vec<T>, // K x stride, then dL/da2
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
        Self {
            x,
            t,
            sizes,
            activation: net.activation,
            panels: Panel::all(&net.params, net.activation).into_iter().map(Work::new).collect(),
            b2: net.params.b2.iter().copied().collect(),
            batch: Batch::new(x),
            announced: Vec::new(),
            next: RwLock::new(Batch::new(x)),
            ahead: false,
            logits: Vec::new(),
        }
    }

    /// One step of gradient descent on the samples `batch`, which may name a sample several times: every parameter p
    /// becomes p - learning_rate * dL/dp.
    ///
    /// Where an input is 0 its weights are not looked at, even those that are not finite.
    ///
    /// # Panics
    ///
    /// When the batch is empty or names a sample that is not there.
    pub fn step(&mut self, batch: &[usize], learning_rate: T) {
        self.advance(batch, learning_rate, false);
    }

    /// [`step`](Self::step), and then the loss of the same batch with the parameters as they are after it: what the
    /// book's training loop records.
    ///
    /// # Panics
    ///
    /// As [`step`](Self::step).
    pub fn step_and_loss(&mut self, batch: &[usize], learning_rate: T) -> T {
        self.advance(batch, learning_rate, true);
        let stride = self.batch.stride();
        add_up(&mut self.logits, stride, &self.b2, self.panels.iter().map(|panel| &panel.logits_after));
        output::loss(&mut self.logits, stride, &self.batch.labels)
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
        self.announced.clear();
        self.announced.extend_from_slice(next);
    }

    #[track_caller]
    fn check(&self, batch: &[usize]) {
        assert!(!batch.is_empty(), "the batch is empty");
        for &n in batch {
            assert!(n < self.x.len(), "sample {n} of {}", self.x.len());
        }
    }

    #[track_caller]
    fn advance(&mut self, batch: &[usize], learning_rate: T, loss_wanted: bool) {
        self.check(batch);
        let Sizes { inputs, hidden, classes } = self.sizes;
        // A step so small is over before a second thread has woken.
        let parallel = batch.len() * (inputs + classes) * hidden > SMALL && rayon::current_num_threads() > 1;
        let Self { x, t, panels, b2, batch: current, announced, next, ahead, logits, .. } = self;

        let made = next.get_mut().unwrap_or_else(PoisonError::into_inner);
        if *ahead && made.is_filled() && made.indices == batch {
            mem::swap(current, made);
        } else {
            current.set_indices(batch);
            current.fill(x, t);
            let (samples, stride) = (current.samples(x), current.stride());
            for_each(panels, parallel, |_, panel| panel.forward(samples, stride));
        }
        made.set_indices(announced);
        announced.clear();
        *ahead = !made.indices.is_empty();

        let stride = current.stride();
        logits.resize(classes * stride, T::zero());
        add_up(logits, stride, b2, panels.iter().map(|panel| &panel.logits));
        output::gradient(logits, stride, &current.labels);
        let step = Step { dy: logits, stride, learning_rate };
        let (samples, last) = (current.samples(x), panels.len().saturating_sub(1));
        for_each(panels, parallel, |number, panel| {
            // the last panel is the smallest
            if *ahead && number == last {
                drop(fill_once(next, x, t));
            }
            panel.update(samples, step);
            if loss_wanted {
                panel.forward_after(samples, stride);
            }
            if *ahead {
                let next = fill_once(next, x, t);
                panel.forward(next.samples(x), next.stride());
            }
        });
        for (b2, dy) in b2.iter_mut().zip(logits.chunks_exact(stride)) {
            *b2 -= learning_rate * dy[..batch.len()].iter().fold(T::zero(), |sum, &dy| sum + dy);
        }
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
fn add_up<'a, T: Real>(logits: &mut [T], stride: usize, b2: &[T], parts: impl Iterator<Item = &'a Vec<T>>) {
    for (logits, &b2) in logits.chunks_exact_mut(stride).zip(b2) {
        logits.fill(b2);
    }
    for part in parts {
        for (sum, &part) in logits.iter_mut().zip(part) {
            *sum += part;
        }
    }
}

fn fill_once<'a, T: Real>(batch: &'a RwLock<Batch<T>>, x: &Rows<T>, t: &[u8]) -> RwLockReadGuard<'a, Batch<T>> {
    let filled = batch.read().unwrap_or_else(PoisonError::into_inner);
    if filled.is_filled() {
        return filled;
    }
    drop(filled);
    let mut unfilled = batch.write().unwrap_or_else(PoisonError::into_inner);
    if !unfilled.is_filled() {
        unfilled.fill(x, t);
    }
    drop(unfilled);
    batch.read().unwrap_or_else(PoisonError::into_inner)
}

fn for_each<I: Send>(items: &mut [I], parallel: bool, work: impl Fn(usize, &mut I) + Send + Sync) {
    let work = |(number, item)| work(number, item);
    if parallel {
        items.par_iter_mut().enumerate().for_each(work);
    } else {
        items.iter_mut().enumerate().for_each(work);
    }
}
