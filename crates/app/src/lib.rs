//! `app`: trains the two-layer net of chapter 4.5, evaluates it and shows what is in its files.
//!
//! A program, not a library: [`main`] is all of it. The other half of the package, `main.rs`, calls it; the fuzz targets
//! reach the reader of checkpoints through [`fuzzing`].
#![forbid(unsafe_code)]

mod answers;
mod checkpoint;
mod cli;
mod config;
mod data;
mod draw;
mod evaluate;
mod export;
mod failure;
mod files;
#[doc(hidden)]
pub mod fuzzing;
mod gradcheck;
mod inspect;
mod lab;
mod model;
mod page;
mod predict;
mod runs;
mod show;
mod terminal;
mod text;
mod train;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

/// Does what the command line says, and tells the exit code.
pub fn main() -> ExitCode {
    let result = match Cli::parse_from(cli::with_default_command(std::env::args_os())).command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Gradcheck(arguments) => gradcheck::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Lab { question } => lab::run(&question),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Report(arguments) => page::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
    };
    result.unwrap_or_else(|error| failure::report(&error))
}
