//! W2 and b2. Moving W2[j, k] by ±h moves logit k of sample n by ±e, e = h z1[n, j], and nothing else.
//!
//! With p = yₖ the loss of the sample becomes larger by ln(1 - p + p eᵉ), for the class of the label by
//! ln(1 - p + p eᵉ) - e. Moving the logit of the label up is moving all others down: with p = 1 - yₜ the second case is
//! the first with its sign changed. Wanted is always
//!
//! ln(1 - p + p eᵉ) - ln(1 - p + p e⁻ᵉ) = 2 artanh s, s = p sinh e / (1 + p (cosh e - 1)).

use super::hidden::two_artanh;
use super::{Cache, LANES, Lanes};
use std::array::from_fn;

/// Up to this e three terms of artanh do: |s| is at most tanh e.
const SMALL: f64 = 1.0 / 1024.0;

/// For the units `first..first + LANES` and each class k: the sum over the samples of what moving W2[j, k] does.
pub(super) fn differences(cache: &Cache, first: usize) -> Vec<Lanes> {
    let hidden = cache.z1.ncols();
    all_classes(cache, |n| from_fn(|lane| if first + lane < hidden { cache.z1[(n, first + lane)] } else { 0.0 }))
}

/// The same for b2, whose input is always 1.
pub(super) fn bias_differences(cache: &Cache) -> Vec<f64> {
    all_classes(cache, |_| [1.0, 0.0, 0.0, 0.0]).into_iter().map(|sum| sum[0]).collect()
}

/// The sums over the samples for inputs `z(n)`, one vector a class.
fn all_classes(cache: &Cache, z: impl Fn(usize) -> Lanes) -> Vec<Lanes> {
    let (samples, classes) = cache.y.shape();
    let mut sums = vec![[0.0; LANES]; classes];
    for n in 0..samples {
        let e = z(n).map(|z| cache.h * z);
        let label = usize::from(cache.labels[n]);
        // p, 1 - p and the sign of the difference, a class each
        let probabilities = (0..classes).map(|k| {
            let (p, others) = (cache.y[(n, k)], cache.others[(n, k)]);
            if k == label { (others, p, -1.0) } else { (p, others, 1.0) }
        });
        if e.iter().all(|e| e.abs() <= SMALL) {
            let curve = Curve { sinh: e.map(f64::sinh), cosh_less_1: e.map(|e| 2.0 * (e / 2.0).sinh().powi(2)) };
            for (sum, (p, _, sign)) in sums.iter_mut().zip(probabilities) {
                add_small(sum, &curve, p, sign);
            }
        } else {
            let exp = e.map(f64::exp);
            for (sum, (p, others, sign)) in sums.iter_mut().zip(probabilities) {
                for (sum, exp) in sum.iter_mut().zip(exp) {
                    *sum += sign * ((others + p * exp).ln() - (others + p / exp).ln());
                }
            }
        }
    }
    sums
}

/// sinh e and cosh e - 1.
struct Curve {
    sinh: Lanes,
    cosh_less_1: Lanes,
}

#[inline(always)]
fn add_small(sum: &mut Lanes, curve: &Curve, p: f64, sign: f64) {
    let s: Lanes = from_fn(|lane| p * curve.sinh[lane] / (1.0 + p * curve.cosh_less_1[lane]));
    let difference = two_artanh::<3>(s);
    for lane in 0..LANES {
        sum[lane] += sign * difference[lane];
    }
}
