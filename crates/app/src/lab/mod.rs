//! `app lab`: the notebook's questions, answered by small runs. One file per question; what they share is in `run.rs`
//! and `layout.rs`.

mod batch_size;
mod epochs;
mod init_std;
mod layout;
mod learning_rate;
mod loss_or_accuracy;
mod overfitting;
mod run;
mod step;

use crate::cli::LabCommand;
use anyhow::Result;
use std::io::{self, Write};
use std::process::ExitCode;

pub(crate) fn run(question: &LabCommand) -> Result<ExitCode> {
    if let LabCommand::InitStd(arguments) | LabCommand::Step(arguments) = question
        && let Some(file) = &arguments.svg
    {
        run::check_svg(file)?;
    }
    let answer = match question {
        LabCommand::InitStd(arguments) => init_std::answer(arguments),
        LabCommand::Step(arguments) => step::answer(arguments),
        LabCommand::BatchSize(arguments) => batch_size::answer(arguments),
        LabCommand::LearningRate(arguments) => learning_rate::answer(arguments),
        LabCommand::LossOrAccuracy(arguments) => loss_or_accuracy::answer(arguments),
        LabCommand::Epochs(arguments) => epochs::answer(arguments),
        LabCommand::Overfitting(arguments) => overfitting::answer(arguments),
    };
    io::stdout().write_all(answer?.as_bytes())?;
    Ok(ExitCode::SUCCESS)
}
