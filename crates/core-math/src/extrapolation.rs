//! Richardson extrapolation: a derivative to almost full precision, with an estimate of its error.

use crate::finite_difference::Scheme;
use crate::{DifferenceError, FiniteDifference, Outcome, Real, Step};

/// The result of [`FiniteDifference::extrapolate`].
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(deny_unknown_fields))]
#[must_use = "`value` is the derivative, `error` says how far to trust it"]
pub struct Extrapolated<T> {
    /// The derivative.
    pub value: T,
    /// An estimate of its absolute error.
    pub error: T,
}

/// The step is halved at most this many times.
const ROWS: i32 = 16;
/// At least this many rows are computed: for an oscillating function, entries may agree by chance.
const LEAST_ROWS: i32 = 8;
/// The table ends at a row that is worse than the best entry by this factor, because from there on rounding errors grow.
const SAFE: f64 = 2.0;
/// How many roundings to allow for: few functions are exact to one rounding of their value, or of intermediate results as
/// large as x.
const ROUNDINGS: f64 = 8.0;
/// A relative error above this counts as no convergence.
const CONVERGED: f64 = 1e-3;

impl<T: Real> FiniteDifference<T> {
    /// The derivative of a function of one variable: differences with the steps h, h/2, h/4, ..., extrapolated to h = 0
    /// (Richardson; the best entry is chosen as in Ridders 1982, *Advances in Engineering Software* 4). With central
    /// differences it takes 20 to 36 calls.
    ///
    /// h is given by [`Step::Fixed`] or [`Step::Relative`]. Choose it so that `f` changes noticeably over h but stays
    /// smooth. [`Step::Epsilon`] starts at an eighth of max(1, |x|), or of the [`typical`](Self::typical) size. The
    /// scheme decides which powers of h the error contains.
    ///
    /// The estimated error has three parts: the distance of the entry from its neighbours in the table and from the best
    /// entries of the adjacent rows; the rounding error of `f` and x, divided by the step; and the distance to a plain
    /// difference with a step of ε^(1/3) (ε^(1/2) for forward and backward), unless the error of the plain difference
    /// explains that distance. The last part finds functions that oscillate within every step of the table.
    ///
    /// No method that only calls `f` can see an oscillation within its smallest step, here 6e-6 at x = 1. At a kink, such
    /// as |x| at 0, central differences give the mean of the derivatives from the left and from the right.
    ///
    /// # Errors
    ///
    /// [`DifferenceError::NoConvergence`] if the estimated error is above a thousandth of the value and above the error
    /// of a plain difference; also if `x` is not finite, the step is invalid, or `f` returns an error.
    ///
    /// ```
    /// # use core_math::FiniteDifference;
    /// let slope = FiniteDifference::central().extrapolate(f64::exp, 1.0)?;
    /// assert!((slope.value - 1_f64.exp()).abs() <= slope.error);
    /// assert!(slope.error < 1e-11);
    /// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
    /// ```
    pub fn extrapolate<R: Outcome<T>>(
        &self,
        mut f: impl FnMut(T) -> R,
        x: T,
    ) -> Result<Extrapolated<T>, DifferenceError<R::Error>> {
        let size = self.size(0, x);
        let start = match self.step {
            Step::Fixed(step) => step,
            Step::Relative(step) => step * size,
            Step::Epsilon => size / T::of(8.0),
        };
        let mut best = self.table(&mut f, x, start, size)?;

        // a difference with a far smaller step, for comparison
        let (scheme, root) = match self.scheme {
            one_sided @ (Scheme::Forward | Scheme::Backward) => (one_sided, 1.0 / 2.0),
            Scheme::Central | Scheme::FivePoint => (Scheme::FivePoint, 1.0 / 3.0),
        };
        let epsilon = T::default_epsilon().to_f64();
        let plain = Self { scheme, ..self.clone() }.step(Step::Fixed(T::of(epsilon.powf(root)) * size));
        let (slope, largest) = plain.slope_and_largest(&mut f, x)?;
        let gap = (slope - best.value).abs();
        // an estimate of its error
        let plain_error = T::of(10.0 * epsilon.powf(1.0 - root)) * larger(best.value.abs(), largest / size);
        let gap = if gap.is_finite() { gap } else { T::of(f64::INFINITY) };
        if gap > plain_error {
            best.error = larger(best.error, gap + gap); // twice, because both are off
        }
        let small = larger(T::of(CONVERGED) * best.value.abs(), plain_error);
        if best.error.is_finite() && best.error <= small {
            Ok(best)
        } else {
            let [x, value, error] = [x, best.value, best.error].map(T::to_f64);
            Err(DifferenceError::NoConvergence { x, value, error })
        }
    }

    /// The best entry of the table; its error is infinite if there is none.
    fn table<R: Outcome<T>>(
        &self,
        f: &mut impl FnMut(T) -> R,
        x: T,
        start: T,
        size: T,
    ) -> Result<Extrapolated<T>, DifferenceError<R::Error>> {
        let (first_power, power) = match self.scheme {
            Scheme::Forward | Scheme::Backward => (1, 1),
            Scheme::Central => (2, 2),
            Scheme::FivePoint => (4, 2),
        };
        let nothing = Extrapolated { value: T::of(f64::NAN), error: T::of(f64::INFINITY) };
        let mut best_of_rows: Vec<Extrapolated<T>> = Vec::new();
        let mut best = 0;
        let mut previous: Vec<T> = Vec::new();
        for row in 0..ROWS {
            let h = start * T::of(0.5_f64.powi(row));
            let (slope, largest) = match self.clone().step(Step::Fixed(h)).slope_and_largest(f, x) {
                Ok(slope) => slope,
                // the step is too small to change x: use the rows computed until now
                Err(DifferenceError::StepTooSmall { .. }) if row > 1 => break,
                Err(error) => return Err(error),
            };
            let mut rounding = T::of(ROUNDINGS) * T::default_epsilon() * (largest + size * slope.abs()) / h;
            let mut entries = vec![slope];
            let mut here = nothing;
            let mut gain = T::of(2_f64.powi(first_power));
            for (column, &above) in previous.iter().enumerate() {
                let left = entries[column];
                let entry = left + (left - above) / (gain - T::one());
                rounding *= (gain + T::one()) / (gain - T::one());
                let error = larger((entry - left).abs(), (entry - above).abs()) + rounding;
                if error < here.error {
                    here = Extrapolated { value: entry, error };
                }
                entries.push(entry);
                gain *= T::of(2_f64.powi(power));
            }
            previous = entries;
            best_of_rows.push(here);
            if here.error < best_of_rows[best].error {
                best = best_of_rows.len() - 1;
            }
            let Extrapolated { value, error } = best_of_rows[best];
            let converged = row + 1 >= LEAST_ROWS && error <= T::of(CONVERGED) * value.abs();
            if converged && here.error >= T::of(SAFE) * error {
                break;
            }
        }
        // three entries may agree by chance, but hardly with the best of the adjacent rows too; twice the distance,
        // because those may err in the same direction
        let Extrapolated { value, error } = best_of_rows.get(best).copied().unwrap_or(nothing);
        let others = best_of_rows.iter().enumerate().filter(|(row, _)| row.abs_diff(best) == 1);
        let distances = others.map(|(_, other)| (other.value - value).abs()).filter(|distance| distance.is_finite());
        let farthest = distances.reduce(larger).unwrap_or(nothing.error);
        Ok(Extrapolated { value, error: error + farthest + farthest })
    }

    /// The derivative, and the largest |f| that it was computed from.
    fn slope_and_largest<R: Outcome<T>>(
        &self,
        f: &mut impl FnMut(T) -> R,
        x: T,
    ) -> Result<(T, T), DifferenceError<R::Error>> {
        let mut largest = T::zero();
        let watched = |x: T| {
            let value = f(x).outcome()?;
            largest = larger(largest, value.abs());
            Ok(value)
        };
        let slope = self.derivative(watched, x)?;
        Ok((slope, largest))
    }
}

fn larger<T: Real>(a: T, b: T) -> T {
    if a > b { a } else { b }
}
