//! How far a variable moves: kinds of steps, typical sizes, and steps that are too small.

use crate::difference_error::{DifferenceError, check_finite, check_length};
use crate::{FiniteDifference, Real};

/// How large the step h is for a variable x.
///
/// "Size" below is max(1, |x|), unless you said with [`FiniteDifference::typical`] that the variable is usually smaller
/// or larger than 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Step<T> {
    /// h itself, the same for every variable.
    Fixed(T),
    /// This number times the size.
    Relative(T),
    /// The size times the root of the machine epsilon that suits the scheme: ε^(1/2) for forward and backward, ε^(1/3)
    /// for central, ε^(1/5) for five points, and ε^(1/4) for second derivatives with any scheme.
    #[default]
    Epsilon,
}

impl<T: Real> FiniteDifference<T> {
    /// Returns an error unless `x` is finite, and has a typical size for each variable or for none.
    pub(crate) fn check_point<E>(&self, x: &[T]) -> Result<(), DifferenceError<E>> {
        check_finite("x", x)?;
        if self.typical.is_empty() { Ok(()) } else { check_length("typical sizes", self.typical.len(), x.len()) }
    }

    /// max(typical size, |x|) of variable `i`.
    pub(crate) fn size(&self, i: usize, x: T) -> T {
        let typical = self.typical.get(i).copied().unwrap_or_else(T::one);
        // not `max`, which drops a NaN: NaN should become an error
        if x.abs() > typical { x.abs() } else { typical }
    }

    /// h for variable `i`: the step that `x` actually makes, (x + h) - x, so that dividing by it adds no error.
    pub(crate) fn step_at<E>(&self, i: usize, x: T, root: f64) -> Result<T, DifferenceError<E>> {
        let step = self.step_of_size(self.size(i, x), root)?;
        let made = (x + step) - x;
        if !made.is_finite() {
            return Err(DifferenceError::NotFinite { what: "x + h at x", index: i, value: (x + step).to_f64() });
        }
        if made <= T::zero() || x - step == x {
            return Err(DifferenceError::StepTooSmall { index: i, x: x.to_f64(), step: step.to_f64() });
        }
        Ok(made)
    }

    /// h for a move along `v`, which is not 0: x + h v is as far from x as a step moves the smallest variable that takes
    /// part.
    pub(crate) fn step_along<E>(&self, x: &[T], v: &[T], root: f64) -> Result<T, DifferenceError<E>> {
        // the squares of the elements themselves could overflow, or become 0
        let largest = v.iter().fold(T::zero(), |largest, v| if v.abs() > largest { v.abs() } else { largest });
        let length = v.iter().fold(T::zero(), |sum, &v| sum + (v / largest) * (v / largest)).sqrt() * largest;
        let sizes = x.iter().zip(v).enumerate().filter(|(_, (_, v))| !v.is_zero()).map(|(i, (&x, _))| self.size(i, x));
        let size = sizes.reduce(|a, b| if b < a { b } else { a }).unwrap_or_else(T::one);
        let h = self.step_of_size(size, root)? / length;
        if !h.is_finite() || h.is_zero() {
            return Err(DifferenceError::BadStep { step: h.to_f64() });
        }
        // a variable that hardly takes part in the direction need not move
        let least = length * T::default_epsilon().sqrt();
        let stuck = x.iter().zip(v).position(|(&x, &v)| v.abs() >= least && x + h * v == x);
        match stuck {
            None => Ok(h),
            Some(index) => {
                Err(DifferenceError::StepTooSmall { index, x: x[index].to_f64(), step: (h * v[index]).abs().to_f64() })
            }
        }
    }

    fn step_of_size<E>(&self, size: T, root: f64) -> Result<T, DifferenceError<E>> {
        let step = match self.step {
            Step::Fixed(step) => step,
            Step::Relative(step) => step * size,
            Step::Epsilon => T::of(T::default_epsilon().to_f64().powf(root)) * size,
        };
        let good = step.is_finite() && step > T::zero();
        if good { Ok(step) } else { Err(DifferenceError::BadStep { step: step.to_f64() }) }
    }
}
