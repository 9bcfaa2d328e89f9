//! A panel at work: calls the kernels with the samples of a batch.

use super::differences::{self, Moves, Outputs, Way};
use super::interpolation::{MOST_POINTS, basis};
use super::panel::{MOST_GROUPS, Panel, Work, are_finite};
use super::rows::{Samples, read_byte, read_number, split_byte};
use super::{Lanes, kernels, output, run};
use crate::Activation;
use core_math::Real;
use std::array::from_fn;

/// What the output layer computed for the batch; each panel uses it for its update.
#[derive(Clone, Copy)]
pub(super) enum Found<'a, T> {
    /// dL/da2, K x stride.
    Derivatives {
        dy: &'a [T],
        stride: usize,
    },
    Differences(Differences<'a, T>),
}

/// The results for central differences.
#[derive(Clone, Copy)]
pub(super) struct Differences<'a, T> {
    /// The coefficients of W2, K x stride each. If every difference is evaluated, the first holds the sum of the
    /// probabilities of all other classes.
    pub(super) dy: &'a [Vec<T>; MOST_POINTS],
    pub(super) outputs: Outputs<'a, T>,
    pub(super) moves: Moves<T>,
    pub(super) way: Way,
}

impl<T: Real> Differences<'_, T> {
    /// The factor for a sum of differences: -learning_rate / 2hN.
    fn rate(&self, learning_rate: T) -> T {
        -learning_rate / (T::of(2.0 * self.outputs.labels.len() as f64) * self.moves.h)
    }
}

/// Calls a kernel with the rows of `$samples` and a function that reads their entries, for the panel's number of groups.
macro_rules! call {
    ($kernel:ident($of:expr, $samples:expr $(, $argument:expr)*), $groups:expr) => {
        match $samples {
            Samples::Bytes(rows, shades) => {
                by_groups!($kernel($of, rows, |byte| read_byte(shades, byte) $(, $argument)*), $groups)
            }
            Samples::Numbers(rows) => by_groups!($kernel($of, rows, read_number $(, $argument)*), $groups),
        }
    };
}

macro_rules! by_groups {
    ($kernel:ident($($argument:expr),*), $groups:expr $(, $points:tt)?) => {
        match $groups {
            1 => run!(kernels::$kernel::<T, _, 1 $(, $points)?>($($argument),*)),
            2 => run!(kernels::$kernel::<T, _, 2 $(, $points)?>($($argument),*)),
            3 => run!(kernels::$kernel::<T, _, 3 $(, $points)?>($($argument),*)),
            groups => {
                assert_eq!(groups, MOST_GROUPS, "a panel has 1 to this many groups");
                run!(kernels::$kernel::<T, _, MOST_GROUPS $(, $points)?>($($argument),*))
            }
        }
    };
}

impl<T: Real> Panel<T> {
    /// Adds the panel's contribution to the logits of `samples`, K x `stride`.
    pub(super) fn add_logits(&self, samples: Samples<T>, logits: &mut [T], stride: usize) {
        call!(infer(self, samples, logits, stride), self.groups());
    }
}

impl<T: Real> Work<T> {
    pub(super) fn new(panel: Panel<T>) -> Self {
        let all_finite = are_finite(&panel.w1) && are_finite(&panel.w2) && are_finite(&panel.b1);
        let [z, c] = [(); 2].map(|()| [(); MOST_POINTS].map(|()| Vec::new()));
        let (logits, logits_after) = (Vec::new(), Vec::new());
        Self { panel, z, c, apart: Vec::new(), logits, logits_after, all_finite, largest_z: T::one() }
    }

    /// Computes z1, the derivative of the activation and the panel's contribution to the logits; for central differences
    /// also a1.
    pub(super) fn forward(&mut self, samples: Samples<T>, stride: usize, for_differences: bool) {
        let kept = if for_differences { MOST_POINTS } else { 1 };
        for lanes in self.z.iter_mut().take(kept).chain(self.c.iter_mut().take(kept)) {
            lanes.resize(samples.len() * self.panel.groups(), Lanes::of(T::zero()));
        }
        reset(&mut self.logits, self.panel.classes() * stride);
        call!(forward(self, samples, stride, for_differences), self.panel.groups());
        if for_differences && self.panel.activation == Activation::Relu {
            let outputs = self.z[0].iter().flat_map(|Lanes(z)| z);
            self.largest_z = outputs.fold(T::one(), |largest, &z| if z > largest { z } else { largest });
        }
    }

    /// Computes the coefficients of W1 and b1 by backpropagation.
    pub(super) fn backpropagate(&mut self, dy: &[T], stride: usize) {
        match self.panel.groups() {
            1 => run!(kernels::backpropagate::<T, 1>(self, dy, stride)),
            2 => run!(kernels::backpropagate::<T, 2>(self, dy, stride)),
            3 => run!(kernels::backpropagate::<T, 3>(self, dy, stride)),
            _ => run!(kernels::backpropagate::<T, MOST_GROUPS>(self, dy, stride)),
        }
    }

    /// Updates the parameters with the coefficients of [`backpropagate`](Self::backpropagate).
    pub(super) fn descend_by_derivatives(&mut self, samples: Samples<T>, dy: &[T], stride: usize, learning_rate: T) {
        self.descend::<1>(samples, [dy], stride, T::one(), -learning_rate);
    }

    /// Computes the coefficients of W1 and b1 by central differences. Differences that are evaluated one by one are added
    /// to the weights immediately.
    pub(super) fn difference(&mut self, samples: Samples<T>, found: Differences<T>, learning_rate: T) {
        let Differences { outputs, moves, way, .. } = found;
        match way {
            Way::Interpolate(2) => run!(differences::interpolate::<T, 2>(self, outputs, moves)),
            Way::Interpolate(3) => run!(differences::interpolate::<T, 3>(self, outputs, moves)),
            Way::Interpolate(_) => run!(differences::interpolate::<T, MOST_POINTS>(self, outputs, moves)),
            _ => {
                let (samples, groups) = (samples.len(), self.panel.groups());
                self.apart.clear();
                self.apart.extend((0..samples).flat_map(|n| (0..groups).map(move |g| (n, g))));
            }
        }
        if !self.apart.is_empty() {
            self.each(samples, outputs, moves, found.rate(learning_rate));
        }
    }

    /// Updates the parameters with the coefficients of [`difference`](Self::difference), or evaluates the differences of
    /// W2.
    pub(super) fn descend_by_differences(&mut self, samples: Samples<T>, found: Differences<T>, learning_rate: T) {
        let Differences { dy, outputs, moves, way } = found;
        let (stride, bias, rate) = (outputs.stride, T::one() / moves.largest_x, found.rate(learning_rate));
        match way {
            Way::Interpolate(2) => self.descend::<2>(samples, from_fn(|m| &dy[m][..]), stride, bias, rate),
            Way::Interpolate(3) => self.descend::<3>(samples, from_fn(|m| &dy[m][..]), stride, bias, rate),
            Way::Interpolate(_) => {
                self.descend::<MOST_POINTS>(samples, from_fn(|m| &dy[m][..]), stride, bias, rate);
            }
            _ => {
                run!(output::each::<T>(self, &dy[0], outputs, moves, rate));
                let Panel { w1, b1, w2, .. } = &self.panel;
                self.all_finite &= are_finite(w1) && are_finite(b1) && are_finite(w2);
            }
        }
    }

    fn each(&mut self, samples: Samples<T>, outputs: Outputs<T>, moves: Moves<T>, rate: T) {
        match samples {
            Samples::Bytes(rows, shades) => {
                run!(differences::each::<T, _>(self, rows, |byte| read_byte(shades, byte), outputs, moves, rate));
            }
            Samples::Numbers(rows) => {
                run!(differences::each::<T, _>(self, rows, read_number, outputs, moves, rate));
            }
        }
    }

    /// `bias`: 1 in the basis, that is, the factor of the bias.
    fn descend<const P: usize>(&mut self, samples: Samples<T>, dy: [&[T]; P], stride: usize, bias: T, rate: T) {
        let factors = |x: T| basis::<T, P>(x * bias).map(|factor| factor * rate);
        match samples {
            Samples::Bytes(rows, shades) => {
                let factors: [[T; P]; 256] = shades.map(factors);
                let read = |byte| {
                    let (i, v) = split_byte(byte);
                    (i, factors[v])
                };
                by_groups!(descend(self, rows, read, dy, stride, bias, rate), self.panel.groups(), P);
            }
            Samples::Numbers(rows) => {
                let read = |number| {
                    let (i, x) = read_number(number);
                    (i, factors(x))
                };
                by_groups!(descend(self, rows, read, dy, stride, bias, rate), self.panel.groups(), P);
            }
        }
    }

    /// The panel's contribution to the logits again, after the update.
    pub(super) fn forward_after(&mut self, samples: Samples<T>, stride: usize) {
        reset(&mut self.logits_after, self.panel.classes() * stride);
        self.panel.add_logits(samples, &mut self.logits_after, stride);
    }
}

/// Fills the vector with `len` zeros.
fn reset<T: Real>(numbers: &mut Vec<T>, len: usize) {
    numbers.clear();
    numbers.resize(len, T::zero());
}
