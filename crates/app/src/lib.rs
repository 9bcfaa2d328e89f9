//! `app`: trains the two-layer net of chapter 4.5, evaluates it and shows what is in its files.
//!
//! This is a program, not a library: `main.rs` calls [`main`], the Python package reads checkpoints by [`load_net`], and the
//! fuzz targets do through [`fuzzing`]. To import, there are the crates below it. Each opens with an example, and where the
//! documentation of the whole workspace was made, these lead there:
//!
//! | crate | |
//! | --- | --- |
//! | [training](../training/index.html) | the chapter's run, with observers |
//! | [net](../net/index.html) | the net: it trains and predicts |
//! | [core_math](../core_math/index.html) | activations, losses, finite differences, gradient checking |
//! | [dataset](../dataset/index.html) | MNIST, Fashion-MNIST, KMNIST, built-in digits, minibatches |
//! | [npy](../npy/index.html) | NumPy's arrays and archives |
//! | [net_file](../net_file/index.html) | a net as .npz or .safetensors |
//! | [picture](../picture/index.html) | an image file as 28 x 28 bytes |
//! | [fetch](../fetch/index.html) | downloads MNIST, verified |
//! | [report](../report/index.html) | the page of a run, charts as SVG |
#![forbid(unsafe_code)]

mod chart;
mod checkpoint;
mod cli;
mod compare;
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
mod lang;
mod list;
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

use cli::{Cli, Command};
pub use model::load_net;
use std::process::ExitCode;

/// Does what the command line says, and returns the exit code.
pub fn main() -> ExitCode {
    let arguments = cli::with_default_command(std::env::args_os());
    lang::choose(&arguments);
    let command = match cli::parse(arguments) {
        Ok(Cli { command, .. }) => command,
        Err(error) => return cli::refuse(&error),
    };
    let given = if let Command::Train(arguments) = &command { arguments.threads } else { None };
    // All of it on the threads: a gradient that shares its work then wakes one less.
    let result = threads::on(given, || match command {
        Command::Train(arguments) => train::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
        Command::Evaluate(arguments) => evaluate::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Gradcheck(arguments) => gradcheck::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Lab { question } => lab::run(&question),
        Command::Predict(arguments) => predict::run(&arguments),
        Command::Report(arguments) => page::run(&arguments),
        Command::Runs(arguments) => list::run(&arguments),
        Command::Show(arguments) => show::run(&arguments),
    });
    result.flatten().unwrap_or_else(|error| failure::report(&error))
}
