//! Gradient checking: compare your gradient or Jacobian with finite differences, and find out what is wrong with it.

mod blocks;
mod cause;
mod directions;
mod report;

pub use blocks::{BlockReport, BlockReports, gradient_check_blocks};
pub use cause::Cause;
pub use directions::CheckMode;
pub use report::{GradientReport, Place};

use crate::difference_error::{DifferenceError, Outcome, check_length};
use crate::{FiniteDifference, Real};
use directions::Directions;
use nalgebra::DMatrix;

/// How to check a gradient.
///
/// A derivative passes if |n - a| <= absolute + relative max(|n|, |a|), where n is the numerical and a the analytic
/// value.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "it checks nothing until it is given to `gradient_check`"]
pub struct GradientCheck<T> {
    /// The finite differences to use. Default: central, with a step of ε^(1/3).
    pub difference: FiniteDifference<T>,
    /// Which derivatives to compare.
    pub mode: CheckMode,
    /// The absolute tolerance. Default: 1e-7 for `f64`, 1e-4 for `f32`.
    pub absolute: f64,
    /// The relative tolerance. Default: 1e-4 for `f64`, 1e-2 for `f32`.
    pub relative: f64,
    /// The batch size, if the function is a mean over a batch. With it, the check recognises a mean that was forgotten or
    /// taken twice.
    pub batch_size: Option<usize>,
}

impl<T: Real> Default for GradientCheck<T> {
    fn default() -> Self {
        // a numerical derivative is exact to about ε^(2/3): 4e-11 for f64, 2e-5 for f32
        let (absolute, relative) = if T::default_epsilon().to_f64() < 1e-9 { (1e-7, 1e-4) } else { (1e-4, 1e-2) };
        Self {
            difference: FiniteDifference::central(),
            mode: CheckMode::default(),
            absolute,
            relative,
            batch_size: None,
        }
    }
}

/// Compares `analytic`, your gradient of `f` at `x`, with finite differences.
///
/// `f` is called as often as the differences need it. If something fails, it is called a few more times to find the
/// cause. [`gradient_check_blocks`] checks W1, b1, ... one by one, [`jacobian_check`] checks vector functions.
///
/// # Errors
///
/// If the lengths of `analytic` and `x` differ, `x` is not finite, the step is invalid, or `f` returns an error. A wrong
/// gradient is not an error: its report does not [`hold`](GradientReport::holds).
///
/// ```
/// use core_math::{Cause, GradientCheck, gradient_check};
///
/// let f = |x: &[f64]| x[0].sin() * x[1] + x[1].powi(2);
/// let x = [0.5, -1.5];
/// let right = [0.5_f64.cos() * -1.5, 0.5_f64.sin() + 2.0 * -1.5];
/// assert!(gradient_check(f, &x, &right, &GradientCheck::default())?.holds());
///
/// let wrong = right.map(|slope| -slope);
/// let report = gradient_check(f, &x, &wrong, &GradientCheck::default())?;
/// assert_eq!((report.failed, report.cause), (2, Some(Cause::Sign)));
/// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
/// ```
pub fn gradient_check<T: Real, R: Outcome<T>>(
    mut f: impl FnMut(&[T]) -> R,
    x: &[T],
    analytic: &[T],
    check: &GradientCheck<T>,
) -> Result<GradientReport, DifferenceError<R::Error>> {
    check_length("the analytic gradient", analytic.len(), x.len())?;
    let mut f = |x: &[T]| f(x).outcome().map(|value| [value]).map_err(DifferenceError::Function);
    compare(&mut f, x, analytic, None, check)
}

/// Compares `analytic`, the M x N Jacobian of a vector function at `x`, with finite differences: element (m, n) is
/// ∂fₘ/∂xₙ. `f` returns the same types as for [`FiniteDifference::jacobian`].
///
/// Sampling draws variables, that is, columns. Along a random direction, all M results are compared.
///
/// # Errors
///
/// If the number of columns of `analytic` differs from the number of elements of `x`, or its number of rows from the
/// number of results of `f`; if `x` is not finite, the step is invalid, or `f` returns an error.
///
/// ```
/// use core_math::{Cause, GradientCheck, jacobian_check};
/// use nalgebra::DMatrix;
///
/// let f = |x: &[f64]| [x[0] * x[1], x[0].sin()];
/// let right = DMatrix::from_row_slice(2, 2, &[-1.5, 0.5, 0.5_f64.cos(), 0.0]);
/// assert!(jacobian_check(f, &[0.5, -1.5], &right, &GradientCheck::default())?.holds());
///
/// let report = jacobian_check(f, &[0.5, -1.5], &right.transpose(), &GradientCheck::default())?;
/// assert_eq!((report.failed, report.cause), (2, Some(Cause::Permuted)));
/// assert!(report.to_string().starts_with("2 of 4 derivatives wrong, at (1, 0) (0, 1); the worst at "));
/// # Ok::<(), core_math::DifferenceError<std::convert::Infallible>>(())
/// ```
pub fn jacobian_check<T: Real, V: AsRef<[T]>, R: Outcome<V>>(
    mut f: impl FnMut(&[T]) -> R,
    x: &[T],
    analytic: &DMatrix<T>,
    check: &GradientCheck<T>,
) -> Result<GradientReport, DifferenceError<R::Error>> {
    check_length("a row of the analytic Jacobian", analytic.ncols(), x.len())?;
    let mut f = |x: &[T]| f(x).outcome().map_err(DifferenceError::Function);
    compare(&mut f, x, analytic.as_slice(), Some(analytic.nrows()), check)
}

/// `analytic` is the Jacobian, stored by column, with `rows` rows; `None` for the single row of a gradient.
fn compare<T: Real, V: AsRef<[T]>, E>(
    f: &mut impl FnMut(&[T]) -> Result<V, DifferenceError<E>>,
    x: &[T],
    analytic: &[T],
    rows: Option<usize>,
    check: &GradientCheck<T>,
) -> Result<GradientReport, DifferenceError<E>> {
    let difference = &check.difference;
    difference.check_point(x)?;
    let results = rows.unwrap_or(1);
    let directions = Directions::of(check.mode, x.len());
    let center = if difference.needs_center() { Some(f(x)?) } else { None };
    let center = center.as_ref().map_or(&[] as &[T], V::as_ref);
    let mut point = x.to_vec();
    let mut places = Vec::new();
    for index in directions.indices() {
        let h = directions.step(index, x, difference)?;
        let mut along = |s: T| {
            directions.move_to(index, x, s, &mut point);
            f(&point)
        };
        let slopes = difference.slopes(&mut along, h, center, Some(results))?;
        point.copy_from_slice(x);
        for (m, numerical) in slopes.into_iter().enumerate() {
            let analytic = directions.times(index, |n| analytic[m + n * results].to_f64());
            places.push(Place::new(index, rows.map(|_| m), numerical.to_f64(), analytic, check));
        }
    }
    let mut report = GradientReport::of(places);
    report.cause = cause::find(f, x, &directions, &report, check)?;
    Ok(report)
}
