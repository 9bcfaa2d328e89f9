//! Activations, losses and finite differences: the mathematics of chapters 3 and 4 of *Deep Learning from Scratch*,
//! without a model and without file access.
//!
//! * [`activation`]: [`sigmoid`](activation::sigmoid), `tanh`, `relu`, `identity`, `step`, each with its gradient
//! * [`softmax`] and [`log_softmax`] by row, [`argmax_rows`]
//! * losses: [`softmax_cross_entropy`] (exact), [`cross_entropy_error`] (the book's), [`sum_squared_error`]
//! * finite differences as in the book: [`numerical_diff`], [`numerical_gradient`], [`try_numerical_gradient`]
//! * finite differences of any function, with four schemes: derivative, gradient, Jacobian, Hessian and Richardson
//!   extrapolation ([`FiniteDifference`])
//! * [`gradient_check`], [`gradient_check_blocks`] and [`jacobian_check`]: compare your gradient with the numerical one,
//!   and find out what is wrong with it
//! * [`lanes`]: exponentials and logarithms of several numbers at once, in vector instructions
//!
//! Matrices hold one sample per row, as in the book. `N` is the number of samples in a batch, `K` the number of classes.
//! Everything works in `f32` and `f64` ([`Real`]). Vectors are slices, `&[T]`; matrices are nalgebra's.
//!
//! The gradient of section 4.4, f(x0, x1) = x0² + x1² at (3, 4):
//!
//! ```
//! use core_math::numerical_gradient;
//!
//! let gradient = numerical_gradient(|x| x[0] * x[0] + x[1] * x[1], &[3.0, 4.0], 1e-4);
//!
//! assert!((gradient[0] - 6.0_f64).abs() < 1e-9);
//! assert!((gradient[1] - 8.0_f64).abs() < 1e-9);
//! ```
//!
//! # Scope
//!
//! The crate is for real functions that you can call, of up to about ten thousand variables. It has no automatic or
//! complex-step differentiation, no sparse Jacobians and no bounds: if your `f` is defined on one side only, use
//! [`FiniteDifference::forward`] or [`backward`](FiniteDifference::backward). The crate needs `std`, contains no
//! `unsafe`, and does no input or output. It needs Rust 1.89 or newer.
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `parallel` | on | `FiniteDifference::par_gradient`, on rayon's global pool, or on the pool in whose `install` you call it |
//! | `serde` | off | [`GradientReport`], [`BlockReports`], [`Place`], [`Cause`], [`CheckMode`] and [`Extrapolated`] implement `Serialize` and `Deserialize` |
#![forbid(unsafe_code)]

pub mod activation;
mod difference_error;
mod extrapolation;
mod finite_difference;
mod gradient_check;
mod jacobian;
pub mod lanes;
mod loss;
mod moved;
mod numerical;
mod real;
mod second_differences;
mod short;
mod softmax;
mod step;

pub use difference_error::{DifferenceError, Outcome};
pub use extrapolation::Extrapolated;
pub use finite_difference::FiniteDifference;
pub use gradient_check::{
    BlockReport, BlockReports, Cause, CheckMode, GradientCheck, GradientReport, Place, gradient_check,
    gradient_check_blocks, jacobian_check,
};
pub use loss::{cross_entropy_error, softmax_cross_entropy, sum_squared_error};
pub use numerical::{numerical_diff, numerical_gradient, try_numerical_gradient};
pub use real::Real;
pub use softmax::{argmax_rows, log_softmax, softmax};
pub use step::Step;

/// The README's examples as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// Results that must not be dropped silently. Each example that must not compile has a counterpart in the first one,
/// which does.
///
/// ```
/// #![deny(unused_must_use)]
/// use core_math::*;
/// let f = |x: &[f64]| x[0];
/// assert!(gradient_check(f, &[1.0], &[1.0], &GradientCheck::default()).unwrap().holds());
/// let blocks = [("x", 1)];
/// assert!(gradient_check_blocks(f, &[1.0], &[1.0], &blocks, &GradientCheck::default()).unwrap().hold());
/// let fixed = FiniteDifference::<f64>::central().step(Step::Fixed(1e-3)).typical(&[1.0]);
/// let _ = fixed.extrapolate(|x| x, 1.0).unwrap();
/// let _ = (numerical_gradient(f, &[1.0], 1e-4), numerical_diff(|x: f64| x, 1.0, 1e-4));
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// use core_math::*;
/// gradient_check(|x: &[f64]| x[0], &[1.0], &[1.0], &GradientCheck::default()).unwrap();
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// use core_math::*;
/// gradient_check_blocks(|x: &[f64]| x[0], &[1.0], &[1.0], &[("x", 1)], &GradientCheck::default()).unwrap();
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// use core_math::*;
/// FiniteDifference::<f64>::central().step(Step::Fixed(1e-3));
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// use core_math::*;
/// FiniteDifference::<f64>::central().typical(&[1.0]);
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// use core_math::*;
/// FiniteDifference::<f64>::central().extrapolate(|x| x, 1.0).unwrap();
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// core_math::numerical_gradient(|x: &[f64]| x[0], &[1.0], 1e-4);
/// ```
///
/// ```compile_fail
/// #![deny(unused_must_use)]
/// core_math::numerical_diff(|x: f64| x, 1.0, 1e-4);
/// ```
#[cfg(doctest)]
struct MustUse;
