//! `app runs` and `app compare`.

use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(crate) struct RunsArgs {
    /// Print JSON
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args)]
pub(crate) struct CompareArgs {
    /// Number of a run, run folder or checkpoint
    #[arg(value_name = "A")]
    pub(crate) one: PathBuf,
    /// The other one
    #[arg(value_name = "B")]
    pub(crate) other: PathBuf,
    /// Print JSON, every loss included
    #[arg(long)]
    pub(crate) json: bool,
}
