//! `cargo xtask TASK`: the tasks of this checkout. This file dispatches them; each task has its own file.
#![forbid(unsafe_code)]

mod audit;
mod bench;
mod book;
mod ci;
mod compile;
mod cross;
mod dist;
mod fetch;
mod figures;
mod web;
mod wheel;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::{env, fs};

use anyhow::{Context, Result};
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
    /// Make a book of the pages, for a web server, in target/book (mdBook needed)
    Book,
    /// Run what CI runs: fmt, clippy, layers, rust-version, tests, docs
    Ci,
    Cross(cross::Args),
    Dist(dist::Args),
    Figures(figures::Args),
    Web(web::Args),
    Wheel(wheel::Args),
}

fn main() -> ExitCode {
    let done = match Cli::parse().task {
        Task::FetchMnist(args) => fetch::run(&args),
        Task::Audit(args) => audit::run(&args),
        Task::Bench(args) => bench::run(&args),
        Task::Book => book::run(),
        Task::Ci => ci::run(),
        Task::Cross(args) => cross::run(&args),
        Task::Dist(args) => dist::run(&args),
        Task::Figures(args) => figures::run(&args),
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

/// Whether a program is installed: `PROGRAM --version` succeeds.
fn starts(program: &str) -> bool {
    let mut command = Command::new(program);
    let status = command.arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

/// A text file of the checkout, with line feeds alone, also where git wrote carriage returns.
fn text(root: &Path, path: impl AsRef<Path>) -> Result<String> {
    let path = path.as_ref();
    let text = fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(text.replace("\r\n", "\n"))
}

/// Prints a result. Errors are ignored: if the reader has gone away (`| head -1`), that is no reason to stop.
fn say(line: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_not_here_does_not_start() {
        assert!(starts("cargo"));
        assert!(!starts("x86_65-w64-mingw32-gcc"));
    }
}
