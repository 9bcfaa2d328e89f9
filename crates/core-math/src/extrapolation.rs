//! Richardson extrapolation: a derivative to nearly all digits, with an estimate of its error.

use crate::{DifferenceError, FiniteDifference, Outcome, Real, Step};

/// A derivative by [`FiniteDifference::extrapolate`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
pub struct Extrapolated<T> {
    /// The derivative.
    pub value: T,
    /// An estimate of its absolute error: how far the best entries of the tableau lie apart, at least a rounding.
    pub error: T,
}

/// How often the step is halved at most.
const ROWS: usize = 12;
/// An entry worse than the best by this factor ends the tableau: from there on rounding grows.
const SAFE: f64 = 2.0;

impl<T: Real> FiniteDifference<T> {
    /// The derivative of a function of one variable at step h, h/2, h/4, ..., extrapolated to h = 0 (Richardson; the
    /// choice of the best entry and its error as Ridders 1982, *Advances in Engineering Software* 4).
    ///
    /// h is a [`Step::Fixed`] or [`Step::Relative`] one, over which `f` should change noticeably but stay smooth;
    /// [`Step::Epsilon`] starts at max(1, |x|) / 8. The scheme says which powers of h the error has.
    ///
    /// # Errors
    ///
    /// A bad step, or what `f` returns.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let slope = FiniteDifference::central().extrapolate(f64::exp, 1.0)?;
    /// assert!((slope.value - 1_f64.exp()).abs() < 1e-12);
    /// assert!(slope.error < 1e-11);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn extrapolate<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(T) -> R,
        x: T,
    ) -> Result<Extrapolated<T>, DifferenceError<R::Error>> {
        let size = if x.abs() > T::one() { x.abs() } else { T::one() };
        let start = match self.steps() {
            Step::Fixed(step) => step,
            Step::Relative(step) => step * size,
            Step::Epsilon => size / T::of(8.0),
        };
        let (first_power, power) = self.error_powers();

        let mut best = Extrapolated { value: T::of(f64::NAN), error: T::of(f64::INFINITY) };
        let mut previous: Vec<T> = Vec::new();
        for row in 0..ROWS {
            let halvings = T::of(0.5_f64.powi(i32::try_from(row).unwrap_or(i32::MAX)));
            let mut entries = match self.step(Step::Fixed(start * halvings)).derivative(&mut f, x) {
                Ok(slope) => vec![slope],
                // halved until it moves x no longer: what there is, is the answer
                Err(DifferenceError::StepTooSmall { .. }) if row > 1 => break,
                Err(error) => return Err(error),
            };
            let mut gain = T::of(2_f64.powi(first_power));
            for (column, &above) in previous.iter().enumerate() {
                let left = entries[column];
                let entry = left + (left - above) / (gain - T::one());
                let distance = larger((entry - left).abs(), (entry - above).abs());
                if distance <= best.error {
                    best = Extrapolated { value: entry, error: distance };
                }
                entries.push(entry);
                gain *= T::of(2_f64.powi(power));
            }
            let grown = entries.last().zip(previous.last()).map(|(here, above)| (*here - *above).abs());
            if grown.is_some_and(|grown| grown >= T::of(SAFE) * best.error) {
                break;
            }
            previous = entries;
        }
        // entries that agree to the last digit say nothing about rounding
        let error = larger(best.error, T::default_epsilon() * best.value.abs());
        Ok(Extrapolated { error, ..best })
    }
}

fn larger<T: Real>(a: T, b: T) -> T {
    if a > b { a } else { b }
}
