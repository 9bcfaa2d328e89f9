//! The hidden layer in panels: slices of so few neurons that the sums of a panel fit into the registers.
//!
//! A panel holds its columns of W1 and b1 and its rows of W2. From the other panels it needs only their contributions to
//! the logits. So one thread works on each panel, and the weights stay in that thread's cache. The partition depends only
//! on the number of neurons, and the contributions are added in the order of the panels, so the bits do not depend on the
//! number of threads.

use super::interpolation::MOST_POINTS;
use super::{LANES, Lanes};
use crate::{Activation, Parameters};
use core_math::Real;
use std::array::from_fn;

/// The largest number of groups of [`LANES`] neurons in a panel: of 16 registers, the sums take 4 for `f32`, or 8 for
/// `f64`.
pub(super) const MOST_GROUPS: usize = 4;

/// G groups of [`LANES`] neurons; lanes after the last neuron are all 0.
#[derive(Clone)]
pub(super) struct Panel<T> {
    first: usize, // neuron
    pub(super) neurons: usize,
    pub(super) activation: Activation,
    pub(super) w1: Vec<Lanes<T>>, // D x G
    pub(super) b1: Vec<Lanes<T>>, // G
    pub(super) w2: Vec<Lanes<T>>, // K x G: W2 transposed
}

/// A panel and its values for the batch of a step.
#[derive(Clone)]
pub(super) struct Work<T> {
    pub(super) panel: Panel<T>,
    /// N x G each: z1; for central differences then its basis, see [`interpolation`](super::interpolation).
    pub(super) z: [Vec<Lanes<T>>; MOST_POINTS],
    /// N x G each: the derivative of the activation and, for central differences, a1; then dL/da1, or the coefficients of
    /// the differences.
    pub(super) c: [Vec<Lanes<T>>; MOST_POINTS],
    /// Sample and group of the neurons whose differences have to be evaluated input by input.
    pub(super) apart: Vec<(usize, usize)>,
    pub(super) logits: Vec<T>,       // K x stride: the panel's contribution to the logits
    pub(super) logits_after: Vec<T>, // K x stride: the same after the update
    /// Whether all parameters were finite after the last update; a parameter that is not finite never becomes finite
    /// again.
    pub(super) all_finite: bool,
    /// The largest output of a neuron in the batch, at least 1; computed for central differences.
    pub(super) largest_z: T,
}

impl<T: Real> Panel<T> {
    /// The panels of a network. If it has two groups of neurons or more, there are at least two panels, for two threads.
    pub(super) fn all(params: &Parameters<T>, activation: Activation) -> Vec<Self> {
        let hidden = params.w1.ncols();
        let groups = hidden.div_ceil(LANES);
        let panels = groups.div_ceil(MOST_GROUPS).max(groups.min(2));
        // the largest first: the calling thread starts with it
        let start = |p: usize| ((groups * p).div_ceil(panels) * LANES).min(hidden);
        (0..panels).map(|p| Self::new(params, activation, start(p), start(p + 1))).collect()
    }

    fn new(params: &Parameters<T>, activation: Activation, first: usize, end: usize) -> Self {
        let mut panel =
            Self { first, neurons: end - first, activation, w1: Vec::new(), b1: Vec::new(), w2: Vec::new() };
        let groups = (end - first).div_ceil(LANES);
        panel.w1 = vec![Lanes::of(T::zero()); params.w1.nrows() * groups];
        panel.b1 = vec![Lanes::of(T::zero()); groups];
        panel.w2 = vec![Lanes::of(T::zero()); params.w2.ncols() * groups];
        for j in 0..panel.neurons {
            let (group, lane, neuron) = (j / LANES, j % LANES, first + j);
            let put = |lanes: &mut [Lanes<T>], row: usize, value: T| lanes[row * groups + group].0[lane] = value;
            params.w1.column(neuron).iter().enumerate().for_each(|(i, &w)| put(&mut panel.w1, i, w));
            put(&mut panel.b1, 0, params.b1[neuron]);
            params.w2.row(neuron).iter().enumerate().for_each(|(k, &w)| put(&mut panel.w2, k, w));
        }
        panel
    }

    /// Copies the panel's parameters back to where [`all`](Self::all) took them from.
    pub(super) fn store(&self, params: &mut Parameters<T>) {
        for j in 0..self.neurons {
            let of = |lanes: &[Lanes<T>], row: usize| lanes[row * self.b1.len() + j / LANES].0[j % LANES];
            let neuron = self.first + j;
            params.w1.column_mut(neuron).iter_mut().enumerate().for_each(|(i, w)| *w = of(&self.w1, i));
            params.b1[neuron] = of(&self.b1, 0);
            params.w2.row_mut(neuron).iter_mut().enumerate().for_each(|(k, w)| *w = of(&self.w2, k));
        }
    }

    pub(super) fn groups(&self) -> usize {
        self.b1.len()
    }

    pub(super) fn classes(&self) -> usize {
        self.w2.len() / self.groups()
    }

    /// The largest input a1 of a neuron for any sample with inputs from 0 to 1: its bias and its weights above 0.
    pub(super) fn largest_a1(&self) -> T {
        let above_0 = |w: T| if w < T::zero() { T::zero() } else { w }; // NaN stays
        let mut largest = T::zero();
        for g in 0..self.groups() {
            let Lanes(mut sums) = self.b1[g];
            for Lanes(w) in self.w1[g..].iter().step_by(self.groups()) {
                sums = from_fn(|lane| sums[lane] + above_0(w[lane]));
            }
            largest = sums.into_iter().fold(largest, |largest, sum| if sum <= largest { largest } else { sum });
        }
        largest
    }

    /// For each neuron, its largest weight to a class minus its smallest; the maximum of these over the neurons.
    pub(super) fn spread_of_w2(&self) -> T {
        let mut largest = T::zero();
        for g in 0..self.groups() {
            let mut ends = ([T::of(f64::INFINITY); LANES], [-T::of(f64::INFINITY); LANES]);
            for Lanes(w) in self.w2[g..].iter().step_by(self.groups()) {
                ends.0 = from_fn(|lane| if w[lane] < ends.0[lane] { w[lane] } else { ends.0[lane] });
                ends.1 = from_fn(|lane| if w[lane] > ends.1[lane] { w[lane] } else { ends.1[lane] });
            }
            for lane in 0..LANES {
                let spread = ends.1[lane] - ends.0[lane];
                largest = if spread > largest { spread } else { largest };
            }
        }
        largest
    }
}

/// x * 0 is 0 only for finite numbers.
#[inline(always)]
pub(super) fn are_finite<T: Real>(numbers: &[Lanes<T>]) -> bool {
    let mut sums = [T::zero(); LANES];
    for Lanes(numbers) in numbers {
        for lane in 0..LANES {
            sums[lane] += numbers[lane] * T::zero();
        }
    }
    sums == [T::zero(); LANES]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nan_and_infinity_are_noticed_in_every_lane() {
        for lane in 0..LANES {
            for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut numbers = [Lanes::of(1.0_f32); 3];
                assert!(are_finite(&numbers));
                numbers[2].0[lane] = bad;
                assert!(!are_finite(&numbers));
            }
        }
    }
}
