//! The two-layer network of chapter 4.5 of *Deep Learning from Scratch* on nalgebra's `DMatrix`, in `f32` and `f64`.
//!
//! [`TwoLayerNet`] is the model as in the book: it predicts, computes its loss and accuracy, and computes the gradient of
//! the loss by backpropagation ([`gradient`](TwoLayerNet::gradient)) and by central differences
//! ([`numerical_gradient_by_definition`](TwoLayerNet::numerical_gradient_by_definition)). Both return [`Parameters`], the
//! struct that also holds the weights.
//!
//! [`Trainer`] and [`Predictor`] do the same at full speed, and are tested against it. They take [`Rows`], which store
//! samples without the inputs that are 0; a [`Batch`] selects some of them. A [`GradientMethod`] chooses the trainer's
//! gradient.
//!
//! `N` is the number of samples in a batch, `D` the number of inputs, `H` of hidden neurons, `K` of classes. Matrices
//! hold one sample per row, as in the book. Labels are class indices; [`argmax_rows`] converts a one-hot matrix.
//!
//! This example learns XOR by central differences. No network without a hidden layer can do that:
//!
//! ```
//! use net::{Activation, Batch, GradientMethod, Rows, Sizes, Trainer, TwoLayerNet};
//! use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//!
//! let x = Rows::from_row_major(&[0., 0., 0., 1., 1., 0., 1., 1.], 2);
//! let t = [0, 1, 1, 0];
//!
//! let sizes = Sizes { inputs: 2, hidden: 8, classes: 2 };
//! let net = TwoLayerNet::<f64>::random(sizes, Activation::Tanh, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
//! let mut trainer = Trainer::new(&net, GradientMethod::CentralDifferences { h: 1e-4 });
//! for _ in 0..500 {
//!     trainer.step(Batch::all(&x, &t), 0.5);
//! }
//! assert_eq!(trainer.predictor().accuracy(&x, 0..4, &t), 1.0);
//! ```
//!
//! The same with the book's formulas:
//!
//! ```
//! # use net::{Activation, Sizes, TwoLayerNet};
//! # use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
//! use net::nalgebra::DMatrix;
//!
//! # let t = [0, 1, 1, 0];
//! # let sizes = Sizes { inputs: 2, hidden: 8, classes: 2 };
//! let x = DMatrix::from_row_slice(4, 2, &[0., 0., 0., 1., 1., 0., 1., 1.]);
//! let mut net = TwoLayerNet::<f64>::random(sizes, Activation::Tanh, 1.0, &mut ChaCha8Rng::seed_from_u64(0));
//! for _ in 0..500 {
//!     let gradient = net.gradient(&x, &t);
//!     net.update(&gradient, 0.5);
//! }
//! assert_eq!(net.accuracy(&x, &t), 1.0);
//! assert!(net.loss(&x, &t) < 0.05);
//! ```
//!
//! # Scope
//!
//! There are no further layers, no custom losses or activations, and no optimizer except gradient descent. Labels are
//! `u8`, so there are at most 256 classes.
//!
//! Work is shared among the threads of rayon's global pool, or of the pool in whose `install` you call. The results of
//! [`Trainer`] and [`Predictor`] are the same to the last bit on every processor and with any number of threads. The
//! methods of [`TwoLayerNet`], and so central differences in `f32`, use the system's exponential function, which may
//! round differently on another system.
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `serde` | off | [`Sizes`], [`Activation`], [`Parameters`] and [`TwoLayerNet`] implement `Serialize` and `Deserialize` |
//!
//! A network is stored as the fields of [`TwoLayerNet`], its parameters as `sizes`, `W1`, `b1`, `W2` and `b2`, with the
//! arrays row by row. Deserializing checks the data: arrays whose lengths do not fit the sizes are a [`ShapeError`], and
//! unknown fields are an error. Formats that store numbers exactly give you the same bits back; `serde_json` needs its
//! feature `float_roundtrip` for this. JSON has no NaN: a number that is not finite is written as `null`, and cannot be
//! read back. A number that is too large for `f32` is read as infinity.
#![forbid(unsafe_code)]

mod activation;
mod fast;
mod histogram;
mod normal;
mod parameters;
#[cfg(feature = "serde")]
mod stored;
mod two_layer_net;

pub use activation::{Activation, UnknownActivation};
pub use core_math::{argmax_rows, softmax, softmax_cross_entropy};
pub use fast::{Batch, GradientMethod, Predictor, Real, Rows, Trainer};
pub use histogram::ActivationHistogram;
pub use nalgebra;
pub use parameters::{Parameters, ShapeError, Sizes};
pub use two_layer_net::TwoLayerNet;

/// The README's examples as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
