//! The activation functions of the hidden layer.

use core_math::{Real, activation};
use std::fmt;
use std::str::FromStr;

/// The activation function h of the hidden layer: z = h(a).
///
/// It is displayed, parsed and serialized as its name in lower case:
///
/// ```
/// use net::Activation;
///
/// assert_eq!("relu".parse(), Ok(Activation::Relu));
/// assert_eq!(Activation::ALL.map(|activation| activation.to_string()), ["sigmoid", "tanh", "relu"]);
/// let error = "gelu".parse::<Activation>().unwrap_err();
/// assert_eq!(error.to_string(), "unknown activation \"gelu\", expected sigmoid, tanh or relu");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Activation {
    /// 1 / (1 + e⁻ᵃ), as in the book.
    #[default]
    Sigmoid,
    /// tanh a.
    Tanh,
    /// max(0, a).
    Relu,
}

impl Activation {
    /// All activations.
    pub const ALL: [Self; 3] = [Self::Sigmoid, Self::Tanh, Self::Relu];

    /// Its name: `sigmoid`, `tanh` or `relu`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Relu => "relu",
        }
    }

    /// The value h(a).
    #[must_use]
    pub fn value<T: Real>(self, a: T) -> T {
        match self {
            Self::Sigmoid => activation::sigmoid(a),
            Self::Tanh => activation::tanh(a),
            Self::Relu => activation::relu(a),
        }
    }

    /// The derivative h'(a).
    #[must_use]
    pub fn gradient<T: Real>(self, a: T) -> T {
        match self {
            Self::Sigmoid => activation::sigmoid_gradient(a),
            Self::Tanh => activation::tanh_gradient(a),
            Self::Relu => activation::relu_gradient(a),
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Activation {
    type Err = UnknownActivation;

    fn from_str(name: &str) -> Result<Self, UnknownActivation> {
        let found = Self::ALL.into_iter().find(|activation| activation.name() == name);
        found.ok_or_else(|| UnknownActivation(name.to_owned()))
    }
}

/// The error for a name that is not the name of an [`Activation`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown activation {0:?}, expected sigmoid, tanh or relu")]
pub struct UnknownActivation(pub String);
