//! The questions of `app lab`.

use super::SourceArgs;
use super::values::whole;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum LabCommand {
    /// Why do the weights start at 0.01 * N(0, 1), and not at 0, or with 1 or 10?
    InitStd(LabSvgArgs),
    /// How small should h be? Errors of the numerical gradient for h from 1e-1 to
    /// 1e-12, by three schemes, in f32 and f64
    Step(LabSvgArgs),
    /// Why minibatches, and why draw them again and again?
    BatchSize(LabArgs),
    /// How large should a step of the descent be?
    LearningRate(LabArgs),
    /// Why does the net descend on the loss, when accuracy is what we want?
    LossOrAccuracy(LabArgs),
    /// What does iter_per_epoch = max(train_size / batch_size, 1) guard, and why
    /// is the accuracy taken once an epoch?
    Epochs(LabArgs),
    /// Why test on images that the net was not trained on, and do more images help?
    Overfitting(LabArgs),
}

#[derive(Args)]
pub(crate) struct LabArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Where the random numbers of weights and minibatches start
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = whole::<u64>)]
    pub(crate) seed: u64,
}

/// The same, for the questions whose answer is drawn too.
#[derive(Args)]
pub(crate) struct LabSvgArgs {
    #[command(flatten)]
    pub(crate) common: LabArgs,
    /// Draw a chart into this file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}
