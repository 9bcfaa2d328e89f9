//! The number types of the workspace: `f32` and `f64`, and nothing else.

/// `f32` or `f64`.
///
/// nalgebra's [`RealField`](nalgebra::RealField) gives the arithmetic; this trait adds the way to and from `f64`
/// and closes the set, so that a fast path may rely on it.
pub trait Real: nalgebra::RealField + Copy + sealed::Sealed {
    /// The value of this type nearest to `value`.
    fn of(value: f64) -> Self;

    /// The same value in `f64`: exact.
    fn to_f64(self) -> f64;
}

impl Real for f32 {
    #[expect(clippy::cast_possible_truncation, reason = "rounding to f32 is what the function is for")]
    fn of(value: f64) -> Self {
        value as f32
    }

    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    fn of(value: f64) -> Self {
        value
    }

    fn to_f64(self) -> f64 {
        self
    }
}

mod sealed {
    use super::Real;
    use std::array::from_fn;

    pub trait Sealed: Sized {
        /// For each x the 2ⁿ and the q of [`exp_and_exp_m1`](crate::lanes::exp_and_exp_m1).
        fn exp_parts<const N: usize>(x: [Self; N]) -> ([Self; N], [Self; N]);
    }

    /// `$limit`: |x| is cut to it. `$round`: 1.5 * 2^(digits - 1); adding it leaves no digit behind the point, and the
    /// last bits are the whole number. `$high` + `$low` = ln 2, the first with so few digits that n times it is exact.
    macro_rules! impl_sealed {
        ($float:ident, $bits:ident, $limit:literal, $round:literal, $high:expr, $low:literal, $terms:literal) => {
            impl Sealed for $float {
                #[inline(always)]
                fn exp_parts<const N: usize>(x: [Self; N]) -> ([Self; N], [Self; N]) {
                    const DIGITS: u32 = $float::MANTISSA_DIGITS - 1;
                    const EXPONENT_OF_1: $bits = (1.0 as $float).to_bits() >> DIGITS;
                    // not x.clamp(): comparisons that NaN fails, and so passes unchanged
                    let x: [Self; N] = from_fn(|i| if x[i] > $limit { $limit } else { x[i] });
                    let x: [Self; N] = from_fn(|i| if x[i] < -$limit { -$limit } else { x[i] });
                    let rounded: [Self; N] = from_fn(|i| x[i] * std::$float::consts::LOG2_E + $round);
                    let n: [Self; N] = from_fn(|i| rounded[i] - $round);
                    let r: [Self; N] = from_fn(|i| (x[i] - n[i] * ($high)) - n[i] * $low);

                    let mut q = [0.0; N]; // by Horner's rule
                    for k in (2..=$terms).rev() {
                        let term = Self::of(ONE_OVER_FACTORIAL[k]);
                        q = from_fn(|i| (q[i] + term) * r[i]);
                    }
                    q = from_fn(|i| r[i] + q[i] * r[i]);

                    let exponent = |i: usize| {
                        let n = rounded[i].to_bits().wrapping_sub(($round as $float).to_bits());
                        n.wrapping_add(EXPONENT_OF_1) << DIGITS
                    };
                    (from_fn(|i| $float::from_bits(exponent(i))), q)
                }
            }
        };
    }
    // r⁸/8! is below 6e-9 of 1, r¹⁴/14! below 5e-18
    impl_sealed!(f32, u32, 87.0, 12_582_912.0, 355.0 / 512.0, -2.121_944_4e-4, 7);
    impl_sealed!(f64, u64, 708.0, 6_755_399_441_055_744.0, 0.693_147_180_369_123_8, 1.908_214_929_270_587_7e-10, 13);

    const ONE_OVER_FACTORIAL: [f64; 14] = {
        let mut terms = [1.0; 14];
        let mut k = 1;
        while k < terms.len() {
            terms[k] = terms[k - 1] / k as f64;
            k += 1;
        }
        terms
    };
}
