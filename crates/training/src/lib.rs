//! The training run of chapter 4.5 of *Deep Learning from Scratch*: minibatch, gradient, update, loss, and the accuracies
//! whenever an epoch begins.
//!
//! A [`Run`] is a run between two iterations. [`Run::step`] takes one iteration; [`Run::run`] goes on to the end, or until
//! one of its [`Observer`]s says stop, and can be called again. The outcome follows from the [`Config`], the net at the
//! start and the [`Data`] alone: not from the number of threads, not from pauses, not from the processor.
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
//! | feature | default | what it brings |
//! | --- | --- | --- |
//! | `serde` | off | [`History`] and [`Evaluation`] are written and read by serde |
#![forbid(unsafe_code)]

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

/// The README's examples, kept true.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
