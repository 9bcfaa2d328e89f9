//! The output layer of a batch: softmax, its gradient, the loss and its differences. The values are stored class by
//! class, the samples of a class next to each other, so that eight samples are computed at once.

use super::differences::{Moves, Outputs, Sum, any_difference, small_difference};
use super::interpolation::{MOST_POINTS, basis, coefficients, positions};
use super::panel::Work;
use super::{LANES, Lanes};
use core_math::{Real, lanes};
use multiversion::multiversion;
use std::array::from_fn;

/// Replaces the logits (K x stride) by dL/da2 = (softmax - t) / N, with t one-hot.
///
/// Lanes after the last sample hold meaningless numbers.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn gradient<T: Real>(logits: &mut [T], stride: usize, labels: &[u8]) {
    portable::gradient::<T>(logits, stride, labels);
}

/// The mean cross-entropy of the logits (K x stride).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn loss<T: Real>(logits: &mut [T], stride: usize, labels: &[u8]) -> T {
    portable::loss::<T>(logits, stride, labels)
}

/// Replaces the logits (K x stride) by the probabilities, and writes into `others`, for each probability, the sum of all
/// others: 1 - y without its loss of digits.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn probabilities<T: Real>(logits: &mut [T], others: &mut [T], stride: usize) {
    portable::probabilities::<T>(logits, others, stride);
}

/// The same functions, compiled without special instructions.
pub(super) mod portable {
    use super::*;

    #[inline(always)]
    pub(in super::super) fn gradient<T: Real>(logits: &mut [T], stride: usize, labels: &[u8]) {
        let share = T::one() / T::of(labels.len() as f64);
        let logits = logits.as_chunks_mut::<LANES>().0;
        let groups = stride / LANES;
        for group in 0..groups {
            let (_, sum) = exponentials(logits, groups, group, |place, e| *place = e);
            let scale: [T; LANES] = from_fn(|lane| share / sum[lane]);
            for y in logits[group..].iter_mut().step_by(groups) {
                *y = from_fn(|lane| y[lane] * scale[lane]);
            }
        }
        let dy = logits.as_flattened_mut();
        for (n, &label) in labels.iter().enumerate() {
            dy[usize::from(label) * stride + n] -= share;
        }
    }

    #[inline(always)]
    pub(in super::super) fn loss<T: Real>(logits: &mut [T], stride: usize, labels: &[u8]) -> T {
        let logits = logits.as_chunks_mut::<LANES>().0;
        let groups = stride / LANES;
        let mut total = T::zero();
        for (group, labels) in labels.chunks(LANES).enumerate() {
            let (max, sum) = exponentials(logits, groups, group, |_, _| ());
            let ln: [T; LANES] = lanes::ln(sum);
            for (lane, &label) in labels.iter().enumerate() {
                total += (max[lane] - logits[usize::from(label) * groups + group][lane]) + ln[lane];
            }
        }
        total / T::of(labels.len() as f64)
    }

    #[inline(always)]
    pub(in super::super) fn probabilities<T: Real>(logits: &mut [T], others: &mut [T], stride: usize) {
        let (logits, others) = (logits.as_chunks_mut::<LANES>().0, others.as_chunks_mut::<LANES>().0);
        let groups = stride / LANES;
        for group in 0..groups {
            let (_, sum) = exponentials(logits, groups, group, |place, e| *place = e);
            let over_sum: [T; LANES] = sum.map(|sum| T::one() / sum);
            let classes = (group..logits.len()).step_by(groups);
            let mut before = [T::zero(); LANES];
            for at in classes.clone() {
                others[at] = before;
                before = from_fn(|lane| before[lane] + logits[at][lane]);
            }
            let mut behind = [T::zero(); LANES];
            for at in classes.rev() {
                others[at] = from_fn(|lane| (others[at][lane] + behind[lane]) * over_sum[lane]);
                behind = from_fn(|lane| behind[lane] + logits[at][lane]);
                logits[at] = from_fn(|lane| logits[at][lane] * over_sum[lane]);
            }
        }
    }

    #[inline(always)]
    pub(in super::super) fn interpolate<T: Real, const P: usize>(
        dy: &mut [Vec<T>; MOST_POINTS],
        Outputs { y, stride, labels }: Outputs<T>,
        moves: Moves<T>,
    ) {
        let y = y.as_chunks::<LANES>().0;
        let groups = stride / LANES;
        let largest_e = moves.h * moves.largest_z;
        // eᵉ and e⁻ᵉ, and both minus 1
        let both = positions::<T, P>().map(|t| lanes::exp_and_exp_m1([largest_e * t, -(largest_e * t)]));
        for (at, y) in y.iter().enumerate() {
            let (k, first) = (at / groups, at % groups * LANES);
            let others = dy[0].as_chunks::<LANES>().0[at];
            // numbers after the last sample are meaningless
            let is_label = |lane: usize| labels.get(first + lane).is_some_and(|&label| usize::from(label) == k);
            let p_and_sign: [(T, T, T); LANES] =
                from_fn(|lane| probability_and_sign(y[lane], others[lane], is_label(lane)));
            let mut values = [[T::zero(); LANES]; P];
            for (value, &(exp, exp_m1)) in values.iter_mut().zip(&both) {
                let sum = |which: usize| Sum {
                    whole: from_fn(|lane| p_and_sign[lane].0 + p_and_sign[lane].1 * exp[which]),
                    less_1: from_fn(|lane| p_and_sign[lane].1 * exp_m1[which]),
                };
                let (above, below) = (sum(0), sum(1));
                let difference = if P < MOST_POINTS {
                    small_difference(above.less_1, below.less_1)
                } else {
                    any_difference(above, below)
                };
                *value = from_fn(|lane| p_and_sign[lane].2 * difference[lane]);
            }
            for (dy, coefficient) in dy.iter_mut().zip(coefficients::<T, P>(values)) {
                dy.as_chunks_mut::<LANES>().0[at] = coefficient;
            }
        }
    }

    #[inline(always)]
    pub(in super::super) fn each<T: Real>(
        work: &mut Work<T>,
        others: &[T],
        outputs: Outputs<T>,
        moves: Moves<T>,
        rate: T,
    ) {
        let Work { panel, z, .. } = work;
        let groups = panel.groups();
        for (at, w2) in panel.w2.iter_mut().enumerate() {
            let (k, g) = (at / groups, at % groups);
            let mut sum = [T::zero(); LANES];
            for n in 0..outputs.labels.len() {
                let difference = difference(z[0][n * groups + g], n, k, others, outputs, moves);
                sum = from_fn(|lane| sum[lane] + difference[lane]);
            }
            // lanes without a neuron must stay 0
            for (w2, sum) in w2.0.iter_mut().zip(sum).take(panel.neurons - g * LANES) {
                *w2 += rate * sum;
            }
        }
    }
}

/// Changing a logit by e changes the loss by ln(1 - p + p eᵉ) with p = yₖ, minus e if k is the class of the label.
/// Increasing the logit of the label is the same as decreasing all others: with p = 1 - yₜ, the second case is the first
/// with the opposite sign. Returns 1 - p, p and the sign.
#[inline(always)]
fn probability_and_sign<T: Real>(y: T, others: T, is_label: bool) -> (T, T, T) {
    if is_label { (y, others, -T::one()) } else { (others, y, T::one()) }
}

/// The coefficients of W2: for each class and sample, the difference of its loss as a polynomial of the neuron's output.
/// The first P of `dy` are written, K x stride each; the first holds the `others` of [`probabilities`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn interpolate<T: Real, const P: usize>(
    dy: &mut [Vec<T>; MOST_POINTS],
    outputs: Outputs<T>,
    moves: Moves<T>,
) {
    portable::interpolate::<T, P>(dy, outputs, moves);
}

/// Adds `rate` times the differences of W2 to the weights of a panel, with every difference evaluated; `others` comes
/// from [`probabilities`].
#[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl", "x86_64+avx2"))]
pub(super) fn each<T: Real>(work: &mut Work<T>, others: &[T], outputs: Outputs<T>, moves: Moves<T>, rate: T) {
    portable::each::<T>(work, others, outputs, moves, rate);
}

/// The sum over the samples of the differences of b2[k], with every difference evaluated.
pub(super) fn bias_difference<T: Real>(k: usize, others: &[T], outputs: Outputs<T>, moves: Moves<T>) -> T {
    let differences =
        (0..outputs.labels.len()).map(|n| difference(Lanes::of(T::one()), n, k, others, outputs, moves)[0]);
    differences.fold(T::zero(), |sum, difference| sum + difference)
}

/// The same, computed from the coefficients.
pub(super) fn interpolated_bias_difference<T: Real, const P: usize>(
    dy: &[Vec<T>; MOST_POINTS],
    Outputs { stride, labels, .. }: Outputs<T>,
    k: usize,
    moves: Moves<T>,
) -> T {
    let one = basis::<T, P>(T::one() / moves.largest_z);
    let samples = k * stride..k * stride + labels.len();
    samples.fold(T::zero(), |sum, at| (0..P).fold(sum, |sum, m| sum + dy[m][at] * one[m]))
}

#[inline(always)]
fn difference<T: Real>(
    Lanes(z): Lanes<T>,
    n: usize,
    k: usize,
    others: &[T],
    Outputs { y, stride, labels }: Outputs<T>,
    moves: Moves<T>,
) -> [T; LANES] {
    let at = k * stride + n;
    let (rest, p, sign) = probability_and_sign(y[at], others[at], usize::from(labels[n]) == k);
    let sum = |e: [T; LANES]| {
        let (exp, exp_m1) = lanes::exp_and_exp_m1(e);
        Sum { whole: exp.map(|exp| rest + p * exp), less_1: exp_m1.map(|exp_m1| p * exp_m1) }
    };
    let difference = any_difference(sum(z.map(|z| moves.h * z)), sum(z.map(|z| -(moves.h * z))));
    difference.map(|difference| sign * difference)
}

/// For eight samples, the largest logit, and the sum over the classes of exp(logit - largest). Each exponential is passed
/// to `put`, with the position of its logit.
#[inline(always)]
fn exponentials<T: Real>(
    logits: &mut [[T; LANES]],
    groups: usize,
    group: usize,
    put: impl Fn(&mut [T; LANES], [T; LANES]),
) -> ([T; LANES], [T; LANES]) {
    let mut max = [-T::of(f64::INFINITY); LANES];
    for logit in logits[group..].iter().step_by(groups) {
        max = from_fn(|lane| if logit[lane] > max[lane] { logit[lane] } else { max[lane] });
    }
    let mut sum = [T::zero(); LANES];
    for logit in logits[group..].iter_mut().step_by(groups) {
        let e = lanes::exp(from_fn(|lane| logit[lane] - max[lane]));
        sum = from_fn(|lane| sum[lane] + e[lane]);
        put(logit, e);
    }
    (max, sum)
}
