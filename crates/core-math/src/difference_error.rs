//! What a differentiated function may return, and the errors of all finite differences.

use crate::Real;
use nalgebra::{Dim, Vector};
use std::convert::Infallible;

/// Why a derivative could not be computed.
///
/// It is a [`std::error::Error`] if `E` is one; your error is then its [`source`](std::error::Error::source). If `E`
/// isn't an error type, as with `String` or `anyhow::Error`, match on [`Function`](Self::Function), or convert it with
/// [`map_function`](Self::map_function).
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DifferenceError<E> {
    /// The step is 0, negative, infinite or NaN.
    #[error("the step is {step}, expected a finite number above 0")]
    BadStep {
        /// The step.
        step: f64,
    },
    /// A variable is so large that adding the step does not change it.
    #[error(
        "variable {index} is {x:e}, which a step of {step:e} does not change; use a larger step, or a relative one"
    )]
    StepTooSmall {
        /// The index of the variable; 0 for functions of one variable.
        index: usize,
        /// Its value.
        x: f64,
        /// The step.
        step: f64,
    },
    /// A variable, or an element of a direction, is NaN or infinite.
    #[error("{what}[{index}] is {value}, expected a finite number")]
    NotFinite {
        /// The vector: `x`, `direction` or `v`.
        what: &'static str,
        /// The index of the element; 0 for functions of one variable.
        index: usize,
        /// Its value.
        value: f64,
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
    /// [`FiniteDifference::extrapolate`](crate::FiniteDifference::extrapolate) found no limit.
    #[error(
        "the extrapolation at x = {x:e} does not converge: its best value is {value:e}, uncertain by {error:e}; start \
         with a smaller step, over which the function is smooth"
    )]
    NoConvergence {
        /// The variable at which it was looked for.
        x: f64,
        /// The best value of the table; NaN if it has none.
        value: f64,
        /// The estimate of its error.
        error: f64,
    },
    /// The function failed.
    #[error("the function failed")]
    Function(#[source] E),
}

impl<E> DifferenceError<E> {
    /// Converts the function's own error with `convert` and keeps every other error.
    ///
    /// ```
    /// use core_math::{DifferenceError, FiniteDifference};
    ///
    /// let f = |x: f64| if x > 0.0 { Ok(x.ln()) } else { Err(format!("ln of {x}")) };
    /// let slope = |x| FiniteDifference::central().derivative(f, x).map_err(|e| e.map_function(std::io::Error::other));
    /// let error: Box<dyn std::error::Error> = slope(-1.0).unwrap_err().into(); // String is no error, io::Error is one
    /// assert!(error.source().unwrap().to_string().starts_with("ln of -"));
    /// ```
    pub fn map_function<F>(self, convert: impl FnOnce(E) -> F) -> DifferenceError<F> {
        match self {
            Self::BadStep { step } => DifferenceError::BadStep { step },
            Self::StepTooSmall { index, x, step } => DifferenceError::StepTooSmall { index, x, step },
            Self::NotFinite { what, index, value } => DifferenceError::NotFinite { what, index, value },
            Self::Length { what, found, expected } => DifferenceError::Length { what, found, expected },
            Self::NoConvergence { x, value, error } => DifferenceError::NoConvergence { x, value, error },
            Self::Function(error) => DifferenceError::Function(convert(error)),
        }
    }
}

/// What a function may return: a value, or a `Result` of one.
///
/// A value is a number or, for vector functions, a `Vec<T>`, an array or a vector of nalgebra. In a `Result` it may be
/// anything that implements [`AsRef<[T]>`](AsRef).
pub trait Outcome<V> {
    /// The error of the function; [`Infallible`](std::convert::Infallible) for a plain value.
    type Error;

    /// As a `Result`.
    ///
    /// # Errors
    ///
    /// The function's own error.
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

impl<T: Real, const M: usize> Outcome<Self> for [T; M] {
    type Error = Infallible;

    fn outcome(self) -> Result<Self, Infallible> {
        Ok(self)
    }
}

impl<T: Real, D: Dim, S> Outcome<Self> for Vector<T, D, S> {
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

/// Returns an error that names `what` if the lengths differ.
pub(crate) fn check_length<E>(what: &'static str, found: usize, expected: usize) -> Result<(), DifferenceError<E>> {
    if found == expected { Ok(()) } else { Err(DifferenceError::Length { what, found, expected }) }
}

/// Returns an error that names the first element that is NaN or infinite.
pub(crate) fn check_finite<T: Real, E>(what: &'static str, values: &[T]) -> Result<(), DifferenceError<E>> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(DifferenceError::NotFinite { what, index, value: values[index].to_f64() }),
    }
}
