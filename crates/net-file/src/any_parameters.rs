//! The parameters of a network in the precision of their file.

use core_math::Real;
use net::{Parameters, ShapeError, Sizes};
use std::fmt;

/// W1, b1, W2 and b2 in the precision of their file.
#[derive(Clone, Debug, PartialEq)]
pub enum AnyParameters {
    /// Single precision.
    F32(Parameters<f32>),
    /// Double precision.
    F64(Parameters<f64>),
}

impl AnyParameters {
    /// The type of the numbers.
    #[must_use]
    pub fn precision(&self) -> Precision {
        match self {
            Self::F32(_) => Precision::F32,
            Self::F64(_) => Precision::F64,
        }
    }

    /// The sizes, if the four arrays fit together.
    ///
    /// # Errors
    ///
    /// If two of them do not fit together. This never happens with parameters that were read from a file.
    pub fn sizes(&self) -> Result<Sizes, ShapeError> {
        match self {
            Self::F32(parameters) => parameters.sizes(),
            Self::F64(parameters) => parameters.sizes(),
        }
    }

    /// Converts the parameters to `T`. The values stay the same, except that `f64` is rounded to `f32`.
    #[must_use]
    pub fn to<T: Real>(&self) -> Parameters<T> {
        match self {
            Self::F32(parameters) => parameters.map(|v| T::of(v.to_f64())),
            Self::F64(parameters) => parameters.map(|v| T::of(v)),
        }
    }
}

impl From<Parameters<f32>> for AnyParameters {
    fn from(parameters: Parameters<f32>) -> Self {
        Self::F32(parameters)
    }
}

impl From<Parameters<f64>> for AnyParameters {
    fn from(parameters: Parameters<f64>) -> Self {
        Self::F64(parameters)
    }
}

/// The type of the numbers in a file; it displays as `f32` or `f64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// Single precision, four bytes per number.
    F32,
    /// Double precision, eight bytes per number.
    F64,
}

impl Precision {
    /// The number of bytes per number.
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::F32 => 4,
            Self::F64 => 8,
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::F32 => "f32",
            Self::F64 => "f64",
        })
    }
}
