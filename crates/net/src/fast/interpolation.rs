//! A central difference as a polynomial of the input, so that only a few have to be evaluated.
//!
//! Changing W1\[i, j\] by ±h changes the input of neuron j in sample n by ±h x, where x = x\[n, i\], and the loss of the
//! sample by D(x) = l(h x) - l(-h x). D depends on the input i only through x, it is odd, and it is smooth: D(x) / x is
//! an analytic function of x². So a polynomial through its values at P points follows it everywhere between them. The
//! same is true for W2, with the neuron's output in place of x.
//!
//! Let the inputs be at most X, and let D(x) / x be analytic in x² for |h x| < ρ. For the P zeros of the Chebyshev
//! polynomial on \[0, X²\], the error is at most a small multiple of 2 (h X / 2ρ)²ᴾ, relative to the largest D.
//! [`points`] chooses P so that this is below 6e-17, half a rounding error. No derivative is computed, and h is not
//! changed: the polynomial has the values of the differences themselves.
//!
//! With t = x / X in \[-1, 1\] the polynomial is in Newton's form, t (c₁ + (t² - s₁) (c₂ + (t² - s₂) c₃)): the later
//! coefficients are small corrections, so their rounding errors do no harm.

use super::LANES;
use core_math::Real;
use std::array::from_fn;
use std::f64::consts::FRAC_1_SQRT_2;

/// The largest number of points.
pub(super) const MOST_POINTS: usize = 8;

/// How many points are needed if h X / ρ is `ratio`; `None` if [`MOST_POINTS`] are not enough.
pub(super) fn points(ratio: f64) -> Option<usize> {
    match ratio {
        r if r <= 1.4e-4 => Some(2), // 2 (1.4e-4 / 2)⁴ = 5e-17
        r if r <= 3e-3 => Some(3),   // 2 (3e-3 / 2)⁶ = 2e-17
        r if r <= 0.18 => Some(8),   // 2 (0.18 / 2)¹⁶ = 4e-17
        _ => None,
    }
}

/// The P points t in (0, 1): their squares are the zeros of the Chebyshev polynomial on \[0, 1\].
#[inline(always)]
pub(super) fn positions<T: Real, const P: usize>() -> [T; P] {
    // sin((2 m - 1) π / 4 P) for m = 1 to P
    const TWO: [f64; 2] = [0.382_683_432_365_089_8, 0.923_879_532_511_286_7];
    const THREE: [f64; 3] = [0.258_819_045_102_520_74, FRAC_1_SQRT_2, 0.965_925_826_289_068_3];
    const EIGHT: [f64; 8] = [
        0.098_017_140_329_560_6,
        0.290_284_677_254_462_33,
        0.471_396_736_825_997_64,
        0.634_393_284_163_645_5,
        0.773_010_453_362_737,
        0.881_921_264_348_354_9,
        0.956_940_335_732_208_9,
        0.995_184_726_672_196_8,
    ];
    let mut positions = [T::one(); P]; // for one point, which is a plain derivative
    if P > 1 {
        let all: &[f64] = match P {
            2 => &TWO,
            3 => &THREE,
            _ => &EIGHT,
        };
        positions.iter_mut().zip(all).for_each(|(t, &position)| *t = T::of(position));
    }
    positions
}

/// The factor of each coefficient at t: t, t (t² - s₁), t (t² - s₁) (t² - s₂).
#[inline(always)]
pub(super) fn basis<T: Real, const P: usize>(t: T) -> [T; P] {
    let at = positions::<T, P>();
    let mut basis = [t; P];
    for m in 1..P {
        basis[m] = basis[m - 1] * (t * t - at[m - 1] * at[m - 1]);
    }
    basis
}

/// [`basis`] of several numbers: one vector for each coefficient.
#[inline(always)]
pub(super) fn bases<T: Real, const P: usize>(t: [T; LANES]) -> [[T; LANES]; P] {
    let at = positions::<T, P>();
    let square: [T; LANES] = from_fn(|lane| t[lane] * t[lane]);
    let mut bases = [t; P];
    for m in 1..P {
        let s = at[m - 1] * at[m - 1];
        bases[m] = from_fn(|lane| bases[m - 1][lane] * (square[lane] - s));
    }
    bases
}

/// The coefficients of the polynomial with these values at the points: divided differences.
#[inline(always)]
pub(super) fn coefficients<T: Real, const P: usize>(values: [[T; LANES]; P]) -> [[T; LANES]; P] {
    let at = positions::<T, P>();
    let mut c = values;
    for (c, &t) in c.iter_mut().zip(&at) {
        let over_t = T::one() / t;
        *c = from_fn(|lane| c[lane] * over_t);
    }
    for level in 1..P {
        for m in (level..P).rev() {
            let over_gap = T::one() / (at[m] * at[m] - at[m - level] * at[m - level]);
            c[m] = from_fn(|lane| (c[m][lane] - c[m - 1][lane]) * over_gap);
        }
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The largest error of the polynomial through the values of `f`, relative to the largest value.
    fn error<const P: usize>(f: impl Fn(f64) -> f64) -> f64 {
        let c = coefficients(positions::<f64, P>().map(|t| [f(t); LANES]));
        let ts = (-200..=200).map(|i| f64::from(i) / 200.0);
        let largest = ts.clone().fold(0.0, |max: f64, t| max.max(f(t).abs()));
        ts.map(|t| {
            let at_t: f64 = basis::<f64, P>(t).iter().zip(c).map(|(b, c)| b * c[0]).sum();
            (at_t - f(t)).abs() / largest
        })
        .fold(0.0, f64::max)
    }

    #[test]
    fn odd_polynomials_of_the_degree_are_met_exactly() {
        assert!(error::<2>(|t| 3.0 * t - 2.0 * t.powi(3)) < 1e-15);
        assert!(error::<3>(|t| 3.0 * t - 2.0 * t.powi(3) + 0.7 * t.powi(5)) < 2e-15);
        assert!(error::<2>(|t| t.powi(5)) > 1e-2, "a higher degree is not");
    }

    #[test]
    fn at_the_largest_ratio_of_each_number_of_points_the_error_is_a_rounding_step() {
        // e / (1 - e²) has its pole, and so its ρ, at 1
        let pole = |ratio: f64| move |t: f64| ratio * t / (1.0 - (ratio * t).powi(2));
        assert_eq!([1.4e-4, 3e-3, 0.18, 0.19].map(points), [Some(2), Some(3), Some(8), None]);
        assert!(error::<2>(pole(1.4e-4)) < 4e-16);
        assert!(error::<3>(pole(3e-3)) < 4e-16);
        assert!(error::<8>(pole(0.18)) < 2e-15);
        assert!(error::<2>(pole(3e-3)) > 1e-12, "two points are not enough there");
    }

    #[test]
    fn no_ratio_gets_too_few_points() {
        // e / (1 - e²) again
        for ratio in std::iter::successors(Some(1e-6), |ratio| Some(ratio * 1.03)).take_while(|ratio| *ratio < 2.0) {
            let f = |t: f64| ratio * t / (1.0 - (ratio * t).powi(2));
            let error = match points(ratio) {
                Some(2) => error::<2>(f),
                Some(3) => error::<3>(f),
                Some(MOST_POINTS) => error::<MOST_POINTS>(f),
                Some(other) => panic!("{other} points at {ratio}"),
                None => 0.0,
            };
            assert!(error < 2e-15, "ratio {ratio:e}: error {error:e}");
        }
    }
}
