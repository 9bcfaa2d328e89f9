//! Activations, losses and finite differences: the mathematics of chapters 3 and 4 of *Deep Learning from Scratch*,
//! without a model and without files.
//!
//! * [`activation`]: [`sigmoid`](activation::sigmoid), `tanh`, `relu`, `identity`, `step`, each with its gradient
//! * [`softmax`] and [`log_softmax`] by row, [`argmax_rows`]
//! * losses: [`softmax_cross_entropy`] (exact), [`cross_entropy_error`] (the book's), [`sum_squared_error`]
//! * finite differences as the book writes them: [`numerical_diff`], [`numerical_gradient`], [`try_numerical_gradient`]
//! * finite differences of any function, by four schemes, with derivative, gradient, Jacobian, Hessian and Richardson
//!   extrapolation: [`FiniteDifference`]
//! * [`lanes`]: exponentials of several numbers at once, in vector instructions
//! * [`gradient_check`]: somebody's gradient against the numerical one, and what is wrong with it
//!
//! Matrices hold one sample a row, as in the book. Letters: `N` samples of a batch, `K` classes.
//! Everything works in `f32` and `f64` ([`Real`]).
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
//! # Features
//!
//! | feature | default | what it brings |
//! | --- | --- | --- |
//! | `parallel` | on | `FiniteDifference::par_gradient`, on the threads of rayon |
//! | `serde` | off | [`GradientReport`], [`Place`], [`Cause`], [`CheckMode`] and [`Extrapolated`] are written and read by serde |
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

/// The README's examples, kept true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
