//! Activation functions of one number and their derivatives (sections 3.2, 3.5 and 5.5).
//!
//! They take one number. For a matrix, use `map`:
//!
//! ```
//! use core_math::activation::sigmoid;
//! use nalgebra::DMatrix;
//!
//! let a = DMatrix::from_row_slice(1, 3, &[-1.0, 1.0, 2.0]);
//! let z = a.map(sigmoid);
//! // the figures of section 3.2.4: [0.26894142, 0.73105858, 0.88079708]
//! assert!((z[(0, 0)] - 0.268_941_42_f64).abs() < 1e-8);
//! ```
//!
//! None of them overflows: at ±1000, where `exp` gives infinity, each returns its limit. NaN gives NaN, except in [`step`]
//! and the gradients of [`relu`] and [`step`], which give 0, and in the gradient of [`identity`], which is always 1.

use crate::Real;

/// 1 / (1 + e⁻ˣ), in `[0, 1]` (section 3.2.4).
///
/// For x < 0 it is computed as eˣ / (1 + eˣ). This is the same number, but no intermediate value is infinite, and it
/// keeps its full relative precision.
pub fn sigmoid<T: Real>(x: T) -> T {
    if x >= T::zero() {
        T::one() / (T::one() + (-x).exp())
    } else {
        let e = x.exp();
        e / (T::one() + e)
    }
}

/// The derivative of [`sigmoid`] at x: σ(x) (1 - σ(x)), in `[0, 0.25]` (section 5.5.2).
///
/// It is computed as σ(x) σ(-x): where σ(x) rounds to 1, the factor 1 - σ(x) would be 0 although the derivative isn't.
pub fn sigmoid_gradient<T: Real>(x: T) -> T {
    sigmoid(x) * sigmoid(-x)
}

/// (eˣ - e⁻ˣ) / (eˣ + e⁻ˣ), in `[-1, 1]`.
pub fn tanh<T: Real>(x: T) -> T {
    x.tanh()
}

/// The derivative of [`tanh`] at x: 1 - tanh²(x), in `[0, 1]`.
///
/// It is computed as 4 σ(2x) σ(-2x), which keeps its digits where tanh(x) rounds to ±1.
pub fn tanh_gradient<T: Real>(x: T) -> T {
    T::of(4.0) * sigmoid_gradient(x + x)
}

/// max(0, x) (section 3.2.7).
pub fn relu<T: Real>(x: T) -> T {
    // not x.max(0), which swallows NaN
    if x <= T::zero() { T::zero() } else { x }
}

/// The derivative of [`relu`] at x: 1 if x > 0, else 0.
///
/// There is none at x = 0. Like the book's Relu layer (section 5.5.1), PyTorch and TensorFlow, this function returns 0
/// there; a central difference gives 1/2.
pub fn relu_gradient<T: Real>(x: T) -> T {
    if x > T::zero() { T::one() } else { T::zero() }
}

/// Returns x: the output activation for regression (section 3.5).
pub fn identity<T: Real>(x: T) -> T {
    x
}

/// The derivative of [`identity`]: 1.
pub fn identity_gradient<T: Real>(_x: T) -> T {
    T::one()
}

/// 1 if x > 0, else 0: the perceptron's step function (section 3.2.2).
pub fn step<T: Real>(x: T) -> T {
    if x > T::zero() { T::one() } else { T::zero() }
}

/// The derivative of [`step`]: 0. At x = 0 there is no derivative; this function returns 0 there, too. This is why a network
/// with step activations learns nothing from gradients (section 4.2.5).
pub fn step_gradient<T: Real>(_x: T) -> T {
    T::zero()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numerical_diff;

    #[track_caller]
    fn close(found: f64, expected: f64, tolerance: f64) {
        assert!((found - expected).abs() <= tolerance, "found {found:e}, expected {expected:e}");
    }

    #[test]
    fn values_are_those_of_numpy() {
        // >>> x = np.array([-2.5, -0.5, 0.75, 3.0]); 1 / (1 + np.exp(-x)); np.tanh(x)
        let cases = [
            (-2.5, 0.075_858_180_021_243_55, -0.986_614_298_151_430_3),
            (-0.5, 0.377_540_668_798_145_4, -0.462_117_157_260_009_8),
            (0.75, 0.679_178_699_175_392_9, 0.635_148_952_387_287_3),
            (3.0, 0.952_574_126_822_433_3, 0.995_054_753_686_730_5),
        ];
        for (x, s, t) in cases {
            close(sigmoid(x), s, 1e-15);
            close(tanh(x), t, 1e-15);
        }
    }

    #[test]
    fn gradients_agree_with_central_differences() {
        type Function = fn(f64) -> f64;
        let pairs: [(Function, Function); 5] = [
            (sigmoid, sigmoid_gradient),
            (tanh, tanh_gradient),
            (relu, relu_gradient),
            (identity, identity_gradient),
            (step, step_gradient),
        ];
        for (f, gradient) in pairs {
            for x in [-3.0, -1.25, -0.1, 0.2, 1.0, 4.5] {
                close(gradient(x), numerical_diff(f, x, 1e-5), 1e-9);
            }
        }
    }

    #[test]
    fn nothing_overflows_at_a_thousand() {
        assert_eq!(sigmoid(1000.0_f64), 1.0);
        assert_eq!(sigmoid(-1000.0_f64), 0.0);
        assert_eq!(sigmoid(1000.0_f32), 1.0);
        assert_eq!(sigmoid(-1000.0_f32), 0.0);
        assert_eq!(tanh(-1000.0_f64), -1.0);
        for x in [-1000.0_f64, 1000.0] {
            assert_eq!(sigmoid_gradient(x), 0.0);
            assert_eq!(tanh_gradient(x), 0.0);
        }
        assert_eq!([relu(-1000.0_f64), relu(1000.0)], [0.0, 1000.0]);
        assert_eq!([identity(-1000.0_f64), step(-1000.0), step(1000.0)], [-1000.0, 0.0, 1.0]);
    }

    #[test]
    fn a_saturated_unit_keeps_its_gradient() {
        // 1 - sigmoid(40) rounds to 0, the derivative is e⁻⁴⁰ / (1 + e⁻⁴⁰)²
        close(sigmoid_gradient(40.0) / (-40.0_f64).exp(), 1.0, 1e-15);
        close(tanh_gradient(20.0) / (4.0 * (-40.0_f64).exp()), 1.0, 1e-15);
    }

    #[test]
    fn at_zero_each_takes_the_documented_side() {
        assert_eq!([relu_gradient(0.0), step(0.0), sigmoid(0.0), sigmoid_gradient(0.0)], [0.0, 0.0, 0.5, 0.25]);
    }

    #[test]
    fn nan_is_not_swallowed() {
        assert!(sigmoid(f64::NAN).is_nan() && tanh(f64::NAN).is_nan() && relu(f64::NAN).is_nan());
        assert!(sigmoid_gradient(f64::NAN).is_nan() && tanh_gradient(f64::NAN).is_nan());
    }
}
