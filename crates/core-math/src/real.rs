//! The number types of the workspace: `f32` and `f64`, and nothing else.

/// The number type: `f32` or `f64`.
///
/// nalgebra's `RealField` provides the arithmetic. This trait adds the conversion to and from `f64`, and no other type
/// can implement it, so that a fast path may rely on it.
pub trait Real: nalgebra::RealField + Copy + sealed::Sealed {
    /// Converts from `f64`: the nearest value of this type.
    fn of(value: f64) -> Self;

    /// Converts to `f64`, exactly.
    fn to_f64(self) -> f64;
}

impl Real for f32 {
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "rounding to f32 is what the function is for")]
    fn of(value: f64) -> Self {
        value as f32
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn of(value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }
}

mod sealed {
    use super::Real;
    use std::array::from_fn;

    pub trait Sealed: Sized {
        /// 2ⁿ and q of [`exp_and_exp_m1`](crate::lanes::exp_and_exp_m1), for each x.
        fn exp_parts<const N: usize>(x: [Self; N]) -> ([Self; N], [Self; N]);

        /// [`ln`](crate::lanes::ln).
        fn ln_of<const N: usize>(x: [Self; N]) -> [Self; N];
    }

    /// `$limit`: |x| is limited to it. `$round`: 1.5 * 2^(digits - 1); adding it leaves no digit after the point, and the
    /// last bits are the integer. `$high` + `$low` = ln 2, the first with so few digits that n times it is exact.
    /// `$terms` and `$ln_terms` are the numbers of terms in the series of exp and ln.
    macro_rules! impl_sealed {
        (
            $float:ident, $bits:ident, $limit:literal, $round:literal, $high:expr, $low:literal, $terms:literal,
            $ln_terms:literal
        ) => {
            impl Sealed for $float {
                #[inline(always)]
                fn exp_parts<const N: usize>(x: [Self; N]) -> ([Self; N], [Self; N]) {
                    const DIGITS: u32 = $float::MANTISSA_DIGITS - 1;
                    const EXPONENT_OF_1: $bits = (1.0 as $float).to_bits() >> DIGITS;
                    // not x.clamp(): NaN fails both comparisons and so passes unchanged
                    let x: [Self; N] = from_fn(|i| if x[i] > $limit { $limit } else { x[i] });
                    let x: [Self; N] = from_fn(|i| if x[i] < -$limit { -$limit } else { x[i] });
                    let rounded: [Self; N] = from_fn(|i| x[i] * std::$float::consts::LOG2_E + $round);
                    let n: [Self; N] = from_fn(|i| rounded[i] - $round);
                    let r: [Self; N] = from_fn(|i| (x[i] - n[i] * ($high)) - n[i] * $low);

                    let mut q = [0.0; N]; // Horner's rule
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

                /// With x = 2ⁿ (1 + f), 1 + f between √½ and √2, and s = f / (2 + f): ln (1 + f) = 2 artanh s =
                /// f - f²/2 + s (f²/2 + R), where R = 2 s²/3 + 2 s⁴/5 + .... This keeps the digits of a small f.
                #[inline(always)]
                fn ln_of<const N: usize>(x: [Self; N]) -> [Self; N] {
                    const DIGITS: u32 = $float::MANTISSA_DIGITS - 1;
                    const ONE: $bits = (1.0 as $float).to_bits();
                    const SQRT_HALF: $bits = std::$float::consts::FRAC_1_SQRT_2.to_bits();
                    /// Adding the bits of this number to a small integer gives this number plus the integer.
                    const WHOLE: $float = ((1 as $bits) << DIGITS) as $float;
                    let is_tiny = |x: Self| x < Self::MIN_POSITIVE; // subnormal: its exponent bits are 0
                    let normal: [Self; N] = from_fn(|i| if is_tiny(x[i]) { x[i] * WHOLE } else { x[i] });
                    let shift: [Self; N] = from_fn(|i| if is_tiny(x[i]) { DIGITS as Self } else { 0.0 });

                    let bits: [$bits; N] = from_fn(|i| normal[i].to_bits());
                    // n plus the bias of the exponents
                    let biased: [$bits; N] = from_fn(|i| bits[i].wrapping_add(ONE - SQRT_HALF) >> DIGITS);
                    let bias = (ONE >> DIGITS) as Self;
                    let n: [Self; N] =
                        from_fn(|i| $float::from_bits(biased[i] | WHOLE.to_bits()) - (WHOLE + bias) - shift[i]);
                    let f: [Self; N] = from_fn(|i| {
                        let exponent = biased[i].wrapping_sub(ONE >> DIGITS) << DIGITS;
                        $float::from_bits(bits[i].wrapping_sub(exponent)) - 1.0
                    });

                    let s: [Self; N] = from_fn(|i| f[i] / (2.0 + f[i]));
                    let square: [Self; N] = from_fn(|i| s[i] * s[i]);
                    let mut rest = [0.0; N];
                    for k in (1..=$ln_terms).rev() {
                        let term = 2.0 / (2 * k + 1) as Self;
                        rest = from_fn(|i| (rest[i] + term) * square[i]);
                    }
                    let half: [Self; N] = from_fn(|i| 0.5 * f[i] * f[i]);
                    let ln: [Self; N] =
                        from_fn(|i| n[i] * ($high) - ((half[i] - (s[i] * (half[i] + rest[i]) + n[i] * $low)) - f[i]));
                    from_fn(|i| {
                        if x[i] > 0.0 {
                            if x[i] < Self::INFINITY { ln[i] } else { x[i] }
                        } else if x[i] == 0.0 {
                            Self::NEG_INFINITY
                        } else {
                            Self::NAN
                        }
                    })
                }
            }
        };
    }
    // r⁸/8! is below 6e-9 of 1, r¹⁴/14! below 5e-18; s² is at most 0.0295, so s¹² below 7e-10 and s²² below 2e-17
    impl_sealed!(f32, u32, 87.0, 12_582_912.0, 355.0 / 512.0, -2.121_944_4e-4, 7, 5);
    impl_sealed!(
        f64,
        u64,
        708.0,
        6_755_399_441_055_744.0,
        0.693_147_180_369_123_8,
        1.908_214_929_270_587_7e-10,
        13,
        10
    );

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
