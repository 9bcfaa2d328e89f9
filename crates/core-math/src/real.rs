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
    pub trait Sealed {}
    impl Sealed for f32 {}
    impl Sealed for f64 {}
}
