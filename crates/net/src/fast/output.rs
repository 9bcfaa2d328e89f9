//! The output layer of a batch: softmax, its gradient and the loss. Classes lie one after another, the samples of each
//! side by side, so that eight samples are worked on at once.

use super::LANES;
use core_math::{Real, lanes};
use multiversion::multiversion;
use std::array::from_fn;

/// From the logits (K x stride) dL/da2 = (softmax - t) / N, t one-hot, in their place.
///
/// Lanes beyond the last sample hold numbers without meaning.
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn gradient<T: Real>(logits: &mut [T], stride: usize, labels: &[u8]) {
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

/// The mean cross-entropy for the logits (K x stride).
#[multiversion(targets("x86_64+avx2"))]
pub(super) fn loss<T: Real>(logits: &mut [T], stride: usize, labels: &[u8]) -> T {
    let logits = logits.as_chunks_mut::<LANES>().0;
    let groups = stride / LANES;
    let mut total = T::zero();
    for (group, labels) in labels.chunks(LANES).enumerate() {
        let (max, sum) = exponentials(logits, groups, group, |_, _| ());
        for (lane, &label) in labels.iter().enumerate() {
            total += (max[lane] - logits[usize::from(label) * groups + group][lane]) + sum[lane].ln();
        }
    }
    total / T::of(labels.len() as f64)
}

/// For eight samples the largest logit, and the sum over the classes of exp(logit - largest); each exponential is given
/// to `put` with the place of its logit.
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
