//! `app train`.

use super::values::{above_0, count, from_0, thread_count, whole};
use super::{DATA, SourceArgs};
use crate::config::{Activation, Gradient, Precision, Sampling};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct TrainArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Use only the first N training images
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<usize>, help_heading = DATA)]
    pub(crate) train_limit: Option<usize>,
    /// Use only the first N test images
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<usize>, help_heading = DATA)]
    pub(crate) test_limit: Option<usize>,

    /// How to compute the gradient
    #[arg(long, value_enum, default_value_t = Gradient::Numerical, help_heading = TRAINING)]
    pub(crate) gradient: Gradient,
    /// h in the numerical gradient, (L(p + h) - L(p - h)) / 2h
    #[arg(long, value_name = "H", default_value = "1e-4", allow_negative_numbers = true, value_parser = above_0, help_heading = TRAINING)]
    pub(crate) step: f64,
    /// Number of iterations; 0 saves the untrained network [default: 10000, or the number of the resumed run]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = whole::<u64>, help_heading = TRAINING)]
    pub(crate) iterations: Option<u64>,
    /// Number of images per minibatch
    #[arg(long, value_name = "N", default_value_t = 100, allow_negative_numbers = true, value_parser = count::<usize>, help_heading = TRAINING)]
    pub(crate) batch_size: usize,
    /// Learning rate
    #[arg(long, value_name = "RATE", default_value_t = 0.1, allow_negative_numbers = true, value_parser = above_0, help_heading = TRAINING)]
    pub(crate) learning_rate: f64,
    /// How to choose the images of each minibatch
    #[arg(long, value_enum, default_value_t = Sampling::Replacement, help_heading = TRAINING)]
    pub(crate) sampling: Sampling,
    /// Random seed for the weights and the minibatches
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = whole::<u64>, help_heading = TRAINING)]
    pub(crate) seed: u64,
    /// Measure the accuracies every N iterations [default: once per epoch]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>, help_heading = TRAINING)]
    pub(crate) evaluate_every: Option<u64>,

    /// Number of hidden neurons [default: 50]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<usize>, help_heading = NET)]
    pub(crate) hidden: Option<usize>,
    /// Activation function of the hidden layer [default: sigmoid]
    #[arg(long, value_enum, help_heading = NET)]
    pub(crate) activation: Option<Activation>,
    /// Standard deviation of the random initial weights (biases start at 0)
    #[arg(long, value_name = "STD", default_value_t = 0.01, allow_negative_numbers = true, value_parser = from_0, help_heading = NET)]
    pub(crate) weight_init_std: f64,
    /// Start from the parameters of this model: the number or folder of a run, a checkpoint, .npz or .safetensors
    #[arg(long, value_name = "MODEL", conflicts_with = "weight_init_std", help_heading = NET)]
    pub(crate) init_from: Option<PathBuf>,
    /// Floating-point type [default: f64 for numerical gradients, otherwise f32]
    #[arg(long, value_enum, help_heading = NET)]
    pub(crate) precision: Option<Precision>,

    /// Folder for the run, new or empty [default: the next of data/runs/0001, 0002, ...]
    #[arg(long, value_name = "DIR", help_heading = RUN)]
    pub(crate) out: Option<PathBuf>,
    /// Save every N iterations [default: after an evaluation, at most once per 10 s]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = count::<u64>, help_heading = RUN)]
    pub(crate) checkpoint_every: Option<u64>,
    /// Resume a run (its number or folder; the most recent one if you name none) with its own settings
    #[arg(long, value_name = "DIR", num_args = 0..=1, conflicts_with_all = FIXED_BY_THE_RUN, help_heading = RUN)]
    pub(crate) resume: Option<Option<PathBuf>>,
    /// Number of threads, at most 1024; it does not change the result [default: all cores]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = thread_count, help_heading = RUN)]
    pub(crate) threads: Option<usize>,
    /// Do not write report.html
    #[arg(long, help_heading = RUN)]
    pub(crate) no_report: bool,
    /// Print only errors
    #[arg(long, short, help_heading = RUN)]
    pub(crate) quiet: bool,
}

const TRAINING: &str = "Training";
const NET: &str = "Network";
const RUN: &str = "Run";

/// What `--resume` reads from the checkpoint and the command line may not say otherwise.
const FIXED_BY_THE_RUN: [&str; 17] = [
    "dataset",
    "data_dir",
    "train_limit",
    "test_limit",
    "gradient",
    "step",
    "batch_size",
    "learning_rate",
    "sampling",
    "seed",
    "evaluate_every",
    "hidden",
    "activation",
    "weight_init_std",
    "init_from",
    "precision",
    "out",
];
