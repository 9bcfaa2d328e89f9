//! Training on inputs that are mostly 0: the forward pass of the next batch goes along with the step of this one.

use super::batch::Batch;
use super::output;
use super::panel::{Panel, Step, Work};
use super::rows::Rows;
use crate::{Activation, Parameters, Sizes, TwoLayerNet};
use core_math::Real;
use rayon::prelude::*;
use std::mem;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// The steps of a [`Trainer`](crate::Trainer) whose inputs are mostly 0: the panels, and the batches they work on.
pub(super) struct Pipeline<'a, T: Real> {
    x: &'a Rows<T>,
    t: &'a [u8],
    sizes: Sizes,
    activation: Activation,
    panels: Vec<Work<T>>,
    b2: Vec<T>,
    batch: Batch<T>, // of the last step
    /// Of the step after the next one, as far as it is known.
    announced: Vec<usize>,
    /// Of the next step, empty where it was not announced. The thread that needs it first fills it, while others still
    /// work on the batch before it; once a step is over, the panels have made its forward pass.
    next: RwLock<Batch<T>>,
    logits: Vec<T>, // K x stride, then dL/da2
}

impl<'a, T: Real> Pipeline<'a, T> {
    pub(super) fn new(net: &TwoLayerNet<T>, x: &'a Rows<T>, t: &'a [u8]) -> Self {
        Self {
            x,
            t,
            sizes: net.sizes(),
            activation: net.activation,
            panels: Panel::all(&net.params, net.activation).into_iter().map(Work::new).collect(),
            b2: net.params.b2.iter().copied().collect(),
            batch: Batch::new(x),
            announced: Vec::new(),
            next: RwLock::new(Batch::new(x)),
            logits: Vec::new(),
        }
    }

    /// Keeps the batch of the step after the next one in mind.
    pub(super) fn announce(&mut self, next: &[usize]) {
        self.announced.clear();
        self.announced.extend_from_slice(next);
    }

    /// The loss of the last step's batch, after it; the step must have been told that it is wanted.
    pub(super) fn loss(&mut self) -> T {
        let stride = self.batch.stride();
        add_up(&mut self.logits, stride, &self.b2, self.panels.iter().map(|panel| &panel.logits_after));
        output::loss(&mut self.logits, stride, &self.batch.labels)
    }

    pub(super) fn step(&mut self, batch: &[usize], learning_rate: T, loss_wanted: bool) {
        let Sizes { inputs, hidden, classes } = self.sizes;
        // A step so small is over before a second thread has woken.
        let parallel = batch.len() * (inputs + classes) * hidden > SMALL && rayon::current_num_threads() > 1;
        let Self { x, t, panels, b2, batch: current, announced, next, logits, .. } = self;

        let made = next.get_mut().unwrap_or_else(PoisonError::into_inner);
        if made.is_filled() && made.indices == batch {
            mem::swap(current, made);
        } else {
            current.set_indices(batch);
            current.fill(x, t);
            let (samples, stride) = (current.samples(x), current.stride());
            for_each(panels, parallel, |_, panel| panel.forward(samples, stride));
        }
        made.set_indices(announced);
        announced.clear();
        let ahead = !made.indices.is_empty();

        let stride = current.stride();
        logits.resize(classes * stride, T::zero());
        add_up(logits, stride, b2, panels.iter().map(|panel| &panel.logits));
        output::gradient(logits, stride, &current.labels);
        let step = Step { dy: logits, stride, learning_rate };
        let (samples, last) = (current.samples(x), panels.len().saturating_sub(1));
        for_each(panels, parallel, |number, panel| {
            // the last panel is the smallest
            if ahead && number == last {
                drop(fill_once(next, x, t));
            }
            panel.update(samples, step);
            if loss_wanted {
                panel.forward_after(samples, stride);
            }
            if ahead {
                let next = fill_once(next, x, t);
                panel.forward(next.samples(x), next.stride());
            }
        });
        for (b2, dy) in b2.iter_mut().zip(logits.chunks_exact(stride)) {
            *b2 -= learning_rate * dy[..batch.len()].iter().fold(T::zero(), |sum, &dy| sum + dy);
        }
    }

    pub(super) fn net(&self) -> TwoLayerNet<T> {
        let mut params = Parameters::zeros(self.sizes);
        for work in &self.panels {
            work.panel.store(&mut params);
        }
        params.b2.copy_from_slice(&self.b2);
        TwoLayerNet { params, activation: self.activation }
    }

    /// Whether all parameters are finite.
    pub(super) fn all_finite(&self) -> bool {
        self.panels.iter().all(|work| work.all_finite) && self.b2.iter().all(|b| b.is_finite())
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
