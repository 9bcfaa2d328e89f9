//! The two-layer net of chapter 4.5 of *Deep Learning from Scratch* on nalgebra's `DMatrix`, in `f32` and `f64`.
//!
//! [`TwoLayerNet`] predicts, measures its loss and accuracy, and finds the gradient of the loss in two ways: by
//! backpropagation ([`gradient`](TwoLayerNet::gradient)) and by central differences
//! ([`numerical_gradient_by_definition`](TwoLayerNet::numerical_gradient_by_definition)). Both give a [`Parameters`],
//! the struct that holds the weights themselves.
//!
//! [`Trainer`] and [`Predictor`] do the same at full speed, on samples that are [`Rows`]: inputs that are 0 are left out,
//! sums stay in registers, threads share the hidden units. Each is tested against the readable net. A trainer takes the
//! gradient as a choice, a [`GradientMethod`]. Its bits depend neither on the number of threads nor on the processor.
//!
//! The crate holds this one net: no third layer, no loss or activation of your own, labels from 0 to 255.
//!
//! Letters: `N` samples of the batch, `D` inputs, `H` hidden units, `K` classes. Matrices hold one sample a row, as in
//! the book. Labels are class indices; a one-hot matrix becomes labels by [`core_math::argmax_rows`].
//!
//! Learning the exclusive or, which no net without a hidden layer can:
//!
//! ```
//! use nalgebra::DMatrix;
//! use net::{Activation, Sizes, TwoLayerNet};
//! use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//!
//! let x = DMatrix::from_row_slice(4, 2, &[0., 0., 0., 1., 1., 0., 1., 1.]);
//! let t = [0, 1, 1, 0];
//!
//! let sizes = Sizes { inputs: 2, hidden: 8, classes: 2 };
//! let mut net = TwoLayerNet::<f64>::random(sizes, Activation::Tanh, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
//! for _ in 0..500 {
//!     let gradient = net.gradient(&x, &t);
//!     net.update(&gradient, 0.5);
//! }
//!
//! assert_eq!(net.accuracy(&x, &t), 1.0);
//! assert!(net.loss(&x, &t) < 0.05);
//! ```
//!
//! # Features
//!
//! | feature | default | what it brings |
//! | --- | --- | --- |
//! | `serde` | off | [`Sizes`], [`Activation`], [`Parameters`] and [`TwoLayerNet`] are written and read by serde |
//!
//! A net is then the fields of [`TwoLayerNet`], and its parameters are `sizes`, `W1`, `b1`, `W2` and `b2`, the arrays row
//! by row. What is read is checked: arrays that are not as long as the sizes ask are a [`ShapeError`], unknown fields an
//! error. Numbers come back bit for bit from formats that keep them; for `serde_json` that takes its feature
//! `float_roundtrip`. JSON has no NaN: what is not finite is written as `null`, and not read back. A number
//! that is too large for `f32` is read as infinity.
#![forbid(unsafe_code)]

mod activation;
mod fast;
mod normal;
mod parameters;
#[cfg(feature = "serde")]
mod stored;
mod two_layer_net;

pub use activation::{Activation, UnknownActivation};
pub use core_math::{argmax_rows, softmax, softmax_cross_entropy};
pub use fast::{Batch, GradientMethod, Predictor, Real, Rows, Trainer};
pub use nalgebra;
pub use parameters::{Parameters, ShapeError, Sizes};
pub use two_layer_net::TwoLayerNet;

/// The README's examples, kept true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
