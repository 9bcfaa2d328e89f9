//! The questions of `app lab`.

use super::SourceArgs;
use super::values::whole;
use clap::{Args, Subcommand};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(crate) enum LabCommand {
    /// Why do the weights start as 0.01 * N(0, 1), and not at 0, or with 1 or 10?
    InitStd(LabSvgArgs),
    /// How small should h be? Errors of the numerical gradient for h from 1e-1 to
    /// 1e-12, with three formulas, in f32 and f64
    Step(LabSvgArgs),
    /// Why use minibatches, and why repeat the updates so many times?
    BatchSize(LabArgs),
    /// How large should the learning rate be?
    LearningRate(LabArgs),
    /// Why does training minimize the loss, when accuracy is what we want?
    LossOrAccuracy(LabArgs),
    /// What is iter_per_epoch = max(train_size / batch_size, 1) for, and why is the
    /// accuracy measured once per epoch?
    Epochs(LabArgs),
    /// Why test on images that were not used for training, and do more images help?
    Overfitting(LabArgs),
}

#[derive(Args)]
pub(crate) struct LabArgs {
    #[command(flatten)]
    pub(crate) source: SourceArgs,
    /// Random seed for the weights and the minibatches
    #[arg(long, value_name = "N", default_value_t = 0, allow_negative_numbers = true, value_parser = whole::<u64>)]
    pub(crate) seed: u64,
}

/// The same, for the questions whose answer is drawn too.
#[derive(Args)]
pub(crate) struct LabSvgArgs {
    #[command(flatten)]
    pub(crate) common: LabArgs,
    /// Draw a chart into this SVG file
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}
