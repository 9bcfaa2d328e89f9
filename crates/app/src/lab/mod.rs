//! `app lab`: the notebook's questions, answered by small runs. A file a question; what they share is in `run.rs`.

mod batch_size;
mod epochs;
mod init_std;
mod learning_rate;
mod loss_or_accuracy;
mod overfitting;
mod run;
mod step;

use crate::cli::LabCommand;
use anyhow::Result;
use std::process::ExitCode;

pub(crate) fn run(question: &LabCommand) -> Result<ExitCode> {
    match question {
        LabCommand::InitStd(arguments) => init_std::run(arguments),
        LabCommand::Step(arguments) => step::run(arguments),
        LabCommand::BatchSize(arguments) => batch_size::run(arguments),
        LabCommand::LearningRate(arguments) => learning_rate::run(arguments),
        LabCommand::LossOrAccuracy(arguments) => loss_or_accuracy::run(arguments),
        LabCommand::Epochs(arguments) => epochs::run(arguments),
        LabCommand::Overfitting(arguments) => overfitting::run(arguments),
    }
}
