//! What functions that are differentiated may return, and why there may be no difference.

use crate::Real;
use std::convert::Infallible;

/// Why there is no difference.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DifferenceError<E> {
    /// The step is 0, negative, infinite or NaN.
    #[error("the step is {step}, expected a finite number above 0")]
    BadStep {
        /// The step.
        step: f64,
    },
    /// A variable is so large that the step does not move it, or it is not finite.
    #[error("variable {index} is {x:e}, which a step of {step:e} does not move; use a larger or a relative one")]
    StepTooSmall {
        /// Which variable; 0 for functions of one.
        index: usize,
        /// Its value.
        x: f64,
        /// The step.
        step: f64,
    },
    /// Two slices that belong together, or two results of a vector function, differ in length.
    #[error("{what}: found {found} elements, expected {expected}")]
    Length {
        /// What has the wrong length.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length that would fit.
        expected: usize,
    },
    /// The function failed.
    #[error("the function failed: {0}")]
    Function(E),
}

/// What a function may return: a value, or a `Result` of one.
pub trait Outcome<V> {
    /// What the function fails with; nothing, for a plain value.
    type Error;

    /// As a `Result`.
    ///
    /// # Errors
    ///
    /// The function's own.
    fn outcome(self) -> Result<V, Self::Error>;
}

impl<T: Real> Outcome<T> for T {
    type Error = Infallible;

    fn outcome(self) -> Result<T, Infallible> {
        Ok(self)
    }
}

impl<T: Real> Outcome<Self> for Vec<T> {
    type Error = Infallible;

    fn outcome(self) -> Result<Self, Infallible> {
        Ok(self)
    }
}

impl<V, E> Outcome<V> for Result<V, E> {
    type Error = E;

    fn outcome(self) -> Self {
        self
    }
}

/// An error that says `what`, unless the lengths agree.
pub(crate) fn check_length<E>(what: &'static str, found: usize, expected: usize) -> Result<(), DifferenceError<E>> {
    if found == expected { Ok(()) } else { Err(DifferenceError::Length { what, found, expected }) }
}
