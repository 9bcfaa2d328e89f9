//! Which activation the hidden layer has.

use core_math::{Real, activation};

/// The activation of the hidden layer, z = h(a).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Activation {
    /// 1 / (1 + e⁻ᵃ), the book's.
    #[default]
    Sigmoid,
    /// tanh a.
    Tanh,
    /// max(0, a).
    Relu,
}

impl Activation {
    /// h(a).
    pub fn value<T: Real>(self, a: T) -> T {
        match self {
            Self::Sigmoid => activation::sigmoid(a),
            Self::Tanh => activation::tanh(a),
            Self::Relu => activation::relu(a),
        }
    }

    /// h'(a).
    pub fn gradient<T: Real>(self, a: T) -> T {
        match self {
            Self::Sigmoid => activation::sigmoid_gradient(a),
            Self::Tanh => activation::tanh_gradient(a),
            Self::Relu => activation::relu_gradient(a),
        }
    }
}
