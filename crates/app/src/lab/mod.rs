//! `app lab`: the notebook's questions, answered by small runs.

mod step;

use crate::cli::LabCommand;
use anyhow::Result;
use std::process::ExitCode;

pub(crate) fn run(question: &LabCommand) -> Result<ExitCode> {
    match question {
        LabCommand::Step(arguments) => step::run(arguments),
    }
}
