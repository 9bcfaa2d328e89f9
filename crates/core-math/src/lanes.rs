//! Exponentials and logarithms of several numbers at once, without branches or calls, so that the compiler can use vector
//! instructions.
//!
//! The standard library's `exp` takes one number at a time, and a network of 50 hidden neurons needs 5,000 of them for a
//! batch of 100. Here the N numbers of an array go through the same few operations together. In a function that is
//! compiled for AVX2 or NEON, one instruction handles several numbers. The bits of a result depend neither on N nor on
//! the machine.
//!
//! ```
//! let e = core_math::lanes::exp([0.0_f64, 1.0, -1000.0, f64::NAN]);
//! assert_eq!(e[0], 1.0);
//! assert!((e[1] - std::f64::consts::E).abs() < 1e-15);
//! assert!(e[2] < 1e-307 && e[3].is_nan());
//! ```

use crate::Real;
use std::array::from_fn;

/// eˣ of each number, off by at most 2 units in the last place. NaN gives NaN.
///
/// x is first limited to the range in which eˣ and e⁻ˣ are normal numbers: -87 to 87 in `f32`, -708 to 708 in `f64`. So
/// nothing overflows, and e⁻¹⁰⁰⁰ is 1.7e-38 or 3.3e-308 instead of 0.
#[inline(always)]
pub fn exp<T: Real, const N: usize>(x: [T; N]) -> [T; N] {
    exp_and_exp_m1(x).0
}

/// eˣ and eˣ - 1 of each number, with x limited as in [`exp`]. The second keeps its relative precision near 0, where
/// subtracting 1 from the first would lose digits.
///
/// Write x = n ln 2 + r with |r| at most ln 2 / 2. Then eˣ = 2ⁿ (1 + q) and eˣ - 1 = 2ⁿ q + (2ⁿ - 1), where
/// q = r + r²/2! + r³/3! + ... ends when the next term would be below the rounding error.
#[inline(always)]
pub fn exp_and_exp_m1<T: Real, const N: usize>(x: [T; N]) -> ([T; N], [T; N]) {
    let (power, q) = T::exp_parts(x);
    (from_fn(|i| power[i] + power[i] * q[i]), from_fn(|i| power[i] * q[i] + (power[i] - T::one())))
}

/// ln x of each number, off by at most 2 units in the last place: -∞ for 0, ∞ for ∞, NaN for negative numbers and for
/// NaN.
///
/// ```
/// let ln = core_math::lanes::ln([1.0_f64, 2.0, 0.0, -1.0]);
/// assert_eq!(ln[..3], [0.0, std::f64::consts::LN_2, f64::NEG_INFINITY]);
/// assert!(ln[3].is_nan());
/// ```
#[inline(always)]
pub fn ln<T: Real, const N: usize>(x: [T; N]) -> [T; N] {
    T::ln_of(x)
}

/// ln (1 + x) of each number above -1, off by at most 3 units in the last place. It keeps its relative precision near 0,
/// where adding 1 first would lose the digits of x: the lost part is added to the logarithm.
#[inline(always)]
pub fn ln_1p<T: Real, const N: usize>(x: [T; N]) -> [T; N] {
    let sum: [T; N] = from_fn(|i| T::one() + x[i]);
    let ln = ln(sum);
    from_fn(|i| ln[i] + (x[i] - (sum[i] - T::one())) / sum[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers over the whole range, including 0 and numbers close to it.
    fn arguments(limit: f64) -> impl Iterator<Item = f64> {
        let wide = (-20_000..=20_000).map(move |i| f64::from(i) / 20_000.0 * limit);
        let narrow = (-1000..=1000).map(|i| f64::from(i) / 1000.0);
        let tiny = (1..60).flat_map(|i| [2.0_f64.powi(-i), -(2.0_f64.powi(-i))]);
        wide.chain(narrow).chain(tiny)
    }

    #[test]
    fn both_types_are_within_two_units_in_the_last_place() {
        for x in arguments(87.0) {
            let single = f32::of(x);
            let ([e], [m]) = exp_and_exp_m1([single]);
            let exact = single.to_f64();
            assert!((e.to_f64() / exact.exp() - 1.0).abs() < 2.0 * f64::from(f32::EPSILON), "exp {single}: {e}");
            assert!((m.to_f64() - exact.exp_m1()).abs() <= 2.0 * f64::from(f32::EPSILON) * exact.exp_m1().abs());
        }
        for x in arguments(708.0) {
            let ([e], [m]) = exp_and_exp_m1([x]);
            assert!((e / x.exp() - 1.0).abs() < 2.0 * f64::EPSILON, "exp {x}: {e}");
            assert!((m - x.exp_m1()).abs() <= 2.0 * f64::EPSILON * x.exp_m1().abs(), "exp_m1 {x}: {m}");
        }
    }

    #[test]
    fn the_ends_are_finite_and_nan_stays() {
        let e = exp([f32::INFINITY, 1000.0, f32::NEG_INFINITY, -1000.0, f32::NAN]);
        assert_eq!(e[..2], exp([87.0_f32, 87.0]));
        assert_eq!(e[2..4], exp([-87.0_f32, -87.0]));
        assert!(e[..4].iter().all(|e| e.is_normal()) && e[4].is_nan());
        let e = exp([f64::INFINITY, f64::NEG_INFINITY, f64::NAN]);
        assert!(e[0].is_normal() && e[1].is_normal() && e[2].is_nan());
    }

    #[test]
    fn logarithms_of_both_types_are_within_two_units_in_the_last_place() {
        // every power of two of the type, subnormal numbers included, and numbers between
        let factors = (0..=100).map(|i| 1.0 + f64::from(i) / 100.0).chain([1.0 + 1e-9, 1.0 - 1e-9, 1.0 + 1e-16]);
        for factor in factors {
            for power in -1074..1024 {
                let x = 2.0_f64.powi(power / 2) * 2.0_f64.powi(power - power / 2) * factor;
                if x == 0.0 || x.is_infinite() {
                    continue;
                }
                let [found] = ln([x]);
                assert!((found - x.ln()).abs() <= 2.0 * f64::EPSILON * x.ln().abs(), "ln {x:e}: {found:e}");
                let single = f32::of(x);
                if single > 0.0 && single.is_finite() {
                    let ([found], exact) = (ln([single]), single.to_f64().ln());
                    assert!(
                        (found.to_f64() - exact).abs() <= 2.0 * f64::from(f32::EPSILON) * exact.abs(),
                        "{single:e}"
                    );
                }
            }
        }
        for x in (1..60).flat_map(|i| [2.0_f64.powi(-i), -(2.0_f64.powi(-i)), 1.3 * 2.0_f64.powi(-i), f64::from(i)]) {
            let [found] = ln_1p([x]);
            assert!((found - x.ln_1p()).abs() <= 3.0 * f64::EPSILON * x.ln_1p().abs(), "ln_1p {x:e}: {found:e}");
        }
    }

    #[test]
    fn the_logarithm_has_the_ends_of_the_standard_library() {
        let ln = ln([0.0_f32, -0.0, f32::INFINITY, -1.0, f32::NEG_INFINITY, f32::NAN, 1.0]);
        assert_eq!(ln[..3], [f32::NEG_INFINITY, f32::NEG_INFINITY, f32::INFINITY]);
        assert!(ln[3..6].iter().all(|ln| ln.is_nan()));
        assert_eq!(ln[6].to_bits(), 0, "and not -0");
    }

    #[test]
    fn how_many_there_are_changes_nothing() {
        let x: [f64; 16] = from_fn(|i| i as f64 * 0.7 - 5.0);
        let together = exp(x);
        for (x, together) in x.into_iter().zip(together) {
            assert_eq!(exp([x]), [together]);
        }
    }
}
