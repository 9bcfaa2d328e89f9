//! A step, together with the forward pass of the next batch.

use super::batch::{Batch, Copied, Part};
use super::differences::{Moves, Outputs, Way};
use super::interpolation::MOST_POINTS;
use super::number::Real;
use super::panel::{Panel, Work};
use super::trainer::GradientMethod;
use super::work::{Differences, Found};
use super::{Lanes, output};
use crate::{Activation, Parameters, Sizes, TwoLayerNet};
use rayon::prelude::*;
use std::mem;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

/// The panels of a network in training, and the batches that they work on.
pub(super) struct Pipeline<T: Real> {
    pub(super) sizes: Sizes,
    pub(super) method: GradientMethod,
    activation: Activation,
    pub(super) panels: Vec<Work<T>>,
    pub(super) b2: Vec<T>,
    batch: Copied<T>, // of the last step
    /// The batch of the next step; empty if it was not named. The thread that needs it first fills it, while others still
    /// work on the current batch. When a step is over, the panels have completed its forward pass.
    next: RwLock<Copied<T>>,
    logits: Vec<T>, // K x stride, then dL/da2 or the probabilities
    /// K x stride each: the coefficients of W2, for central differences.
    dy: [Vec<T>; MOST_POINTS],
}

impl<T: Real> Pipeline<T> {
    pub(super) fn new(net: &TwoLayerNet<T>, method: GradientMethod) -> Self {
        Self {
            sizes: net.sizes(),
            method,
            activation: net.activation,
            panels: works(net),
            b2: net.params.b2.iter().copied().collect(),
            batch: Copied::empty(),
            next: RwLock::new(Copied::empty()),
            logits: Vec::new(),
            dy: [(); MOST_POINTS].map(|()| Vec::new()),
        }
    }

    /// A pipeline with the same parameters, before its first step.
    pub(super) fn copy(&self) -> Self {
        Self {
            panels: self.panels.iter().map(|work| Work::new(work.panel.clone())).collect(),
            b2: self.b2.clone(),
            batch: Copied::empty(),
            next: RwLock::new(Copied::empty()),
            logits: Vec::new(),
            dy: [(); MOST_POINTS].map(|()| Vec::new()),
            ..*self
        }
    }

    /// The loss of the last step's batch, with the parameters after this step. The step must have been asked for it.
    pub(super) fn loss(&mut self) -> T {
        let stride = self.batch.stride();
        add_up(&mut self.logits, stride, &self.b2, self.panels.iter().map(|panel| &panel.logits_after));
        T::loss(&mut self.logits, stride, &self.batch.labels)
    }

    pub(super) fn step(&mut self, batch: Batch<T>, learning_rate: T, loss_wanted: bool) {
        let parallel = self.is_parallel(batch.len());
        let way = self.begin(&batch.now, parallel);
        let differences = self.method != GradientMethod::Backpropagation;
        let made = self.next.get_mut().unwrap_or_else(PoisonError::into_inner);
        made.clear();
        if way == Some(Way::Definition) {
            let gradient = self.gradient_by_definition();
            let mut net = self.net();
            net.update(&gradient, learning_rate);
            self.panels = works(&net);
            self.b2.copy_from_slice(net.params.b2.as_slice());
            if loss_wanted {
                let (samples, stride) = (self.batch.samples(), self.batch.stride());
                for_each(&mut self.panels, parallel, |_, panel| T::forward_after(panel, samples, stride));
            }
            return;
        }

        let Self { panels, batch: current, next, logits, dy, .. } = self;
        let found = found(way, self.method, self.activation, panels, current, logits, dy);
        let (samples, stride, last) = (current.samples(), current.stride(), panels.len().saturating_sub(1));
        for_each(panels, parallel, |number, panel| {
            // the last panel is the smallest
            if let Some(next_part) = &batch.next
                && number == last
            {
                drop(fill_once(next, next_part));
            }
            T::update_hidden(panel, samples, found, learning_rate);
            T::update_rest(panel, samples, found, learning_rate);
            if loss_wanted {
                T::forward_after(panel, samples, stride);
            }
            if let Some(next_part) = &batch.next {
                let next = fill_once(next, next_part);
                T::forward(panel, next.samples(), next.stride(), differences);
            }
        });
        for (k, b2) in self.b2.iter_mut().enumerate() {
            *b2 -= learning_rate * bias_gradient(found, k, current.labels.len());
        }
    }

    /// The gradient of the loss of a batch; the parameters are not changed.
    pub(super) fn gradient(&mut self, batch: &Part<T>) -> Parameters<T> {
        let parallel = self.is_parallel(batch.len());
        let way = self.begin(batch, parallel);
        // a step of length -1 from 0 gives the gradient
        self.next.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        if way == Some(Way::Definition) {
            return self.gradient_by_definition();
        }
        let kept: Vec<Panel<T>> = self.panels.iter().map(|work| work.panel.clone()).collect();
        let kept_finite: Vec<bool> = self.panels.iter().map(|work| work.all_finite).collect();
        let Self { panels, batch: current, logits, dy, .. } = self;
        let found = found(way, self.method, self.activation, panels, current, logits, dy);
        for_each(panels, parallel, |_, work| {
            work.panel.w1.fill(Lanes::of(T::zero()));
            work.panel.b1.fill(Lanes::of(T::zero()));
            T::update_hidden(work, current.samples(), found, -T::one());
            // the weights of the output layer were needed until here
            work.panel.w2.fill(Lanes::of(T::zero()));
            T::update_rest(work, current.samples(), found, -T::one());
        });
        let b2: Vec<T> = (0..self.sizes.classes).map(|k| bias_gradient(found, k, current.labels.len())).collect();
        let gradient = parameters(self.sizes, panels, &b2);
        for ((work, panel), all_finite) in self.panels.iter_mut().zip(kept).zip(kept_finite) {
            (work.panel, work.all_finite) = (panel, all_finite);
        }
        gradient
    }

    /// Whether to use several threads: a very small step is over before a second thread wakes up.
    fn is_parallel(&self, samples: usize) -> bool {
        let Sizes { inputs, hidden, classes } = self.sizes;
        samples * (inputs + classes) * hidden > SMALL && rayon::current_num_threads() > 1
    }

    /// Loads the batch and its logits; for central differences, returns how they are computed.
    fn begin(&mut self, part: &Part<T>, parallel: bool) -> Option<Way> {
        let differences = self.method != GradientMethod::Backpropagation;
        let made = self.next.get_mut().unwrap_or_else(PoisonError::into_inner);
        if made.is(part) {
            mem::swap(&mut self.batch, made);
        } else {
            self.batch.fill(part);
            let (samples, stride) = (self.batch.samples(), self.batch.stride());
            for_each(&mut self.panels, parallel, |_, panel| T::forward(panel, samples, stride, differences));
        }
        let stride = self.batch.stride();
        self.logits.resize(self.sizes.classes * stride, T::zero());
        add_up(&mut self.logits, stride, &self.b2, self.panels.iter().map(|panel| &panel.logits));
        let GradientMethod::CentralDifferences { h } = self.method else { return None };
        let is_finite = self.all_finite() && self.logits.iter().all(|logit| logit.is_finite());
        Some(if is_finite { moves(h, self.activation, &self.panels, &self.batch).way() } else { Way::Definition })
    }

    fn gradient_by_definition(&self) -> Parameters<T> {
        let GradientMethod::CentralDifferences { h } = self.method else {
            unreachable!("only central differences have other ways")
        };
        let x = self.batch.samples().to_matrix(self.sizes.inputs);
        self.net().numerical_gradient_by_definition(&x, &self.batch.labels, T::of(h))
    }

    pub(super) fn net(&self) -> TwoLayerNet<T> {
        TwoLayerNet { params: parameters(self.sizes, &self.panels, &self.b2), activation: self.activation }
    }

    /// See [`Trainer::has_outgrown_step`](super::trainer::Trainer::has_outgrown_step).
    pub(super) fn has_outgrown_step(&self) -> bool {
        let GradientMethod::CentralDifferences { h } = self.method else { return false };
        // only relu's outputs have no bound
        let relu = self.panels.iter().filter(|work| work.panel.activation == Activation::Relu);
        let largest_z = relu.map(|work| work.panel.largest_a1()).fold(T::one(), larger);
        moves(h, self.activation, &self.panels, &self.batch).are_outgrown_by_weights(largest_z)
    }

    /// Whether all parameters are finite.
    pub(super) fn all_finite(&self) -> bool {
        self.panels.iter().all(|work| work.all_finite) && self.b2.iter().all(|b| b.is_finite())
    }
}

/// Up to this many multiplications, including those by 0, a second thread does not pay.
const SMALL: usize = 100_000;

fn works<T: Real>(net: &TwoLayerNet<T>) -> Vec<Work<T>> {
    Panel::all(&net.params, net.activation).into_iter().map(Work::new).collect()
}

fn parameters<T: Real>(sizes: Sizes, panels: &[Work<T>], b2: &[T]) -> Parameters<T> {
    let mut params = Parameters::zeros(sizes);
    for work in panels {
        work.panel.store(&mut params);
    }
    params.b2.copy_from_slice(b2);
    params
}

fn larger<T: Real>(a: T, b: T) -> T {
    if a > b { a } else { b }
}

fn moves<T: Real>(h: f64, activation: Activation, panels: &[Work<T>], batch: &Copied<T>) -> Moves<T> {
    Moves {
        activation,
        // -h gives the same quotient: numerator and denominator both change sign
        h: T::of(h.abs()),
        // not a comparison, because NaN would fail it
        largest_x: if batch.largest <= T::one() { T::one() } else { batch.largest },
        largest_z: panels.iter().map(|work| work.largest_z).fold(T::one(), larger),
        spread: panels.iter().map(|work| work.panel.spread_of_w2()).fold(T::zero(), larger),
    }
}

/// What the output layer computes from the logits.
fn found<'a, T: Real>(
    way: Option<Way>,
    method: GradientMethod,
    activation: Activation,
    panels: &[Work<T>],
    batch: &'a Copied<T>,
    logits: &'a mut Vec<T>,
    dy: &'a mut [Vec<T>; MOST_POINTS],
) -> Found<'a, T> {
    let stride = batch.stride();
    let (GradientMethod::CentralDifferences { h }, Some(way)) = (method, way) else {
        T::output_gradient(logits, stride, &batch.labels);
        return Found::Derivatives { dy: logits, stride };
    };
    let moves = moves(h, activation, panels, batch);
    dy.iter_mut().for_each(|dy| dy.resize(logits.len(), T::zero()));
    T::probabilities(logits, &mut dy[0], stride);
    let outputs = Outputs { y: logits, stride, labels: &batch.labels };
    if let Way::Interpolate(points) = way {
        T::interpolate_output(points, dy, outputs, moves);
    }
    Found::Differences(Differences { dy, outputs, moves, way })
}

/// dL/db2[k].
fn bias_gradient<T: Real>(found: Found<T>, k: usize, samples: usize) -> T {
    match found {
        Found::Derivatives { dy, stride } => {
            dy[k * stride..k * stride + samples].iter().fold(T::zero(), |sum, &dy| sum + dy)
        }
        Found::Differences(Differences { dy, outputs, moves, way }) => {
            let sum = match way {
                Way::Interpolate(2) => output::interpolated_bias_difference::<T, 2>(dy, outputs, k, moves),
                Way::Interpolate(3) => output::interpolated_bias_difference::<T, 3>(dy, outputs, k, moves),
                Way::Interpolate(_) => output::interpolated_bias_difference::<T, MOST_POINTS>(dy, outputs, k, moves),
                _ => output::bias_difference(k, &dy[0], outputs, moves),
            };
            sum / (T::of(2.0 * samples as f64) * moves.h)
        }
    }
}

/// The logits: b2 plus the contributions of all panels, in their order.
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

fn fill_once<'a, T: Real>(batch: &'a RwLock<Copied<T>>, part: &Part<T>) -> RwLockReadGuard<'a, Copied<T>> {
    let filled = batch.read().unwrap_or_else(PoisonError::into_inner);
    if filled.is_filled() {
        return filled;
    }
    drop(filled);
    let mut unfilled = batch.write().unwrap_or_else(PoisonError::into_inner);
    if !unfilled.is_filled() {
        unfilled.fill(part);
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
