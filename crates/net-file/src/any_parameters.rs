//! The parameters of a net in the precision of their file.

use core_math::Real;
use net::{Parameters, ShapeError, Sizes};
use std::fmt;

/// W1, b1, W2 and b2 in the precision in which a file holds them.
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

    /// The sizes that the four arrays agree on.
    ///
    /// # Errors
    ///
    /// When two of them do not fit together. This never happens to parameters that were read from a file.
    pub fn sizes(&self) -> Result<Sizes, ShapeError> {
        match self {
            Self::F32(parameters) => parameters.sizes(),
            Self::F64(parameters) => parameters.sizes(),
        }
    }

    /// The parameters in `T`. The values stay the same, except that `f64` is rounded to `f32`.
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

/// The type of the numbers of a file, printed as `f32` or `f64`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Precision {
    /// Single precision, four bytes per number.
    F32,
    /// Double precision, eight bytes per number.
    F64,
}

impl Precision {
    /// How many bytes one number takes.
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
