//! `app`: trains the two-layer net of chapter 4.5, evaluates it and shows what is in its files.
//!
//! This is a program, not a library. `main.rs` calls [`main`]. The Python package reads checkpoints by [`load_net`], and the
//! fuzz targets do through [`fuzzing`].
#![forbid(unsafe_code)]

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
mod memory;
mod model;
mod page;
mod predict;
mod runs;
mod show;
mod terminal;
mod text;
mod threads;
mod train;

use clap::Parser;
use cli::{Cli, Command};
pub use model::load_net;
use std::process::ExitCode;

/// Does what the command line says, and tells the exit code.
pub fn main() -> ExitCode {
    let command = Cli::parse_from(cli::with_default_command(std::env::args_os())).command;
    let given = if let Command::Train(arguments) = &command { arguments.threads } else { None };
    // All of it on the threads: a gradient that shares its work then wakes one less.
    let result = threads::on(given, || match command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Gradcheck(arguments) => gradcheck::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Lab { question } => lab::run(&question),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Report(arguments) => page::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
    });
    result.flatten().unwrap_or_else(|error| failure::report(&error))
}
