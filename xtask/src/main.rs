//! `cargo xtask TASK`: the tasks of this checkout. This file dispatches them; each task has its own file.
#![forbid(unsafe_code)]

mod audit;
mod bench;
mod ci;
mod compile;
mod cross;
mod dist;
mod fetch;
mod figures;
mod web;
mod wheel;

use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use clap::{Parser, Subcommand};

/// The tasks of this checkout; run them from any folder in it
#[derive(Parser)]
#[command(bin_name = "cargo xtask", max_term_width = 80)]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    FetchMnist(fetch::Args),
    Audit(audit::Args),
    Bench(bench::Args),
    /// Run what CI runs: fmt, clippy, layers, rust-version, tests, docs
    Ci,
    Cross(cross::Args),
    Dist(dist::Args),
    /// Draw the pictures of README and docs again, from new runs (needs MNIST and Chromium)
    Figures,
    Web(web::Args),
    Wheel(wheel::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::FetchMnist(args) => fetch::run(&args),
        Task::Audit(args) => audit::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Ci => ci::run(),
        Task::Cross(args) => cross::run(&args),
        Task::Dist(args) => dist::run(&args),
        Task::Figures => figures::run(),
        Task::Web(args) => web::run(&args),
        Task::Wheel(args) => wheel::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the checkout, whatever the current folder is.
///
/// The path that was compiled in is only the second choice: two checkouts with one target folder share this program.
fn checkout() -> PathBuf {
    let by_cargo = match env::var("CARGO_PKG_NAME") {
        Ok(name) if name == env!("CARGO_PKG_NAME") => env::var_os("CARGO_MANIFEST_DIR"),
        _ => None,
    };
    let xtask = by_cargo.map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    xtask.parent().unwrap_or(&xtask).to_path_buf()
}

/// The cargo that runs this task, in the root of the checkout.
fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// Prints a result. Errors are ignored: if the reader has gone away (`| head -1`), that is no reason to stop.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}
