//! The hidden layer in panels: slices of its units, so few that the sums of a panel fit into the registers.
//!
//! A panel holds its columns of W1 and b1 and its rows of W2, and needs of the other panels nothing but their part of
//! the logits. So each is the work of one thread, whose cache its weights never leave. The partition follows from the
//! number of units alone, and parts are added in the order of the panels: bits do not depend on the threads.

use super::kernels::{are_finite, forward, infer, update};
use super::rows::{Samples, read_byte, read_number};
use super::{LANES, Lanes};
use crate::{Activation, Parameters};
use core_math::Real;
use std::array::from_fn;

/// The most groups of [`LANES`] units that a panel has: 7 registers of `f32` for the sums, or 14 of `f64`, of 16.
const MOST_GROUPS: usize = 7;

/// G groups of [`LANES`] units, lanes beyond the last unit all 0.
#[derive(Clone)]
pub(super) struct Panel<T> {
    first: usize, // unit
    pub(super) units: usize,
    pub(super) activation: Activation,
    pub(super) w1: Vec<Lanes<T>>, // D x G
    pub(super) b1: Vec<Lanes<T>>, // G
    pub(super) w2: Vec<Lanes<T>>, // K x G: W2 turned round
}

/// What training keeps of a batch, a panel each.
pub(super) struct Work<T> {
    pub(super) panel: Panel<T>,
    pub(super) z1: Vec<Lanes<T>>,    // N x G
    pub(super) da1: Vec<Lanes<T>>,   // N x G: the slope of the activation, then dL/da1
    pub(super) logits: Vec<T>,       // K x stride: what the panel adds to the logits
    pub(super) logits_after: Vec<T>, // K x stride: the same after the update
    /// Whether the parameters are, after the last update; what is not finite never becomes finite again.
    pub(super) all_finite: bool,
}

/// Everything about a step that is the same for all panels.
#[derive(Clone, Copy)]
pub(super) struct Step<'a, T> {
    pub(super) dy: &'a [T], // K x stride, dL/da2
    pub(super) stride: usize,
    pub(super) learning_rate: T,
}

/// Calls a kernel with the rows of `$samples`, for the number of groups that the panel has.
macro_rules! call {
    ($kernel:ident($of:expr, $samples:expr $(, $argument:expr)*), $groups:expr) => {
        match $samples {
            Samples::Bytes(rows, shades) => {
                call!(@ $kernel($of, rows, |byte| read_byte(shades, byte) $(, $argument)*), $groups);
            }
            Samples::Numbers(rows) => call!(@ $kernel($of, rows, read_number $(, $argument)*), $groups),
        }
    };
    (@ $kernel:ident($($argument:expr),*), $groups:expr) => {
        match $groups {
            1 => $kernel::<T, _, 1>($($argument),*),
            2 => $kernel::<T, _, 2>($($argument),*),
            3 => $kernel::<T, _, 3>($($argument),*),
            4 => $kernel::<T, _, 4>($($argument),*),
            5 => $kernel::<T, _, 5>($($argument),*),
            6 => $kernel::<T, _, 6>($($argument),*),
            groups => {
                assert_eq!(groups, MOST_GROUPS, "no panel has another number of groups");
                $kernel::<T, _, MOST_GROUPS>($($argument),*);
            }
        }
    };
}

impl<T: Real> Panel<T> {
    /// The panels of a net, of two groups of units or more at least two: for two threads.
    pub(super) fn all(params: &Parameters<T>, activation: Activation) -> Vec<Self> {
        let hidden = params.w1.ncols();
        let groups = hidden.div_ceil(LANES);
        let panels = groups.div_ceil(MOST_GROUPS).max(groups.min(2));
        // the largest first, where the thread that calls takes it at once
        let start = |p: usize| ((groups * p).div_ceil(panels) * LANES).min(hidden);
        (0..panels).map(|p| Self::new(params, activation, start(p), start(p + 1))).collect()
    }

    fn new(params: &Parameters<T>, activation: Activation, first: usize, end: usize) -> Self {
        let mut panel = Self { first, units: end - first, activation, w1: Vec::new(), b1: Vec::new(), w2: Vec::new() };
        let groups = (end - first).div_ceil(LANES);
        let pack = |rows: usize, value: &dyn Fn(usize, usize) -> T| {
            let unit = |row, j| if j < end { value(row, j) } else { T::zero() };
            let lanes = |place| Lanes(from_fn(|lane| unit(place / groups, first + place % groups * LANES + lane)));
            (0..rows * groups).map(lanes).collect()
        };
        panel.w1 = pack(params.w1.nrows(), &|i, j| params.w1[(i, j)]);
        panel.b1 = pack(1, &|_, j| params.b1[j]);
        panel.w2 = pack(params.w2.ncols(), &|k, j| params.w2[(j, k)]);
        panel
    }

    /// Writes the panel to where [`new`](Self::new) took it from.
    pub(super) fn store(&self, params: &mut Parameters<T>) {
        for j in 0..self.units {
            let of = |lanes: &[Lanes<T>], row: usize| lanes[row * self.b1.len() + j / LANES].0[j % LANES];
            let unit = self.first + j;
            params.w1.column_mut(unit).iter_mut().enumerate().for_each(|(i, w)| *w = of(&self.w1, i));
            params.b1[unit] = of(&self.b1, 0);
            params.w2.row_mut(unit).iter_mut().enumerate().for_each(|(k, w)| *w = of(&self.w2, k));
        }
    }

    fn groups(&self) -> usize {
        self.b1.len()
    }

    fn classes(&self) -> usize {
        self.w2.len() / self.groups()
    }

    /// Adds the panel's part to the logits of `samples`, K x `stride`.
    pub(super) fn add_logits(&self, samples: Samples<T>, logits: &mut [T], stride: usize) {
        call!(infer(self, samples, logits, stride), self.groups());
    }
}

impl<T: Real> Work<T> {
    pub(super) fn new(panel: Panel<T>) -> Self {
        let all_finite = are_finite(&panel.w1) && are_finite(&panel.w2) && are_finite(&panel.b1);
        Self { panel, z1: Vec::new(), da1: Vec::new(), logits: Vec::new(), logits_after: Vec::new(), all_finite }
    }

    /// z1, the slope of the activation and the panel's part of the logits.
    pub(super) fn forward(&mut self, samples: Samples<T>, stride: usize) {
        self.make_room(samples.len(), stride);
        call!(forward(self, samples, stride), self.panel.groups());
    }

    /// The gradient of the panel's parameters for the samples of the last [`forward`](Self::forward), and one step of
    /// them against it.
    pub(super) fn update(&mut self, samples: Samples<T>, step: Step<T>) {
        call!(update(self, samples, step), self.panel.groups());
    }

    /// The panel's part of the logits once more, after the update.
    pub(super) fn forward_after(&mut self, samples: Samples<T>, stride: usize) {
        reset(&mut self.logits_after, self.panel.classes() * stride);
        self.panel.add_logits(samples, &mut self.logits_after, stride);
    }

    /// Room for the forward pass of that many samples.
    pub(super) fn make_room(&mut self, samples: usize, stride: usize) {
        self.z1.resize(samples * self.panel.groups(), Lanes::of(T::zero()));
        self.da1.resize(samples * self.panel.groups(), Lanes::of(T::zero()));
        reset(&mut self.logits, self.panel.classes() * stride);
    }
}

/// `len` zeros.
pub(super) fn reset<T: Real>(numbers: &mut Vec<T>, len: usize) {
    numbers.clear();
    numbers.resize(len, T::zero());
}
