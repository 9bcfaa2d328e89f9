//! W1 and b1. Moving W1[i, j] by ±h moves the input of unit j in sample n by ±e, e = h x[n, i], and nothing else.
//!
//! **The unit.** With z = σ(a), the identity σ(a + e) - σ(a) = z (1 - z) u / (1 + z u), u = eᵉ - 1, gives the move d of
//! the unit's output without an exponential for each unit: u depends on e alone. tanh is 2 σ(2a) - 1, and relu needs
//! none.
//!
//! **The loss.** Logit k of the sample moves by d w2[j, k]. With q_k = w2[j, k] - w2[j, t] for label t the loss of the
//! sample moves by l(d) = ln Σₖ yₖ exp(d q_k); wanted is l(d₊) - l(d₋).
//!
//! **The sum over the classes.** Σₖ yₖ exp(d q_k) = 1 + Σₘ Mₘ dᵐ, Mₘ = Σₖ yₖ q_kᵐ / m!. The Mₘ belong to a unit and a
//! sample; each further input value costs one short polynomial instead of K exponentials. It is cut where what is left
//! out is below the rounding of what stays, for which |d q_k| must be known to be small: [`Way`] chooses, from bounds
//! that hold for every input of the batch. Where it is not small, the exponentials are computed.

use super::batch::Batch;
use super::{Cache, LANES, Lanes};
use crate::{Activation, Sizes};
use core_math::activation::sigmoid;
use multiversion::multiversion;
use std::array::from_fn;

/// What a distinct input value v does to a unit, whichever unit it is, when its weight is moved by h.
pub(super) struct Move {
    /// exp(h |v|) - 1 for sigmoid, exp(2 h |v|) - 1 for tanh, h |v| for relu.
    pub(super) amount: f64,
    /// The sign of v: where it is negative, +h and -h change places.
    pub(super) sign: f64,
}

/// How l(d₊) - l(d₋) is computed in a block of units.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    /// |d q| up to 2⁻¹⁰, where the book's h = 1e-4 is: 5 powers leave out less than 2e-18 of the sum's move.
    Short,
    /// |d q| up to 1/8: 10 powers leave out less than 3e-17 of it.
    Long,
    /// Any |d q|: exponentials.
    Exact,
}

/// For the units `first..first + LANES`: Σₙ l(d₊) - l(d₋) for each input i, and at D for the bias. Lanes beyond the
/// last unit hold numbers without meaning.
pub(super) fn differences(cache: &Cache, batch: &Batch, moves: &[Move], largest_move: f64, first: usize) -> Vec<Lanes> {
    let units = Units::new(cache, first);
    let relu = cache.net.activation == Activation::Relu;
    match (way(largest_move_of_a_logit(&units, largest_move)), relu) {
        (Way::Short, false) => series_of_sigmoid::<5, 3>(&units, batch, moves),
        (Way::Short, true) => series_of_relu::<5, 3>(&units, batch, moves),
        (Way::Long, false) => series_of_sigmoid::<10, 9>(&units, batch, moves),
        (Way::Long, true) => series_of_relu::<10, 9>(&units, batch, moves),
        (Way::Exact, false) => exact(&units, batch, moves, Unit::move_sigmoid),
        (Way::Exact, true) => exact(&units, batch, moves, Unit::move_relu),
    }
}

fn way(largest_exponent: f64) -> Way {
    match largest_exponent {
        b if b <= 1.0 / 1024.0 => Way::Short,
        b if b <= 0.125 => Way::Long,
        _ => Way::Exact,
    }
}

/// A bound of |d q| for all samples and inputs.
fn largest_move_of_a_logit(units: &Units, largest_move: f64) -> f64 {
    // a sigmoid rises by at most 1/4 a step and by 1 in all, tanh by 1 and 2, relu by 1
    let d = match units.cache.net.activation {
        Activation::Sigmoid => (largest_move / 4.0).min(1.0),
        Activation::Tanh => largest_move.min(2.0),
        Activation::Relu => largest_move,
    };
    let spread = |lane: usize| {
        let weights = units.w2.iter().map(|w| w[lane]);
        weights.clone().fold(f64::NEG_INFINITY, f64::max) - weights.fold(f64::INFINITY, f64::min)
    };
    d * (0..LANES).map(spread).fold(0.0, f64::max)
}

/// A block of units.
struct Units<'a> {
    cache: &'a Cache<'a>,
    first: usize,
    w2: Vec<Lanes>, // K x LANES, 0 beyond the last unit
}

/// A block of units in one sample: three numbers a unit from which every move follows.
#[derive(Clone, Copy)]
struct Unit {
    up: Lanes,
    down: Lanes,
    factor: Lanes,
}

impl<'a> Units<'a> {
    fn new(cache: &'a Cache<'a>, first: usize) -> Self {
        let Sizes { hidden, classes, .. } = cache.net.sizes();
        let weight = |j: usize, k: usize| if j < hidden { cache.net.params.w2[(j, k)] } else { 0.0 };
        Self { cache, first, w2: (0..classes).map(|k| from_fn(|lane| weight(first + lane, k))).collect() }
    }

    fn label(&self, n: usize) -> usize {
        usize::from(self.cache.labels[n])
    }

    /// The units in sample `n`.
    fn unit(&self, n: usize) -> Unit {
        let hidden = self.cache.a1.ncols();
        let a: Lanes =
            from_fn(|lane| if self.first + lane < hidden { self.cache.a1[(n, self.first + lane)] } else { 0.0 });
        // z and 1 - z, each with all its digits; tanh(a) = 2 σ(2a) - 1
        let of_sigmoid = |scale: f64| {
            let (up, down) = (a.map(|a| sigmoid(scale * a)), a.map(|a| sigmoid(-scale * a)));
            Unit { up, down, factor: from_fn(|lane| scale * up[lane] * down[lane]) }
        };
        match self.cache.net.activation {
            Activation::Sigmoid => of_sigmoid(1.0),
            Activation::Tanh => of_sigmoid(2.0),
            Activation::Relu => Unit { up: a.map(|a| a.min(0.0)), down: a.map(|a| -a.max(0.0)), factor: [0.0; LANES] },
        }
    }

    /// M₁ to M_DEGREE of the units in sample `n`.
    #[inline(always)]
    fn moments<const DEGREE: usize>(&self, n: usize) -> [Lanes; DEGREE] {
        let at_label = self.w2[self.label(n)];
        let mut moments = [[0.0; LANES]; DEGREE];
        for (k, w2) in self.w2.iter().enumerate() {
            let mut term = [self.cache.y[(n, k)]; LANES]; // yₖ q_kᵐ / m!
            for (m, moment) in moments.iter_mut().enumerate() {
                for lane in 0..LANES {
                    term[lane] *= (w2[lane] - at_label[lane]) / (m + 1) as f64;
                    moment[lane] += term[lane];
                }
            }
        }
        moments
    }
}

impl Unit {
    /// d₊ and d₋ where the activation is sigmoid or tanh. Every sum here is of positive numbers: nothing cancels, not
    /// even in a saturated unit.
    #[inline(always)]
    fn move_sigmoid(&self, u: f64) -> (Lanes, Lanes) {
        let above: Lanes = from_fn(|lane| 1.0 + self.up[lane] * u);
        let below: Lanes = from_fn(|lane| 1.0 + self.down[lane] * u);
        let both: Lanes = from_fn(|lane| self.factor[lane] * u / (above[lane] * below[lane]));
        (from_fn(|lane| both[lane] * below[lane]), from_fn(|lane| -both[lane] * above[lane]))
    }

    /// d₊ and d₋ for relu, without rounding where the unit stays on its side.
    #[inline(always)]
    fn move_relu(&self, e: f64) -> (Lanes, Lanes) {
        let larger = |a: f64, b: f64| if a > b { a } else { b };
        (
            from_fn(|lane| larger(self.up[lane] + e, self.down[lane])),
            from_fn(|lane| larger(self.up[lane] - e, self.down[lane])),
        )
    }
}

#[multiversion(targets("x86_64+avx2"))]
fn series_of_sigmoid<const DEGREE: usize, const TERMS: usize>(
    units: &Units,
    batch: &Batch,
    moves: &[Move],
) -> Vec<Lanes> {
    series::<DEGREE, TERMS>(units, batch, moves, |unit, u| unit.move_sigmoid(u))
}

#[multiversion(targets("x86_64+avx2"))]
fn series_of_relu<const DEGREE: usize, const TERMS: usize>(units: &Units, batch: &Batch, moves: &[Move]) -> Vec<Lanes> {
    series::<DEGREE, TERMS>(units, batch, moves, |unit, e| unit.move_relu(e))
}

/// The sums over the samples where |d q| is small. Plain Rust; the functions above have it compiled for AVX2 as well,
/// with the same bits: no fused operation is written, and the compiler makes none.
#[inline(always)]
fn series<const DEGREE: usize, const TERMS: usize>(
    units: &Units,
    batch: &Batch,
    moves: &[Move],
    moved: impl Fn(&Unit, f64) -> (Lanes, Lanes),
) -> Vec<Lanes> {
    let inputs = units.cache.net.params.w1.nrows();
    let mut sums = vec![[0.0; LANES]; inputs + 1];
    for n in 0..units.cache.labels.len() {
        let unit = units.unit(n);
        let moments = units.moments::<DEGREE>(n);
        for (value, inputs) in batch.groups(n) {
            let Move { amount, sign } = moves[value];
            let (above, below) = moved(&unit, amount);
            let (above, below) = (polynomial(&moments, above), polynomial(&moments, below));
            // ln (1 + above) - ln (1 + below) = 2 artanh s, which loses nothing though the two are nearly equal
            let s: Lanes = from_fn(|lane| (above[lane] - below[lane]) / (2.0 + above[lane] + below[lane]));
            let difference = two_artanh::<TERMS>(s);
            for &i in inputs {
                for lane in 0..LANES {
                    sums[i][lane] += sign * difference[lane];
                }
            }
        }
    }
    sums
}

/// Σₘ Mₘ dᵐ, m from 1, by Horner's rule.
#[inline(always)]
fn polynomial<const DEGREE: usize>(moments: &[Lanes; DEGREE], d: Lanes) -> Lanes {
    let mut sum = [0.0; LANES];
    for moment in moments.iter().rev() {
        sum = from_fn(|lane| (sum[lane] + moment[lane]) * d[lane]);
    }
    sum
}

/// 2 artanh s = 2 (s + s³/3 + s⁵/5 + ...), `TERMS` terms of it. |s| is at most tanh of the largest |d q|, so 3 terms
/// leave out less than 2e-19 of the sum up to 2⁻¹⁰, and 9 terms less than 3e-18 up to 1/8.
#[inline(always)]
pub(super) fn two_artanh<const TERMS: usize>(s: Lanes) -> Lanes {
    let square: Lanes = from_fn(|lane| s[lane] * s[lane]);
    let mut sum = [0.0; LANES];
    for m in (1..TERMS).rev() {
        sum = from_fn(|lane| (sum[lane] + 2.0 / (2 * m + 1) as f64) * square[lane]);
    }
    from_fn(|lane| (2.0 + sum[lane]) * s[lane])
}

/// The sums over the samples for any |d q|: the loss of the sample at d₊ less that at d₋, by log-sum-exp.
fn exact(units: &Units, batch: &Batch, moves: &[Move], moved: impl Fn(&Unit, f64) -> (Lanes, Lanes)) -> Vec<Lanes> {
    let inputs = units.cache.net.params.w1.nrows();
    let mut sums = vec![[0.0; LANES]; inputs + 1];
    for n in 0..units.cache.labels.len() {
        let (unit, label) = (units.unit(n), units.label(n));
        let logits = units.cache.logits.row(n);
        let loss = |lane: usize, d: f64| {
            let terms = || {
                let at_label = units.w2[label][lane];
                let terms = logits.iter().zip(&units.w2);
                terms.map(move |(logit, w2)| logit - logits[label] + d * (w2[lane] - at_label))
            };
            let largest = terms().fold(f64::NEG_INFINITY, f64::max);
            largest + terms().map(|term| (term - largest).exp()).sum::<f64>().ln()
        };
        for (value, inputs) in batch.groups(n) {
            let Move { amount, sign } = moves[value];
            let (above, below) = moved(&unit, amount);
            let difference: Lanes = from_fn(|lane| loss(lane, above[lane]) - loss(lane, below[lane]));
            for &i in inputs {
                for lane in 0..LANES {
                    sums[i][lane] += sign * difference[lane];
                }
            }
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TwoLayerNet;
    use nalgebra::DMatrix;
    use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

    /// Calls `test` with the first block of a net of this activation, its weights times `weight`.
    fn with_block(activation: Activation, h: f64, weight: f64, test: impl Fn(&Units, &Batch, &[Move], f64)) {
        let sizes = Sizes { inputs: 7, hidden: 6, classes: 5 };
        let mut net = TwoLayerNet::<f64>::random(sizes, activation, weight, &mut ChaCha8Rng::seed_from_u64(1));
        net.params.b1.fill(0.3);
        let x = DMatrix::from_fn(5, 7, |i, j| ((i * 5 + j * 3) % 7) as f64 / 6.0);
        let cache = Cache::new(&net, &[0, 3, 1, 4, 2], net.forward(&x), h);
        let batch = Batch::new(&x);
        test(&Units::new(&cache, 0), &batch, &cache.moves(&batch), h * batch.largest());
    }

    #[test]
    fn the_portable_version_gives_the_same_bits_as_the_one_for_this_machine() {
        for (h, weight) in [(1e-4, 0.7), (0.01, 0.7), (1e-3, 3.0)] {
            with_block(Activation::Sigmoid, h, weight, |units, batch, moves, _| {
                let portable = series::<5, 3>(units, batch, moves, |unit, u| unit.move_sigmoid(u));
                assert_eq!(portable, series_of_sigmoid::<5, 3>(units, batch, moves));
                let portable = series::<10, 9>(units, batch, moves, |unit, u| unit.move_sigmoid(u));
                assert_eq!(portable, series_of_sigmoid::<10, 9>(units, batch, moves));
            });
            with_block(Activation::Relu, h, weight, |units, batch, moves, _| {
                let portable = series::<5, 3>(units, batch, moves, |unit, e| unit.move_relu(e));
                assert_eq!(portable, series_of_relu::<5, 3>(units, batch, moves));
                let portable = series::<10, 9>(units, batch, moves, |unit, e| unit.move_relu(e));
                assert_eq!(portable, series_of_relu::<10, 9>(units, batch, moves));
            });
        }
    }

    #[test]
    fn at_the_ends_of_their_ranges_the_series_agree_with_the_exponentials() {
        for activation in [Activation::Sigmoid, Activation::Tanh, Activation::Relu] {
            for (expected, end) in [(Way::Short, 1.0 / 1024.0), (Way::Long, 0.125)] {
                // the bound is at most h * (4.5 times a weight of 0.7), say; find the h that brings it to the end
                let mut h = 1.0;
                with_block(activation, 1e-5, 0.7, |units, _, _, largest_move| {
                    assert!(largest_move_of_a_logit(units, largest_move) < end);
                });
                let bound = |h: f64| {
                    let found = std::cell::Cell::new(0.0);
                    with_block(activation, h, 0.7, |units, _, _, largest| {
                        found.set(largest_move_of_a_logit(units, largest))
                    });
                    found.get()
                };
                while bound(h) > end {
                    h *= 0.99;
                }
                assert_eq!(way(bound(h)), expected, "the series is tried where it is weakest");
                with_block(activation, h, 0.7, |units, batch, moves, _| {
                    let relu = activation == Activation::Relu;
                    let by_exp = exact(units, batch, moves, if relu { Unit::move_relu } else { Unit::move_sigmoid });
                    let by_series = match (expected, relu) {
                        (Way::Short, false) => series_of_sigmoid::<5, 3>(units, batch, moves),
                        (Way::Short, true) => series_of_relu::<5, 3>(units, batch, moves),
                        (_, false) => series_of_sigmoid::<10, 9>(units, batch, moves),
                        (_, true) => series_of_relu::<10, 9>(units, batch, moves),
                    };
                    for (a, b) in by_series.as_flattened().iter().zip(by_exp.as_flattened()) {
                        assert!((a - b).abs() < 1e-14, "{activation:?} {expected:?}: {a:e} against {b:e}");
                    }
                });
            }
        }
    }
}
