//! The training loop of chapter 4.5 of *Deep Learning from Scratch*: draw a minibatch, compute the gradient, update the
//! parameters, record the loss, and compute the accuracies once per epoch.
//!
//! A [`Run`] holds the state between two iterations. [`Run::step`] does one iteration. [`Run::run`] continues to the end,
//! or until one of its [`Observer`]s stops it; you can call it again. The result depends only on the [`Config`], the
//! initial network and the [`Data`], not on the number of threads, pauses or the processor.
//!
//! ```
//! use dataset::Digits;
//! use net::GradientMethod;
//! use std::sync::Arc;
//! use training::{Config, Data, Run};
//!
//! let digits = Digits::with_sizes(0, 600, 200);
//! let data = Arc::new(Data::<f64>::of_images(&digits.train, &digits.test));
//! let config = Config {
//!     gradient: GradientMethod::CentralDifferences { h: 1e-4 },
//!     iterations: 60,
//!     ..Config::default()
//! };
//!
//! let mut run = Run::new(config, data)?;
//! let first = run.step()?;
//! run.run_to_end()?;
//! assert_eq!(run.iteration(), 60);
//! assert!(run.history().losses[59] < first.loss);
//! for evaluation in &run.history().evaluations {
//!     println!("train acc, test acc | {}, {}", evaluation.train_accuracy, evaluation.test_accuracy);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! | feature | default | effect |
//! | --- | --- | --- |
//! | `serde` | off | [`History`] and [`Evaluation`] implement `Serialize` and `Deserialize` |
#![forbid(unsafe_code)]

mod clock;
mod config;
mod data;
mod diverged;
mod history;
mod observer;
mod run;

pub use config::{Config, ConfigError, Evaluate};
pub use data::{Data, Samples};
pub use diverged::Diverged;
pub use history::{Evaluation, History};
pub use observer::Observer;
pub use run::{Outcome, Run, RunError, Step, fresh_net};

/// The README's examples as tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
