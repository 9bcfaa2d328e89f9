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
    /// Number or folder of a run, or a checkpoint
    #[arg(value_name = "A")]
    pub(crate) one: PathBuf,
    /// The run to compare it with
    #[arg(value_name = "B")]
    pub(crate) other: PathBuf,
    /// Print JSON, including every loss
    #[arg(long)]
    pub(crate) json: bool,
}
